"""Integrations and what connects them with projects: synthetic rows."""

from typing import Any, Final

from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.data.people import AVATAR
from saas_sandbox.sentry.made import Draft

_PROVIDERS: Final = (
    ("forge", "Forge", ("commits", "stacktrace-link")),
    ("chatter", "Chatter", ("alert-rule", "chat-unfurl")),
    ("tickets", "Tickets", ("issue-basic", "issue-sync")),
)
_FORWARDING: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("sqs", {"queue_url": "https://queue.example/errors", "region": "eu-1", "access_key": "a", "secret_key": "s"}),
    ("segment", {"write_key": "w"}),
    ("splunk", {"instance_url": "https://splunk.example:8088", "index": "main", "source": "sentry", "token": "t"}),
)


def _provider(number: int) -> Record:
    key, name, features = _PROVIDERS[number % len(_PROVIDERS)]
    return {
        "key": key,
        "slug": key,
        "name": name,
        "canAdd": True,
        "canDisable": False,
        "features": list(features),
        "aspects": {},
    }


def integration(draft: Draft) -> Record:
    """Return an integration that is installed."""
    name = draft.value("word")
    return {
        "id": str(500 + draft.number),
        "name": name,
        "icon": None,
        "domainName": f"{name}.example",
        "accountType": None,
        "scopes": ["read", "write"] if draft.number % 2 else None,
        "outOfDate": False,
        "status": "active",
        "provider": _provider(draft.number),
        "configOrganization": [{"name": "sync", "type": "boolean", "label": draft.value("sentence")}],
        "configData": {"sync": True},
        "externalId": str(draft.value("integer_number", start=1000, end=99999)),
        "organizationId": 1,
        "organizationIntegrationStatus": "active",
        "gracePeriodEnd": None,
    }


def integration_provider(draft: Draft) -> Record:
    """Return an integration that can be installed."""
    provider = _provider(draft.number)
    about = [{"description": draft.value("sentence"), "featureGate": f"integrations-{provider['features'][0]}"}]
    metadata = {
        "description": draft.value("sentence"),
        "features": about,
        "author": draft.value("full_name"),
        "noun": "Installation",
        "issue_url": "https://forge.example/issues/new",
        "source_url": "https://forge.example/source",
        "aspects": {},
    }
    return {name: value for name, value in provider.items() if name != "aspects"} | {"metadata": metadata}


def code_mapping(draft: Draft) -> Record:
    """Return where the code of a project lies; the parent is the project."""
    return {
        "id": str(int(draft.parent.id) * 10 + draft.number),
        "projectId": draft.parent.id,
        "projectSlug": draft.parent.slug,
        "repoId": draft.parent.id,
        "repoName": f"acme/{draft.parent.slug}",
        "integrationId": "500",
        "provider": _provider(0),
        "stackRoot": draft.value("choice", items=["", "app/", "src/"]),
        "sourceRoot": "src/",
        "defaultBranch": "main",
        "automaticallyGenerated": draft.number % 2 == 1,
    }


def sentry_app(draft: Draft) -> Record:
    """Return a custom integration that the organization made."""
    return {
        "uuid": draft.value("uuid"),
        "slug": f"{draft.value('word')}-{draft.number}",
        "name": draft.value("word").title(),
        "author": "Acme",
        "allowedOrigins": [],
        "avatars": [AVATAR | {"color": False, "photoType": "logo"}] if draft.number else [],
        "events": ["issue"],
        "webhookEvents": ["issue.created", "issue.resolved"],
        "featureData": [{"featureId": 0, "featureGate": "integrations-api", "description": draft.value("sentence")}]
        if draft.number
        else [],
        "isAlertable": draft.number == 1,
        "isDisabled": False,
        "metadata": {},
        "schema": {"elements": [{"type": "alert-rule-action", "title": "Notify"}]} if draft.number == 1 else {},
        "scopes": ["event:read", "org:read"],
        "status": "published" if draft.number else "internal",
        "verifyInstall": False,
        "overview": draft.value("sentence"),
        "popularity": 1,
        "redirectUrl": None,
        "webhookUrl": "https://hooks.example/sentry",
        "webhookHeaders": ["X-Team: platform"],
        "clientId": f"{draft.number + 10:064x}",
        "clientSecret": f"{draft.number + 20:064x}",
        "owner": {"id": 1, "slug": "acme"},
        **({"datePublished": draft.date(100)} if draft.number else {}),
    }


def installation(draft: Draft) -> Record:
    """Return an installation of a custom integration."""
    return {
        "uuid": draft.value("uuid"),
        "app": {"uuid": draft.value("uuid"), "slug": draft.value("word"), "sentryAppId": draft.number + 1},
        "organization": {"slug": "acme", "id": 1},
        "status": "installed" if draft.number else "pending",
        "code": f"{draft.number + 30:064x}",
    }


def notification_action(draft: Draft) -> Record:
    """Return whom to tell; the first is for no project in particular."""
    return {
        "id": draft.number + 1,
        "organizationId": 1,
        "integrationId": 501 if draft.number % 2 else None,
        "sentryAppId": None,
        "projects": [int(draft.world.projects[draft.number % len(draft.world.projects)].id)] if draft.number else [],
        "serviceType": "slack" if draft.number % 2 else "sentry_notification",
        "triggerType": "spike-protection" if draft.number else "audit-log",
        "targetType": "specific",
        "targetIdentifier": "C1" if draft.number % 2 else "default",
        "targetDisplay": f"#{draft.value('word')}",
    }


def data_forwarder(draft: Draft) -> Record:
    """Return where events are sent on to, with the keys that are needed there."""
    provider, config = _FORWARDING[draft.number % len(_FORWARDING)]
    first = draft.world.projects[0]
    project = {"id": first.id, "slug": first.slug, "platform": first.facts["platform"]}
    own = {
        "id": draft.id,
        "isEnabled": True,
        "dataForwarderId": draft.id,
        "project": project,
        "overrides": {"source": "own"},
        "effectiveConfig": {**config, "source": "own"},
        "dateAdded": draft.date(60),
        "dateUpdated": draft.date(30),
    }
    return {
        "id": draft.id,
        "organizationId": "1",
        "isEnabled": True,
        "enrollNewProjects": draft.number == 0,
        "enrolledProjects": [project] if draft.number else [],
        "provider": provider,
        "config": dict(config),
        "projectConfigs": [own] if draft.number else [],
        "dateAdded": draft.date(60),
        "dateUpdated": draft.date(30),
    }
