"""The connector held against Sentry's own description of its API, both ways.

The description (OpenAPI) is no part of this project: `SENTRY_OPENAPI` says where it is. Nothing of it is kept here but
paths, and names and types of fields. Where connector and description differ, a YAML file of this folder has the reason.
"""
