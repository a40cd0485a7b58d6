"""Release health and usage: numbers by intervals of time, not lists of things."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from saas_sandbox.common.clock import DAY, HOUR, SECOND
from saas_sandbox.common.reply import Record, Reply, json_reply
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.data.usage import outcomes, sessions
from saas_sandbox.sentry.errors import bad_request
from saas_sandbox.sentry.moments import today_stamp
from saas_sandbox.sentry.world import Project

_INTERVALS: Final = {"1h": HOUR, "1d": DAY}
_SESSION_GROUPS: Final = ("release", "environment", "session.status")
_OUTCOME_GROUPS: Final = ("category", "outcome", "reason")
Numbers = Counter[tuple[tuple[str, ...], int, str]]
"""Values by group, start of the interval, and field."""
Counted = Callable[[Project, int], Iterator[tuple[tuple[str, ...], dict[str, int]]]]
"""Takes a project and the start of an hour; yields keys of the finest grouping, each with its values by field."""


def session_series(call: Call, _: Record) -> Reply:
    """Groups by release, environment and status. Beyond the points of the settings, groups are left out silently."""

    def counted(project: Project, hour: int) -> Iterator[tuple[tuple[str, ...], dict[str, int]]]:
        for key, count, users in sessions(call.world, project, hour, call.now):
            yield key, {"sum(session)": count, "count_unique(user)": users}

    return _series(call, _SESSION_GROUPS, counted, call.settings.series_points)


def outcome_series(call: Call, _: Record) -> Reply:
    """Groups by category, outcome and reason."""

    def counted(project: Project, hour: int) -> Iterator[tuple[tuple[str, ...], dict[str, int]]]:
        for key, quantity in outcomes(project, hour, call.now):
            yield key, {"sum(quantity)": quantity, "sum(times_seen)": quantity}

    return _series(call, _OUTCOME_GROUPS, counted)


def usage_by_project(call: Call, _: Record) -> Reply:
    """Totals of each project over the whole window, without a series."""
    starts, interval = _intervals(call)
    projects = [_usage(call, project, starts, interval) for project in call.projects_asked()]
    return json_reply(
        {
            "start": today_stamp(starts[0]),
            "end": today_stamp(starts[-1] + interval),
            "projects": [project for project in projects if project["stats"]],
        }
    )


def points(call: Call, project: Project) -> Reply:
    """Events that a project received by day or hour: [[seconds since 1970, number]]."""
    interval = _INTERVALS.get(call.one("resolution") or "1h", HOUR)
    since = int(float(call.one("since") or 0)) * SECOND or call.now - DAY
    until = int(float(call.one("until") or 0)) * SECOND or call.now
    starts = range(since // interval * interval, until + 1, interval)
    found = Counter[int]()
    for hour in _hours(starts, interval):
        for (category, _, _), quantity in outcomes(project, hour, call.now):
            found[hour // interval * interval] += quantity if category == "error" else 0
    return json_reply([[start // SECOND, found[start]] for start in starts])


def _intervals(call: Call) -> tuple[range, int]:
    """Starts of the intervals that `start` and `end` touch, both included, and an interval's length."""
    if not call.all("field"):
        raise bad_request('Request is missing a "field"')
    interval = _INTERVALS.get(call.one("interval") or "1d")
    if interval is None:
        raise bad_request("The interval should divide one day without a remainder.")
    window = call.window()
    if window is None:
        raise bad_request("start and end are both required")
    return range(window.start * SECOND // interval * interval, window.end * SECOND + SECOND, interval), interval


def _hours(starts: Sequence[int], interval: int) -> Iterator[int]:
    return (hour for start in starts for hour in range(start, start + interval, HOUR))


def _usage(call: Call, project: Project, starts: Sequence[int], interval: int) -> Record:
    found = Counter[tuple[str, str]]()
    for hour in _hours(starts, interval):
        for (category, outcome, _), quantity in outcomes(project, hour, call.now):
            found[category, outcome] += quantity
    by_category: dict[str, dict[str, int]] = {}
    for (category, outcome), quantity in found.items():
        by_category.setdefault(category, {})[outcome] = quantity
    stats = [
        {
            "category": category,
            "outcomes": quantities,
            "totals": {
                "dropped": sum(quantities.values()) - quantities.get("accepted", 0),
                "sum(quantity)": sum(quantities.values()),
            },
        }
        for category, quantities in by_category.items()
    ]
    return {"id": project.id, "slug": project.slug, "stats": stats}


def _series(call: Call, names: tuple[str, ...], counted: Counted, limit: int | None = None) -> Reply:
    """Return the series of each group by those of `names` that were asked for; `limit` cuts it at so many points."""
    starts, interval = _intervals(call)
    groups = [names.index(name) for name in call.all("groupBy") if name in names]
    found: Numbers = Counter()
    for project in call.projects_asked():
        for hour in _hours(starts, interval):
            for key, numbers in counted(project, hour):
                group, start = tuple(key[place] for place in groups), hour // interval * interval
                for field, number in numbers.items():
                    found[group, start, field] += number
    fields, shown = call.all("field"), limit and limit // (len(starts) + 1)
    keys = sorted({key for key, _, _ in found})[:shown]
    return json_reply(
        {
            "start": today_stamp(starts[0]),
            "end": today_stamp(starts[-1] + starts.step),
            "query": "",
            "intervals": [today_stamp(start) for start in starts],
            "groups": [
                {
                    "by": dict(zip([names[place] for place in groups], key, strict=True)),
                    "totals": {field: sum(found[key, start, field] for start in starts) for field in fields},
                    "series": {field: [found[key, start, field] for start in starts] for field in fields},
                }
                for key in keys
            ],
        }
    )
