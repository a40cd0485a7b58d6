"""Synthetic data: each entity is a function of the seed and of its own number, so that every process agrees."""
