"""A page in headless Chromium; `python -m unit_tests.browser page.html picture.png` makes a screenshot."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SIZE: Final = (1280, 1265)
"""Width and height of the window in pixels."""
LARGEST: Final = 300_000
"""Bytes that a screenshot may have, as the repository keeps every version of it."""
_TIMEOUT: Final = 60


def dump(page: Path) -> tuple[str, str]:
    """The document as it is when its scripts have run, and the lines of the browser's console."""
    done = _run(page, "--dump-dom", "--enable-logging=stderr")
    return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


def screenshot(page: Path, picture: Path) -> None:
    """Write what the window shows, as PNG; `ValueError` where that is too large."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "picture.png")
        _run(page, f"--screenshot={made}", "--hide-scrollbars")
        size = made.stat().st_size
        if size > LARGEST:
            raise ValueError(f"The picture has {size:,} bytes, more than {LARGEST:,}: make SIZE smaller.")
        shutil.copyfile(made, picture)


def _run(page: Path, *options: str) -> subprocess.CompletedProcess[str]:
    if not CHROMIUM:
        raise FileNotFoundError("There is no Chromium: install it (`apt install chromium`).")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [
            *(CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
            *(f"--user-data-dir={profile}", f"--window-size={SIZE[0]},{SIZE[1]}", "--virtual-time-budget=5000"),
            *options,
            page.absolute().as_uri(),
        ]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=_TIMEOUT)


if __name__ == "__main__":
    screenshot(Path(sys.argv[1]), Path(sys.argv[2]))
