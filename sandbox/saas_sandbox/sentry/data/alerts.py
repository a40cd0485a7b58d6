"""What watches a project: detectors, workflows, uptime monitors, and the alert rules that came before them."""

from dataclasses import replace
from typing import Final

from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.data.people import Person
from saas_sandbox.sentry.made import Draft

DETECTORS: Final = 6
_TYPES: Final = ("error", "uptime_domain_failure", "metric_issue")
_LEVELS: Final = ("critical", "warning")
_EVERY_EVENT: Final = "sentry.rules.conditions.every_event.EveryEventCondition"
_LEVEL_FILTER: Final = "sentry.rules.filters.level.LevelFilter"
_MAIL: Final = "sentry.mail.actions.NotifyEmailAction"


def _id(draft: Draft, number: int) -> str:
    """An id that no other project has."""
    return f"{draft.parent.id}{number:03d}"


def _owner(person: Person) -> Record:
    return {"type": "user", "id": str(person.number + 1), "name": person.name, "email": person.email}


def _creator(person: Person) -> Record:
    return {"id": person.number + 1, "name": person.name, "email": person.email}


def detector(draft: Draft) -> Record:
    """A detector; each third one is of an uptime monitor, and each fourth one has no owner."""
    kind = _TYPES[draft.number % len(_TYPES)]
    return {
        "id": _id(draft, draft.number),
        "projectId": draft.parent.id,
        "name": f"{kind} of {draft.parent.slug} {draft.number}",
        "description": None,
        "type": kind,
        "workflowIds": [_id(draft, draft.number // 2)],
        "owner": _owner(draft.person) if draft.number % 4 else None,
        "createdBy": str(draft.person.number + 1) if draft.number % 4 else None,
        "dateCreated": draft.date(300),
        "dateUpdated": draft.date(20),
        "dataSources": None if kind == "error" else [_data_source(draft, kind)],
        "conditionGroup": None if kind == "error" else _detector_conditions(draft),
        "config": {} if kind == "error" else {"detectionType": "static", "recoveryThreshold": 1},
        "enabled": draft.number != DETECTORS - 1,
        "alertRuleId": None,
        "ruleId": None,
        "latestGroup": None,
    }


def _data_source(draft: Draft, kind: str) -> Record:
    query = _subscription(draft) if kind == "uptime_domain_failure" else {"id": draft.id, "status": 1}
    return {
        "id": _id(draft, draft.number),
        "organizationId": "1",
        "type": "uptime_subscription" if kind == "uptime_domain_failure" else "snuba_query_subscription",
        "sourceId": _id(draft, draft.number + 500),
        "queryObj": query,
    }


def _detector_conditions(draft: Draft) -> Record:
    conditions = [
        {"id": _id(draft, 2 * draft.number), "type": "gt", "comparison": 9.5, "conditionResult": 75},
        {"id": _id(draft, 2 * draft.number + 1), "type": "lte", "comparison": 9, "conditionResult": 0},
    ]
    return _group(draft, draft.number, conditions, [])


def _group(draft: Draft, number: int, conditions: list[Record], actions: list[Record]) -> Record:
    return {
        "id": _id(draft, number),
        "organizationId": "1",
        "logicType": "any",
        "conditions": conditions,
        "actions": actions,
    }


def workflow(draft: Draft) -> Record:
    """A workflow of two detectors, whose comparisons are of several types."""
    seen = {"id": _id(draft, 3 * draft.number), "type": "first_seen_event", "comparison": True, "conditionResult": True}
    often = {
        "id": _id(draft, 3 * draft.number + 1),
        "type": "event_frequency_count",
        "comparison": {"value": 25, "interval": "5m"},
        "conditionResult": True,
    }
    mail = {
        "id": _id(draft, draft.number),
        "type": "email",
        "integrationId": None,
        "data": {"fallthroughType": "NoOne"},
        "config": {"targetType": "team", "targetDisplay": None, "targetIdentifier": draft.id},
        "status": "active",
    }
    return {
        "id": _id(draft, draft.number),
        "name": f"Alert {draft.parent.slug} {draft.number}",
        "organizationId": "1",
        "createdBy": str(draft.person.number + 1),
        "dateCreated": draft.date(290),
        "dateUpdated": draft.date(15),
        "triggers": _group(draft, 900 + draft.number, [seen], []),
        "actionFilters": [_group(draft, 950 + draft.number, [often], [mail])],
        "environment": None if draft.number else "production",
        "config": {"frequency": 30},
        "detectorIds": [_id(draft, 2 * draft.number), _id(draft, 2 * draft.number + 1)],
        "enabled": True,
        "lastTriggered": None if draft.number else draft.date(1),
        "owner": f"user:{draft.person.number + 1}",
    }


def uptime_monitor(draft: Draft) -> Record:
    """The uptime monitor behind a detector."""
    owned = replace(draft, number=len(_TYPES) * draft.number + 1)
    return {
        "id": _id(owned, owned.number),
        "projectSlug": draft.parent.slug,
        "environment": "production",
        "name": f"Uptime of {draft.parent.slug}",
        "status": "active",
        "uptimeStatus": 1,
        "mode": 1,
        "owner": _owner(owned.person),
        "recoveryThreshold": 1,
        "downtimeThreshold": 3,
        **_subscription(owned),
    }


def _subscription(draft: Draft) -> Record:
    return {
        "url": f"https://{draft.parent.slug}.acme.example/health/{draft.number}",
        "method": "GET",
        "body": None,
        "headers": [["accept", "application/json"]],
        "intervalSeconds": 60,
        "timeoutMs": 5000,
        "traceSampling": False,
        "assertion": None,
    }


def metric_alert_rule(draft: Draft) -> Record:
    """A rule on a number, with a trigger for each level."""
    return {
        "id": _id(draft, draft.number),
        "name": f"Errors of {draft.parent.slug} {draft.number}",
        "organizationId": "1",
        "status": 0,
        "queryType": 0,
        "dataset": "events",
        "query": "",
        "aggregate": "count()",
        "eventTypes": ["default", "error"],
        "thresholdType": 0,
        "resolveThreshold": 2.5 if draft.number else None,
        "timeWindow": 60.0,
        "environment": None,
        "resolution": 1.0,
        "thresholdPeriod": 1,
        "triggers": [_trigger(draft, level) for level in _LEVELS],
        "projects": [draft.parent.slug],
        "owner": f"user:{draft.person.number + 1}",
        "originalAlertRuleId": None,
        "comparisonDelta": None,
        "dateModified": draft.date(10),
        "dateCreated": draft.date(200),
        "createdBy": _creator(draft.person),
        "description": "",
        "sensitivity": None,
        "seasonality": None,
        "detectionType": "static",
        "snooze": False,
    }


def _trigger(draft: Draft, level: str) -> Record:
    return {
        "id": _id(draft, 2 * draft.number + _LEVELS.index(level)),
        "alertRuleId": _id(draft, draft.number),
        "label": level,
        "thresholdType": 0,
        "alertThreshold": 100.0 if level == "critical" else 50.0,
        "resolveThreshold": None,
        "dateCreated": draft.date(200),
        "actions": [],
    }


def incident(draft: Draft) -> Record:
    """When a metric alert rule fired; the newest is still open."""
    is_open = draft.number == 0
    return {
        "id": _id(draft, draft.number),
        "identifier": _id(draft, draft.number),
        "organizationId": "1",
        "projects": [draft.parent.slug],
        "alertRule": metric_alert_rule(replace(draft, number=draft.number % 3)),
        "activities": None,
        "status": 20 if is_open else 2,
        "statusMethod": 3,
        "type": 2,
        "title": f"Errors of {draft.parent.slug} {draft.number % 3}",
        "dateStarted": draft.date(2, days_between=3),
        "dateDetected": draft.date(2, days_between=3),
        "dateCreated": draft.date(2, days_between=3),
        "dateClosed": None if is_open else draft.date(1.5, days_between=3),
    }


def issue_alert_rule(draft: Draft) -> Record:
    """A rule on issues, whose filters' values are of several types."""
    level = {"id": _LEVEL_FILTER, "match": "gte", "level": "40", "name": "The event's level is at least error"}
    mail = {"id": _MAIL, "targetType": "IssueOwners", "targetIdentifier": None, "name": "Send mail to the owners"}
    return {
        "id": _id(draft, draft.number),
        "conditions": [{"id": _EVERY_EVENT, "name": "The event occurs"}],
        "filters": [level] if draft.number else [],
        "actions": [mail],
        "actionMatch": "any",
        "filterMatch": "all",
        "frequency": 30,
        "name": f"Issues of {draft.parent.slug} {draft.number}",
        "dateCreated": draft.date(250),
        "owner": None,
        "createdBy": _creator(draft.person),
        "environment": None,
        "projects": [draft.parent.slug],
        "status": "active",
        "snooze": False,
    }


def old_issue_alert_rule(draft: Draft) -> Record:
    """The same on 9.1.2, which knows no filters."""
    names = ("id", "conditions", "actions", "actionMatch", "frequency", "name", "dateCreated", "environment")
    rule = issue_alert_rule(draft)
    return {name: rule[name] for name in names}
