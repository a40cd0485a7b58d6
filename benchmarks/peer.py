"""Lets the published connector talk to a server without TLS; run by the Python that it is installed for."""

import sysconfig
from pathlib import Path
from typing import Final

MANIFEST: Final = Path(sysconfig.get_path("purelib")) / "source_sentry" / "manifest.yaml"


def main() -> None:
    """Make its manifest's `https://{{ config['hostname'] }}` an `http://`; the second time changes nothing."""
    MANIFEST.write_text(MANIFEST.read_text().replace("https://{{", "http://{{"))


if __name__ == "__main__":
    main()
