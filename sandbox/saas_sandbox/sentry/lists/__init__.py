"""What the rows of the table are made of: which records a list shows, in which order."""
