"""Run a command as `source_sigma.run` does, in this process, and look at what it printed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from source_sigma.run import main
from unit_tests.source_sentry import command as any_command


def run(folder: Path, command: str, config: Mapping[str, Any]) -> any_command.Result:
    """Run `command` with files in `folder`."""
    with patch.object(any_command, "main", main):
        return any_command.run(folder, command, config)
