"""Command line: `source-sigma spec | check | discover | read`."""

from source_sigma.source import SourceSigma
from sourcewright.cli import run


def main(args: list[str] | None = None) -> None:
    """Run one command of the Airbyte protocol."""
    run.main(SourceSigma, args)


if __name__ == "__main__":
    main()
