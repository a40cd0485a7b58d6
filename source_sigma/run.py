"""Command line: `source-sigma spec | check | discover | read | catalog | sync`."""

from sourcewright.cli import start
from sourcewright.cli.taps import run_tap


def main(args: list[str] | None = None) -> None:
    """Run one command."""
    start.main("source_sigma", "SourceSigma", args)


def tap() -> None:
    """Run `tap-sigma`."""
    run_tap("source_sigma", "tap-sigma")


if __name__ == "__main__":
    main()
