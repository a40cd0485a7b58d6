"""Rows of Explore: errors, logs, spans, metrics and uptime checks of a whole organization, complete and in order."""
