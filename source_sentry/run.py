"""Command line: `source-sentry spec | check | discover | read | catalog | sync`."""

from sourcewright.cli import start
from sourcewright.cli.taps import run_tap


def main(args: list[str] | None = None) -> None:
    """Run one command."""
    start.main("source_sentry", "SourceSentry", args)


def tap() -> None:
    """Run `tap-sentry`."""
    run_tap("source_sentry", "tap-sentry")


if __name__ == "__main__":
    main()
