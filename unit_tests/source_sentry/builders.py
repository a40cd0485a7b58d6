"""Settings, and records as small as the tests need them: all invented."""

from typing import Any

Json = dict[str, Any]

NOW = "2026-11-22T10:00:00Z"
LAST_SECOND = "2026-11-22T09:59:59Z"
RETENTION_START = "2026-08-24T10:00:00Z"
START = "2026-11-01T00:00:00Z"
HOST = "http://sentry.test:9000"
API = f"{HOST}/api/0"
TOKEN = "sntryu_test_0123456789abcdef"
HTML = "<!DOCTYPE html>\n<html><title>Log in</title></html>"


def a_config(**settings: Any) -> Json:
    """Settings of a self-hosted server, read from 1 November on."""
    return {"auth_token": TOKEN, "organization": "acme", "hostname": HOST, "start_date": START, **settings}


def without(record: Json, *keys: str) -> Json:
    return {key: value for key, value in record.items() if key not in keys}


def a_project(number: int, slug: str, **fields: Any) -> Json:
    return {
        "id": str(number),
        "slug": slug,
        "name": slug.title(),
        "dateCreated": "2026-01-01T00:00:00.123456Z",
        "firstEvent": "2026-01-02T00:00:00Z",
        **fields,
    }


BACKEND = a_project(1, "backend")
WEB = a_project(2, "web")


def an_event(number: int, created: str = "2026-11-20T08:00:00Z", **fields: Any) -> Json:
    return {
        "id": f"{number:032x}",
        "eventID": f"{number:032x}",
        "title": f"Error {number}",
        "dateCreated": created,
        "tags": [{"key": "environment", "value": "production"}],
        **fields,
    }


def an_issue(number: int, seen: str = "2026-11-20T08:00:00Z", **fields: Any) -> Json:
    return {
        "id": str(number),
        "shortId": f"BACKEND-{number}",
        "count": "17",
        "userCount": 0,
        "firstSeen": "2026-10-01T00:00:00Z",
        "lastSeen": seen,
        **fields,
    }


def a_release(version: str, created: str, released: str | None = None, **fields: Any) -> Json:
    return {"version": version, "dateCreated": created, "dateReleased": released, "newGroups": 0, **fields}


def a_key(name: str, **fields: Any) -> Json:
    return {
        "id": name,
        "projectId": 1,
        "public": "0123456789abcdef",
        "secret": "fedcba9876543210",
        "dsn": {"public": "http://0123@sentry.test/1", "secret": "http://0123:fedc@sentry.test/1"},
        **fields,
    }
