"""What people do about an issue: who takes it on, what they write, when it is resolved and comes back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from saas_sandbox.common.clock import DAY, HOUR, SECOND
from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.data.issues import Issue
from saas_sandbox.sentry.data.people import Person

_QUIET: Final = DAY  # an issue that is quiet for so long was resolved an hour after its last event
_NOTES: Final = ("seen after the last deploy too", "happens only with an empty cart")


@dataclass(frozen=True)
class Deed:
    """Something that happened to an issue; `number` counts from its first deed."""

    number: int
    at: int
    kind: str
    person: Person | None
    data: Record


def build_story(issue: Issue, moments: Sequence[int], people: Sequence[Person]) -> list[Deed]:
    """Return all deeds, those still to come included, by time; `moments` are those of its events."""
    deeds = sorted(_deeds(issue, moments, people[issue.id % len(people)]), key=lambda deed: deed.at)
    return [Deed(number, deed.at, deed.kind, deed.person, deed.data) for number, deed in enumerate(deeds, 1)]


def _deeds(issue: Issue, moments: Sequence[int], person: Person) -> Iterator[Deed]:
    first = moments[0]
    if issue.is_assigned:
        assignee = {"assignee": str(person.number + 1), "assigneeEmail": person.email, "assigneeType": "user"}
        yield Deed(0, first + HOUR // 2, "assigned", person, assignee)
    for number in range(issue.id % (len(_NOTES) + 1)):
        yield Deed(0, first + (20 * number + 1) * HOUR, "note", person, {"text": _NOTES[number]})
    if issue.status == "ignored":
        yield Deed(0, first + 2 * HOUR, "set_ignored", person, {"ignoreUntilEscalating": True})
    if issue.status == "resolved":
        yield from _resolutions(moments, person)


def _resolutions(moments: Sequence[int], person: Person) -> Iterator[Deed]:
    """Yield a resolution in each quiet time, and a regression with the event that ends it."""
    for moment, following in zip(moments, [*moments[1:], None], strict=True):
        if following is None or following - moment > _QUIET:
            yield Deed(0, moment + HOUR, "set_resolved", person, {})
        if following is not None and following - moment > _QUIET:
            yield Deed(0, following + SECOND, "set_regression", None, {"version": ""})
