"""Where every command begins: nothing large is imported before Ctrl-C ends it without a traceback."""

from importlib import import_module
from typing import Any, Final

_INTERRUPTED: Final = 130


def enter(module: str, *arguments: Any) -> None:
    """Call `main` of a module with `arguments`.

    Raises:
        SystemExit: With 130, as of a shell, and without a word, if the user interrupts it.

    """
    try:
        import_module(module).main(*arguments)
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None
