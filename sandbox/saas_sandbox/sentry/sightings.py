"""Which issues had events in a window, and the numbers that an issue's record shows about them."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from saas_sandbox.common.clock import SECOND
from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.call import Window
from saas_sandbox.sentry.data.events import Event
from saas_sandbox.sentry.data.issues import Issue
from saas_sandbox.sentry.data.timeline import Earlier, Timeline
from saas_sandbox.sentry.moments import Stamp
from saas_sandbox.sentry.world import Project

_GRAPHS: Final = {"24h": (24, 3600), "14d": (14, 86400), "30d": (30, 86400)}  # points and seconds of a point


@dataclass(frozen=True)
class Sighting:
    """An issue and those of its events (rows of the timeline, ascending, at least one) that count."""

    project: Project
    timeline: Timeline
    number: int
    rows: list[int]

    @property
    def issue(self) -> Issue:
        """The issue itself."""
        return self.project.issue(self.number, feedback=self.is_feedback)

    @property
    def is_feedback(self) -> bool:
        """Whether its events are entries of the feedback widget."""
        return self.timeline is self.project.feedback

    def event(self, row: int) -> Event:
        """Return one of its events."""
        return self.project.event(row, feedback=self.is_feedback)

    @property
    def first(self) -> int:
        """Microseconds of the first event."""
        return self.timeline.at[self.rows[0]]

    @property
    def last(self) -> int:
        """Microseconds of the last event."""
        return self.timeline.at[self.rows[-1]]

    @property
    def earlier(self) -> Earlier | None:
        """What the issue had before the history begins."""
        return self.timeline.earlier[self.number]

    def lifetime(self, now: int) -> "Sighting":
        """Return the same issue with all its events up to `now` (microseconds)."""
        visible = self.timeline.rows(0, now // SECOND)
        return Sighting(self.project, self.timeline, self.number, self.timeline.track(self.number, visible))

    @property
    def first_ever(self) -> int:
        """Microseconds of the first event, the history before included; meaningful for a whole lifetime."""
        return self.earlier.first_seen if self.earlier else self.first


def sightings(
    projects: Iterable[Project], window: Window, environments: Collection[str], *, feedback: bool
) -> Iterator[Sighting]:
    """Yield the issues that had an event in the window, in one of the environments if any are named."""
    for project in projects:
        for timeline in (project.errors, project.feedback) if feedback else (project.errors,):
            inside = timeline.rows(window.start, window.end)
            for number in range(len(timeline.tracks)) if inside else ():
                rows = timeline.track(number, inside)
                if environments:
                    rows = [row for row in rows if timeline.environment[row] in environments]
                if rows:
                    yield Sighting(project, timeline, number, rows)


def seen_in_window(sighting: Sighting, stamp: Stamp) -> Record:
    """Return the numbers of the window alone; moments are whole seconds there."""
    return {
        "count": str(len(sighting.rows)),
        "userCount": _users(sighting),
        "firstSeen": stamp(sighting.first // SECOND * SECOND),
        "lastSeen": stamp(sighting.last // SECOND * SECOND),
    }


def seen_ever(sighting: Sighting, stamp: Stamp) -> Record:
    """Return the numbers of a whole lifetime."""
    before = sighting.earlier.count if sighting.earlier else 0
    return {
        "count": str(len(sighting.rows) + before),
        "userCount": _users(sighting),
        "firstSeen": stamp(sighting.first_ever),
        "lastSeen": stamp(sighting.last),
    }


def graph(sighting: Sighting, period: str, now: int) -> Record:
    """Return the events per hour of the last `24h`, or per day of the last `14d` or `30d`."""
    points, width = _GRAPHS[period]
    end = now // SECOND // width * width + width
    edges = [end - width * (points - point) for point in range(points)]
    counts = dict.fromkeys(edges, 0)
    for row in reversed(sighting.rows):
        second = sighting.timeline.second[row]
        if second < edges[0]:
            break
        counts[second // width * width] += 1
    return {period: [[edge, count] for edge, count in counts.items()]}


def _users(sighting: Sighting) -> int:
    return len({sighting.timeline.user[row] for row in sighting.rows})
