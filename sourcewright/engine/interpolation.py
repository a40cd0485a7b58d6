"""Values of the manifest's expressions."""

import re
import threading
from collections.abc import Mapping
from typing import Any, Final

from airbyte_cdk.sources.declarative.interpolation.jinja import JinjaInterpolation

LITERALS: Final = threading.RLock()
"""Held while a text is made a value."""
_literal_eval: Final = JinjaInterpolation._literal_eval  # noqa: SLF001 - the engine has no hook for it
_eval: Final = JinjaInterpolation._eval  # noqa: SLF001
_NO_LITERAL: Final = re.compile(r"https?://|\d{4}-\d\d-\d\dT|[a-z]\w*\Z")
"""Texts that are no values of Python: an address, a date, a word. To parse one takes 50 µs."""


def mend_interpolation() -> None:
    """Render no text without an expression, and let only one thread at a time make a value of what is rendered.

    Python 3.11 counts the depth of syntax trees for all threads together, so that two at once may end in
    `SystemError: AST constructor recursion depth mismatch`: https://github.com/python/cpython/issues/106905
    """
    JinjaInterpolation._literal_eval = _guarded  # type: ignore[method-assign] # noqa: SLF001
    JinjaInterpolation._eval = _rendered  # type: ignore[assignment,method-assign] # noqa: SLF001


def _rendered(self: JinjaInterpolation, text: str | None, context: Mapping[str, Any]) -> str | None:
    return _eval(self, text, context) if text is None or "{" in text else text


def _guarded(self: JinjaInterpolation, result: str | None, valid_types: tuple[type[Any]] | None) -> Any:
    if result and _NO_LITERAL.match(result):
        return result
    with LITERALS:
        return _literal_eval(self, result, valid_types)
