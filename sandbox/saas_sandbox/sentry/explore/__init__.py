"""Explore: rows of errors, logs, spans, trace metrics and uptime checks, of all projects at once."""
