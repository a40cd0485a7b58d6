"""Answers of the token endpoint that are nearly right."""

import logging

import pytest
import time_machine
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from sourcewright.http.adapters import Bounds
from unit_tests.source_sigma.builders import HOST, TOKEN
from unit_tests.source_sigma.sigma_mock import SigmaMock, a_token, answer
from unit_tests.source_sigma.test_sigma_tokens import SECOND, a_store


@pytest.mark.parametrize("token", ["a\\u20acb", "a\\ud800b", "a\\nb", "a\\u0000b", "   ", "", "a b"])
def test_given_a_token_that_no_request_can_carry_when_asked_then_one_sentence_says_so(
    bare_sigma: SigmaMock, token: str
) -> None:
    bare_sigma.gives_tokens(answer(f'{{"access_token": "{token}"}}'))
    with pytest.raises(AirbyteTracedException) as caught:
        a_store().current(Bounds())
    assert caught.value.message == (
        f"The `access_token` that {HOST}/v2/auth/token sent is none that a request can carry: it has to be printable "
        "ASCII without a blank."
    )


@pytest.mark.parametrize("lifetime", ["9" * 400, "1e999", "NaN", "-5", "0", "{}", '"soon"', "[" * 1000 + "]" * 1000])
def test_given_a_lifetime_that_is_none_when_asked_then_it_is_an_hour_with_a_word(
    bare_sigma: SigmaMock, frozen: time_machine.Traveller, lifetime: str, caplog: pytest.LogCaptureFixture
) -> None:
    bare_sigma.gives_tokens(answer(f'{{"access_token": "{TOKEN}", "expires_in": {lifetime}}}'), a_token(SECOND))
    store = a_store()
    assert store.current(Bounds()) == TOKEN
    frozen.shift(3299)
    assert store.current(Bounds()) == TOKEN
    frozen.shift(2)
    assert store.current(Bounds()) == SECOND
    (warning,) = [line.message for line in caplog.records if line.levelno >= logging.WARNING]
    assert warning.endswith("as `expires_in`, which is no number of seconds: its token is taken to hold for an hour.")
    assert len(warning) < 300
