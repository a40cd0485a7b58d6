"""A Sigma that answers the requests it was told of, each as often as it was told, and nothing else."""

import json
from collections import Counter
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from airbyte_cdk.test.mock_http import HttpMocker, HttpRequest, HttpResponse
from typing_extensions import override

from unit_tests.source_sigma.builders import CLIENT_ID, CLIENT_SECRET, HOST, TOKEN

JSON_HEADERS = {"Content-Type": "application/json"}
CREDENTIALS = f"grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}"

WHOAMI = f"{HOST}/v2/whoami"

Exact = tuple[str, str, tuple[tuple[str, str], ...]]


class SigmaRequest(HttpRequest):
    """A GET request: path, all its parameters, and the token."""

    def __init__(self, path: str, params: Mapping[str, str] | None = None, token: str = TOKEN) -> None:
        super().__init__(f"{HOST}/{path}", query_params=params, headers={"Authorization": f"Bearer {token}"})
        self.exact = exact("GET", self._parsed_url.geturl())


class SigmaMock(HttpMocker):
    """The engine's mocker, which by itself looks at no port and no empty parameter and lets requests be repeated."""

    def __init__(self) -> None:
        super().__init__()
        self._told: Counter[Exact] = Counter()

    @override
    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def answers(self, request: SigmaRequest, *responses: HttpResponse) -> None:
        """Answer `request` with each of `responses` in turn."""
        self.get(request, list(responses))
        self._told[request.exact] += len(responses)

    def gives_tokens(self, *responses: HttpResponse) -> None:
        """Answer requests for a token with each of `responses` in turn, by default with one good token."""
        request = HttpRequest(f"{HOST}/v2/auth/token", body=CREDENTIALS)
        given = list(responses) or [a_token()]
        self.post(request, given)
        self.get(HttpRequest(WHOAMI), [answer({"userId": "u"})])
        self._told[exact("POST", f"{HOST}/v2/auth/token")] += len(given)

    @property
    def requested(self) -> list[Exact]:
        """What was asked for, in this order."""
        return [exact(request.method, request.url) for request in self._mocker.request_history]

    def verify(self) -> None:
        """Whether exactly the requests were made that there are answers for."""
        asked = Counter(self.requested)
        who = exact("GET", WHOAMI)
        asked[who] = min(asked[who], self._told[who])  # each sync asks once more, to prove its credential
        assert not asked - self._told, f"unexpected or repeated requests: {asked - self._told}"
        assert not self._told - asked, f"requests never made: {self._told - asked}"
        # Without timeouts a server that accepts and says nothing would hold the sync for ever
        assert all(request.timeout for request in self._mocker.request_history)


def exact(method: str, url: str) -> Exact:
    """A request as far as a server sees it, its parameters in no order."""
    parts = urlsplit(url)
    params = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    return method, f"{parts.scheme}://{parts.netloc}{parts.path}", tuple(sorted(params))


def answer(body: Any, status: int = HTTPStatus.OK, **headers: str) -> HttpResponse:
    """`body` is sent as it is if it is text."""
    text = body if isinstance(body, str) else json.dumps(body)
    return HttpResponse(text, status, {**JSON_HEADERS, **{name.replace("_", "-"): headers[name] for name in headers}})


def entries(*rows: Any, next_page: str | None = None, total: int | None = None) -> HttpResponse:
    """A page of a list with page cursors; null says that it is the last, and a total may be that of the page alone."""
    total = len(rows) if total is None else total
    return answer({"entries": rows, "nextPage": next_page, "total": total, "hasMore": False})


def token_entries(*rows: Any, next_token: str | None = None) -> HttpResponse:
    """A page of a list with page tokens; the last has none."""
    return answer({"entries": rows, **({"nextPageToken": next_token} if next_token else {})})


def a_token(value: str = TOKEN, expires_in: float = 3600) -> HttpResponse:
    return answer({"access_token": value, "token_type": "bearer", "expires_in": expires_in})


def refusal(status: int, code: str = "some_code", message: str = "Some words") -> HttpResponse:
    return answer({"requestId": "r", "message": message, "code": code}, status)
