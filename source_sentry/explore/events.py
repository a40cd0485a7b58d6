"""Partitions of what is asked for event by event."""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, Final

from typing_extensions import override

from source_sentry.explore.router import is_across
from source_sentry.states import ALL
from sourcewright import dates
from sourcewright.components.parents import TouchedRouter
from sourcewright.components.runtime import ParentBatch, Row, Runtime
from sourcewright.components.states import ChildState
from sourcewright.log import logger

_OF_EVENTS: Final = {"eventID": "id", "dateCreated": "timestamp", "project": "project", "projectID": "projectId"}
"""Field of an event -> the same of a row of Explore."""
_OF_ROWS: Final = {row: event for event, row in _OF_EVENTS.items()}


@dataclass
class EventRouter(TouchedRouter):
    """Rows of errors -> a partition for each, {"eventID": "0123…", "projectID": "1"}, with the project's slug for URLs.

    Where the server has no such rows, it is one for each event of `fallback`. Either way the state is that of the rows:
    {"use_global_cursor": false, "states": [{"partition": {"project": "-1"}, "cursor": {"timestamp": "…Z"}}]}.
    """

    fallback: str = ""

    @override
    def wire(self, runtime: Runtime) -> None:
        super().wire(runtime)
        runtime.streams.keep(self.fallback, _OF_EVENTS)

    @override
    def batches(self, state: Mapping[str, Any]) -> Iterable[ParentBatch]:
        if self.config["server"].has_error_rows:
            for found in super().batches(self._of_all(state)):
                yield found._replace(rows=list(map(_row, found.rows)))
        else:
            yield from self._of_events(state)

    @override
    def partition(self, key: list[str], row: Row) -> dict[str, str]:
        names = (("eventID", "id"), ("projectID", "projectId"))
        return {name: str(row[of_row]) for name, of_row in names if of_row in row}

    def _of_events(self, state: Mapping[str, Any]) -> Iterator[ParentBatch]:
        logger.info(
            "Stream `%s` is read below `%s`, since Explore does not find errors for this token on this server.",
            self.name,
            self.fallback,
        )
        below = copy(self)
        below.parent = self.fallback
        for found in super(EventRouter, below).batches(_renamed(_by_project(state), _OF_ROWS)):
            yield found._replace(rows=list(map(_row_of_event, found.rows)), state=_renamed(found.state, _OF_EVENTS))

    def _of_all(self, state: Mapping[str, Any]) -> Mapping[str, Any]:
        """State of each project -> that of all at once, where they are read so: the earliest, so that nothing is lost.

        A project that has none yet was not read; it may have had events since its first one.
        """
        cursors = _cursors(state)
        if not cursors or ALL in cursors or not is_across(self.config):
            return state
        projects = self.runtime.streams.parent_rows("project_list", "id", "firstEvent", "hasAccess")
        start = str(self.config["start_date"])
        since = [
            cursors.get(str(project["id"])) or max(start, _date(project.get("firstEvent", start)))
            for project in projects
            if project.get("hasAccess") is not False and project.get("firstEvent", start)
        ]
        return _state({ALL: min(since)}) if since else state


@dataclass
class EventState(ChildState):
    """State of what is read below events; that of an earlier version, which has the state of `events`, goes on."""

    @override
    def partition_key(self, saved: Any) -> Mapping[str, Any]:
        return {"project": str(saved["project"])}

    @override
    def of_parent(self, saved: Mapping[str, Any], router: Any) -> Mapping[str, Any]:
        return self._checked(saved, router.carries[self.field_name])

    @override
    def migrate(self, stream_state: Mapping[str, Any]) -> Mapping[str, Any]:
        router: Any = self.declarative_stream.retriever.partition_router  # type: ignore[union-attr]
        saved = stream_state.get("parent_state")
        of_events = saved.get(router.fallback) if isinstance(saved, Mapping) and router.parent not in saved else None
        if not isinstance(of_events, Mapping):
            return super().migrate(stream_state)
        return {"parent_state": {router.parent: _renamed(self._checked(of_events, "dateCreated"), _OF_EVENTS)}}

    def _checked(self, saved: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        if "states" in saved:
            return {"use_global_cursor": False, "states": self._partitions(saved["states"], name)}
        return {"state": self.cursor(saved.get("state", saved), name)} if saved else {}


def _row(row: Row) -> Row:
    """{"timestamp": "2026-11-22T10:00:00+00:00"} -> {"timestamp": "2026-11-22T10:00:00Z"}, as in events."""
    return {**row, "timestamp": _date(row.get("timestamp"))}


def _row_of_event(event: Row) -> Row:
    return {_OF_EVENTS[name]: value for name, value in event.items() if name in _OF_EVENTS}


def _date(value: Any) -> Any:
    second = dates.to_second(value)
    return f"{second}Z" if second else value


def _cursors(state: Mapping[str, Any]) -> dict[str, str]:
    """{"1": "2026-11-22T10:00:00Z"}: what the state says of each project."""
    return {entry["partition"]["project"]: entry["cursor"]["timestamp"] for entry in state.get("states", ())}


def _by_project(state: Mapping[str, Any]) -> Mapping[str, Any]:
    """State of all projects at once -> the one that each of them goes on from."""
    cursors = _cursors(state)
    return {"state": {"timestamp": min(cursors.values())}} if ALL in cursors else state


def _state(cursors: Mapping[str, str]) -> Mapping[str, Any]:
    states = [{"partition": {"project": of}, "cursor": {"timestamp": cursor}} for of, cursor in cursors.items()]
    return {"use_global_cursor": False, "states": states}


def _renamed(saved: Any, names: Mapping[str, str]) -> Any:
    """`saved` with other `names` of its fields, at any depth."""
    if isinstance(saved, list):
        return [_renamed(entry, names) for entry in saved]
    if isinstance(saved, Mapping):
        return {names.get(name, name): _renamed(value, names) for name, value in saved.items()}
    return saved
