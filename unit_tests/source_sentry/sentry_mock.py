"""A Sentry that answers the requests that a test prepares, each as often as prepared, and no others."""

import json
from collections import Counter
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, Self
from urllib.parse import parse_qsl, urlsplit

from airbyte_cdk.test.mock_http import HttpMocker, HttpRequest, HttpResponse
from typing_extensions import override

from unit_tests.source_sentry.builders import API, BACKEND, TOKEN, Json

JSON_HEADERS = {"Content-Type": "application/json"}
PREVIOUS = '<https://elsewhere.example/x/?&cursor=0:0:1>; rel="previous"; results="false"; cursor="0:0:1"'

Exact = tuple[str, tuple[tuple[str, str], ...]]


class SentryRequest(HttpRequest):
    """A GET request: URL, all its parameters, empty ones too, and the token."""

    def __init__(self, url: str, params: Mapping[str, str | list[str]] | None = None) -> None:
        super().__init__(url, query_params=params, headers={"Authorization": f"Bearer {TOKEN}"})
        self.exact = exact(self._parsed_url.geturl())


class SentryMock(HttpMocker):
    """The engine's mocker, which alone ignores ports and empty parameters and lets requests be repeated.

    It is a server of today with one project: what finds that out is answered without being prepared.
    """

    def __init__(self) -> None:
        super().__init__()
        self._prepared: Counter[Exact] = Counter()

    @override
    def __enter__(self) -> Self:
        super().__enter__()
        unknown = {"detail": "The requested resource does not exist"}
        self._mocker.get(ROUTE.exact[0], json=unknown, status_code=HTTPStatus.NOT_FOUND)
        self._mocker.get(PROJECTS.exact[0], json=[BACKEND])
        return self

    def answers(self, request: SentryRequest, *responses: HttpResponse) -> None:
        """Answer `request` with each of `responses` in turn."""
        self.get(request, list(responses))
        self._prepared[request.exact] += len(responses)

    def is_old(self) -> None:
        """Be a server from before Sentry 10, which must be asked whether it is, once."""
        self.answers(ROUTE, answer("", HTTPStatus.NOT_FOUND))

    def answers_projects(self, *projects: Json) -> None:
        """Answer the request for the list of projects, once."""
        self.answers(PROJECTS, page(*(projects or (BACKEND,))))

    def answers_environments(self, *names: str) -> None:
        """Answer the request for the environments of the organization, once."""
        self.answers(ENVIRONMENTS, page(*({"name": name} for name in names)))

    def answers_scopes(self, *scopes: str) -> None:
        """Answer the request for the index of the API once, with the token's `scopes`, or without any."""
        self.answers(SentryRequest(f"{API}/"), answer({"version": "0", "auth": {"scopes": scopes} if scopes else None}))

    @property
    def requested(self) -> list[Exact]:
        """The requests, in their order."""
        return [exact(request.url) for request in self._mocker.request_history]

    def verify(self) -> None:
        """Fail unless exactly the prepared requests were made."""
        made = Counter(self.requested)
        for facts in (ROUTE.exact, PROJECTS.exact):
            if not self._prepared[facts]:
                del made[facts]
        assert not made - self._prepared, f"unexpected or repeated requests: {made - self._prepared}"
        assert not self._prepared - made, f"requests never made: {self._prepared - made}"
        # Without timeouts a server that accepts and says nothing would hold the sync for ever
        assert all(request.timeout for request in self._mocker.request_history)


def exact(url: str) -> Exact:
    """`url` as far as a server sees it, its parameters in no order."""
    parts = urlsplit(url)
    params = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    return f"{parts.scheme}://{parts.netloc}{parts.path}", tuple(sorted(params))


ROUTE: Final = SentryRequest(f"{API}/organizations/acme/issues/0/")
"""What servers from before Sentry 10 do not know the address of."""


def organization_request(endpoint: str, **params: str | list[str]) -> SentryRequest:
    return SentryRequest(f"{API}/organizations/acme/{endpoint}", params)


PROJECTS: Final = organization_request("projects/", per_page="100")
ACROSS: Final = organization_request(
    "events/", dataset="errors", field="count()", project="-1", statsPeriod="1h", per_page="1"
)
"""Whether Explore finds errors, and of all projects at once."""
ENVIRONMENTS: Final = organization_request("environments/", project="-1", visibility="all")


def project_request(slug: str, endpoint: str, **params: str | list[str]) -> SentryRequest:
    return SentryRequest(f"{API}/projects/acme/{slug}/{endpoint}", params)


def page(*records: Any, next_cursor: str | None = None) -> HttpResponse:
    """A page of a list; without `next_cursor` the last one, which has a next link too."""
    return HttpResponse(json.dumps(records), headers={**JSON_HEADERS, "Link": link(next_cursor)})


def link(next_cursor: str | None, results: str | None = None) -> str:
    """Link header; the server's idea of its own address is another one than the configured."""
    cursor, more = next_cursor or "0:100:0", results or ("true" if next_cursor else "false")
    return (
        f'{PREVIOUS}, <https://elsewhere.example/x/?&cursor={cursor}>; rel="next"; results="{more}"; cursor="{cursor}"'
    )


def answer(body: Any, status: int = HTTPStatus.OK, **headers: str) -> HttpResponse:
    """An answer without a Link header; `body` is sent as it is if it is text."""
    text = body if isinstance(body, str) else json.dumps(body)
    return HttpResponse(text, status, {**JSON_HEADERS, **{name.replace("_", "-"): headers[name] for name in headers}})
