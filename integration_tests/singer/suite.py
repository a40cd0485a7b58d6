"""The SDK's standard tests of taps, on one reading of all streams."""

from typing import Any

from singer_sdk import Tap
from singer_sdk.testing import TapTestRunner
from typing_extensions import override


class OneReading(TapTestRunner):
    """Reads all streams at once, as the command does: the SDK's runner would start a source for each stream."""

    @override
    def run_sync_dry_run(self) -> bool:
        self.new_tap().sync_all()
        return True


def one_reading(tap_class: type[Tap], config: dict[str, Any]) -> OneReading:
    """A runner that holds all that the tap wrote."""
    runner = OneReading(tap_class, config, parse_env_config=False)
    runner.sync_all()
    return runner
