"""Command line: `source-sigma spec | check | discover | read | catalog | sync`."""

from source_sigma.source import SourceSigma
from sourcewright.cli import run
from sourcewright.cli.taps import run_tap


def main(args: list[str] | None = None) -> None:
    """Run one command."""
    run.main(SourceSigma, args)


def tap() -> None:
    """Run `tap-sigma`."""
    run_tap("source_sigma", "tap-sigma")


if __name__ == "__main__":
    main()
