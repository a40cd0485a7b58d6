"""A local Sentry, in a thread or as the process itself."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, ClassVar, Final

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router
from typing_extensions import override

from saas_sandbox.common import sandbox
from saas_sandbox.common.clock import SECOND
from saas_sandbox.common.control import Action
from saas_sandbox.common.errors import ApiError
from saas_sandbox.sentry.call import Call
from saas_sandbox.sentry.data.timeline import Timeline
from saas_sandbox.sentry.endpoint import Endpoint
from saas_sandbox.sentry.endpoints import ENDPOINTS
from saas_sandbox.sentry.errors import bad_request
from saas_sandbox.sentry.fates import Deletion
from saas_sandbox.sentry.gate import Gate
from saas_sandbox.sentry.settings import DEFAULT_TOKEN, ORGANIZATION, Settings
from saas_sandbox.sentry.state import State
from saas_sandbox.sentry.world import Project


class Sandbox(sandbox.Sandbox[Settings, State]):
    """A local Sentry, of today or of 9.1.2."""

    settings_class = Settings
    not_found = Response(status_code=404, media_type="text/html")
    endpoints: ClassVar[Sequence[Endpoint]] = ENDPOINTS
    organization = ORGANIZATION
    _random = Random(1)

    @property
    def token(self) -> str:
        """The first of the tokens; by default the one with every scope."""
        return next(iter(self.settings.tokens), DEFAULT_TOKEN)

    def advance(self, seconds: float) -> int:
        """Move the sandbox's clock forward; returns its time in seconds since 1970."""
        self.state.clock.advance(seconds)
        return self.state.clock.now() // SECOND

    def add_events(self, issue: str, count: int = 1) -> list[str]:
        """Let an issue have new events at this moment, which is then its last; returns their ids."""
        names = [f"{self._random.getrandbits(128):032x}" for _ in range(count)]
        now = self.state.clock.now()
        self.state.world.change(issue, lambda project, number: project.errors.added(now, names, number))
        return names

    def merge_issue(self, issue: str, into: str, *, pending: bool = False) -> None:
        """Give the events of one issue to another of its project, which answers for it from then on.

        While that is `pending`, until `finish_merges`, the first one answers 404, and says so where it is asked for by
        `group`.
        """

        def merged(project: Project, number: int) -> Timeline:
            target = project.issue_number(into)
            if target is None:
                raise ValueError(f"Issue {into} is not of the same project as {issue}.")
            return project.errors.merged(number, target)

        self.state.world.change(issue, merged)
        fates = self.state.world.fates
        fates.survivors[issue] = into
        fates.pending |= {issue} if pending else set()

    def finish_merges(self) -> None:
        """Let merged issues answer with those that they were merged into."""
        self.state.world.fates.pending.clear()

    def delete_issue(self, issue: str) -> None:
        """Delete an issue and its events, and tell the audit log."""
        world = self.state.world
        project = world.change(issue, lambda project, number: project.errors.without(number))
        world.fates.deletions.append(Deletion(issue, project.slug, self.state.clock.now()))

    def change_issue(self, issue: str, status: str = "", notes: int = 0) -> None:
        """Let somebody resolve an issue, ignore it or open it again, and write comments; no event tells of it."""
        world, now = self.state.world, self.state.clock.now()
        world.change(issue, lambda project, _: project.errors)
        if status:
            world.fates.set_status(issue, status, now, world.people[0])
        for number in range(notes):
            world.fates.note(issue, "note", now, world.people[0], {"text": f"seen again, {number}"})

    @override
    def totals(self) -> Mapping[str, Any]:
        """Return every primary key that a token which sees all could extract at this moment, by stream.

        Lists of strings, except `events`: eventIDs by project slug, newest first.
        """
        call, old = Call.of_everything(self.state), self.settings.old
        rows = (row.version(old=old) for row in self.endpoints)
        return {row.name: row.total(call) for row in rows if row and row.key}

    @override
    def make_state(self, settings: Settings) -> State:
        return State(settings)

    @override
    def routes(self) -> Sequence[BaseRoute]:
        """Return the API, which never redirects to a path with a trailing slash."""
        rows = [
            Route(path, Gate(self.state, row, path).endpoint, methods=["GET"])
            for row in self.endpoints
            for path in row.paths()
        ]
        return [Mount(self.settings.prefix + "/api/0", Router(rows, redirect_slashes=False))]

    @override
    def actions(self) -> dict[str, Action]:
        return {
            **super().actions(),
            "advance": lambda body: {"now": self.advance(body["seconds"])},
            "add_events": lambda body: {"events": self.add_events(**body)},
            "merge_issue": lambda body: self.merge_issue(**body),
            "finish_merges": lambda _: self.finish_merges(),
            "delete_issue": lambda body: self.delete_issue(**body),
            "change_issue": lambda body: self.change_issue(**body),
        }

    @override
    def refusal(self, message: str) -> ApiError:
        return bad_request(message)

    @override
    def access(self) -> dict[str, str]:
        return {"organization": self.organization, "token": self.token}

    @override
    def url_at(self, host: str) -> str:
        return host + self.settings.prefix


serve: Final = Sandbox.serve
