"""Syncs again and again of an organization that changes while it is read: what grows, what stays, what is missing."""
