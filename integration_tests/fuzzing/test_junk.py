"""The installed command against a server that answers with junk: never a traceback, a hang or a silent success."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from integration_tests.clock import NOW
from integration_tests.fuzzing.spoiler import Junk, Spoiler, spoiling
from integration_tests.source_sentry.connector import Connector, Output
from saas_sandbox.sentry.server import Sandbox, serve
from saas_sandbox.sentry.settings import Settings
from unit_tests.fuzzing.junk import BODIES, DATES, HEADER

pytestmark = pytest.mark.fuzz
RUNS: Final = int(os.environ.get("FUZZ_RUNS", "60"))
STREAMS: Final = ("teams", "issues", "events", "releases")
PARTS: Final = ("/teams/", "/issues/", "/events/", "/releases/", "/projects/?", "/nothing/")
LIMITS: Final = ("Limit", "Remaining", "Reset", "ConcurrentLimit")
LONG_AGO: Final = st.integers(-10, 1_700_000_000).map(str)
"""Times at which no honest wait ends."""
WAITS: Final = (
    LONG_AGO
    | st.sampled_from(["None", "", "NaN", "-1", "1e9", "x", "0x10"])
    | HEADER.filter(lambda text: not text.isascii())
)


def is_a_list(body: bytes) -> bool:
    """Whether a body is a page of objects, and so no junk."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, list) and all(isinstance(row, dict) for row in content)


bodies = BODIES.filter(lambda body: not is_a_list(body))
headers = st.dictionaries(st.sampled_from([f"X-Sentry-Rate-Limit-{name}" for name in LIMITS]), WAITS) | st.builds(
    lambda name, value: {name: value},
    st.sampled_from(["Link", "Content-Type", "Content-Encoding", "Retry-After", "Location", "X-Hits"]),
    st.sampled_from(["gzip", "br", "0", "text/html", "/", "//elsewhere.invalid/"])
    | DATES.filter(str.isascii).map(repr),
)
junk = st.one_of(
    st.builds(Junk, status=st.sampled_from([200, 200, 200, 201, 204, 206]), headers=headers, body=bodies),
    st.builds(Junk, status=st.integers(300, 599), headers=headers, body=BODIES),
    st.builds(Junk, body=bodies, length=st.integers(0, 200)),
    st.builds(
        Junk, raw=st.binary(max_size=60) | st.just(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
    ),
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve(Settings(size="tiny", now=NOW)) as running:
        yield running


def read(sandbox: Sandbox, url: str, folder: Path) -> Output:
    connector = Connector(sandbox, folder, settings={"hostname": url, "max_retries": 1, "num_workers": 4})
    return connector.read(*STREAMS)


def test_given_junk_when_read_then_all_is_there_or_the_user_is_told(sandbox: Sandbox, tmp_path: Path) -> None:
    good = read(sandbox, sandbox.url, tmp_path)
    assert good.exit_code == 0

    @settings(max_examples=RUNS, report_multiple_bugs=False)
    @given(part=st.sampled_from(PARTS), answers=st.lists(junk, min_size=1, max_size=3))
    def run(part: str, answers: list[Junk]) -> None:
        with spoiling(Spoiler(sandbox.url, part, answers)) as spoiler:
            output = read(sandbox, spoiler.url, tmp_path)
        note(output.text[-4000:])
        told = output.logs("WARN") + output.logs("ERROR")
        assert "Traceback" not in "".join([*told, *(str(error["message"]) for error in output.errors)])
        assert "Something went wrong" not in output.text
        assert output.exit_code in (0, 1)
        assert bool(output.errors) == (output.exit_code == 1)
        for stream in STREAMS:
            missing = {*good.keys(stream)} - {*output.keys(stream)}
            complete = output.statuses.get(stream) == "COMPLETE"
            assert not (missing and complete) or any(f"`{stream}`" in line or stream in line for line in told), stream

    run()
