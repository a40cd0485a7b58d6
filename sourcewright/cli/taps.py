"""Entry point of the taps, which need an extra."""

from importlib import import_module

from sourcewright.distribution import missing_extra


def run_tap(package: str, name: str) -> None:
    """Run the tap `name` of the source in `package`.

    Raises:
        SystemExit: The SDK is not installed, which one sentence says.

    """
    try:
        tap = import_module(f"{package}.tap")
    except ModuleNotFoundError as error:
        raise SystemExit(missing_extra(package, "singer", f"`{name}`", error).message) from None
    tap.main()
