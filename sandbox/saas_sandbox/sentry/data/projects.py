"""Records of projects, their keys and the organization."""

import uuid
from random import Random
from typing import Final

from saas_sandbox.common.clock import DAY
from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.data.people import AVATAR
from saas_sandbox.sentry.moments import Stamp
from saas_sandbox.sentry.settings import ORGANIZATION

_LACKS: Final = (
    "firstTransactionEvent",
    "hasFeedbacks",
    "hasFlags",
    "hasMinifiedStackTrace",
    "hasMonitors",
    "hasNewFeedbacks",
    "hasProfiles",
    "hasSessions",
    "hasInsightsHttp",
    "hasInsightsDb",
    "hasInsightsAssets",
    "hasInsightsAppStart",
    "hasInsightsScreenLoad",
    "hasInsightsVitals",
    "hasInsightsCaches",
    "hasInsightsQueues",
    "hasInsightsAgentMonitoring",
    "hasInsightsMCP",
)
_HAS: Final = ("hasLogs", "hasTraceMetrics")
_ACCESS: Final = ["event:read", "project:read", "project:releases"]
_ENDPOINTS: Final = ("csp", "security", "minidump", "nel", "unreal", "crons", "playstation", "integration")


def organization_record(anchor: int, stamp: Stamp) -> Record:
    """Return the organization's detail (its commonly used fields)."""
    return {
        "id": "1",
        "slug": ORGANIZATION,
        "name": "Acme",
        "status": {"id": "active", "name": "active"},
        "dateCreated": stamp(anchor - 1000 * DAY + 271_828),
        "isEarlyAdopter": False,
        "require2FA": False,
        "avatar": AVATAR,
        "links": {"organizationUrl": "https://acme.sentry.example", "regionUrl": "https://us.sentry.example"},
        "features": [],
        "access": ["org:read"],
        "hasAuthProvider": False,
        "allowMemberInvite": True,
        "allowMemberProjectCreation": True,
        "allowSuperuserAccess": False,
        "onboardingTasks": [],
        "extraOptions": {},
    }


def project_summary(facts: Record, *, old: bool) -> Record:
    """Return the item of the organization's project list; `facts` are the fields that differ between projects."""
    base = facts | {
        "features": ["releases"],
        "firstTransactionEvent": False,
        "access": _ACCESS,
        "hasAccess": True,
        "platforms": [facts["platform"]] if facts["firstEvent"] else [],
        "hasUserReports": False,
        "environments": ["canary", "production", "staging"] if facts["firstEvent"] else [],
        "latestDeploys": None,
    }
    return base if old else base | dict.fromkeys(_LACKS, False) | dict.fromkeys(_HAS, bool(facts["firstEvent"]))


def project_detail(facts: Record, organization: Record, *, old: bool) -> Record:
    """Return a project's own page: the summary and its configuration."""
    summary = project_summary(facts, old=old)
    for name in ("hasUserReports", "environments", "latestDeploys"):
        del summary[name]
    token = Random(f"security:{facts['slug']}").getrandbits(128)
    detail = summary | {
        "organization": organization,
        "isInternal": False,
        "isPublic": False,
        "avatar": AVATAR,
        "color": "#3fbf7f",
        "status": "active",
        "options": {"sentry:csp_ignored_sources": "", "feedback:branding": True},
        "digestsMinDelay": 300,
        "digestsMaxDelay": 1800,
        "subjectPrefix": "",
        "subjectTemplate": "$shortID - $title",
        "allowedDomains": ["*"],
        "resolveAge": 0,
        "dataScrubber": True,
        "dataScrubberDefaults": True,
        "safeFields": [],
        "storeCrashReports": None,
        "sensitiveFields": [],
        "securityToken": f"{token:032x}",
        "securityTokenHeader": None,
        "verifySSL": False,
        "scrubIPAddresses": False,
        "scrapeJavaScript": True,
        "processingIssues": 0,
        "defaultEnvironment": None,
        "relayPiiConfig": None,
        "builtinSymbolSources": [],
    }
    return detail if old else detail | _todays_configuration()


def _todays_configuration() -> Record:
    return {
        "enableAutoReleaseCreation": True,
        "highlightTags": ["handled", "level"],
        "highlightContext": {},
        "highlightPreset": {"tags": ["handled", "level"], "context": {}},
        "groupingConfig": "newstyle:2023-01-11",
        "derivedGroupingEnhancements": "",
        "groupingEnhancements": "",
        "secondaryGroupingExpiry": 0,
        "secondaryGroupingConfig": None,
        "fingerprintingRules": "",
        "dynamicSamplingBiases": [],
        "symbolSources": "[]",
        "isDynamicallySampled": False,
        "tempestFetchScreenshots": False,
        "autofixAutomationTuning": "off",
        "seerScannerAutomation": False,
        "seerNightshiftTweaks": None,
        "scmSourceContextEnabled": False,
        "debugFilesRole": None,
    }


def key_record(facts: Record, number: int, created: int, stamp: Stamp, *, old: bool) -> Record:
    """Return one of a project's keys. The secrets are synthetic."""
    rng = Random(f"key:{facts['slug']}:{number}")
    public, secret = (uuid.UUID(int=rng.getrandbits(128), version=4).hex for _ in range(2))
    host = f"{facts['slug']}.ingest.sentry.example"
    dsn = {
        "public": f"https://{public}@{host}/{facts['id']}",
        "secret": f"https://{public}:{secret}@{host}/{facts['id']}",
    }
    dsn |= {name: f"https://{host}/api/{facts['id']}/{name}/?sentry_key={public}" for name in _ENDPOINTS}
    name = "Default" if number == 0 else f"Key {number + 1}"
    record: Record = {
        "id": public,
        "name": name,
        "label": name,
        "public": public,
        "secret": secret,
        "projectId": int(facts["id"]),
        "isActive": number % 5 != 4,  # noqa: PLR2004 - one key in five is off
        "rateLimit": {"window": 60, "count": 1000} if number % 3 == 1 else None,
        "dsn": dsn | {"cdn": f"https://js.sentry.example/{public}.min.js"},
        "browserSdkVersion": "8.x",
        "browserSdk": {"choices": [["latest", "latest"], ["8.x", "8.x"]]},
        "dateCreated": stamp(created + number * DAY + (0, 125_000, 604_317)[number % 3]),
    }
    if old:
        return record
    loader = ("hasReplay", "hasPerformance", "hasDebug", "hasFeedback", "hasLogsAndMetrics")
    record["dsn"] |= {name: f"https://{host}/api/{facts['id']}/{name}/" for name in ("otlp_traces", "otlp_logs")}
    return record | {"dynamicSdkLoaderOptions": dict.fromkeys(loader, False), "useCase": "user"}
