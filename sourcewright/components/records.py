"""Changes of single records."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import InitVar, dataclass
from typing import Any

from airbyte_cdk.sources.declarative.transformations import RecordTransformation
from airbyte_cdk.sources.types import Config, StreamSlice, StreamState
from typing_extensions import override

from sourcewright import lenient_json
from sourcewright.components.parents import CARRIED


@dataclass
class RecordChange(RecordTransformation):
    """Record -> the same record, changed in place by `change` of the subclass."""

    config: Config
    parameters: InitVar[Mapping[str, Any]]

    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        """Nothing to build."""

    @abstractmethod
    def change(self, record: dict[str, Any], partition: Mapping[str, Any]) -> None:
        """Change `record` in place; `partition` is that which it was read for, with what its router carries."""

    @override
    def transform(
        self,
        record: dict[str, Any],
        config: Config | None = None,
        stream_state: StreamState | None = None,
        stream_slice: StreamSlice | None = None,
    ) -> None:
        if stream_slice:
            self.change(record, {**stream_slice.partition, **stream_slice.extra_fields.get(CARRIED, {})})
        else:
            self.change(record, {})


@dataclass
class ParentIds(RecordChange):
    """{"pageId": "p"} of the partition {"workbookId": "w"} -> {"pageId": "p", "workbookId": "w"}.

    With the prefix `parent` -> {"pageId": "p", "parentWorkbookId": "w"}, for records that call something else by that
    name. Otherwise both mean the same, and a value of the record stays. What the router `carries` is added too.
    """

    prefix: str = ""

    @override
    def change(self, record: dict[str, Any], partition: Mapping[str, Any]) -> None:
        for name, value in partition.items():
            added = f"{self.prefix}{name[0].upper()}{name[1:]}" if self.prefix else name
            if record.get(added) is None:
                record[added] = value


@dataclass
class Text(RecordChange):
    """{"active": ["ie9"]} -> the same with the text `["ie9"]`: JSON text of a value that comes in several types.

    A text stays as it is, and so does null. `fields` are paths: `config.schedule`.
    """

    fields: list[str]

    @override
    def change(self, record: dict[str, Any], partition: Mapping[str, Any]) -> None:
        for path in self.fields:
            *outer, name = path.split(".")
            place: Any = record
            for step in outer:
                place = place.get(step) if isinstance(place, dict) else None
            if isinstance(place, dict) and not isinstance(place.get(name), str | None):
                place[name] = lenient_json.dumps(place[name]).decode()


def containers(value: Any) -> Iterator[dict[str, Any] | list[Any]]:
    """Every object and list of `value`, each before those in it; not by recursion, as a record may be very deep."""
    waiting = [value]
    while waiting:
        container = waiting.pop()
        yield container
        inner = container.values() if isinstance(container, dict) else container
        waiting += [value for value in inner if isinstance(value, dict | list)]
