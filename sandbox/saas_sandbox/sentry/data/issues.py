"""Issues: what stays the same about one, and the records made of it."""

from dataclasses import dataclass
from random import Random
from typing import Final

from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.data.words import ERRORS, FUNCTIONS, GIVEN, LEVELS, MODULES

FEEDBACK_OFFSET: Final = 900_000  # numbers of feedback issues start here, behind all error issues of a project
_PER_PROJECT: Final = 1_000_000


@dataclass(frozen=True)
class Issue:
    """The unchanging part of an issue; `number` counts within its project."""

    id: int
    short_id: str
    feedback: bool
    status: str  # resolved, unresolved or ignored
    level: str
    kind: str  # class of the error
    value: str  # its message
    module: str
    function: str
    line: int

    @property
    def is_assigned(self) -> bool:
        """Whether someone took it on, half an hour after it was first seen."""
        return self.id % 2 == 0 and not self.feedback

    @property
    def title(self) -> str:
        """What Sentry's issue list shows."""
        return f"{self.kind}: {self.value}"

    @property
    def culprit(self) -> str:
        """Where it happened."""
        return f"acme.{self.module} in {self.function}"

    @property
    def metadata(self) -> Record:
        """The parts of the title, or what someone wrote in the feedback widget."""
        if self.feedback:
            name = GIVEN[self.line % len(GIVEN)]
            return {
                "title": self.kind,
                "value": self.value,
                "message": self.value,
                "name": name,
                "contact_email": f"{name}.{self.line}@customer.example".lower(),
                "source": "new_feedback_envelope",
                "initial_priority": 50,
            }
        return {"type": self.kind, "value": self.value, "filename": f"acme/{self.module}.py", "function": self.function}


def build_issue(seed: int, slug: str, project_number: int, number: int, *, feedback: bool) -> Issue:
    """Build one issue of a project from its number."""
    rng = Random(f"{seed}:issue:{slug}:{number}:{feedback}")
    kind, template = rng.choice(ERRORS)
    value = template.format(n=rng.randint(2, 99), m=rng.randint(100, 999))
    return Issue(
        id=(project_number + 1) * _PER_PROJECT + (FEEDBACK_OFFSET if feedback else 0) + number,
        short_id=f"{slug.upper()}-{'F' if feedback else ''}{number + 1}",
        feedback=feedback,
        status=rng.choices(("unresolved", "resolved", "ignored"), weights=(12, 5, 3))[0],
        level="info" if feedback else rng.choice(LEVELS),
        kind="User Feedback" if feedback else kind,
        value=f"the {rng.choice(MODULES)} page is too slow" if feedback else value,
        module=rng.choice(MODULES),
        function=rng.choice(FUNCTIONS),
        line=rng.randint(10, 400),
    )


def ids_of(text: str) -> tuple[int, int, bool]:
    """Read an issue's id: number of its project (-1 if it is none), place among its issues, whether it is feedback."""
    number = int(text) if text.isdecimal() else 0
    place = number % _PER_PROJECT
    return number // _PER_PROJECT - 1, place % FEEDBACK_OFFSET, place >= FEEDBACK_OFFSET


def issue_record(issue: Issue, project: Record) -> Record:
    """Return what the issue lists of both generations have in common, without the counts, dates and its life."""
    return {
        "id": str(issue.id),
        "shareId": None,
        "shortId": issue.short_id,
        "title": issue.title,
        "culprit": issue.culprit,
        "permalink": f"https://sentry.example/organizations/acme/issues/{issue.id}/",
        "logger": None,
        "level": issue.level,
        "status": issue.status,
        "statusDetails": {},
        "isPublic": False,
        "project": {name: project[name] for name in ("id", "name", "slug", "platform")},
        "type": "generic" if issue.feedback else "error",
        "metadata": issue.metadata,
        "isBookmarked": False,
        "isSubscribed": False,
        "subscriptionDetails": None,
        "hasSeen": issue.id % 2 == 0,
        "annotations": [],
    }


def further_metadata(issue: Issue, count: int) -> Record:
    """Return the metadata with `count` further keys, each with a small value."""
    return issue.metadata | {f"plugin_{number}": issue.line + number for number in range(count)}


def todays_fields(issue: Issue, project: Record) -> Record:
    """Return what today's server adds."""
    substatus = {"unresolved": "ongoing", "ignored": "archived_until_escalating", "resolved": None}
    return {
        "substatus": substatus[issue.status],
        "platform": project["platform"],
        "priority": {"error": "high", "fatal": "high", "warning": "medium"}.get(issue.level, "low"),
        "priorityLockedAt": None,
        "seerFixabilityScore": None,
        "seerAutofixLastTriggered": None,
        "seerExplorerAutofixLastTriggered": None,
        "issueType": "feedback" if issue.feedback else "error",
        "issueCategory": "feedback" if issue.feedback else "error",
        "isUnhandled": issue.line % 2 == 0,
    }


def organization_fields(issue: Issue) -> Record:
    """Return what only the organization's list adds."""
    progress = {"blocker": None, "progress": "none", "status": "open", "viewCount": issue.line % 7}
    steps = {"hasOpenFixPr": False, "isAssigned": False, "hasRootCause": False}
    return {
        "derivedData": progress | steps | {"lastCompletedAutofixStep": None, "lastProgressedAt": None},
        "matchingEventId": None,
        "matchingEventEnvironment": None,
    }


def expanded_fields(issue: Issue, expand: set[str], first_seen: str | None) -> Record:
    """Return the fields that come only when `expand` names them."""
    fields: dict[str, Record] = {
        "inbox": {"inbox": {"reason": 0, "reason_details": None, "date_added": first_seen}},
        "owners": {"owners": None},
        "sessions": {"sessionCount": issue.line},
        "integrationIssues": {"integrationIssues": []},
        "sentryAppIssues": {"sentryAppIssues": []},
        "latestEventHasAttachments": {"latestEventHasAttachments": False},
    }
    return {name: value for key in sorted(expand & set(fields)) for name, value in fields[key].items()}


COLLAPSED: Final = {
    "stats": ("count", "userCount", "firstSeen", "lastSeen", "stats", "lifetime", "filtered"),
    "lifetime": ("lifetime", "count", "userCount", "firstSeen", "lastSeen"),
    "filtered": ("filtered",),
    "unhandled": ("isUnhandled",),
}
"""Which fields each value of `collapse` drops."""
