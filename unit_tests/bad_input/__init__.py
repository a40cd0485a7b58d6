"""What users get wrong: a table of inputs, each with the one sentence that the commands answer."""
