"""What `sync` and `catalog` log."""

import logging

import pytest

from sourcewright.cli.people import plain_log
from sourcewright.log import logger


def test_given_the_same_warning_twice_when_logged_then_it_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    with plain_log():
        for field in ("title", "user.idd", "title"):
            logger.warning("No field `%s`.", field)
        for _ in range(2):
            logger.error("Refused.")

    assert capsys.readouterr().err.splitlines() == [
        "WARNING: No field `title`.",
        "WARNING: No field `user.idd`.",
        "ERROR: Refused.",
        "ERROR: Refused.",
    ]


def test_given_a_wait_of_the_engine_when_logged_then_it_is_told_in_its_words_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    engine = "airbyte_cdk/sources/streams"
    with plain_log():
        for name, module, text in (
            (
                "backoff",
                "backoff/_common",
                "Backing off _send(...) for 1.0s (Nothing listens)",
            ),
            ("airbyte", f"{engine}/http/rate_limiting", "Caught retryable error 'Nothing listens'"),
            ("airbyte", f"{engine}/core", "Read 6 records from projects stream"),
        ):
            record = logging.LogRecord(name, logging.INFO, f"/lib/{module}.py", 1, text, None, None)
            logging.getLogger().handle(record)

    assert capsys.readouterr().err == "INFO: Caught retryable error 'Nothing listens'\n"
