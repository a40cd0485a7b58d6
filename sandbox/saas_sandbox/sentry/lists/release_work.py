"""One release, its deploys, commits and files."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from random import Random
from typing import Final

from saas_sandbox.common.clock import SECOND
from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.data.release_work import commit_record, deploy_record, file_records
from saas_sandbox.sentry.endpoint import Parent
from saas_sandbox.sentry.errors import not_found
from saas_sandbox.sentry.lists.releases import Shown, every_release, releases_of, shown_release
from saas_sandbox.sentry.world import Project


def _release(call: Call) -> Shown:
    organization = call.organization()
    for row in every_release(call, organization):
        if row.release.version == call.names["version"]:
            return row
    raise not_found()


RELEASE: Final = Parent(_release, lambda call: every_release(call, call.world.organization))
"""The release that `version` in the path names."""


def deploys(call: Call, row: Shown) -> Sequence[Record]:
    """Newest first by their end."""
    return [deploy_record(deploy, call.world.stamp) for deploy in call.world.work(row.release).deployed(call.now)]


def commits(call: Call, row: Shown) -> Sequence[Record]:
    """Newest first; today's server names the release again."""
    world, old, release = call.world, call.settings.old, row.release
    found = [commit_record(commit, world.anchor, world.stamp, old=old) for commit in world.work(release).commits]
    if old:
        return found
    record = shown_release(call, row)
    shown = {name: record[name] for name in ("version", "shortVersion", "ref", "url", "dateReleased", "dateCreated")}
    return [commit | {"releases": [shown]} for commit in found]


def commit_files(call: Call, row: Shown) -> Sequence[Record]:
    """By path; a file that several commits changed stands once for each."""
    world = call.world
    found = [
        record
        for commit in world.work(row.release).commits
        for record in file_records(commit, world.anchor, world.stamp)
    ]
    return sorted(found, key=lambda record: (record["filename"], record["id"]))


def release_files(call: Call, row: Shown) -> Sequence[Record]:
    """By name: one release in four has any. Those of an archive have ids made of their names, alike in all releases."""
    if row.release.number % 4:
        return []
    rng = Random(f"files:{row.release.version}")
    return [
        {
            "id": urlsafe_b64encode(f"~/static/{name}".encode()).decode(),
            "name": f"~/static/{name}",
            "dist": None,
            "headers": {"Content-Type": "application/octet-stream"},
            "size": rng.randint(1_000, 900_000),
            "sha1": f"{rng.getrandbits(160):040x}",
            "dateCreated": call.world.stamp(row.release.added + 30 * SECOND),
        }
        for name in ("app.js", "app.js.map", "vendor.js")
    ]


def project_releases(call: Call, project: Project) -> Sequence[Shown]:
    """Newest first, by the date of release where there is one; archived ones too."""
    rows = [row for row in every_release(call, call.world.organization) if project in row.projects]
    return sorted(rows, key=lambda row: (-row.release.day(call.now), -row.release.number))


def project_commits(call: Call, project: Project) -> Sequence[Record]:
    """Those of the project's releases, newest first."""
    world, old = call.world, call.settings.old
    found = [commit for row in releases_of(call, [project]) for commit in world.work(row.release).commits]
    newest_first = sorted(found, key=lambda commit: (-commit.at, commit.sha))
    return [commit_record(commit, world.anchor, world.stamp, old=old) for commit in newest_first]


def artifact_bundles(call: Call, project: Project) -> Sequence[Record]:
    """Newest first: one of every second release, and one id that stands twice."""
    rows = [row.release for row in releases_of(call, [project]) if row.release.number % 2 == 0]
    found = [_bundle(call, project, release.version, release.added) for release in rows]
    if found:
        found.insert(0, _bundle(call, project, rows[0].version, rows[0].added - 90 * SECOND))
    return found[::-1]


def _bundle(call: Call, project: Project, version: str, at: int) -> Record:
    rng, second = Random(f"bundle:{project.slug}:{version}"), at // SECOND * SECOND
    text = f"{rng.getrandbits(128):032x}"
    return {
        "bundleId": "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:])),
        "associations": [{"release": version, "dist": None}],
        "fileCount": rng.randint(2, 90),
        "dateModified": call.world.stamp(second + 60 * SECOND),
        "date": call.world.stamp(second),
    }
