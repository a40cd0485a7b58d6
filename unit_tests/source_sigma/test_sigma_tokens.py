"""One token for all: minted once, renewed in time and after a 401, by one thread, once a second at most."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import Mock

import pytest
import requests
import time_machine
from airbyte_cdk.models import FailureType
from airbyte_cdk.test.mock_http import HttpResponse
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_sigma import tokens
from source_sigma.tokens import Credential, TokenStore
from sourcewright.http.adapters import Bounds
from unit_tests.hostile import a_redirect, an_answer, hostile
from unit_tests.source_sigma.builders import CLIENT_ID, CLIENT_SECRET, HOST, HTML, TOKEN, a_config
from unit_tests.source_sigma.sigma_mock import (
    SigmaMock,
    SigmaRequest,
    a_token,
    answer,
    entries,
    refusal,
    token_entries,
)
from unit_tests.source_sigma.sync import read

SECOND = "sigma_test_second_0123456789abcdef"
WHOAMI = {"userId": "u", "organizationId": "o"}


def a_store() -> TokenStore:
    return TokenStore(Credential(HOST, CLIENT_ID, CLIENT_SECRET))


def test_given_all_kinds_of_lists_when_read_then_one_token_does_for_all(sigma: SigmaMock) -> None:
    sigma.answers(SigmaRequest("v2/whoami"), answer(WHOAMI))
    sigma.answers(SigmaRequest("v2/teams", {"limit": "1000"}), entries({"teamId": "t", "updatedAt": "2026-01-01"}))
    sigma.answers(SigmaRequest("v2/plugins", {"pageSize": "500"}), token_entries({"pluginId": "p"}))
    sync = read("whoami", "teams", "plugins")
    assert [len(sync.records(stream)) for stream in ("whoami", "teams", "plugins")] == [1, 1, 1]


@pytest.mark.parametrize(("lifetime", "good_for"), [(3600.0, 3300.0), (100.0, 90.0)])
def test_given_a_token_when_time_passes_then_it_is_renewed_before_its_end(
    bare_sigma: SigmaMock, frozen: time_machine.Traveller, lifetime: float, good_for: float
) -> None:
    bare_sigma.gives_tokens(a_token(expires_in=lifetime), a_token(SECOND))
    store = a_store()
    assert store.current(Bounds()) == TOKEN
    frozen.shift(good_for - 1)
    assert store.current(Bounds()) == TOKEN
    frozen.shift(2)
    assert store.current(Bounds()) == SECOND


def test_given_a_401_after_good_answers_when_read_then_a_new_token_goes_on(bare_sigma: SigmaMock) -> None:
    bare_sigma.gives_tokens(a_token(), a_token(SECOND))
    following = {"limit": "1000", "page": "a"}
    bare_sigma.answers(SigmaRequest("v2/teams", {"limit": "1000"}), entries({"teamId": "1"}, next_page="a"))
    bare_sigma.answers(SigmaRequest("v2/teams", following), refusal(401, "unauthorized"))
    bare_sigma.answers(SigmaRequest("v2/teams", following, token=SECOND), entries({"teamId": "2"}))
    assert [row["teamId"] for row in read("teams").records("teams")] == ["1", "2"]


@pytest.mark.parametrize(
    ("status", "says"),
    [(401, "Sigma refuses a token that it has just issued"), (403, "The credential may not read stream `whoami`")],
)
def test_given_a_token_that_is_refused_at_once_when_read_then_one_error_ends_the_sync_without_a_state(
    sigma: SigmaMock, status: int, says: str
) -> None:
    sigma.answers(SigmaRequest("v2/whoami"), refusal(status, "unauthorized", "Token missing or malformed"))
    sync = read("whoami", "teams", "plugins", "workbook_pages", fails=True)
    (error,) = [message.trace.error for message in sync.output.errors if message.trace]
    assert error
    assert error.message.startswith(says)
    assert error.message.endswith("Sigma says: Token missing or malformed (unauthorized)")
    assert error.failure_type is FailureType.config_error
    assert (sync.output.state_messages, sync.warnings()) == ([], [])


def test_given_no_proof_of_the_token_when_read_then_the_streams_are_asked_all_the_same(
    sigma: SigmaMock, waits: list[float]
) -> None:
    sigma.answers(SigmaRequest("v2/whoami"), refusal(500), refusal(500))
    sigma.answers(SigmaRequest("v2/teams", {"limit": "1000"}), entries({"teamId": "t"}))
    assert (len(read("teams").records("teams")), waits) == (1, [1])


def test_given_many_threads_when_none_has_a_token_then_one_mints_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = slow_mint(monkeypatch, 3600)
    store = a_store()
    with ThreadPoolExecutor(20) as pool:
        values = list(pool.map(lambda _: store.current(Bounds()), range(200)))
    assert (len(asked), len(set(values))) == (1, 1)


def test_given_many_threads_when_their_token_is_refused_then_one_renews_it(
    monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    asked = slow_mint(monkeypatch, 3600)
    store, ready = a_store(), threading.Barrier(20)
    first = store.current(Bounds())
    store.worked(first)

    def lose_and_renew(_: int) -> tuple[bool, str]:
        ready.wait()
        return store.refused(first), store.current(Bounds())

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(lose_and_renew, range(20)))
    assert answers == {(True, "token-2")}
    assert len(asked) == 2
    assert len(waits) == 1
    assert 0 < waits[0] <= 1.1


def test_given_a_token_that_never_worked_when_refused_then_there_is_no_point_in_another(
    bare_sigma: SigmaMock,
) -> None:
    bare_sigma.gives_tokens()
    store = a_store()
    assert store.refused(store.current(Bounds())) is False


@pytest.mark.parametrize(
    ("bad", "wait"),
    [
        (refusal(429, "too_many_requests"), 2.0),
        (answer(HTML, 429, Content_Type="text/html"), 2.0),
        (answer({}, 429, Retry_After="7"), 7.0),
        (answer({}, 429, Retry_After="Sun, 22 Nov 2026 10:00:30 GMT"), 30.0),
        (answer(HTML, 502), 2.0),
        (answer(HTML), 2.0),
        (answer({"token_type": "bearer"}), 2.0),
        (answer({"access_token": ""}), 2.0),
    ],
)
def test_given_no_token_for_now_when_asked_then_it_waits_and_asks_again(
    bare_sigma: SigmaMock, waits: list[float], bad: HttpResponse, wait: float
) -> None:
    bare_sigma.gives_tokens(bad, a_token())
    assert a_store().current(Bounds(retries=1)) == TOKEN
    assert waits == pytest.approx([wait, 1.1])


def test_given_long_waits_for_a_token_when_asked_then_an_hour_is_the_end_and_each_minute_is_told(
    bare_sigma: SigmaMock,
    frozen: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    bare_sigma.gives_tokens(*[answer({}, 429, Retry_After="1500")] * 3)
    began = time.time()
    monkeypatch.setattr(time, "sleep", frozen.shift)
    with pytest.raises(AirbyteTracedException, match="HTTP 429"):
        a_store().current(Bounds(retries=8))
    assert time.time() - began == pytest.approx(3000)
    told = [line for line in caplog.messages if line.startswith("Waiting another ")]
    assert len(told) == 2 * (1500 // 60 - 1)


def test_given_a_server_that_never_answers_when_a_token_is_asked_for_then_it_is_asked_three_times(
    monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    del waits
    silent = Mock(side_effect=requests.ReadTimeout("Read timed out."))
    monkeypatch.setattr(requests.Session, "post", silent)
    with pytest.raises(AirbyteTracedException, match="did not answer in time"):
        a_store().current(Bounds(retries=8))
    assert silent.call_count == 3


def test_given_a_wait_for_a_token_that_is_absurd_when_asked_then_it_is_not_kept(
    bare_sigma: SigmaMock, waits: list[float]
) -> None:
    bare_sigma.gives_tokens(answer({}, 429, Retry_After="7200"), a_token())
    assert a_store().current(Bounds(retries=1)) == TOKEN
    assert waits == pytest.approx([2.0, 1.1])


def test_given_a_clock_that_is_set_back_when_a_token_is_asked_for_then_the_wait_is_a_second(
    bare_sigma: SigmaMock, frozen: time_machine.Traveller, waits: list[float]
) -> None:
    bare_sigma.gives_tokens(answer(HTML), a_token())
    store = a_store()
    with pytest.raises(AirbyteTracedException):
        store.current(Bounds())
    frozen.shift(-7200)
    assert store.current(Bounds()) == TOKEN
    assert waits == pytest.approx([1.1])


@pytest.mark.parametrize("status", [302, 307, 308])
def test_given_a_redirect_to_another_host_when_a_token_is_asked_for_then_the_secret_is_not_sent_there(
    waits: list[float], status: int
) -> None:
    with hostile(lambda _, send: send(an_answer(b'{"access_token": "t"}'))) as elsewhere:
        target = f"{elsewhere.url}/v2/auth/token"
        with hostile(lambda _, send: send(a_redirect(target, status))) as server:
            store = TokenStore(Credential(server.url, CLIENT_ID, CLIENT_SECRET))
            with pytest.raises(AirbyteTracedException) as caught:
                store.current(Bounds(retries=8))
    assert caught.value.message == (
        f"{server.url}/v2/auth/token redirects to {target}, which is another host, so nothing was sent there: set "
        "`api_url` to where the API is."
    )
    assert (len(server.requests), elsewhere.requests, waits) == (1, [], [])


@pytest.mark.parametrize(
    ("bad", "kind", "says"),
    [
        (refusal(401, "unauthorized"), "config_error", "Sigma does not know the `client_id` or its `client_secret`"),
        (refusal(400, "invalid_client"), "config_error", "Sigma does not know the `client_id` or its `client_secret`"),
        (answer(HTML, 404), "config_error", "No token is to be had at http://sigma.test:9001/v2/auth/token"),
        (answer(HTML, 405), "config_error", "check `api_url`"),
        (refusal(429), "transient_error", "HTTP 429: Some words (some_code)."),
        (answer(HTML), "transient_error", "got application/json beginning with `<!DOCTYPE html>"),
    ],
)
def test_given_no_token_at_all_when_asked_then_one_sentence_says_why(
    bare_sigma: SigmaMock, bad: HttpResponse, kind: str, says: str
) -> None:
    bare_sigma.gives_tokens(bad)
    with pytest.raises(AirbyteTracedException) as caught:
        a_store().current(Bounds())
    assert says in str(caught.value.message)
    assert str(caught.value.failure_type.value) == kind
    assert CLIENT_SECRET not in str(caught.value.message)


def test_given_a_wrong_secret_when_read_then_one_error_before_any_stream_begins(bare_sigma: SigmaMock) -> None:
    bare_sigma.gives_tokens(refusal(401, "unauthorized"))
    sync = read("teams", "workbooks", "members", fails=True)
    (error,) = [message.trace.error for message in sync.output.errors if message.trace and message.trace.error]
    assert error.message.startswith("Sigma does not know the `client_id` or its `client_secret`: copy both again")
    assert (sync.output.state_messages, sync.output.get_stream_statuses("teams")) == ([], [])


def test_given_a_token_when_anything_is_put_out_then_it_is_masked(bare_sigma: SigmaMock) -> None:
    bare_sigma.gives_tokens(a_token(SECOND))
    a_store().current(Bounds())
    assert filter_secrets(f"Bearer {SECOND}") == "Bearer ****"


def test_given_the_same_credential_when_asked_for_its_store_then_it_is_one(frozen: time_machine.Traveller) -> None:
    del frozen
    settings = {**a_config(), "base_url": HOST}
    assert tokens.store_of(settings) is tokens.store_of({**settings, "max_retries": 1})
    assert tokens.store_of(settings) is not tokens.store_of({**settings, "client_secret": "another"})


def slow_mint(monkeypatch: pytest.MonkeyPatch, lifetime: float) -> list[str]:
    """Answer requests for a token with token-1, token-2, … after a moment in which other threads run."""
    asked: list[str] = []
    pause = threading.Event().wait

    def post(_: requests.Session, url: str, **__: object) -> requests.Response:
        asked.append(url)
        pause(0.05)
        response = requests.Response()
        response.status_code = 200
        response._content = f'{{"access_token": "token-{len(asked)}", "expires_in": {lifetime}}}'.encode()  # noqa: SLF001
        return response

    monkeypatch.setattr(requests.Session, "post", post)
    monkeypatch.setattr(tokens, "time", _Clock())
    return asked


class _Clock:
    """Time as it is, with pauses that are noted by the test's own `waits`."""

    @staticmethod
    def time() -> float:
        return time.time()

    @staticmethod
    def sleep(seconds: float) -> None:
        time.sleep(seconds)
