"""How many events and sessions a project has in an hour: what release health and the usage statistics count."""

from collections.abc import Iterator
from typing import Final
from zlib import crc32

from saas_sandbox.common.clock import HOUR, SECOND
from saas_sandbox.sentry.data.words import ENVIRONMENTS
from saas_sandbox.sentry.world import Project, World

_BAD_RELEASE: Final = 5  # one release in so many crashes often
_FILTERED: Final = 12  # one event for each so many accepted ones is filtered

SessionKey = tuple[str, str, str]
"""Release, environment, status."""
OutcomeKey = tuple[str, str, str]
"""Category, outcome, reason."""


def sessions(world: World, project: Project, hour: int, now: int) -> Iterator[tuple[SessionKey, int, int]]:
    """Yield (key, sessions, users) of the hour that starts at `hour`, as far as `now` has come in it."""
    release = world.release_at(project.slug, hour)
    if release is None or project.is_empty or hour > now:
        return
    passed = min(now - hour, HOUR) / HOUR
    for environment in ENVIRONMENTS:
        total = int(_draw(project, hour, environment, 40) * passed)
        crashed = total // (8 if _draw(project, 0, release, _BAD_RELEASE) == 0 else 40)
        errored = total // 10
        for status, count in (("healthy", total - crashed - errored), ("errored", errored), ("crashed", crashed)):
            if count > 0:
                yield (release, environment, status), count, (count + 1) // 2


def outcomes(project: Project, hour: int, now: int) -> Iterator[tuple[OutcomeKey, int]]:
    """Yield (key, quantity) of an hour: the accepted errors are the project's events."""
    start, end = hour // SECOND, min(hour + HOUR, now) // SECOND
    accepted = len(project.errors.rows(start, end))
    if not accepted:
        return
    yield ("error", "accepted", "none"), accepted
    yield ("transaction", "accepted", "none"), 20 * accepted
    if hour // HOUR % _FILTERED == 0:
        yield ("error", "filtered", "browser-extensions"), accepted
        yield ("error", "rate_limited", "key_quota"), 2 * accepted


def _draw(project: Project, moment: int, name: str, most: int) -> int:
    """Return a number below `most` that depends on all of this, and on nothing else."""
    return crc32(f"{project.slug}:{moment}:{name}".encode()) % most
