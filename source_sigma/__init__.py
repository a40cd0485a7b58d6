"""Airbyte source for Sigma Computing: what an organization holds, who may see it and where its data come from."""

from source_sigma.source import SourceSigma

__all__ = ["SourceSigma"]
