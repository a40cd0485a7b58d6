"""When the events of a project happen, and to which issue, user and environment each belongs: columns, not records."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Final, NamedTuple

from saas_sandbox.common.clock import DAY, HOUR, SECOND
from saas_sandbox.sentry.data.words import ENVIRONMENTS

HISTORY_DAYS: Final = 89  # one less than the retention, so that nothing leaves while a test runs
HORIZON_DAYS: Final = 30  # how long after `now` new data goes on appearing
USERS: Final = 40  # people per project who meet errors
_BURST: Final = 0.08  # share of the events that fall into the same second as the one before


@dataclass(frozen=True)
class Span:
    """`count` moments between two others (microseconds, the end excluded)."""

    start: int
    end: int
    count: int


@dataclass(frozen=True)
class Earlier:
    """What an issue had before the history begins: only its lifetime values know of it."""

    count: int
    first_seen: int


@dataclass(frozen=True, eq=False)
class Timeline:
    """Events in ascending order; the same row of each column is the same event.

    `tracks` holds for each issue the rows of its events; every issue has at least one, unless it was deleted or merged.
    """

    at: list[int]  # microseconds
    second: list[int]
    ids: list[str]  # 32 hexadecimal digits
    issue: list[int]
    user: list[int]
    environment: list[str]
    tracks: list[list[int]]
    earlier: list[Earlier | None]

    def rows(self, start: int, end: int) -> range:
        """Return the rows of `start <= second < end`."""
        return range(bisect_left(self.second, start), bisect_left(self.second, end))

    def track(self, issue: int, rows: range) -> list[int]:
        """Return those of an issue's rows that lie within `rows`."""
        track = self.tracks[issue]
        return track[bisect_left(track, rows.start) : bisect_left(track, rows.stop)]

    def added(self, moment: int, names: Iterable[str], issue: int) -> "Timeline":
        """Return this with further events of an issue, `names` being their ids."""
        fresh = [Row(moment // SECOND, name, moment, issue, 0, ENVIRONMENTS[0]) for name in names]
        return self._of([*self._rows(), *fresh])

    def merged(self, issue: int, into: int) -> "Timeline":
        """Return this with the events of one issue as those of another."""
        return self._of(row._replace(issue=into) if row.issue == issue else row for row in self._rows())

    def without(self, issue: int) -> "Timeline":
        """Return this without the events of an issue."""
        return self._of(row for row in self._rows() if row.issue != issue)

    def _rows(self) -> Iterator["Row"]:
        return map(Row, self.second, self.ids, self.at, self.issue, self.user, self.environment)

    def _of(self, rows: Iterable["Row"]) -> "Timeline":
        """Return a timeline of the same issues; in the order of today's server."""
        ordered = sorted(rows)
        tracks: list[list[int]] = [[] for _ in self.tracks]
        for number, row in enumerate(ordered):
            tracks[row.issue].append(number)
        columns = {
            name: [getattr(row, name) for row in ordered] for name in ("at", "second", "issue", "user", "environment")
        }
        return replace(self, ids=[row.name for row in ordered], tracks=tracks, **columns)


class Row(NamedTuple):
    """One event of a timeline; rows compare as they are ordered."""

    second: int
    name: str
    at: int
    issue: int
    user: int
    environment: str


def build_timeline(rng: Random, spans: list[Span], issues: int, *, by_second: bool) -> Timeline:
    """Build the events of some spans, the first of which holds `issues` issues; later spans bring new ones.

    Events are ordered by second and id as today's server does, or by microsecond as 9.1.2.
    """
    moments = [moment for span in spans for moment in _moments(rng, span)]
    events = [(moment, f"{rng.getrandbits(128):032x}") for moment in moments]
    events.sort(key=lambda event: (event[0] // SECOND, event[1]) if by_second else event)
    births = _births(rng, spans, issues)
    owners = _owners(rng, len(events), births)
    tracks: list[list[int]] = [[] for _ in births]
    for row, owner in enumerate(owners):
        tracks[owner].append(row)
    return Timeline(
        at=[moment for moment, _ in events],
        second=[moment // SECOND for moment, _ in events],
        ids=[name for _, name in events],
        issue=owners,
        user=rng.choices(range(USERS), k=len(events)),
        environment=rng.choices(ENVIRONMENTS, weights=(8, 3, 1), k=len(events)),
        tracks=tracks,
        earlier=[_earlier(rng, events[0][0]) for _ in births],
    )


def _moments(rng: Random, span: Span) -> list[int]:
    """Spread a span's moments with the rhythm of days and weeks, ascending; some share a second."""
    hours = range(span.start, span.end, HOUR)
    chosen = rng.choices(hours, weights=[_busy(hour // HOUR) for hour in hours], k=span.count) if span.count else []
    seconds = sorted(hour // SECOND + rng.randrange(3600) for hour in chosen)
    for row in range(1, len(seconds)):
        if rng.random() < _BURST:
            seconds[row] = seconds[row - 1]
    return [second * SECOND + _fraction(rng) for second in seconds]


def _busy(hour: int) -> int:
    """Weigh an hour since 1970 (a Thursday): working hours of working days carry most."""
    weekend = (hour // 24 + 3) % 7 >= 5  # noqa: PLR2004 - Saturday and Sunday, counted from Monday
    daytime = 8 <= hour % 24 < 19  # noqa: PLR2004 - office hours, UTC
    return (1 if weekend else 3) * (4 if daytime else 1)


def _fraction(rng: Random) -> int:
    """Return microseconds: half of the senders give none, a quarter milliseconds."""
    kind = rng.random()
    return 0 if kind < 1 / 2 else rng.randrange(1000) * 1000 if kind < 3 / 4 else rng.randrange(SECOND)


def _births(rng: Random, spans: list[Span], issues: int) -> list[int]:
    """Return the row of each issue's first event; row 0 is always one, if there are any."""
    births: list[int] = []
    before = 0
    for span in spans:
        wanted = min(span.count, issues if not births else issues * span.count // spans[0].count)
        births += sorted(rng.sample(range(before, before + span.count), wanted))
        before += span.count
    return [0, *births[1:]] if births else []


def _owners(rng: Random, events: int, births: list[int]) -> list[int]:
    """Give each event to an issue born by then: newer issues draw more, so older ones fall quiet."""
    owners = []
    for row in range(events):
        born = bisect_right(births, row)
        just_born = births[born - 1] == row
        owners.append(born - 1 if just_born else born - 1 - int(born * rng.random() ** 3))
    return owners


def _earlier(rng: Random, begin: int) -> Earlier | None:
    """Let one issue in five be older than the history."""
    if rng.random() >= 1 / 5:
        return None
    return Earlier(count=rng.randint(1, 500), first_seen=begin - rng.randint(1, 200) * DAY - rng.randrange(DAY))
