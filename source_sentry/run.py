"""Command line: `source-sentry spec | check | discover | read | catalog | sync`."""

from sourcewright.cli.entry import enter


def main(args: list[str] | None = None) -> None:
    """Run one command."""
    enter("sourcewright.cli.start", "source_sentry", "SourceSentry", args)


def tap() -> None:
    """Run `tap-sentry`."""
    enter("sourcewright.cli.taps", "source_sentry", "tap-sentry")


if __name__ == "__main__":
    main()
