"""A local Sentry, of today or of 9.1.2."""
