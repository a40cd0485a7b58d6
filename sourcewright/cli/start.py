"""Start of every command, before the engine is imported, which takes most of a second."""

import inspect
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import NoReturn

from sourcewright import prepared
from sourcewright.cli.arguments import parse
from sourcewright.cli.memory import tune_memory
from sourcewright.cli.output import line_output


def main(package: str, source_class: str, args: list[str] | None = None) -> None:
    """Run one command of the source that is called `source_class` in `package`.

    Any failure ends with one sentence and exit code 1.
    """
    command = parse(sys.argv[1:] if args is None else args)
    if line := _prepared(package, command):
        with line_output() as output:
            output.write_line(line)
        return
    with quick_imports():
        run = import_module("sourcewright.cli.run").run
        source = getattr(import_module(package), source_class)
    run(source, command)


def _prepared(package: str, command: Namespace) -> bytes | None:
    """What the command prints, where that can be said without the engine."""
    if command.command == "spec":
        return prepared.spec_line(package)
    if command.command == "discover" and not command.debug:
        return prepared.catalog_line(package, command.config)
    return None


@contextmanager
def quick_imports() -> Iterator[None]:
    """Import in the block without two things that take long and that nothing here uses.

    - serpyco_rs, with which the engine serializes messages, reads the docstrings of their fields out of their source
      code, for a JSON schema. That takes a third of the whole start. Where there is no source code it does without, so
      there is none in the block.
    - joblib, which singer-sdk imports for targets, imports numpy where it is installed, and does without where not.
    """
    tune_memory()
    getsource, hides_numpy = inspect.getsource, "numpy" not in sys.modules
    inspect.getsource = _no_source  # type: ignore[assignment]  # which has another name for what it takes
    if hides_numpy:
        sys.modules["numpy"] = None  # type: ignore[assignment]  # Python's way to say that a module is not there
    try:
        yield
    finally:
        inspect.getsource = getsource
        if hides_numpy:
            del sys.modules["numpy"]


def _no_source(of: object, /) -> NoReturn:
    raise OSError(f"The source code of {of} is not looked for.")
