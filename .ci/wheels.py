"""Names that the installed wheels of this repository put into an environment; exit code 1 if they are not these."""

import sys
from importlib.metadata import packages_distributions
from typing import Final

DISTRIBUTIONS: Final = {
    "sourcewright": {"source_sentry", "source_sigma", "sourcewright"},
    "saas-sandbox": {"saas_sandbox"},
}


def main() -> str | None:
    """Compare; a sentence is the exit of a failure."""
    for distribution, expected in DISTRIBUTIONS.items():
        found = {name for name, owners in packages_distributions().items() if distribution in owners}
        if found != expected:
            return f"The wheel of {distribution} installs {sorted(found)} instead of {sorted(expected)}."
    return None


if __name__ == "__main__":
    sys.exit(main())
