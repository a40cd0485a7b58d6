"""Values of the manifest's expressions."""

import re
import threading
from typing import Any, Final

from airbyte_cdk.sources.declarative.interpolation.jinja import JinjaInterpolation

LITERALS: Final = threading.RLock()
"""Held while a text is made a value."""
_literal_eval: Final = JinjaInterpolation._literal_eval  # noqa: SLF001 - the engine has no hook for it


_NO_LITERAL: Final = re.compile(r"https?://|\d{4}-\d\d-\d\dT")
"""Beginnings of texts that are no values of Python: an address, a date. To parse one takes 50 µs."""


def guard_literals() -> None:
    """Let only one thread at a time make a value of the text that an expression gives.

    Python 3.11 counts the depth of syntax trees for all threads together, so that two at once may end in
    `SystemError: AST constructor recursion depth mismatch`: https://github.com/python/cpython/issues/106905
    """
    JinjaInterpolation._literal_eval = _guarded  # type: ignore[method-assign] # noqa: SLF001


def _guarded(self: JinjaInterpolation, result: str | None, valid_types: tuple[type[Any]] | None) -> Any:
    if result and _NO_LITERAL.match(result):
        return result
    with LITERALS:
        return _literal_eval(self, result, valid_types)
