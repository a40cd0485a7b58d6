"""What the manifest needs and the engine has no component for. The manifest names these classes."""

from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass
from http import HTTPStatus
from typing import Any, Final

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.partition_routers.partition_router import PartitionRouter
from airbyte_cdk.sources.declarative.partition_routers.substream_partition_router import ParentStreamConfig
from airbyte_cdk.sources.declarative.requesters.error_handlers.default_error_handler import DefaultErrorHandler
from airbyte_cdk.sources.declarative.transformations import RecordTransformation
from airbyte_cdk.sources.streams.http.error_handlers.response_models import (
    SUCCESS_RESOLUTION,
    ErrorResolution,
    ResponseAction,
)
from airbyte_cdk.sources.types import Config, StreamSlice, StreamState
from typing_extensions import override

from source_sentry import errors
from source_sentry.check import covers
from source_sentry.config import NormalizeConfig
from source_sentry.paging import LinkHeaderPagination
from source_sentry.states import ProjectState
from sourcewright.http.errors import explain_exception, explain_page, is_certificate_error
from sourcewright.http.pages import Page, PageExtractor, drop_page, keep, page_of
from sourcewright.log import logger
from sourcewright.windows import WindowFilter

__all__ = [
    "LinkHeaderPagination",
    "NormalizeConfig",
    "PageExtractor",
    "ProjectRouter",
    "ProjectState",
    "SentryErrorHandler",
    "WindowFilter",
    "WithoutSecrets",
]

_ACTIONS: Final[Mapping[int | None, tuple[ResponseAction, FailureType]]] = {
    HTTPStatus.UNAUTHORIZED: (ResponseAction.FAIL, FailureType.config_error),
    HTTPStatus.FORBIDDEN: (ResponseAction.FAIL, FailureType.config_error),
    HTTPStatus.NOT_FOUND: (ResponseAction.FAIL, FailureType.config_error),
    HTTPStatus.REQUEST_TIMEOUT: (ResponseAction.RETRY, FailureType.transient_error),
    HTTPStatus.GONE: (ResponseAction.RETRY, FailureType.transient_error),  # a brownout, which ends after minutes
    HTTPStatus.TOO_MANY_REQUESTS: (ResponseAction.RATE_LIMITED, FailureType.transient_error),
    None: (ResponseAction.FAIL, FailureType.system_error),
}
_SCOPES_TIMEOUT: Final = 20.0
_TOO_WIDE: Final = ("smaller date range", "large offsets", "Query timeout")
_TOO_OLD: Final = "more recent date range"
_NON_PROJECT_ISSUES: Final = (
    "firstTransactionEvent",
    "hasFeedbacks",
    "hasMonitors",
    "hasNewFeedbacks",
    "hasProfiles",
    "hasReplays",
)


@dataclass
class SentryErrorHandler(DefaultErrorHandler):
    """Answer -> what to do with it.

    200 with the expected JSON -> go on; 200 with anything else, 410, 429, 5xx, broken connection -> wait and retry;
    403 and 404 about one project -> skip that project with a WARN; other refusals -> fail with a clear sentence.

    With `splits`, 400s that complain of too wide a window -> the engine halves the window.
    """

    max_time: int = 60 * 60
    name: str = ""
    scope: str = ""
    """Stream, and what its token needs; the manifest's `$parameters` fill both in."""
    page: str = "list"
    """What a good answer holds: `list` or `object`."""
    splits: bool = False

    @override
    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        super().__post_init__(parameters)
        self._warned: set[str] = set()
        self._scopes: list[str] | None = None
        self._access = errors.Access(
            stream=self.name,
            scope=self.scope,
            organization=str(self.config.get("organization")),
            is_organization_token=errors.is_organization_token(self.config),
        )

    @override
    def interpret_response(self, response_or_exception: requests.Response | Exception | None) -> ErrorResolution:
        if isinstance(response_or_exception, requests.Response):
            return self._judge(response_or_exception)
        if isinstance(response_or_exception, requests.RequestException):
            return self._judge_exception(response_or_exception)
        return super().interpret_response(response_or_exception)

    def _judge(self, response: requests.Response) -> ErrorResolution:
        status = response.status_code
        if response.ok:
            return self._judge_page(response)
        if status == HTTPStatus.BAD_REQUEST:
            return self._judge_bad_request(response)
        message = errors.explain(response, self._access)
        if status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND) and errors.refused_project(response):
            if status == HTTPStatus.FORBIDDEN and self._lacks_scope(response):
                return ErrorResolution(ResponseAction.FAIL, FailureType.config_error, message)
            return self._skip(message)
        action, failure_type = _ACTIONS.get(status, _ACTIONS[None])
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            action, failure_type = ResponseAction.RETRY, FailureType.transient_error
        return ErrorResolution(action, failure_type, message)

    def _judge_page(self, response: requests.Response) -> ErrorResolution:
        try:
            page = page_of(response)
            if page.holds(self.page):
                return SUCCESS_RESOLUTION
            drop_page()
        except ValueError:
            pass
        message = explain_page(response, f"a JSON {self.page}", "hostname")
        return ErrorResolution(ResponseAction.RETRY, FailureType.transient_error, message)

    def _judge_bad_request(self, response: requests.Response) -> ErrorResolution:
        words, message = errors.detail(response), errors.explain(response, self._access)
        if self.splits and _TOO_OLD in words:
            # The window lies before the server's retention, so there can be nothing in it
            response.status_code = HTTPStatus.OK
            keep(response, Page(b"[]"))
            logger.info("%s Nothing is kept for so long, so there is nothing to read.", message)
            return SUCCESS_RESOLUTION
        if self.splits and any(complaint in words for complaint in _TOO_WIDE):
            return ErrorResolution(ResponseAction.SPLIT_REQUEST_WINDOW, FailureType.transient_error, message)
        return ErrorResolution(ResponseAction.FAIL, FailureType.config_error, message)

    def _judge_exception(self, error: requests.RequestException) -> ErrorResolution:
        message = explain_exception(error, "hostname")
        if is_certificate_error(error) or isinstance(error, requests.exceptions.InvalidURL):
            return ErrorResolution(ResponseAction.FAIL, FailureType.config_error, message)
        return ErrorResolution(ResponseAction.RETRY, FailureType.transient_error, message)

    def _lacks_scope(self, refusal: requests.Response) -> bool:
        """Whether the token may read this of no project: skipping them all would look like success."""
        if self._scopes is None:
            base, _, _ = (refusal.url or "").partition("/api/0/")
            headers = {"Authorization": refusal.request.headers["Authorization"]}
            try:
                answer = requests.get(f"{base}/api/0/", headers=headers, timeout=_SCOPES_TIMEOUT).json()
                self._scopes = (answer.get("auth") or {}).get("scopes") or []
            except (requests.RequestException, ValueError, AttributeError):
                return False  # the next refusal asks again
        return bool(self._scopes) and not covers(self._scopes, self.scope)

    def _skip(self, message: str) -> ErrorResolution:
        """Say once, not at each window, that a project is left out."""
        if message not in self._warned:
            self._warned.add(message)
            logger.warning("Skipped: %s", message)
        return ErrorResolution(ResponseAction.IGNORE, FailureType.config_error, "Skipped, as said in the warning.")


@dataclass
class ProjectRouter(PartitionRouter):
    """Project list -> one partition a project: {"project": "42"} with its slug beside it.

    The key is the id, so that a renamed project keeps its cursor. Only configured projects, where any are; with
    `with_events`, only projects that ever had what the stream reads (`errors`: an event; `issues`: an issue).
    """

    config: Config
    parameters: InitVar[Mapping[str, Any]]
    parent_stream_configs: list[ParentStreamConfig]
    with_events: str = ""

    @override
    def stream_slices(self) -> Iterable[StreamSlice]:
        wanted = frozenset(self.config["projects"])
        # By id, since a list that changes while it is paged can bring a project twice
        for project in {project["id"]: project for project in self._projects()}.values():
            if (project["slug"] in wanted or not wanted) and self._has_data(project):
                yield StreamSlice(
                    partition={"project": str(project["id"])}, cursor_slice={}, extra_fields={"slug": project["slug"]}
                )

    def _projects(self) -> Iterable[Mapping[str, Any]]:
        return self.parent_stream_configs[0].stream.records()  # type: ignore[attr-defined,no-any-return]

    def _has_data(self, project: Mapping[str, Any]) -> bool:
        """A server that does not send `firstEvent` is taken at no word: its project is asked."""
        if not self.with_events or project.get("firstEvent", True):
            return True
        return self.with_events == "issues" and any(project.get(flag) for flag in _NON_PROJECT_ISSUES)

    @override
    def get_stream_state(self) -> Mapping[str, StreamState] | None:
        return {}

    @override
    def get_request_params(self, **_: Any) -> Mapping[str, Any]:
        return {}

    get_request_headers = get_request_body_data = get_request_body_json = get_request_params


@dataclass
class WithoutSecrets(RecordTransformation):
    """{"id", "public", "secret", "dsn": {"public", "secret"}} -> {"id", "public", "dsn": {"public"}}.

    Unless `include_secrets` is set. The engine's conditional RemoveFields would empty the whole record.
    """

    config: Config

    @override
    def transform(
        self,
        record: dict[str, Any],
        config: Config | None = None,
        stream_state: StreamState | None = None,
        stream_slice: StreamSlice | None = None,
    ) -> None:
        if self.config["include_secrets"]:
            return
        secret, dsn = record.pop("secret", None), record.get("dsn") or {}
        for name in [name for name, url in dsn.items() if name == "secret" or (secret and secret in str(url))]:
            del dsn[name]
