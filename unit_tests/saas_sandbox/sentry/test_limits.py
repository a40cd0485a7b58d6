import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine

from saas_sandbox.sentry.settings import OLD
from unit_tests.saas_sandbox.sentry.client import BACKEND_ISSUES, EVENTS, running

PREFIX = "X-Sentry-Rate-Limit-"
ORGANIZATION = "/organizations/acme/"


@pytest.fixture
def frozen() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(1_800_000_010.0, tick=False) as traveller:
        yield traveller


def test_given_limits_when_events_are_read_then_headers_count_down(frozen: time_machine.Traveller) -> None:
    del frozen
    with running(limits="saas") as client:
        first, second = client.get(EVENTS), client.get(EVENTS, per_page=1)
    assert {name: value for name, value in first.headers.items() if name.startswith(PREFIX)} == {
        f"{PREFIX}Limit": "60",
        f"{PREFIX}Remaining": "59",
        f"{PREFIX}Reset": "1800000060",
        f"{PREFIX}ConcurrentLimit": "1",
        f"{PREFIX}ConcurrentRemaining": "0",
    }
    assert second.headers[f"{PREFIX}Remaining"] == "58"


def test_given_a_scaled_window_when_it_is_used_up_then_429_until_the_next(frozen: time_machine.Traveller) -> None:
    with running(limits="saas", time_scale=0.1) as client:
        statuses = [client.get(EVENTS).status_code for _ in range(7)]
        refused = client.get(EVENTS)
        frozen.move_to(int(refused.headers[f"{PREFIX}Reset"]))
        again = client.get(EVENTS)
        stats = client.sandbox.stats()
    assert statuses == [200] * 6 + [429]
    assert refused.json() == {
        "detail": "You are attempting to use this endpoint too frequently. Limit is 6 requests in 6 seconds"
    }
    assert refused.headers[f"{PREFIX}Remaining"] == "0"
    assert "Retry-After" not in refused.headers
    assert again.status_code == 200
    assert (stats["too_many"], stats["budget"]) == (2, {"events": 9})


@pytest.mark.parametrize(("path", "limit"), [(BACKEND_ISSUES, 5), (ORGANIZATION, 40)])
def test_given_limits_when_other_endpoints_are_called_then_each_has_its_budget(
    frozen: time_machine.Traveller, path: str, limit: int
) -> None:
    del frozen
    with running(limits="saas") as client:
        statuses = [client.get(path, limit=1).status_code for _ in range(limit + 1)]
    assert statuses == [200] * limit + [429]


def test_given_one_event_request_in_flight_when_another_comes_then_429() -> None:
    with running(limits="saas", latency_ms=200) as client, ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda page: client.get(EVENTS, per_page=page), (1, 2)))
        later = client.get(EVENTS)
    assert sorted(answer.status_code for answer in answers) == [200, 429]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert "Concurrency limit is 1" in refused.json()["detail"]
    assert later.status_code == 200


def test_given_two_tokens_when_one_is_refused_then_the_other_goes_on(frozen: time_machine.Traveller) -> None:
    del frozen
    with running(limits="saas") as client:
        client.control("settings", tokens={"sntryu_one": {}, "sntryu_two": {}})
        statuses = [client.get(BACKEND_ISSUES, token="sntryu_one").status_code for _ in range(6)]
        assert statuses[-1] == 429
        assert client.get(BACKEND_ISSUES, token="sntryu_two").status_code == 200


def test_given_limits_when_the_token_lacks_the_scope_then_403_has_the_headers_too() -> None:
    with running(limits="saas") as client:
        answer = client.get(EVENTS, token="sntrys_any")
    assert (answer.status_code, f"{PREFIX}Limit" in answer.headers) == (403, True)


@pytest.mark.parametrize("settings", [{"limits": "off"}, {"limits": "saas", "generation": OLD}])
def test_given_a_self_hosted_server_when_it_is_called_then_no_limit_shows(settings: dict[str, str]) -> None:
    with running(**settings) as client:
        answers = [client.get(BACKEND_ISSUES) for _ in range(7)]
    assert {answer.status_code for answer in answers} == {200}
    assert not [name for answer in answers for name in answer.headers if name.startswith(PREFIX)]


def test_given_gzip_when_issues_are_read_then_they_come_compressed() -> None:
    with running(gzip=True) as client:
        packed = client.get(BACKEND_ISSUES)
        client.sandbox.configure(gzip=False)
        plain = client.get(BACKEND_ISSUES)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) < len(plain.content)
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content


def test_given_latency_when_a_request_is_made_then_it_takes_that_long() -> None:
    with running(latency_ms=80) as client:
        begun = time.perf_counter()
        client.get("/")
        assert time.perf_counter() - begun >= 0.08
