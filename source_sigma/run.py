"""Command line: `source-sigma spec | check | discover | read | catalog | sync`."""

from source_sigma.source import SourceSigma
from sourcewright.cli import run


def main(args: list[str] | None = None) -> None:
    """Run one command."""
    run.main(SourceSigma, args)


if __name__ == "__main__":
    main()
