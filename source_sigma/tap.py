"""`tap-sigma`: source_sigma, spoken as a Singer tap."""

from source_sigma import SourceSigma
from sourcewright.singer.tap import SourceTap


class TapSigma(SourceTap):
    """A Sigma Computing organization: members, teams, workbooks, data models and what belongs to them."""

    name = "tap-sigma"
    package_name = "sourcewright"
    source_class = SourceSigma


main = TapSigma.main
