"""Airbyte source for Sentry: every project of an organization, complete and incremental."""

from source_sentry.source import SourceSentry

__all__ = ["SourceSentry"]
