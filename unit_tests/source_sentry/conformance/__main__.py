"""`make conformance`: print the counts and every complaint; exit with 1 if there is one."""

import sys
from collections.abc import Mapping

from unit_tests.source_sentry.conformance.checks import Conformance
from unit_tests.source_sentry.conformance.connector import connector_streams
from unit_tests.source_sentry.conformance.description import ABSENT, PATH, description
from unit_tests.source_sentry.conformance.reasons import Reasons
from unit_tests.source_sentry.conformance.replay import Replay


def main() -> int:
    """Return the exit code: 0 also where there is no description."""
    if not PATH.exists():
        sys.stdout.write(f"Skipped. {ABSENT}\n")
        return 0
    checked = conformance()
    replay = Replay.of(checked)
    complaints = [*checked.complaints(), *replay.complaints(checked.reasons.exceptions)]
    lines = [*complaints, *(f"{count:6} {name}" for name, count in counts(checked, replay).items())]
    sys.stdout.write("\n".join([*lines, ""]))
    return 1 if complaints else 0


def conformance() -> Conformance:
    """The connector beside the description."""
    return Conformance(connector_streams(), description(), Reasons.load())


def counts(checked: Conformance, replay: Replay) -> Mapping[str, int]:
    """How much was compared."""
    reasons = checked.reasons
    return {
        "streams": len(checked.streams),
        "described": len(checked.described),
        "undescribed, with a reason": len(reasons.undescribed),
        "described paths": len(checked.description.gets),
        "no stream, with a reason": len(reasons.no_stream),
        "properties compared": checked.comparison.properties,
        "of other types, with a reason": len(reasons.exceptions),
        "not described, with a reason": len(reasons.richer),
        "examples replayed": len(replay.documented),
        "made answers replayed": len(replay.examples) - len(replay.documented),
        "not replayed, as an example tells nothing": len(checked.streams) - len(replay.examples),
    }


if __name__ == "__main__":
    sys.exit(main())
