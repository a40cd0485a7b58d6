"""Synthetic records, made by small builders: each a function of a number, so that every run has the same."""
