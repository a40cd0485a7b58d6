"""Copies what the documents show and link to into build/site-src, in the places that it has in the repository."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
SOURCES: Final = ROOT / "build" / "site-src"
_SHOWN: Final = (".md", ".png", ".svg")
_LINKED: Final = ("examples/", "LICENSE", "source_sentry/manifest.yaml", "source_sigma/manifest.yaml")
_OF_HOST: Final = re.compile(r"^\[.*\]: \.\./\.\./.*\n", re.MULTILINE)


def main() -> None:
    """Write the folder anew."""
    shutil.rmtree(SOURCES, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S607
    for name in listed.stdout.splitlines():
        if not name.startswith(".") and (name.endswith(_SHOWN) or name.startswith(_LINKED)):
            target = SOURCES / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    # Links to pages of the repository's host, which a site elsewhere does not have
    changelog = SOURCES / "CHANGELOG.md"
    changelog.write_text(_OF_HOST.sub("", changelog.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
