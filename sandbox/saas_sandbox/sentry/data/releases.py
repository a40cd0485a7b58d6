"""Releases."""

from dataclasses import dataclass
from random import Random
from typing import Final

from saas_sandbox.common.clock import DAY, SECOND
from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.moments import Stamp

HISTORY_DAYS: Final = 120
HORIZON_DAYS: Final = 30


@dataclass(frozen=True)
class Release:
    """A version of one or two projects; `projects` are their positions in the list of active ones."""

    number: int
    version: str
    added: int
    released: int | None
    archived: bool
    projects: tuple[int, ...]

    def released_by(self, now: int) -> int | None:
        """Return when it was released, once that has happened."""
        return self.released if self.released is not None and self.released <= now else None

    def day(self, now: int) -> int:
        """Return the moment by which 9.1.2 sorts and filters."""
        return self.released_by(now) or self.added


def build_releases(seed: int, count: int, slugs: list[str], anchor: int) -> list[Release]:
    """Return `count` releases before `anchor`, and those of the days after it, in the order of their creation."""
    if not count or not slugs:
        return []
    step = HISTORY_DAYS * DAY // count
    total = count + HORIZON_DAYS * DAY // step
    first = anchor - count * step
    return [_release(seed, number, first + number * step, step, slugs) for number in range(total)]


def _release(seed: int, number: int, start: int, step: int, slugs: list[str]) -> Release:
    rng = Random(f"{seed}:release:{number}")
    main = number % len(slugs)
    shared = len(slugs) > 1 and number % 5 == 0
    added = start + rng.randrange(step)
    return Release(
        number=number,
        version=f"{slugs[main]}@{1 + number // 50}.{number % 50 // 5}.{number % 5}",
        added=added if number % 3 else added // SECOND * SECOND,
        released=added + rng.randrange(3 * DAY) if rng.random() < 3 / 4 else None,
        archived=number % 8 == 3,  # noqa: PLR2004 - one in eight
        projects=(main, (main + 1) % len(slugs)) if shared else (main,),
    )


def release_record(release: Release, projects: list[Record], now: int, stamp: Stamp, *, old: bool) -> Record:
    """Return a release at the moment `now`, without the fields that tell of its work.

    Its last event moves on while it is fresh. 9.1.2 knows no `id`.
    """
    rng = Random(f"release:{release.version}")
    released = release.released_by(now)
    first_event, quiet_after = release.added + rng.randrange(DAY), release.added + 14 * DAY
    seen = first_event <= now
    package, _, number = release.version.partition("@")
    major, minor, patch = (int(part) for part in number.split("."))
    record = {
        "id": 7000 + release.number,
        "version": release.version,
        "shortVersion": release.version,
        "versionInfo": {
            "package": package,
            "version": {"raw": number, "major": major, "minor": minor, "patch": patch, "pre": None, "buildCode": None},
            "description": number,
            "buildHash": None,
        },
        "status": "archived" if release.archived else "open",
        "ref": f"{rng.getrandbits(160):040x}",
        "url": None,
        "dateCreated": stamp(release.added),
        "dateReleased": stamp(released) if released else None,
        "dateStarted": None,
        "owner": None,
        "firstEvent": stamp(first_event) if seen else None,
        "lastEvent": stamp(min(now, quiet_after)) if seen else None,
        "newGroups": rng.randrange(9),
        "data": {},
        "projects": [_in_release(project, old=old) for project in projects],
    }
    if old:
        for name in ("id", "status", "dateStarted"):
            del record[name]
        return record
    return record | {"currentProjectMeta": {}, "userAgent": None, "adoptionStages": None}


def _in_release(project: Record, *, old: bool) -> Record:
    record = {"name": project["name"], "slug": project["slug"]}
    if old:
        return record
    more = {"id": int(project["id"]), "platform": project["platform"], "platforms": [project["platform"]]}
    return record | more | {"hasHealthData": False, "newGroups": 0}
