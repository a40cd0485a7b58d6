"""`make test-airbyte`: Airbyte's own `airbyte-cdk connector test` on the checkout, against a sandbox."""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from saas_sandbox.sentry.server import serve
from saas_sandbox.sentry.settings import Settings

ROOT: Final = Path(__file__).resolve().parents[1]
TOOL: Final = Path(sys.executable).with_name("airbyte-cdk")


def main() -> int:
    """Exit code of the tool, which takes the connector's name from its folder."""
    config = json.loads((ROOT / "integration_tests" / "config.json").read_bytes())
    port = urlsplit(config["hostname"]).port or 0
    with tempfile.TemporaryDirectory() as folder, serve(Settings(size="tiny"), port=port):
        checkout = Path(folder) / "source-sentry"
        shutil.copytree(ROOT, checkout, ignore=shutil.ignore_patterns(".git", ".venv*", "build", "demo", "__pycache__"))
        # Without the tests of the image, for which the tool would build one
        options = ("--pytest-arg=-m", "--pytest-arg=not image_tests")
        command = [TOOL, "connector", "test", *options, str(checkout)]
        return subprocess.run(command, cwd=checkout, check=False).returncode  # noqa: S603 - the tool beside this Python


if __name__ == "__main__":
    sys.exit(main())
