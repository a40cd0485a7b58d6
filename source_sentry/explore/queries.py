"""Streams of the setting `explore_queries`: their names, and the types of their columns."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from http import HTTPStatus
from itertools import chain
from typing import Any, Final

import requests
from airbyte_cdk.sources.declarative.schema import SchemaLoader
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ErrorResolution
from airbyte_cdk.sources.types import Config
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from source_sentry import errors
from source_sentry.explore.columns import column, json_type, of_dataset
from source_sentry.explore.datasets import DATASETS
from source_sentry.handler import SentryErrorHandler
from sourcewright.components.handler import fail, nothing
from sourcewright.components.runtime import Row, RuntimeComponent
from sourcewright.http.errors import quoted
from sourcewright.inputs import wrong_input

Query = Mapping[str, Any]

_MOST_FIELDS: Final = 20
"""Fields of a request that every server takes."""


def require_own_names(queries: Sequence[Query], streams: Iterable[str]) -> None:
    """Refuse a query that is called as another stream, and one with two fields for one column."""
    names = Counter([*streams, *(query["name"] for query in queries)])
    for query in queries:
        if names[query["name"]] > 1:
            raise wrong_input(
                f"Query `{query['name']}` of setting `explore_queries` has the name of another stream: give it a "
                "`name` of its own."
            )
        columns = Counter(map(column, _fields(query)))
        if repeated := [name for name in _fields(query) if columns[column(name)] > 1]:
            name = column(repeated[-1])
            of_column = " and ".join(f"`{field}`" for field in repeated if column(field) == name)
            raise wrong_input(
                f"Query `{query['name']}` of setting `explore_queries` has more than one field for the column "
                f"`{name}`: {of_column}. Remove one; time, id and project are always read."
            )


def query_stream(query: Query) -> dict[str, Any]:
    """Values of the stream of a query: {name, dataset, columns, search, key, row_key}, keys as they are in records."""
    row_key = ["project.id", DATASETS[query["dataset"]].key]
    return {
        "name": query["name"],
        "dataset": query["dataset"],
        "columns": _fields(query),
        "search": query.get("query", ""),
        "key": list(map(column, query.get("key") or row_key)),
        "row_key": list(map(column, row_key)),
    }


def ask_kinds(
    lookup: Callable[..., Iterable[Row]], name: str, dataset: str, fields: Sequence[str], search: str
) -> dict[str, str]:
    """Kinds of the fields of the query `name` as far as the server tells them: {"title": "string"}.

    Raises:
        AirbyteTracedException: The server says that a field is none, or that the search is wrong.

    """
    rows = chain.from_iterable(
        lookup(
            "query_fields",
            asked_query=name,
            asked_dataset=dataset,
            asked_search=search,
            asked_fields=tuple(fields[first : first + _MOST_FIELDS]),
        )
        for first in range(0, len(fields), _MOST_FIELDS)
    )
    return {str(row["name"]): str(row["kind"]) for row in rows}


def _fields(query: Query) -> list[str]:
    return list(dict.fromkeys([*DATASETS[query["dataset"]].ordered_by, *query.get("key", ()), *query["fields"]]))


@dataclass
class QuerySchema(SchemaLoader, RuntimeComponent):
    """Schema of a query's rows, by the types that the server tells for its fields.

    Columns of the stream that reads all rows of the dataset have the types that they have there.
    """

    config: Config
    parameters: InitVar[Mapping[str, Any]]
    name: str = ""
    """The query; the manifest's `$parameters` fill in this and all below."""
    dataset: str = ""
    columns: list[str] = field(default_factory=list)
    search: str = ""

    @override
    def get_json_schema(self) -> Mapping[str, Any]:
        fields, known = self.columns, of_dataset(self.dataset)
        told = ask_kinds(self.runtime.streams.lookup, self.name, self.dataset, fields, self.search)
        self._warn_of_unknown([name for name in fields if column(name) not in known])
        return {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "description": f"rows of {self.dataset}, by the query `{self.name}` of the setting explore_queries",
            "type": "object",
            "additionalProperties": True,
            "properties": {
                column(name): known.get(column(name)) or json_type(told.get(name, "string")) for name in fields
            },
        }

    def _warn_of_unknown(self, fields: Sequence[str]) -> None:
        """Tell of fields that the server lists nowhere; its answers have nothing in them, without a word."""
        if not fields:
            return
        try:
            names = set(self._listed())
        except AirbyteTracedException:
            return
        if not names:
            return  # the token or the server does not have the list
        for name in fields:
            if name in names or f"tags[{name}]" in names:
                continue
            number = f"tags[{name},number]"
            hint = f"it is a number, so call it `{number}`" if number in names else "correct or remove it"
            self.runtime.warn_once(
                f"Query `{self.name}` of setting `explore_queries`: Sentry lists no field `{name}` in {self.dataset}, "
                f"so its column may stay empty: {hint}."
            )

    def _listed(self) -> Iterator[str]:
        """Names of the tags of errors, or of what spans, logs and metrics carry; as `tags[name]` too."""
        lookup = self.runtime.streams.lookup
        if not DATASETS[self.dataset].hours:
            for tag in lookup("organization_tags"):
                yield from (str(tag["key"]), f"tags[{tag['key']}]")
            return
        for attribute in lookup("trace_item_attributes"):
            if attribute.get("itemType") == self.dataset:
                yield from map(str, filter(None, self._names(attribute)))

    @staticmethod
    def _names(attribute: Row) -> list[Any]:
        key, name = attribute.get("key"), attribute.get("name")
        if attribute.get("attributeType") == "number" and str(key).startswith("tags["):
            return [key]  # by its plain name it is taken for a text
        return [key, name, *(attribute.get("secondaryAliases") or ())]


@dataclass
class QueryHandler(SentryErrorHandler):
    """Answer to the question what the fields of a query are -> one sentence if one of them is none."""

    @override
    def judge_refusal(self, response: requests.Response) -> ErrorResolution:
        if response.status_code == HTTPStatus.NOT_FOUND:
            return nothing("The plan does not have the dataset, which the stream itself tells.")
        if response.status_code == HTTPStatus.BAD_REQUEST:
            words = quoted(errors.detail(response)).rstrip(".") or "no reason given"
            return fail(
                f"Query `{self.config['asked_query']}` of setting `explore_queries` is wrong: Sentry says of its "
                f"`fields` or its `query`: {words}."
            )
        return super().judge_refusal(response)
