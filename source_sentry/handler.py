"""What Sentry's answers mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ErrorResolution, ResponseAction
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from source_sentry import errors
from source_sentry.check import covers
from source_sentry.config import base_url, is_saas
from source_sentry.pages import SentryPage
from source_sentry.projects import find_project, renaming
from sourcewright.components.handler import (
    JsonErrorHandler,
    fail,
    no_records,
    nothing,
    retry,
    skip,
    split,
)
from sourcewright.components.parents import placeholders
from sourcewright.http.errors import explain_exception, explain_page, is_certificate_error, is_lasting, is_of_proxy
from sourcewright.http.pages import LIST, OBJECT, page_of
from sourcewright.http.redirects import asked_url
from sourcewright.log import is_logged, logger

_DENIED: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
_REMOVED: Final = (HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE, HTTPStatus.NOT_IMPLEMENTED)
_TRANSIENT: Final = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GONE)
"""410 is a brownout, which ends after minutes, of what will be removed."""
_BROKEN: Final = re.compile(r"SSL|refused|reset|aborted", re.IGNORECASE)
"""What servers without TLS make of its first bytes; where they listen at another port, nothing does at this one."""
TOO_WIDE: Final = ("smaller date range", "large offsets", "Query timeout")
_TOO_OLD: Final = "more recent date range"
_MANY: Final = 10
"""Parents without an answer, one after the other, that are no coincidence."""


@dataclass
class SentryErrorHandler(JsonErrorHandler):
    """Answer -> what to do with it.

    429, 5xx -> wait and retry; 403 and 404 about one project -> skip that project with a WARN; 404 about another parent
    -> nothing, since it was deleted meanwhile; other refusals -> end the stream with a WARN, or fail with one clear
    sentence if it is `required` or was read before, or if the token cannot read the organization either. 410 -> the
    same, but retry instead of failing, since it may be a brownout.

    400s that complain of too old a window -> it has no records, since it lies before the server's retention. With
    `splits`, those that complain of too wide a one -> the engine halves it.
    """

    page_class = SentryPage
    host_setting = "hostname"
    scope: str = ""
    """What the token needs for the stream; the manifest's `$parameters` fill in this and all below."""
    endpoint: str = ""
    required: bool = False
    splits: bool = False
    blank_if_gone: bool = False
    """Whether a 404 without a word is about the parent; elsewhere it is about a feature that the plan lacks."""
    may_move: bool = False
    """Whether the answer of a project that was renamed is taken as it is, since the project's id is looked at."""
    by_snuba: bool = False
    """Whether the answer comes from Snuba, without which servers from before Sentry 10 answer 500 for ever."""
    max_points: int = 0
    """Points of a series, at which Sentry cuts without a word; 0 where it does not."""

    @override
    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        super().__post_init__(parameters)
        self._warned: set[str] = set()
        self._has_parent = bool(placeholders(self.endpoint) - {"organization", "project"})
        self._gone = 0

    @override
    def explain_shape(self, response: requests.Response) -> str:
        what = self.page if self.page in (LIST, OBJECT) else f"object with {self.page}"
        return explain_page(response, f"a JSON {what}", "hostname")

    @override
    def explain_exception(self, error: requests.RequestException) -> tuple[str, bool]:
        return f"{explain_exception(error, 'hostname')}{self._tls_hint(error)}", is_lasting(error)

    def _tls_hint(self, error: requests.RequestException) -> str:
        """The way out where the scheme is ours, not the user's, and the server may have no TLS."""
        hostname = str(self.config["hostname"])
        may_be_plain = not (is_certificate_error(error) or is_of_proxy(error)) and _BROKEN.search(repr(error))
        if "://" in hostname or is_saas(base_url(hostname)) or not may_be_plain:
            return ""
        return f" `{hostname}` was asked with https://; if it has no TLS, write `http://{hostname}` in `hostname`."

    @override
    def judge_redirect(self, response: requests.Response) -> ErrorResolution | None:
        slugs = renaming(asked_url(response), str(response.url))
        if slugs and (self.may_move or self._is_same_project(*slugs)):
            return None
        return super().judge_redirect(response)

    @override
    def judge_page(self, response: requests.Response) -> ErrorResolution:
        self._gone = 0
        self.runtime.refusals.note_answer(self.name)
        page, verdict = page_of(response), super().judge_page(response)
        if not (self.max_points and isinstance(page, SentryPage) and page.has_points(self.max_points)):
            return verdict
        self.runtime.slots.give_back()
        message = errors.explain_points(self._refusal(response), self.max_points)
        return split(message) if self.splits else fail(message)

    @override
    def means_no_records(self, response: requests.Response) -> bool:
        if response.status_code == HTTPStatus.NOT_FOUND:
            return self._has_parent and not errors.lacks_route(response, blank=not self.blank_if_gone)
        return response.status_code == HTTPStatus.BAD_REQUEST and _TOO_OLD in errors.detail(response)

    @override
    def judge_refusal(self, response: requests.Response) -> ErrorResolution:
        status, refusal = response.status_code, self._refusal(response)
        message = errors.explain(refusal)
        if status == HTTPStatus.BAD_REQUEST:
            return self._judge_bad_request(response, message)
        if self._is_without_snuba(status):
            return self._judge_lacking(refusal, message)
        if status in _DENIED or (status in _REMOVED and not self.required):
            return self._judge_denied(refusal, message)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return self.rate_limited(message)
        if status in _TRANSIENT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return retry(message)
        return ErrorResolution(ResponseAction.FAIL, FailureType.system_error, message)

    def _judge_denied(self, refusal: errors.Refusal, message: str) -> ErrorResolution:
        """Whatever lacks it: a parent, the server, the plan, or the token for this stream or for all of them."""
        if self.means_no_records(refusal.response):
            return self._judge_gone(message)
        if self._may_be_skipped(refusal):
            return self._skip(message)
        if refusal.response.status_code == HTTPStatus.FORBIDDEN:
            # It holds for the whole stream, so the sentence names neither project nor parent
            refusal = replace(refusal, project=None, has_parent=False)
            message = errors.explain(refusal)
        if not self.required:
            return self._judge_lacking(refusal, message)
        is_lost = refusal.response.status_code == HTTPStatus.NOT_FOUND and not refusal.project
        hint = self.config["server"].explain_region(str(refusal.response.url)) if is_lost else ""
        return self.fail_all(f"{message.rstrip('.')}{hint}" if hint else message)

    def _is_without_snuba(self, status: int) -> bool:
        return self.by_snuba and status == HTTPStatus.INTERNAL_SERVER_ERROR and bool(self.config["server"].is_old)

    @property
    def _was_read(self) -> bool:
        return self.name in self.runtime.refusals.read_before

    def _may_be_skipped(self, refusal: errors.Refusal) -> bool:
        """Whether a refusal is about one project or another parent only, not about the token or the endpoint."""
        status = refusal.response.status_code
        if status == HTTPStatus.NOT_FOUND and refusal.project:
            if refusal.environments and self.config["server"].environment_names() is None:
                return False  # an environment that nobody can look up would leave out every project
            return self.required or not errors.lacks_route(refusal.response)
        return status == HTTPStatus.FORBIDDEN and bool(refusal.project or self._has_parent) and not self._lacks_scope()

    def _judge_gone(self, message: str) -> ErrorResolution:
        """A parent was deleted since it was listed; many of them in a row are told."""
        self._gone += 1
        if self._gone == _MANY:
            logger.warning("Stream `%s`: nothing is below %d of its parents in a row. %s", self.name, _MANY, message)
        return nothing(message)

    def _judge_lacking(self, refusal: errors.Refusal, message: str) -> ErrorResolution:
        """End a stream that server, plan or token do not have; what is wrong for all streams is an error."""
        if errors.is_bad_token(refusal):
            return self.fail_all(message)
        if self._was_read:
            lasting = refusal.response.status_code != HTTPStatus.GONE
            told = errors.explain_loss(refusal, message)
            return self.fail_all(told) if lasting else retry(told)
        try:
            self.runtime.streams.lookup("organization")
        except AirbyteTracedException as error:
            return self.fail_all(message) if error.failure_type is FailureType.config_error else fail(message)
        told = errors.explain_lacking(refusal, self.endpoint)
        return skip(f"Skipped: {told}" if self.runtime.refusals.end(self.name) else None)

    def _judge_bad_request(self, response: requests.Response, message: str) -> ErrorResolution:
        if self.means_no_records(response):
            return no_records(f"{message} Nothing is kept for so long, so there is nothing to read.")
        if self.splits and any(complaint in errors.detail(response) for complaint in TOO_WIDE):
            return split(message)
        if self.required or self._was_read:
            return fail(message)
        # An older server, which does not know a value that others of the stream's requests may do without
        self.runtime.refusals.withhold(self.name)
        return self._skip(message)

    def _refusal(self, response: requests.Response) -> errors.Refusal:
        slug, number = errors.requested_project(response)
        return errors.Refusal(
            response=response,
            stream=self.name,
            scope=self.scope,
            organization=str(self.config.get("organization")),
            project=slug or (self._slug_of(number) if number else None),
            is_organization_token=errors.is_organization_token(self.config),
            has_parent=self._has_parent,
        )

    def _slug_of(self, project: str) -> str:
        """Slug of the project with that id, from the list of projects, which the partitions came from."""
        rows = self.runtime.streams.parent_rows("project_list", "id", "slug")
        return next((str(row["slug"]) for row in rows if str(row["id"]) == project), project)

    def _is_same_project(self, old: str, new: str) -> bool:
        """Whether a project was renamed since it was listed: the new slug is that of the same id."""
        rows = self.runtime.streams.parent_rows("project_list", "id", "slug")
        listed = [str(row["id"]) for row in rows if row["slug"] == old]
        project = find_project(self.runtime.streams.lookup, new)
        if not project or [str(project.get("id"))] != listed:
            return False
        self.runtime.warn_once(f"Project `{old}` was renamed to `{new}` during the sync, which goes on by its id.")
        return True

    def _lacks_scope(self) -> bool:
        """Whether the token may read the stream of no project at all; skipping them all would look like success."""
        try:
            scopes = errors.token_scopes(self.runtime.streams.lookup("token"))
        except AirbyteTracedException:
            return False  # the next refusal tries again
        return bool(scopes) and not covers(scopes, self.scope)

    def _skip(self, message: str) -> ErrorResolution:
        """Log once, not at each window, that a project or another parent is skipped, and of very many only some."""
        self.runtime.refusals.note_skip(self.name)
        is_new = message not in self._warned
        self._warned.add(message)
        number = len(self._warned)
        if not is_new or not is_logged(number):
            return skip(None)
        return skip(f"Skipped: {message}" if number == 1 else f"Skipped, number {number} of the stream: {message}")
