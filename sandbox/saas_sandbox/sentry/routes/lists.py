"""The index, the organization, its projects, teams, members, users and releases, and a project's page and keys."""

from typing import Any

import orjson

from saas_sandbox.sentry.auth import ANONYMOUS
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.data.people import Person
from saas_sandbox.sentry.data.projects import project_detail, project_summary
from saas_sandbox.sentry.data.releases import Release, release_record
from saas_sandbox.sentry.errors import ApiError, forbidden
from saas_sandbox.sentry.moments import SECOND
from saas_sandbox.sentry.paging import keyset, numbered
from saas_sandbox.sentry.reply import Reply, json_reply
from saas_sandbox.sentry.world import Project

Record = dict[str, Any]
_KEYS_PAGE = 10


def index(call: Call) -> Reply:
    """Say who is calling: `auth` is null without a token."""
    known = call.token is not ANONYMOUS
    auth = {"scopes": list(call.token.scopes)} if known else None
    user = {"id": "1", "email": call.world.people[0].email} if known else None
    return json_reply({"version": "0", "auth": auth, "user": user})


def organization(call: Call) -> Reply:
    """Return the organization."""
    call.check_organization()
    return json_reply(call.world.organization)


def projects(call: Call) -> Reply:
    """Bookmarked ones first, then by slug; 9.1.2 by slug alone."""
    call.check_organization()
    old = call.settings.old
    rows = sorted(call.visible(), key=lambda project: (not old and project.slug != "mobile", project.slug))
    page = call.page(numbered, len(rows), call.per_page())
    return call.answer_records((project_record(call, row) for row in rows[page.start : page.stop]), page)


def project(call: Call) -> Reply:
    """Return a project's own page."""
    call.check_organization()
    facts = project_facts(call, call.project())
    return json_reply(project_detail(facts, call.world.organization, old=call.settings.old))


def project_record(call: Call, row: Project) -> Record:
    """Return a project as the caller sees it in a list."""
    return project_summary(project_facts(call, row), old=call.settings.old)


def project_facts(call: Call, row: Project) -> Record:
    """Add what depends on the caller and on the time."""
    version = call.world.release_at(row.slug, call.now)
    latest = {"version": version} if version else None
    return row.facts | {"isMember": call.is_member(row), "latestRelease": latest}


def keys(call: Call) -> Reply:
    """Newest first; ten per page unless `per_page` says otherwise (9.1.2: a hundred)."""
    call.check_organization()
    rows = list(reversed(call.project().keys))
    if status := call.one("status"):
        rows = [row for row in rows if row["isActive"] is (status == "active")]
    if call.settings.old:
        page = call.page(keyset(lambda row: len(rows) - row), len(rows), call.per_page())
    else:
        page = call.page(numbered, len(rows), call.per_page(_KEYS_PAGE))
    return call.answer_records(rows[page.start : page.stop], page)


def teams(call: Call) -> Reply:
    """By slug, with their projects unless `detailed=0`."""
    call.check_organization()
    rows = sorted((call.world.team(number) for number in range(call.world.counts.teams)), key=lambda team: team["slug"])
    page = call.page(numbered, len(rows), call.per_page())
    detailed = call.one("detailed") != "0"
    records = (row | _projects_of(call, row) if detailed else row for row in rows[page.start : page.stop])
    return call.answer_records(records, page)


def _projects_of(call: Call, team: Record) -> Record:
    owned = [row for row in call.visible() if row.facts["team"]["id"] == team["id"]]
    return {"projects": [project_record(call, row) for row in owned]}


def members(call: Call) -> Reply:
    """By id, invitations included; 9.1.2 by e-mail, invitations first."""
    call.check_organization()
    rows = call.world.people
    if call.settings.old:
        rows = sorted(rows, key=lambda person: (not person.pending, person.email))
    page = call.page(numbered, len(rows), call.per_page())
    return call.answer_records(map(call.world.member, rows[page.start : page.stop]), page)


def users(call: Call) -> Reply:
    """Accepted members by e-mail, in one answer: those of the caller's projects, or all with `project=-1`.

    9.1.2 lists all without a parameter, and refuses `project=-1`.
    """
    call.check_organization()
    if call.settings.old and call.all("project"):
        raise forbidden()
    chosen = call.visible() if call.settings.old else call.projects_asked()
    teams_shown = {row.facts["team"]["id"] for row in chosen}
    everyone = call.settings.old or "-1" in call.all("project")
    people = sorted((person for person in call.world.people if not person.pending), key=lambda person: person.email)
    rows = [person for person in people if everyone or str(person.team + 1) in teams_shown]
    return json_reply([_user(call, person) for person in rows])


def _user(call: Call, person: Person) -> Record:
    own = [row.slug for row in call.visible() if row.facts["team"]["id"] == str(person.team + 1)]
    return call.world.member(person) | {"projects": own}


def releases(call: Call) -> Reply:
    """Newest first by creation, open ones unless `status` says otherwise (empty for all).

    9.1.2 sorts by the date of release where there is one, shows all, and knows no `status`.
    """
    call.check_organization()
    chosen = {row.slug: row for row in (call.visible() if _everything(call) else call.projects_asked())}
    rows = [row for row in call.world.releases if row.added <= call.now and chosen.keys() & call.world.projects_of(row)]
    rows = sorted(_in_status(call, _in_window(call, rows)), key=lambda row: (-_moment(call, row), -row.number))
    page = call.page(numbered, len(rows), call.per_page())
    return call.answer(
        (orjson.dumps(_release(call, row, chosen)) for row in rows[page.start : page.stop]),
        page,
    )


def _everything(call: Call) -> bool:
    return call.settings.old and not call.all("project")


def _moment(call: Call, row: Release) -> int:
    return row.day(call.now) if call.settings.old else row.added


def _in_window(call: Call, rows: list[Release]) -> list[Release]:
    """Keep what lies between start and end, both included, to the second."""
    window = call.window()
    if window is None:
        return rows
    return [row for row in rows if window.start * SECOND <= _moment(call, row) <= window.end * SECOND]


def _in_status(call: Call, rows: list[Release]) -> list[Release]:
    status = call.one("status")
    if call.settings.old or status == "":
        return rows
    if status not in (None, "open", "archived"):
        raise ApiError(400, {"status": ["Invalid choice."]})
    return [row for row in rows if row.archived is (status == "archived")]


def _release(call: Call, row: Release, chosen: dict[str, Project]) -> Record:
    facts = [chosen[slug].facts for slug in call.world.projects_of(row) if slug in chosen]
    return release_record(row, facts, call.now, call.world.stamp, old=call.settings.old)
