"""The distribution that all packages of this repository are installed with: its version, and its extras."""

from importlib import metadata
from typing import Final

NAME: Final = "sourcewright"


def version() -> str:
    """Version of the distribution; that it is not installed, if it is not."""
    try:
        return metadata.version(NAME)
    except metadata.PackageNotFoundError:
        return "(not installed)"


def missing_extra(extra: str, purpose: str, error: ImportError) -> str:
    """Sentence that says how to install the extra which `purpose` needs."""
    missing = (error.name or "a package").partition(".")[0]
    return f"{purpose} needs {missing}, which is not installed: pip install '{NAME}[{extra}]'"
