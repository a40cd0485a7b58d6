"""`spark.read` over HTTP: the rows of `source-sentry read`, within the server's limits."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from integration_tests.conftest import Connect
from integration_tests.source_sentry.connector import expected
from integration_tests.spark.conftest import START, options
from saas_sandbox.sigma.server import serve
from saas_sandbox.sigma.settings import Settings
from sourcewright import dates

pytestmark = pytest.mark.spark
STREAMS = [
    "teams",
    "projects",
    "events",
    "error_rows",
    "audit_logs",
    "issue_hashes",
    "issue_states",
    "monitor_checkins",
]


def plain(row: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, Any]:
    """A row of Spark as the record that it was made of, without nulls."""
    rescued = json.loads(row["_rescued_data"] or "{}")
    given = {name: value for name, value in row.items() if value is not None and name != "_rescued_data"}
    return {**{name: unnested(value, types[name]) for name, value in given.items()}, **rescued}


def unnested(value: Any, kind: str) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    return json.loads(value) if kind == "json" else value


def of_record(record: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, Any]:
    given = {name: value for name, value in record.items() if value is not None}
    return {name: dates.from_text(value) if types.get(name) == "date" else value for name, value in given.items()}


def types_of(schema: Mapping[str, Any]) -> dict[str, str]:
    """Whether a field is a `date`, a nested one that is `json`, or plain: of one type that is neither."""
    found = {}
    for name, about in schema["properties"].items():
        kinds = set(about["type"]) - {"null"}
        is_plain = kinds <= {"string", "integer", "number", "boolean"} and len(kinds) == 1
        found[name] = "date" if about.get("format") == "date-time" else "plain" if is_plain else "json"
    return found


@pytest.mark.parametrize("generation", ["today", "9.1.2"])
def test_given_a_stream_when_read_by_spark_then_its_rows_are_those_of_the_command(
    spark: Any, connect: Connect, generation: str
) -> None:
    connector = connect(generation=generation)
    connector.settings |= {"rows_lag_minutes": 0, "start_date": START}
    streams = STREAMS if generation == "today" else ["projects", "events", "issues"]
    output = connector.read(*streams)

    for stream in streams:
        (schema,) = (found["json_schema"] for found in connector.discover() if found["name"] == stream)
        types = types_of(schema)
        frame = spark.read.format("sentry").options(**options(connector.sandbox, stream)).load()
        rows = [plain(row.asDict(), types) for row in frame.collect()]
        records = [of_record(record, types) for record in output.records(stream)]
        left, right = Counter(ordered(rows)), Counter(ordered(records))
        assert (stream, left - right, right - left) == (stream, Counter(), Counter())
        assert rows


def ordered(rows: list[dict[str, Any]]) -> list[str]:
    """Rows as text, without what goes by the second in which they are read."""
    kept = [{name: value for name, value in row.items() if name not in ("observedAt", "stats")} for row in rows]
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in kept)


def test_given_nested_fields_when_read_as_structs_then_their_parts_are_columns(spark: Any, connect: Connect) -> None:
    sandbox = connect().sandbox
    frame = spark.read.format("sentry").options(**options(sandbox, "events", nested="struct")).load()

    tags = frame.selectExpr("id", "explode(tags) AS tag").select("id", "tag.key").where("tag.key = 'environment'")

    assert tags.count() == len(expected(sandbox)["events"])


@pytest.mark.parametrize(("stream", "tasks"), [("issue_details", 4), ("error_rows", 4), ("events", 1)])
def test_given_the_limits_of_sentry_io_when_four_tasks_read_then_hardly_a_request_is_too_many(
    spark: Any, connect: Connect, stream: str, tasks: int
) -> None:
    sandbox = connect(size="bench", projects=4, events_per_project=100, issues_per_project=80, limits="saas").sandbox
    sandbox.configure(latency_ms=20, time_scale=0.1)

    frame = spark.read.format("sentry").options(**options(sandbox, stream, numPartitions="4")).load()
    counts = frame.selectExpr("spark_partition_id() AS task").groupBy("task").count().collect()

    assert sum(row["count"] for row in counts) == expected(sandbox)[stream].total()
    assert len(counts) == tasks
    stats = sandbox.stats()
    assert stats["too_many"] < stats["requests"] / 100


def test_given_sigma_when_read_by_spark_then_all_of_a_stream_is_there(spark: Any) -> None:
    with serve(Settings()) as sandbox:
        access = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret, "api_url": sandbox.url}
        frame = spark.read.format("sigma").options(**access, stream="teams").load()
        keys = Counter(found["row"]["teamId"] for found in sandbox.totals()["teams"])
        assert Counter(row["teamId"] for row in frame.collect()) == keys
