"""What does not conform: paths and properties. Every check returns its complaints, one sentence each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from unit_tests.source_sentry.conformance.comparison import MISSING_THERE, Comparison, Difference
from unit_tests.source_sentry.conformance.connector import Stream
from unit_tests.source_sentry.conformance.description import Description, Get, position
from unit_tests.source_sentry.conformance.reasons import Reasons


@dataclass(frozen=True)
class Conformance:
    """Streams of the connector beside the description, with the reasons why they differ."""

    streams: Mapping[str, Stream]
    description: Description
    reasons: Reasons

    @cached_property
    def described(self) -> Mapping[str, Get]:
        """What the description says of each stream that it has: {"teams": Get}."""
        gets = self.description.gets
        return {name: gets[stream.position] for name, stream in self.streams.items() if stream.position in gets}

    @cached_property
    def unread(self) -> Mapping[str, str]:
        """Described paths that no stream reads, by position."""
        read = {stream.position for stream in self.streams.values()}
        return {place: get.path for place, get in self.description.gets.items() if place not in read}

    @cached_property
    def comparison(self) -> Comparison:
        """All schemas compared; columns that the connector adds are in no answer."""
        found = Comparison()
        for name, get in self.described.items():
            stream = self.streams[name]
            found.compare(name, stream.shape, stream.row(get.answer))
        added = {f"{name}.{column}" for name, stream in self.streams.items() for column in stream.added}
        kept = [one for one in found.differences if not (one.place in added and one.text == MISSING_THERE)]
        return Comparison(kept, found.properties)

    def complaints(self) -> list[str]:
        """Everything that differs without a reason, and every reason that nothing needs."""
        return [*self._of_paths(), *self._of_properties()]

    def _of_paths(self) -> list[str]:
        undescribed = {*self.streams} - {*self.described}
        listed = {position(path): path for path in self.reasons.no_stream}
        return [
            *_each(
                "{} is not described, and undescribed.yaml has no reason", undescribed - {*self.reasons.undescribed}
            ),
            *_each("undescribed.yaml: {} is superfluous", {*self.reasons.undescribed} - undescribed),
            *_each("{} is no stream, and no_stream.yaml has no reason", _without(self.unread, listed)),
            *_each("no_stream.yaml: {} is superfluous", _without(listed, self.unread)),
        ]

    def _of_properties(self) -> list[str]:
        richer = [one for one in self.comparison.differences if one.text == MISSING_THERE]
        others = [one for one in self.comparison.differences if one.text != MISSING_THERE]
        return [
            *_against("richer.yaml", richer, self.reasons.richer),
            *_against("exceptions.yaml", others, self.reasons.exceptions),
        ]


def _against(file: str, differences: list[Difference], reasons: Mapping[str, str]) -> list[str]:
    """Differences that have no reason, and reasons of no difference."""
    superfluous = {*reasons} - {one.place for one in differences}
    return [
        *(str(one) for one in differences if one.place not in reasons),
        *_each(f"{file}: {{}} is superfluous", superfluous),
    ]


def _each(sentence: str, things: Iterable[str]) -> list[str]:
    return [sentence.format(thing) for thing in sorted(things)]


def _without(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    return [value for key, value in one.items() if key not in other]
