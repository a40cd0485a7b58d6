"""Start of the taps, which need an extra."""

import sys
from importlib import import_module, metadata

from sourcewright.cli.start import quick_imports
from sourcewright.distribution import missing_extra, version


def main(package: str, name: str) -> None:
    """Run the tap `name` of the source in `package`.

    Raises:
        SystemExit: The SDK is not installed, which one sentence says.

    """
    try:
        if sys.argv[1:] == ["--version"]:
            # As the SDK says it, which takes two seconds to import
            sys.stdout.write(f"{name} v{version()}, Meltano SDK v{metadata.version('singer-sdk')}\n")
            return
        with quick_imports():
            tap = import_module(f"{package}.tap")
    except ModuleNotFoundError as error:
        raise SystemExit(missing_extra("singer", f"`{name}`", error)) from None
    tap.main()
