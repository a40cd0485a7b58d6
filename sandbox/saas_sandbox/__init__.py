"""A local HTTP API that behaves like Sentry's, to try and to test an extraction against."""
