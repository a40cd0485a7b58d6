"""`tap-sentry`: source_sentry as a Singer tap."""

from source_sentry import SourceSentry
from sourcewright.singer.tap import SourceTap


class TapSentry(SourceTap):
    """All of Sentry, complete and incremental: every project of an organization."""

    name = "tap-sentry"
    package_name = "sourcewright"
    source_class = SourceSentry


main = TapSentry.main
