"""What the connector finds out about the server and the organization, each once for all streams."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ErrorResolution
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from source_sentry import errors
from source_sentry.config import CONTROL, is_saas
from source_sentry.handler import SentryErrorHandler
from sourcewright.components.handler import nothing
from sourcewright.components.runtime import Refusals, Row
from sourcewright.http.errors import quoted
from sourcewright.log import logger

_ABOUT_THE_OBJECT: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


@dataclass
class Server:
    """Facts for the templates of the manifest, which read them as `config["server"].is_old`."""

    settings: Mapping[str, Any]
    read: Callable[..., list[Row]]
    """Reads all records of a definition and keeps the named fields: `read("project_list", "slug")`."""
    refusals: Refusals
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _age: bool | AirbyteTracedException | None = None
    _region: str | None = None
    _names: frozenset[str] | None = None
    _is_across: bool | None = None

    @property
    def is_old(self) -> bool:
        """Whether it is from before Sentry 10: without lists over the projects of an organization.

        Asked when a request first depends on it, with one request. sentry.io is never old.

        Raises:
            AirbyteTracedException: The server did not answer; each caller gets the same error without asking again.

        """
        with self._lock:
            if self._age is None:
                self._age = self._find_age()
        if isinstance(self._age, AirbyteTracedException):
            raise self._age.with_traceback(None)
        return self._age

    def _find_age(self) -> bool | AirbyteTracedException:
        url = self.settings["base_url"]
        if self.settings["legacy_server"] or is_saas(url):
            return bool(self.settings["legacy_server"])
        try:
            self.read("issue_route")
        except AirbyteTracedException as error:
            return AirbyteTracedException(
                message=f"Whether `{url}` is older than Sentry 10 could not be found out; if it is, set "
                f"`legacy_server`. {error.message}",
                failure_type=error.failure_type or FailureType.system_error,
            )
        is_old = self.refusals.has_ended("issue_route")
        if is_old:
            logger.info("`%s` is older than Sentry 10, so it is asked for issues project by project.", url)
        return is_old

    @property
    def region(self) -> str:
        """Where the organization is kept: with `https://sentry.io` its region, elsewhere what `hostname` says.

        Asked when the first request is made. Where the region cannot be found out, sentry.io sends requests on to it.
        """
        url = str(self.settings["base_url"])
        if url != CONTROL:
            return url
        with self._lock:
            if self._region is None:
                self._region = self.home() or url
        return self._region

    def home(self) -> str:
        """The organization's region on sentry.io, as an address: `https://de.sentry.io`; empty if nobody says it."""
        try:
            (row,) = self.read("region", "links")
        except (AirbyteTracedException, ValueError):
            return ""
        links = row.get("links")
        region = str(links.get("regionUrl")) if isinstance(links, Mapping) else ""
        return region.rstrip("/") if region.startswith("https://") and is_saas(region) else ""

    def explain_region(self, asked: str) -> str:
        """The way out if `asked` is of a region that the organization is not kept in; empty if that is not so."""
        url = str(self.settings["base_url"])
        if not is_saas(url) or asked.startswith(f"{CONTROL}/") or (home := self.home()) in ("", url):
            return ""
        return f". The organization is in the region `{home}`: set `hostname` to that, or to `sentry.io`."

    @property
    def environments(self) -> list[str]:
        """The configured environments that exist: a request that names another one fails as a whole."""
        wanted: list[str] = self.settings["environments"]
        if not wanted or (names := self.environment_names()) is None:
            return wanted
        return [name for name in wanted if name in names or not name]

    def environment_names(self) -> frozenset[str] | None:
        """Names of the organization's environments, hidden ones too; None if the token may not list them."""
        with self._lock:
            if self._names is None:
                try:
                    self._names = frozenset(str(row["name"]) for row in self.read("environment_list", "name"))
                except AirbyteTracedException:
                    return None
            return self._names

    @property
    def is_across_projects(self) -> bool:
        """Whether one request for rows may be about all projects; where that cannot be found out, it is tried."""
        with self._lock:
            if self._is_across is None:
                try:
                    self._is_across = bool(self.read("across_projects")) or self.refusals.has_ended("across_projects")
                except AirbyteTracedException:
                    self._is_across = True
            return self._is_across

    @property
    def has_error_rows(self) -> bool:
        """Whether Explore finds errors for this token; where that cannot be found out, it is tried.

        Servers from before 2024 do not know these, and a token needs `org:read`.
        """
        return not (self.is_old or (self.is_across_projects and self.refusals.has_ended("across_projects")))

    @property
    def first_project(self) -> Row:
        """A project whose issues `check` asks for: {"id": "42", "slug": "web"}, one that is configured and open."""
        wanted = self.settings["projects"]
        rows = self.read("project_list", "id", "slug", "hasAccess")
        chosen = [row for row in rows if row["slug"] in wanted] or rows
        return next((row for row in chosen if row.get("hasAccess") is not False), chosen[0])


@dataclass
class RouteHandler(SentryErrorHandler):
    """Answer about something that nobody has -> the stream ends if the server does not even know such addresses."""

    @override
    def judge_refusal(self, response: requests.Response) -> ErrorResolution:
        if response.status_code not in _ABOUT_THE_OBJECT:
            return super().judge_refusal(response)
        if errors.lacks_route(response):
            self.runtime.refusals.end(self.name)
        return nothing(quoted(errors.detail(response)))
