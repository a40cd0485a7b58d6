"""Everything that exists in the sandbox's organization, built on demand and kept."""

from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property
from random import Random

import orjson

from saas_sandbox.common.clock import DAY
from saas_sandbox.common.reply import Record
from saas_sandbox.sentry.data.events import Event, full_event, old_event, padded, simple_event
from saas_sandbox.sentry.data.issues import Issue, build_issue
from saas_sandbox.sentry.data.monitors import Monitor, build_monitors
from saas_sandbox.sentry.data.people import Person, build_people, member_record, team_record, team_slug
from saas_sandbox.sentry.data.projects import key_record, organization_record
from saas_sandbox.sentry.data.release_work import Work, build_work
from saas_sandbox.sentry.data.releases import Release, build_releases
from saas_sandbox.sentry.data.replays import Replay, build_replays
from saas_sandbox.sentry.data.timeline import HISTORY_DAYS, HORIZON_DAYS, Span, Timeline, build_timeline
from saas_sandbox.sentry.data.words import EMPTY_SLUG, PLATFORMS, QUIET_SLUG, SLUGS
from saas_sandbox.sentry.fates import Fates
from saas_sandbox.sentry.moments import Stamp, old_stamp, today_stamp
from saas_sandbox.sentry.settings import Counts, Settings

_QUIET_DAYS = 60


class Project:
    """A project with its events and issues."""

    def __init__(self, world: "World", number: int, slug: str) -> None:
        """Only name it; the data follow when they are asked for."""
        self._world = world
        self.number = number
        self.id = str(number + 1)
        self.slug = slug
        self.created = world.anchor - (400 + 7 * number) * DAY - (0, 125_000, 604_317)[number % 3]

    @property
    def is_empty(self) -> bool:
        """Whether it never had an event."""
        return self._world.counts.odd_projects and self.slug == EMPTY_SLUG

    @cached_property
    def facts(self) -> Record:
        """The fields of its records that differ between projects, whoever asks."""
        team = self.number % self._world.counts.teams
        teams = [{"id": str(team + 1), "slug": team_slug(team), "name": team_slug(team).title()}]
        return {
            "id": self.id,
            "slug": self.slug,
            "name": self.slug.title(),
            "platform": PLATFORMS[self.number % len(PLATFORMS)],
            "dateCreated": self._world.stamp(self.created),
            "firstEvent": None if self.is_empty else self._world.stamp(self.created + DAY),
            "isBookmarked": self.slug == "mobile",
            "team": teams[0],
            "teams": teams,
            **({} if self._world.settings.old else {"hasReplays": self._replay_count > 0}),
        }

    @cached_property
    def errors(self) -> Timeline:
        """Its error events: what the list of events serves."""
        return self._timeline("errors", self._world.counts.events_per_project, self._world.counts.issues_per_project)

    def changed(self, errors: Timeline) -> "Project":
        """Return the same project with other error events; nothing that was made of the old ones is kept."""
        project = Project(self._world, self.number, self.slug)
        project.errors = errors
        return project

    @cached_property
    def feedback(self) -> Timeline:
        """Occurrences of its feedback issues: only the list of issues knows them, and only today's."""
        issues = 0 if self._world.settings.old else self._world.counts.feedback_per_project
        return self._timeline("feedback", 3 * issues, issues)

    def _timeline(self, name: str, events: int, issues: int) -> Timeline:
        world, anchor = self._world, self._world.anchor
        quiet = world.counts.odd_projects and self.slug == QUIET_SLUG
        begin, end = anchor - HISTORY_DAYS * DAY, anchor - (_QUIET_DAYS * DAY if quiet else 0)
        spans = [Span(begin, end, 0 if self.is_empty else events)]
        if not quiet and not self.is_empty:
            spans.append(Span(anchor, anchor + HORIZON_DAYS * DAY, events * HORIZON_DAYS // HISTORY_DAYS))
        rng = Random(f"{world.settings.seed}:{self.slug}:{name}")
        return build_timeline(rng, spans, issues, by_second=not world.settings.old)

    @cached_property
    def _issues(self) -> dict[tuple[int, bool], Issue]:
        return {}

    def issue(self, number: int, *, feedback: bool = False) -> Issue:
        """Return an issue by its place in the timeline's tracks."""
        key = (number, feedback)
        if key not in self._issues:
            self._issues[key] = build_issue(
                self._world.settings.seed, self.slug, self.number, number, feedback=feedback
            )
        return self._world.fates.now(self._issues[key])

    def issue_number(self, issue_id: str) -> int | None:
        """Return the place of an error issue in the timeline's tracks; None if it is of another project, or gone."""
        tracks = self.errors.tracks
        return next((n for n, track in enumerate(tracks) if track and str(self.issue(n).id) == issue_id), None)

    @cached_property
    def _bodies(self) -> dict[tuple[int, bool], bytes]:
        return {}

    def event_body(self, row: int, *, full: bool) -> bytes:
        """Return the serialised record of an event, made once."""
        key = (row, full)
        if key not in self._bodies:
            self._bodies[key] = self._serialise(row, full=full)
        return self._bodies[key]

    def _serialise(self, row: int, *, full: bool) -> bytes:
        settings, stamp, event = self._world.settings, self._world.stamp, self.event(row)
        if settings.old:
            return padded(old_event(event, stamp), settings.event_bytes)
        return (
            padded(full_event(event, stamp), settings.event_bytes) if full else orjson.dumps(simple_event(event, stamp))
        )

    def event(self, row: int, *, feedback: bool = False) -> Event:
        """Return an event by its row in the timeline, of its errors or of its feedback."""
        events = self.feedback if feedback else self.errors
        return Event(
            id=events.ids[row],
            number=(self.number + 1) * 10_000_000 + row,
            at=events.at[row],
            project=self.facts,
            issue=self.issue(events.issue[row], feedback=feedback),
            user=events.user[row],
            environment=events.environment[row],
            release=self._world.release_at(self.slug, events.at[row]),
        )

    @cached_property
    def replays(self) -> list[Replay]:
        """Its session replays, those still to come included, by their start; today's server alone has any."""
        seed = f"{self._world.settings.seed}:{self.slug}"
        return build_replays(seed, self.facts, self._replay_count, self._world.anchor)

    @property
    def _replay_count(self) -> int:
        world = self._world
        lacks = world.settings.old or self.is_empty or (world.counts.odd_projects and self.slug == QUIET_SLUG)
        return 0 if lacks else world.counts.replays_per_project

    @cached_property
    def keys(self) -> list[Record]:
        """Its keys, oldest first."""
        count = self._world.counts.keys if self.number == 0 else 2
        old, stamp = self._world.settings.old, self._world.stamp
        return [key_record(self.facts, number, self.created, stamp, old=old) for number in range(count)]


class World:
    """The organization's data: a function of the settings and of `anchor`, the clock's start."""

    def __init__(self, settings: Settings, anchor: int) -> None:
        """Build nothing yet but the names."""
        self.settings = settings
        self.counts: Counts = settings.counts
        self.anchor, self.fates = anchor, Fates()
        self.stamp: Stamp = old_stamp if settings.old else today_stamp
        self.projects = [Project(self, number, slug) for number, slug in enumerate(self._slugs())]

    def _slugs(self) -> list[str]:
        count = self.counts.projects
        slugs = [SLUGS[number] if number < len(SLUGS) else f"service-{number}" for number in range(count)]
        odd = [QUIET_SLUG, EMPTY_SLUG] if self.counts.odd_projects else []
        if odd and count > len(odd):
            slugs[-len(odd) :] = odd
        return slugs + list(self.settings.extra_projects)

    def change(self, issue: str, errors: Callable[[Project, int], Timeline]) -> Project:
        """Replace the error events of an issue's project, and return that; `ValueError` if there is no such issue."""
        for place, project in enumerate(self.projects):
            number = project.issue_number(issue)
            if number is not None:
                self.projects[place] = project.changed(errors(project, number))
                return project
        raise ValueError(f"There is no error issue {issue}.")

    @cached_property
    def organization(self) -> Record:
        """The organization's record."""
        return organization_record(self.anchor, self.stamp)

    @cached_property
    def people(self) -> list[Person]:
        """Members and invitations, by id."""
        return build_people(self.settings.seed, self.counts.members, self.counts.teams, self.anchor)

    def member(self, person: Person) -> Record:
        """Return a membership's record."""
        return member_record(person, self.anchor, self.stamp, old=self.settings.old)

    def team(self, number: int) -> Record:
        """Return a team's record without its projects."""
        return team_record(number, self.counts.teams, self.anchor, self.stamp, self.people)

    @cached_property
    def releases(self) -> list[Release]:
        """All releases, also those still to come, in the order of their creation."""
        return build_releases(self.settings.seed, self.counts.releases, self._active, self.anchor)

    @cached_property
    def _active(self) -> list[str]:
        return [slug for slug in self._slugs()[: self.counts.projects] if slug not in (QUIET_SLUG, EMPTY_SLUG)]

    @cached_property
    def monitors(self) -> list[Monitor]:
        """Cron monitors with all their check-ins, also those still to come."""
        return build_monitors(self.settings.seed, self._active, self.anchor)

    def projects_of(self, release: Release) -> list[str]:
        """Return the slugs of a release's projects."""
        return [self._active[place] for place in release.projects]

    @cached_property
    def _work(self) -> dict[int, Work]:
        return {}

    def work(self, release: Release) -> Work:
        """Return what went into a release, and where it was deployed."""
        if release.number not in self._work:
            authors = [person for person in self.people if not person.pending]
            found = {project.slug: project.id for project in self.projects}
            repositories = [(found[slug], f"acme/{slug}") for slug in self.projects_of(release)]
            self._work[release.number] = build_work(self.settings.seed, release, repositories, authors)
        return self._work[release.number]

    def release_at(self, slug: str, moment: int) -> str | None:
        """Return the version that a project ran at a moment."""
        history = self._release_history.get(slug, [])
        place = bisect_right(history, moment, key=lambda release: release.added)
        return history[place - 1].version if place else None

    @cached_property
    def _release_history(self) -> dict[str, list[Release]]:
        history: dict[str, list[Release]] = {}
        for release in self.releases:
            for slug in self.projects_of(release):
                history.setdefault(slug, []).append(release)
        return history
