"""Command line: `source-sigma spec | check | discover | read`."""

from source_kit import run
from source_sigma.source import SourceSigma


def main(args: list[str] | None = None) -> None:
    """Run one command of the Airbyte protocol."""
    run.main(SourceSigma, args)


if __name__ == "__main__":
    main()
