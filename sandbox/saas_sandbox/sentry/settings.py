"""Every option of the sandbox, with its default. The help text of an option is the second half of its annotation."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Annotated, Final, Literal

from saas_sandbox.common import settings

ORGANIZATION: Final = "acme"
DEFAULT_TOKEN: Final = "sntryu_sandbox_0123456789abcdef0123456789abcdef"  # noqa: S105 - a fake one
Generation = Literal["today", "9.1.2"]
TODAY: Final = "today"
OLD: Final = "9.1.2"
READ_SCOPES: Final = (
    "alerts:read",
    "event:read",
    "member:read",
    "org:read",
    "org:write",
    "project:read",
    "project:releases",
    "team:read",
)


@dataclass(frozen=True)
class Token:
    """Who a token stands for. `None` for projects means every project of the organization."""

    scopes: tuple[str, ...] = READ_SCOPES
    projects: tuple[str, ...] | None = None  # slugs that the caller may open; others answer 403
    not_member_of: tuple[str, ...] = ()  # open to the caller, but left out of lists that default to "my projects"
    expired: bool = False
    denied: str = ""  # code of a 401 with an object detail: sso-required, 2fa-required ...
    user: bool = True  # whether it stands for a user; for others some lists are 401 without a body


@dataclass(frozen=True)
class Counts:
    """How much data stands at the sandbox's `now`. What appears later keeps the same pace."""

    projects: int
    events_per_project: int
    issues_per_project: int
    releases: int
    teams: int = 5
    members: int = 14
    keys: int = 13  # of the first project; the others have two
    feedback_per_project: int = 2  # issues of the feedback category
    replays_per_project: int = 12  # of each active project
    odd_projects: bool = True  # the last one never had an event, the one before is quiet for 60 days


Size = Literal["tiny", "small", "bench"]
SIZES: Final[Mapping[Size, Counts]] = {
    "tiny": Counts(projects=4, events_per_project=130, issues_per_project=12, releases=14, teams=3, members=7),
    "small": Counts(projects=6, events_per_project=1200, issues_per_project=30, releases=40),
    "bench": Counts(
        projects=20,
        events_per_project=1000,
        issues_per_project=50,
        releases=200,
        feedback_per_project=0,
        replays_per_project=0,
        odd_projects=False,
    ),
}


@dataclass(frozen=True)
class Settings(settings.Settings):
    """What the sandbox serves and how. All but `prefix` and `now` can be changed while it runs."""

    generation: Annotated[
        Generation, "which server to be: `today` or `9.1.2` (the last self-hosted one without Snuba)"
    ] = TODAY
    size: Annotated[Size, "how much data: `tiny`, `small` or `bench`"] = "small"
    projects: Annotated[int | None, "how many projects, instead of the size's"] = None
    events_per_project: Annotated[int | None, "events of each active project at `now`, instead of the size's"] = None
    issues_per_project: Annotated[int | None, "error issues of each active project, instead of the size's"] = None
    releases: Annotated[int | None, "how many releases at `now`, instead of the size's"] = None
    event_bytes: Annotated[int, "pad full events to about this many bytes; 0 leaves them at some 4 kB"] = 0
    issue_keys: Annotated[int, "further keys of an issue's `metadata`, each with a small value, as plugins write"] = 0
    extra_projects: Annotated[tuple[str, ...], "slugs of further projects"] = ()
    seed: Annotated[int, "the data is a function of the seed, the counts and `now`"] = 1
    now: Annotated[
        str | None, "the sandbox's time at start (ISO 8601, UTC). Given, its clock stands still; otherwise it runs"
    ] = None
    prefix: Annotated[str, "path below which /api/0 lives, such as `/sentry`"] = ""
    link_host: Annotated[str, "scheme and host of the URLs in Link headers; not the one that was called"] = (
        "https://sentry.example"
    )
    tokens: Annotated[
        Mapping[str, Token], "tokens and what they may do; any other is 401, but `sntrys_...` has the scope org:ci"
    ] = field(default_factory=lambda: {DEFAULT_TOKEN: Token(not_member_of=("web",))})
    hidden_projects: Annotated[tuple[str, ...], "slugs of projects that are gone: not listed, 404"] = ()
    forbidden_projects: Annotated[tuple[str, ...], "slugs that are listed, but answer 403 on project endpoints"] = ()
    missing_projects: Annotated[tuple[str, ...], "slugs that are listed, but answer 404 on project endpoints"] = ()
    global_views: Annotated[bool, "let organization issues and Explore take several `project`s; otherwise 400"] = False
    group_ids: Annotated[
        Literal["answered", "ignored", "refused"], "what the list of issues makes of `group=<id>`; `refused` is a 400"
    ] = "answered"
    full_page: Annotated[int, "most events of a page with `full`, silently clamped"] = 10
    retention_days: Annotated[int, "how far back events and issues can be read (today's generation)"] = 90
    series_points: Annotated[int, "points of an answer of release health, at which it is cut silently"] = 10_000
    items_per_day: Annotated[int, "logs, spans, trace metrics and uptime checks of each active project and day"] = 4
    burst: Annotated[int, "as many further ones of each kind and project in one second, a day before the start"] = 0
    late_seconds: Annotated[
        int, "Explore finds an eighth of the rows, errors included, only so long after their timestamp"
    ] = 0
    explore_retention_days: Annotated[
        int,
        "logs, spans and trace metrics: of windows that begin earlier an eighth is read (dataScanned: partial)",
    ] = 30
    scan_rows: Annotated[
        int, "the same for windows of four hours or more that hold more rows; not with sampling=HIGHEST_ACCURACY"
    ] = 1_000_000_000
    timeout_rows: Annotated[int, "Explore times out where the window holds more rows; 0 never does"] = 0
    timeout: Annotated[Literal["400", "429"], "status of such an answer; newer servers say 429"] = "400"
    explore_fields: Annotated[int, "most `field`s of a request of Explore; older servers took 20"] = 50
    explore_sorts: Annotated[int, "most `sort`s of one; more are refused"] = 10
    explore_cap: Annotated[int, "rows of one query of Explore that pages by number can reach; 0 is no cap"] = 10_000
    flex: Annotated[bool, "take sampling=HIGHEST_ACCURACY_FLEX_TIME, whose cursors are tokens; otherwise 400"] = True
    flex_hours: Annotated[int, "hours of the window that a page of it looks at most"] = 24
    missing_datasets: Annotated[tuple[str, ...], "datasets of Explore that the plan lacks: 404 without a body"] = ()
    unknown_datasets: Annotated[tuple[str, ...], "datasets that the server is too old for: 400"] = ()
    ghost_rows: Annotated[
        int, "rows without a body in the middle of each list of events and issues: short and empty pages"
    ] = 0
    limits: Annotated[Literal["off", "saas"], "rate limits: `off` or `saas`"] = "off"
    time_scale: Annotated[float, "scale the windows of the limits and their counts: 0.1 turns 60/60 s into 6/6 s"] = 1.0

    @property
    def old(self) -> bool:
        """Whether the sandbox is a Sentry 9.1.2."""
        return self.generation == OLD

    @property
    def counts(self) -> Counts:
        """The size's counts with the explicit ones laid over them."""
        size = SIZES[self.size]
        given = {name: getattr(self, name) for name in asdict(size) if getattr(self, name, None) is not None}
        return replace(size, **given)
