"""How projects are set up, and what was uploaded to them: rows that tell no story."""

from typing import Final

from saas_sandbox.common.clock import DAY
from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.data.issues import build_issue
from saas_sandbox.sentry.data.people import user_record
from saas_sandbox.sentry.data.words import MODULES
from saas_sandbox.sentry.made import Draft
from saas_sandbox.sentry.world import Project, World

_FILTERS: Final[tuple[tuple[str, str, bool | list[str]], ...]] = (
    ("web-crawlers", "Leave out errors that crawlers meet", False),
    ("localhost", "Leave out errors of developers' own machines", True),
    ("legacy-browsers", "Leave out errors of browsers that nobody updates", ["safari_pre_6", "opera_pre_15"]),
    ("filtered-transaction", "Leave out checks of health", False),
    ("browser-extensions", "Leave out errors that extensions make", True),
)
_HIDDEN: Final = {"hidden-secret": True}


def ownership(world: World, project: Project) -> Record:
    """Return a project's ownership rules: every second has some."""
    person = world.people[project.number % len(world.people)]
    rules = None if project.number % 2 else f"path:src/{MODULES[0]}/* {person.email}"
    return {
        "raw": rules,
        "fallthrough": True,
        "dateCreated": world.stamp(project.created) if rules else None,
        "lastUpdated": world.stamp(project.created + DAY) if rules else None,
        "isActive": True,
        "autoAssignment": "Auto Assign to Issue Owner",
        "codeownersAutoSync": True,
        "schema": _rules("path", f"src/{MODULES[0]}/*", str(person.number + 1), person.email) if rules else None,
    }


def _rules(kind: str, pattern: str, owner: str, name: str) -> Record:
    owners = [{"type": "user", "id": owner, "name": name}]
    return {"$version": 1, "rules": [{"matcher": {"type": kind, "pattern": pattern}, "owners": owners}]}


def codeowners_row(draft: Draft) -> Record:
    """Return a CODEOWNERS file of a project."""
    pattern = f"docs/{draft.value('word')}/*"
    return {
        "id": str(100 * (draft.parent.number + 1) + draft.number),
        "raw": f"{pattern} {draft.person.email}",
        "dateCreated": draft.date(200),
        "dateUpdated": draft.date(20),
        "dateSynced": draft.date(2),
        "codeMappingId": str(draft.parent.number + 1),
        "provider": "github",
        "codeOwnersUrl": f"https://code.acme.example/acme/{draft.parent.slug}/blob/main/CODEOWNERS",
        "schema": _rules("codeowners", pattern, str(draft.person.number + 1), draft.person.email),
        "errors": {
            "missing_user_emails": [],
            "missing_external_users": [f"@{draft.value('username')}"],
            "missing_external_teams": [],
            "teams_without_access": [],
            "users_without_access": [],
        },
    }


def filters(*, old: bool) -> list[Record]:
    """Return a project's inbound filters; 9.1.2 tells their names too."""
    if not old:
        return [{"id": name, "active": active} for name, _, active in _FILTERS]
    kept = [row for row in _FILTERS if row[0] != "filtered-transaction"]
    return [
        {"id": name, "active": active, "description": text, "name": name.title(), "hello": f"{name} - {name.title()}"}
        for name, text, active in kept
    ]


def hook_row(draft: Draft) -> Record:
    """Return a service hook."""
    return {
        "id": draft.value("uuid").replace("-", ""),
        "url": f"https://hooks.acme.example/{draft.value('slug')}",
        "secret": draft.value("token_hex", entropy=32),
        "status": "active",
        "events": ["event.alert", "event.created"],
        "dateCreated": draft.date(100),
    }


def symbol_source_row(draft: Draft) -> Record:
    """Return a source of debug symbols: the first of each project is a server, the others are buckets."""
    common = {"id": draft.id, "name": draft.value("word").title(), "layout": {"type": "native", "casing": "default"}}
    if draft.number == 0:
        where = {"type": "http", "url": "https://symbols.acme.example/", "username": draft.value("username")}
        return common | where | {"password": _HIDDEN}
    where = {"type": "s3", "bucket": draft.value("slug"), "region": "eu-central-1", "prefix": "symbols/"}
    return common | where | {"access_key": draft.value("token_hex", entropy=8), "secret_key": _HIDDEN}


def debug_file_row(draft: Draft) -> Record:
    """Return a debug information file."""
    name = draft.value("uuid")
    return {
        "id": str(10_000 * (draft.parent.number + 1) + 500 - draft.number),
        "uuid": name,
        "debugId": name,
        "codeId": draft.value("token_hex", entropy=20) if draft.number % 2 else None,
        "cpuName": draft.value("choice", items=["arm64", "x86_64"]),
        "objectName": f"lib{draft.value('word')}.so",
        "symbolType": "elf",
        "headers": {"Content-Type": "application/x-elf-binary"},
        "size": draft.value("integer_number", start=10_000, end=9_000_000),
        "sha1": draft.value("token_hex", entropy=20),
        "dateCreated": draft.date(5),
        "data": {"type": "dbg", "features": ["symtab", "debug"]},
    }


def tombstone_row(draft: Draft) -> Record:
    """Return a discarded issue: what is left of it."""
    project = draft.parent
    issue = build_issue(draft.world.settings.seed, project.slug, project.number, 500_000 + draft.number, feedback=False)
    return {
        "id": str(1_000 * (project.number + 1) + draft.number),
        "level": issue.level,
        "message": issue.title,
        "culprit": issue.culprit,
        "type": "error",
        "metadata": issue.metadata,
        "actor": user_record(draft.person, draft.world.anchor, draft.world.stamp),
    }
