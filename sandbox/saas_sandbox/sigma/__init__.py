"""A local Sigma Computing."""
