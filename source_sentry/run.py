"""Command line: `source-sentry spec | check | discover | read | catalog | sync`."""

from source_sentry.source import SourceSentry
from sourcewright.cli import run


def main(args: list[str] | None = None) -> None:
    """Run one command."""
    run.main(SourceSentry, args)


if __name__ == "__main__":
    main()
