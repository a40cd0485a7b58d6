"""One request, with the questions that every endpoint asks of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from saas_sandbox.common.clock import DAY, SECOND
from saas_sandbox.common.reply import Record, Reply
from saas_sandbox.sentry.errors import bad_request, forbidden, internal, invalid_cursor, not_found
from saas_sandbox.sentry.moments import parse, parse_period
from saas_sandbox.sentry.paging import Cursor, Page, Pager, absolute, keyset, link_header, opaque, solid
from saas_sandbox.sentry.settings import ORGANIZATION, Settings, Token
from saas_sandbox.sentry.state import State
from saas_sandbox.sentry.world import Project, World

PAGE = 100
_FINE_PERIOD = 30 * DAY  # shorter periods are rounded to a minute, others to a quarter of an hour


class Window(NamedTuple):
    """`start <= second < end`, in seconds since 1970."""

    start: int
    end: int


@dataclass(frozen=True)
class Call:
    """A permitted request; `query` holds its parameters in order, `names` those of its path.

    `fault` is the kind that will hit its answer, empty for none.
    """

    state: State
    token: Token
    path: str
    query: list[tuple[str, str]]
    names: dict[str, str]
    fault: str = ""

    @classmethod
    def of_everything(cls, state: State) -> "Call":
        """Return a request without parameters, by a caller who sees all."""
        return cls(state, Token(), path="", query=[], names={})

    @property
    def settings(self) -> Settings:
        """The settings as they are now."""
        return self.state.settings

    @property
    def world(self) -> World:
        """The data."""
        return self.state.world

    @property
    def now(self) -> int:
        """The sandbox's time in microseconds."""
        return self.state.clock.now()

    def all(self, name: str) -> list[str]:
        """Return every value of a parameter."""
        return [value for key, value in self.query if key == name]

    def one(self, name: str) -> str | None:
        """Return a parameter's last value, as Sentry does, or `None`."""
        return next(iter(self.all(name)[-1:]), None)

    def organization(self) -> Record:
        """Return the organization of the path; 404 for any but the one. Today's server takes its number too."""
        if self.names.get("org", ORGANIZATION) not in ([ORGANIZATION] if self.settings.old else [ORGANIZATION, "1"]):
            raise not_found()
        return self.world.organization

    def visible(self) -> list[Project]:
        """Return the projects that the token may see."""
        allowed = self.token.projects
        return [
            project
            for project in self.world.projects
            if project.slug not in self.settings.hidden_projects and (allowed is None or project.slug in allowed)
        ]

    def is_member(self, project: Project) -> bool:
        """Whether the project is one of the caller's own."""
        return project.slug not in self.token.not_member_of

    def project(self) -> Project:
        """Return the project of the path; 404 when there is none, 403 when it is closed to the caller."""
        self.organization()
        wanted = self.names["project"]
        for project in self.world.projects:
            if wanted == project.slug or (wanted == project.id and not self.settings.old):
                break
        else:
            raise not_found()
        if project.slug in (*self.settings.hidden_projects, *self.settings.missing_projects):
            raise not_found()
        if project.slug in self.settings.forbidden_projects or project not in self.visible():
            raise forbidden()
        return project

    def projects_asked(self) -> list[Project]:
        """Return the projects that `project` names: none means the caller's own, -1 all; others' answer 403."""
        asked = self.all("project")
        if not asked:
            return [project for project in self.visible() if self.is_member(project)]
        if not all(value.removeprefix("-").isdigit() for value in asked):
            raise bad_request("Invalid project parameter. Values must be numbers.")
        if "-1" in asked and not self.settings.old:
            return self.visible()
        known = {project.id: project for project in self.visible()}
        if not set(asked) <= set(known):
            raise forbidden()
        return [known[value] for value in dict.fromkeys(asked)]

    def window(self) -> Window | None:
        """Return what statsPeriod, or else start and end, ask for; `None` without them. 400 for what is wrong."""
        period, start, end = self.one("statsPeriod"), self.one("start"), self.one("end")
        if period:
            length = parse_period(period)
            if length is None:
                raise bad_request("Invalid statsPeriod")
            step = (60 if length < _FINE_PERIOD else 900) * SECOND
            return Window((self.now - length) // step * step // SECOND, self.now // step * step // SECOND)
        if not start and not end:
            return None
        if not start or not end:
            raise bad_request("start and end are both required")
        window = Window(_second(start), _second(end))
        if window.start >= window.end:
            raise bad_request("start must be before end")
        return window

    def readable(self) -> Window:
        """Return the window of all events that can be read: 9.1.2 never forgets."""
        oldest = 0 if self.settings.old else self.now - self.settings.retention_days * DAY
        return Window(oldest // SECOND, self.now // SECOND)

    def search_window(self) -> Window:
        """Return the window of events to look at: at most, and by default, the retention."""
        oldest, now = (self.now - self.settings.retention_days * DAY) // SECOND, self.now // SECOND
        window = self.window() or Window(oldest, now)
        hours = self.state.faults.state("timeout400")
        if hours is not None and window.end - window.start > hours * 3600:
            raise bad_request("Query timeout. Please try your query with a smaller date range or fewer projects.")
        if window.end <= oldest and self.state.faults.state("out_of_retention400") is not None:
            raise bad_request("Invalid date range. Please try a more recent date range.")
        return Window(max(window.start, oldest), min(window.end, now))

    def cursor(self) -> Cursor | None:
        """Return the cursor; 400 for a bad one, 500 on 9.1.2."""
        text = self.one("cursor")
        if not text:
            return None
        cursor = Cursor.parse(text)
        if cursor is None:
            raise internal() if self.settings.old else invalid_cursor()
        return cursor

    def per_page(self, default: int = PAGE, most: int = PAGE) -> int:
        """Return the page size of `per_page`; more than `most` is 400, on 9.1.2 500."""
        text = self.one("per_page")
        if text is None:
            return default
        if not text.removeprefix("-").isdigit():
            raise internal() if self.settings.old else bad_request("Invalid per_page parameter.")
        size = int(text)
        if size > most:
            raise internal() if self.settings.old else bad_request(f"Invalid per_page value. Cannot exceed {most}.")
        if size < 1 and not self.settings.old:
            raise bad_request(f"Invalid per_page value. Must be between 1 and {most}.")
        return size

    def limit(self) -> int:
        """Return the page size of the lists of issues: `limit`, clamped to 100; `per_page` means nothing there."""
        text = self.one("limit") or str(PAGE)
        if not text.isdigit():
            raise bad_request("invalid limit")
        return min(int(text), PAGE)

    def page(self, pager: Pager, rows: int, limit: int) -> Page:
        """Return the page that the cursor asks for, out of range included."""
        cursor = self.cursor()
        try:
            return pager(rows, cursor, limit)
        except ValueError:
            raise internal() if self.settings.old else invalid_cursor() from None

    def haunted(self, rows: int, limit: int, key: Callable[[int], int] | None = None) -> tuple[list[int], Page]:
        """Page over a list with `ghost_rows` in its middle, and return the page's real rows.

        Ghosts are counted but not served: Sentry drops rows after paging (a body that is gone, an issue resolved
        meanwhile), and short and empty pages follow. With `key`, the falling sort values, pages go by them.
        """
        ghosts = self.settings.ghost_rows if rows else 0
        by_key = key and keyset(lambda row: key(min(solid(row, rows, ghosts), rows - 1)))
        page = self.page(by_key or absolute, rows + ghosts, limit)
        middle = range(rows // 2, rows // 2 + ghosts)
        return [solid(row, rows, ghosts) for row in range(page.start, page.stop) if row not in middle], page

    def answer(
        self, bodies: Iterable[bytes], page: Page | None = None, headers: dict[str, str] | None = None, inside: str = ""
    ) -> Reply:
        """Return serialised records, those of a page with its Link header; `inside` names the field that holds them."""
        body = b"[" + b",".join(bodies) + b"]"
        if inside:
            body = b'{"%s":%s}' % (inside.encode(), body)
        return self.linked(body, page, headers or {})

    def linked(
        self, body: bytes, page: Page | None, headers: dict[str, str], write: Callable[[Cursor], str] | None = None
    ) -> Reply:
        """Return a body with its page's Link header; `write` says how cursors of their own kind look."""
        if page is None or self.fault == "no_link":
            return Reply(body=body, headers=headers)
        if self.fault == "repeat_cursor" and not write and self.cursor():
            page = replace(page, next=self.cursor() or page.next)
        write = write or (opaque if self.state.faults.state("equals_cursor") is not None else str)
        url = self.settings.link_host + self.path
        return Reply(body=body, headers={"Link": link_header(url, self.query, page, write)} | headers)


def _second(text: str) -> int:
    moment = parse(text)
    if moment is None:
        raise bad_request(f"{text} is not a valid datetime query")
    return moment // SECOND
