"""A local HTTP API that behaves like Sigma Computing's, to try and to test an extraction against."""
