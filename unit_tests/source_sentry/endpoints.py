"""The requests that each stream makes: address and parameters, all of them."""

from unit_tests.source_sentry.builders import NOW, RETENTION_START, START
from unit_tests.source_sentry.sentry_mock import SentryRequest, organization_request, project_request

Params = str | list[str]


def events(slug: str, start: str = START, end: str = NOW, **more: Params) -> SentryRequest:
    """One page of the events of `slug` in [`start`, `end`)."""
    return project_request(slug, "events/", start=start, end=end, per_page="100", **more)


def issues(
    project: str, start: str = START, end: str = NOW, *, search: str = "", now: str = NOW, **more: Params
) -> SentryRequest:
    """One page of the issues of the project with the id `project` that were last seen in [`start`, `end`)."""
    return organization_request("issues/", project=project, **_issue_params(start, end, search, now), **more)


def old_issues(slug: str, project: str, start: str = START, end: str = NOW) -> SentryRequest:
    """The same of a server without a search in all projects of an organization."""
    return project_request(slug, "issues/", project=project, **_issue_params(start, end, "", NOW))


def issue_page(project: str) -> SentryRequest:
    """What `check` asks for to see whether the token may read issues."""
    return organization_request("issues/", project=project, query="", limit="1")


def releases(**more: Params) -> SentryRequest:
    return organization_request("releases/", per_page="100", project="-1", status="", **more)


def keys(slug: str, **more: Params) -> SentryRequest:
    return project_request(slug, "keys/", per_page="100", **more)


def projects(**more: Params) -> SentryRequest:
    return organization_request("projects/", per_page="100", **more)


def _issue_params(start: str, end: str, search: str, now: str) -> dict[str, Params]:
    return {
        "query": f"{search} lastSeen:>={start} lastSeen:<{end}".strip(),
        "start": RETENTION_START.replace(NOW[10:], now[10:]),
        "end": now,
        "sort": "new",
        "limit": "100",
    }
