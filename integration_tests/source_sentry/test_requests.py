"""A sync that finds nothing new costs as many requests as docs/streams.md says."""

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import costs

from integration_tests.clock import NOW
from integration_tests.conftest import Connect
from integration_tests.source_sentry.connector import Output
from saas_sandbox.common.state import LoggedRequest
from unit_tests.manifests import streams

KNOWN: Final = {
    # Those of Explore ask for each window; streams/test_rows.py has what that costs
    name: stream
    for name, stream in streams("source_sentry").items()
    if "dataset" not in stream["$parameters"]
}
BESIDE: Final[Mapping[str, str]] = {
    "feedback": "issue.category:feedback",
    "issue_states": "stats",
    "release_health": "1d",
    "release_health_hourly": "1h",
}
"""What stands in a parameter of the requests of streams that share an endpoint."""


def test_given_nothing_new_when_read_again_then_each_stream_costs_what_the_documents_say(connect: Connect) -> None:
    connector = connect(projects=3)
    first = connector.read()
    before = connector.sandbox.requests()
    connector.sandbox.reset()

    second = connector.read(state=first.last_states)

    after = connector.sandbox.requests()
    found = {name: len(_lists(name, after)) - len(_numbered(name, after)) for name in KNOWN}
    # Nothing is missing, and requests for details of issues have the same address
    wanted = {name: _expected(name, before, second) for name in KNOWN if name != "issue_tombstones"}
    assert {name: found[name] for name in wanted if found[name] not in wanted[name]} == {}


def _expected(name: str, before: list[LoggedRequest], second: Output) -> tuple[int, ...]:
    """Requests of a stream, and once more of one that others have for a parent."""
    cost = costs.cost(KNOWN[name])
    readers = 1 + any(_router(stream).get("parent") == name for stream in KNOWN.values()) + (name == "projects")
    if cost.of in (costs.ONCE, costs.PAGE):
        return (readers * cost.count,)
    if cost.of == costs.HUNDRED:
        read_again = len({row["id"] for row in second.records("issues")})
        return (math.ceil(min(read_again, 2) / 2) + math.ceil(max(0, read_again - 2) / 100),)  # two of them first
    if cost.of == costs.PROJECT:
        asked = {_project(request) for request in _lists(name, before)}
        # The last of several windows lasts as long as the sync before
        return tuple(readers * count * len(asked) for count in {cost.count, max(1, cost.count - 1)})
    key = streams("source_sentry")[cost.of]["primary_key"]
    parents = {tuple(row[part] for part in key): row for row in second.records(cost.of)}
    counted_by = _router(KNOWN[name]).get("counted_by")
    return (
        sum(1 for row in parents.values() if _is_asked(name, row) and (not counted_by or row[counted_by])) * readers,
    )


def _is_asked(name: str, row: Mapping[str, Any]) -> bool:
    """Whether a parent may have new children: all but monitors that are ok and had no check-in in the last hour."""
    if name != "monitor_checkins" or row["config"]["failure_issue_threshold"] > 1 or not row["environments"]:
        return True
    last_hour = (datetime.fromisoformat(NOW) - timedelta(hours=1)).strftime("%Y-%m-%dT%H")
    return any(each["status"] != "ok" or each["lastCheckIn"] >= last_hour for each in row["environments"])


def _path(name: str) -> re.Pattern[str]:
    endpoint = re.escape(KNOWN[name]["$parameters"]["endpoint"]).replace(r"\{organization\}", "acme")
    return re.compile("/api/0/" + re.sub(r"\\{\w+\\}", "[^/]+", endpoint))


def _numbered(name: str, requests: list[LoggedRequest]) -> set[str]:
    """Lists with page numbers that have a second page: they are read twice."""
    path = _path(name)
    return {
        request.path
        for request in requests
        if path.fullmatch(request.path)
        and any(key == "cursor" and re.fullmatch(r"\d{1,3}:1:0", value) for key, value in request.query)
    }


def _lists(name: str, requests: list[LoggedRequest]) -> list[LoggedRequest]:
    """First pages that were requested of a stream; issue 0, of nobody, tells how old the server is."""
    path = _path(name)
    others = [mark for other, mark in BESIDE.items() if other != name and _endpoint(other) == _endpoint(name)]
    return [
        request
        for request in requests
        if path.fullmatch(request.path)
        and not request.path.endswith("/issues/0/")
        and not {"cursor", "startIndex"} & {key for key, _ in request.query}
        and (name not in BESIDE or _has(request, BESIDE[name]))
        and not any(_has(request, mark) for mark in others)
    ]


def _has(request: LoggedRequest, mark: str) -> bool:
    return any(value.startswith(mark) for _, value in request.query)


def _endpoint(name: str) -> str:
    return str(KNOWN[name]["$parameters"]["endpoint"])


def _router(stream: Mapping[str, Any]) -> Mapping[str, Any]:
    router: Mapping[str, Any] = stream["retriever"].get("partition_router", {})
    return router


def _project(request: LoggedRequest) -> str:
    in_path = re.match(r"/api/0/projects/acme/([^/]+)/", request.path)
    return in_path.group(1) if in_path else dict(request.query)["project"]
