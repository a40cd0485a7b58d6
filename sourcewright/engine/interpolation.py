"""Values of the manifest's expressions."""

import threading
from typing import Any, Final

from airbyte_cdk.sources.declarative.interpolation.jinja import JinjaInterpolation

LITERALS: Final = threading.RLock()
"""Held while a text is made a value."""
_literal_eval: Final = JinjaInterpolation._literal_eval  # noqa: SLF001 - the engine has no hook for it


def guard_literals() -> None:
    """Let only one thread at a time make a value of the text that an expression gives.

    Python 3.11 counts the depth of syntax trees for all threads together, so that two at once may end in
    `SystemError: AST constructor recursion depth mismatch`: https://github.com/python/cpython/issues/106905
    """
    JinjaInterpolation._literal_eval = _guarded  # type: ignore[method-assign] # noqa: SLF001


def _guarded(self: JinjaInterpolation, result: str | None, valid_types: tuple[type[Any]] | None) -> Any:
    with LITERALS:
        return _literal_eval(self, result, valid_types)
