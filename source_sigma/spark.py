"""Sigma as a data source of Spark: `spark.dataSource.register(SigmaDataSource)`."""

from typing import ClassVar

from source_sigma.source import SourceSigma
from sourcewright.engine.source import ManifestSource
from sourcewright.spark.source import ManifestDataSource


class SigmaDataSource(ManifestDataSource):
    """Reads the streams of a Sigma organization."""

    source_class: ClassVar[type[ManifestSource]] = SourceSigma
