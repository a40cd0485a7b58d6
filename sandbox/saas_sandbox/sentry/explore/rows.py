"""The rows of a page, in the order that the request asks for."""

from collections.abc import Sequence
from itertools import groupby
from random import Random
from typing import Final

from saas_sandbox.sentry.call import Window
from saas_sandbox.sentry.explore.question import Question
from saas_sandbox.sentry.explore.sources import Place, Source, count, places, whole_seconds

_ANY: Final = Random(1)  # goes on from request to request


def ordered(sources: Sequence[Source], window: Window, question: Question, start: int, stop: int) -> list[Place]:
    """Return the rows `start` up to but without `stop`. Those that no sort tells apart come in any order."""
    if start >= stop:
        return []
    sorts = question.sorts
    if sorts and sorts[0].field != "timestamp":
        return in_order(question, places(sources, *window))[start:stop]
    falls = not sorts or sorts[0].falls
    total = count(sources, *window)
    part = whole_seconds(sources, window, *((total - stop, total - start) if falls else (start, stop)))
    skipped = start - (count(sources, part.end, window.end) if falls else count(sources, window.start, part.start))
    found = sorted(places(sources, *part), key=lambda place: place.second, reverse=falls)
    ties = (list(group) for _, group in groupby(found, lambda place: place.second))
    return [place for group in ties for place in in_order(question, group)][skipped : skipped + stop - start]


def in_order(question: Question, found: list[Place]) -> list[Place]:
    """Sort rows by all sorts."""
    if len(found) > 1:
        _ANY.shuffle(found)
        for sort in reversed(question.sorts):
            found.sort(key=question.order(sort), reverse=sort.falls)
    return found
