"""Answers that are too slow, too large or from elsewhere, sent over real connections."""

import gzip
import itertools
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import pytest
import requests

from sourcewright.http import deadlines
from sourcewright.http.adapters import BoundedAdapter, Bounds
from sourcewright.http.errors import explain_exception, is_timeout
from sourcewright.http.lasting import AnswerTooLargeError, OtherHostError
from sourcewright.http.redirects import leads_elsewhere
from unit_tests.hostile import Send, a_redirect, an_answer, hostile

MEGABYTE = b"x" * 10**6


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """A session whose answers may have a megabyte."""
    with requests.Session() as made:
        made.headers["Authorization"] = "Bearer sntryu_test_0123456789abcdef"
        made.trust_env = False
        for scheme in ("http://", "https://"):
            made.mount(scheme, BoundedAdapter("events", Bounds(answer_mb=1)))
        yield made


@pytest.fixture
def hasty_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a minute passes whenever somebody looks."""
    monkeypatch.setattr(deadlines, "clock", itertools.count(0, 30).__next__)


BODY = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
CHUNK = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n"


@pytest.mark.parametrize(
    "beginning", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", BODY, CHUNK], ids=["status", "header", "body", "chunk"]
)
def test_given_bytes_that_come_one_by_one_without_end_when_sent_then_it_is_a_timeout(
    session: requests.Session, hasty_clock: None, beginning: bytes
) -> None:
    del hasty_clock

    def drip(_: str, send: Send) -> None:
        send(beginning)
        while True:
            send(b"1")

    with hostile(drip) as server, pytest.raises(requests.RequestException) as caught:
        session.get(f"{server.url}/api/0/", timeout=(5, 60))
    assert is_timeout(caught.value)
    words = explain_exception(caught.value, "hostname")
    assert words.startswith(f"`{server.host}` accepted the request but did not answer in time (")
    assert " bytes in " in words


def test_given_connection_that_is_used_again_when_sent_then_its_timeout_is_the_old_one(
    session: requests.Session,
) -> None:
    def twice(_: str, send: Send) -> None:
        send(an_answer(b"[1]"))

    with hostile(twice) as server:
        assert [session.get(server.url, timeout=(5, 5)).json() for _ in range(2)] == [[1], [1]]


def test_given_answer_of_the_size_that_is_allowed_when_sent_then_it_is_read(session: requests.Session) -> None:
    with hostile(lambda _, send: send(an_answer(MEGABYTE))) as server:
        response = session.get(server.url, timeout=5)
    assert (response.content, response.text == MEGABYTE.decode()) == (MEGABYTE, True)


def endless(_: str, send: Send) -> None:
    """A body without a length, which has no end."""
    send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        send(MEGABYTE)


def announced(_: str, send: Send) -> None:
    """A body that begins with its length, of which nothing is sent."""
    send(an_answer(b"", headers={"Content-Length": "2000000000"}))


def of_many_digits(_: str, send: Send) -> None:
    send(an_answer(MEGABYTE + b"x", headers={"Content-Length": "1" + "0" * 5000}))


def bomb(wbits: int, encoding: str, layers: int = 1) -> Callable[[str, Send], None]:
    """Thirty megabytes of zeros, packed in some thirty kilobytes or less."""
    packer = zlib.compressobj(wbits=wbits)
    packed = b"".join(packer.compress(bytes(10**7)) for _ in range(3)) + packer.flush()
    for _ in range(layers - 1):
        packed = gzip.compress(packed)
    return lambda _, send: send(an_answer(packed, headers={"Content-Encoding": encoding}))


@pytest.mark.parametrize(
    "answer",
    [endless, announced, of_many_digits, bomb(31, "gzip"), bomb(15, "deflate"), bomb(31, "gzip, gzip", layers=2)],
    ids=["endless", "announced", "absurd length", "gzip", "deflate", "gzip twice"],
)
def test_given_answer_that_is_too_large_when_sent_then_it_is_given_up_before_it_fills_the_memory(
    session: requests.Session, answer: Callable[[str, Send], None]
) -> None:
    with hostile(answer) as server:
        tracemalloc.start()
        try:
            with pytest.raises(AnswerTooLargeError) as caught:
                session.get(f"{server.url}/events/?cursor=0:100:0", timeout=5)
            assert tracemalloc.get_traced_memory()[1] < 10 * 10**6
        finally:
            tracemalloc.stop()
    assert str(caught.value).startswith(
        f"The answer to stream `events` from {server.url}/events/ is larger than 1 MB, which is the setting "
        "`max_answer_mb`: "
    )
    assert len(server.requests) == 1


@pytest.fixture
def connect() -> Iterator[Callable[[int], requests.Session]]:
    """Open a session whose answers may have so many megabytes."""
    with requests.Session() as made:

        def opened(answer_mb: int) -> requests.Session:
            made.trust_env = False
            made.mount("http://", BoundedAdapter("events", Bounds(answer_mb=answer_mb)))
            return made

        yield opened


@pytest.mark.parametrize(
    ("value", "count", "answer_mb"), [(b"0", 5_200_000, 256), (b"{}", 2_600_000, 20), (b'{"id":"1"}', 2_600_000, 256)]
)
def test_given_answer_of_tiny_values_when_sent_then_it_is_given_up_before_it_is_decoded(
    connect: Callable[[int], requests.Session], value: bytes, count: int, answer_mb: int
) -> None:
    body = gzip.compress(b"[" + (value + b",") * count + value + b"]", 1)
    answer = an_answer(body, headers={"Content-Encoding": "gzip"})
    with hostile(lambda _, send: send(answer)) as server, pytest.raises(AnswerTooLargeError) as caught:
        connect(answer_mb).get(f"{server.url}/events/", timeout=5)
    assert str(caught.value) == (
        f"The answer to stream `events` from {server.url}/events/ has over 5,120,000 values, too many for a "
        "`max_answer_mb` of 256: raise it if answers of that size are to be expected and there is memory for several "
        "of them at a time."
    )
    assert len(server.requests) == 1


def test_given_large_answer_of_ordinary_records_when_sent_then_it_is_read(
    connect: Callable[[int], requests.Session],
) -> None:
    frame = b'{"filename":"app/views.py","lineNo":120,"colNo":null,"inApp":true,"context":[[119,"a = b(c, d)"]]}'
    body = b"[" + b",".join([frame] * 60_000) + b"]"
    with hostile(lambda _, send: send(an_answer(body))) as server:
        assert len(connect(6).get(f"{server.url}/events/", timeout=5).content) == len(body)


def test_given_redirect_to_another_host_when_sent_then_nothing_is_sent_there(session: requests.Session) -> None:
    with hostile(lambda _, send: send(an_answer())) as other:
        target = f"{other.url}/api/0/projects/?token=1"
        with hostile(lambda _, send: send(a_redirect(target))) as server, pytest.raises(OtherHostError) as caught:
            session.get(f"{server.url}/api/0/projects/", timeout=5)
    assert caught.value.explain("hostname") == (
        f"{server.url}/api/0/projects/ redirects to {other.url}/api/0/projects/, which is another host, so nothing was "
        "sent there: set `hostname` to where the API is."
    )
    assert (len(server.requests), other.requests) == (1, [])


@pytest.mark.parametrize(
    "target",
    [
        "//elsewhere.test/api/0/",
        "http://127.0.0.1:1/api/0/",
        "http://{host}@elsewhere.test/",
        "http://{host}\\@elsewhere.test/",
        "http://{host}.elsewhere.test/",
        "https://{host}/api/0/",
        "ftp://{host}/api/0/",
        "file:///etc/passwd",
        "http://[",
        "http://\xff\xfe/",
    ],
)
def test_given_redirect_that_leaves_the_host_when_sent_then_it_is_not_followed(
    session: requests.Session, target: str
) -> None:
    def redirect(path: str, send: Send) -> None:
        send(a_redirect(target.format(host=server.host)) if path == "/first" else an_answer())

    with hostile(redirect) as server, pytest.raises(OtherHostError):
        session.get(f"{server.url}/first", timeout=5)
    assert server.paths == ["/first"]


@pytest.mark.parametrize("target", ["/api/0/teams/?a=1", "http://{host}/api/0/teams/?a=1", "teams/?a=1"])
def test_given_redirect_on_the_same_host_when_sent_then_the_token_goes_along(
    session: requests.Session, target: str
) -> None:
    def redirect(path: str, send: Send) -> None:
        send(a_redirect(target.format(host=server.host)) if path == "/api/0/teams?a=1" else an_answer(b"[1]"))

    with hostile(redirect) as server:
        response = session.get(f"{server.url}/api/0/teams?a=1", timeout=5)
    assert response.json() == [1]
    assert [("Bearer" in request) for request in server.requests] == [True, True]


@pytest.mark.parametrize(
    ("asked", "answered", "elsewhere"),
    [
        ("http://a.test/api/0/teams/?a=1&b=2", "https://a.test/api/0/teams/?b=2&a=1", False),
        ("http://a.test/teams", "http://a.test/teams/", False),
        ("http://a.test/teams/?status=", "http://a.test/teams/", True),
        ("http://a.test/teams/?cursor=0:100:0", "http://a.test/teams/?cursor=0:0:0", True),
        ("http://a.test/projects/acme/web/", "http://a.test/projects/acme/site/", True),
        ("http://a.test/teams/", "http://a.test/auth/login/", True),
    ],
)
def test_given_two_addresses_when_compared_then_scheme_and_slash_are_no_difference(
    asked: str, answered: str, *, elsewhere: bool
) -> None:
    assert leads_elsewhere(asked, answered) is elsewhere
