"""Changes of single records."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import InitVar, dataclass
from typing import Any

from airbyte_cdk.sources.declarative.transformations import RecordTransformation
from airbyte_cdk.sources.types import Config, StreamSlice, StreamState
from typing_extensions import override


@dataclass
class RecordChange(RecordTransformation):
    """Record -> the same record, changed in place by `change` of the subclass."""

    config: Config
    parameters: InitVar[Mapping[str, Any]]

    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        """Nothing to build."""

    @abstractmethod
    def change(self, record: dict[str, Any], partition: Mapping[str, Any]) -> None:
        """Change `record`, which was read for `partition`, in place."""

    @override
    def transform(
        self,
        record: dict[str, Any],
        config: Config | None = None,
        stream_state: StreamState | None = None,
        stream_slice: StreamSlice | None = None,
    ) -> None:
        self.change(record, stream_slice.partition if stream_slice else {})
