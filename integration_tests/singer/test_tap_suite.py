"""The SDK's own standard tests of taps, run against a sandbox."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from singer_sdk.testing import SuiteConfig, TapTestRunner, get_tap_test_class
from typing_extensions import override

from integration_tests.clock import NOW
from integration_tests.singer.suite import one_reading
from saas_sandbox.sentry.server import serve
from saas_sandbox.sentry.settings import DEFAULT_TOKEN, ORGANIZATION, Settings
from source_sentry.tap import TapSentry
from sourcewright.singer.stream import SourceStream

CONFIG: dict[str, Any] = {
    "auth_token": DEFAULT_TOKEN,
    "organization": ORGANIZATION,
    "hostname": "",
    "start_date": "2026-11-01T00:00:00Z",
}
"""The suite takes its config when it is made; `_serve` puts the sandbox's address in."""


class WholeTap(TapSentry):
    """The tap with all streams selected, the costly ones too."""

    @override
    def discover_streams(self) -> Sequence[SourceStream]:
        streams = super().discover_streams()
        for stream in streams:
            stream.selected_by_default = True
        return streams


@pytest.mark.xdist_group("tap-sentry")
@pytest.mark.filterwarnings("default")  # the suite's own
class TestTapSentry(
    get_tap_test_class(  # type: ignore[misc]
        WholeTap,
        config=CONFIG,
        parse_env_config=False,
        # No issue was merged or deleted before the first sync
        suite_config=SuiteConfig(ignore_no_records_for_streams=["issue_tombstones"]),
    )
):
    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def _serve(cls) -> Iterator[None]:
        with serve(Settings(size="tiny", now=NOW)) as sandbox:
            CONFIG["hostname"] = sandbox.url
            yield

    @pytest.fixture(scope="class")
    @classmethod
    def runner(cls, _serve: None) -> TapTestRunner:
        return one_reading(WholeTap, CONFIG)
