"""What every sandbox is made of, whichever API it models."""
