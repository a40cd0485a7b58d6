"""Command line: `source-sigma spec | check | discover | read | catalog | sync`."""

from sourcewright.cli.entry import enter


def main(args: list[str] | None = None) -> None:
    """Run one command."""
    enter("sourcewright.cli.start", "source_sigma", "SourceSigma", args)


def tap() -> None:
    """Run `tap-sigma`."""
    enter("sourcewright.cli.taps", "source_sigma", "tap-sigma")


if __name__ == "__main__":
    main()
