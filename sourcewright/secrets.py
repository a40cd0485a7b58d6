"""What no message may show: the secrets that this process knows, in each form that a message can give them.

The engine masks what is in its list, letter by letter, in log lines, traces and statuses; so the list gets all forms.
"""

import base64
import json
import os
import re
import threading
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, quote_plus, unquote

_SHORTEST: Final = 8
"""Characters of a secret that is masked wherever it stands. A shorter one would mask parts of words."""
_NAMES_A_SECRET: Final = re.compile("token|secret|password")
_NAMES_AN_ADDRESS: Final = re.compile("host|url")
_LIKE_A_TOKEN: Final = re.compile(r"[a-z]+_\w*[0-9a-f]{16,}\S*|[0-9A-Za-z]{32,}")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Zl", "Zp"})
"""Unicode categories: control and format characters, ends of lines and paragraphs."""
_AROUND: Final = "\"'` \u00a0\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e"
"""Blanks and quotes of every kind."""
_PRINTABLE: Final = re.compile("[!-~]+")

_known: set[str] = set()
_lock: Final = threading.Lock()


def tidy(text: str) -> str:
    r"""Take off what copying adds to a secret: `Bearer`, quotes, blanks, line breaks and what cannot be seen.

    `"\ufeffBearer abc\u200b\ndef" ` -> `abcdef`
    """
    visible = "".join(letter for letter in text if unicodedata.category(letter) not in _INVISIBLE)
    return visible.strip(_AROUND).removeprefix("Bearer ").strip(_AROUND)


def is_possible(secret: str) -> bool:
    """Whether a request can carry `secret`: printable ASCII without a blank."""
    return bool(_PRINTABLE.fullmatch(secret))


def know(*secrets: str) -> None:
    """Mask `secrets` in every message from now on."""
    with _lock:
        for secret in secrets:
            _known.update(*map(_forms, {secret, tidy(secret)} - {""}))
        from airbyte_cdk.utils.airbyte_secrets_utils import update_secrets  # noqa: PLC0415 - see sourcewright/cli/start.py

        # The longest first, so that none is masked in part
        update_secrets(sorted(_known, key=len, reverse=True))


def know_settings(settings: Mapping[str, Any], specification: Mapping[str, Any] | None = None) -> None:
    """Mask what `specification` calls secret, or its name, passwords in addresses, and tokens in any other setting."""
    from airbyte_cdk.utils.airbyte_secrets_utils import get_secrets  # noqa: PLC0415 - see sourcewright/cli/start.py

    know(*_in_settings(settings), *(str(value) for value in get_secrets(specification or {}, settings) if value))


def know_environment() -> None:
    """Mask the passwords of proxies."""
    proxies = (address for name, address in os.environ.items() if name.lower().endswith("_proxy"))
    know(*(secret for address in proxies for secret in in_address(address)))


def know_address(address: str) -> None:
    """Mask the password of `address`, also where it is a parameter."""
    know(*in_address(address))


def _in_settings(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner_name, inner in value.items():
            yield from _in_settings(inner, f"{name}.{inner_name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _in_settings(inner, name)
    elif isinstance(value, str):
        if _NAMES_A_SECRET.search(name) or _LIKE_A_TOKEN.fullmatch(value.strip()):
            yield value
        if _NAMES_AN_ADDRESS.search(name):
            yield from in_address(value)


def in_address(address: str) -> set[str]:
    """`https://user:p%40ss@host` -> {"user:p%40ss", "user:p@ss", "p%40ss", "p@ss"}; with `?password=…` that too."""
    credentials = address.rpartition("@")[0].split("://", 1)[-1]
    user, _, password = credentials.partition(":")
    query = [pair.partition("=") for pair in address.partition("?")[2].split("&")]
    given = [credentials, password or user, *(value for name, _, value in query if "pass" in name)]
    return {form for secret in given for form in (secret, unquote(secret)) if secret}


def _forms(secret: str) -> set[str]:
    """`secret` as it is, and as repr(), JSON, URLs and base64 write it, also one in the other."""
    if len(secret) < _SHORTEST:
        return {f"Bearer {secret}", f":{secret}@"}
    escaped = {secret}
    for _ in range(2):
        escaped |= {escape(text) for text in escaped for escape in _ESCAPES}
    data = secret.encode("utf-8", "backslashreplace")
    quoted = {quote(data), quote(data, safe=""), quote_plus(data)}
    quoted |= {re.sub("%..", lambda code: code[0].lower(), text) for text in quoted}
    return escaped | {repr(data)[2:-1]} | quoted | _base64(data)


_ESCAPES: Final[tuple[Callable[[str], str], ...]] = (
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    lambda text: repr(text)[1:-1],
)


def _base64(data: bytes) -> set[str]:
    """What base64 writes for `data`, by itself and inside of anything, as in `user:password`."""
    found = {base64.b64encode(data)}
    for before in range(3):
        whole = base64.b64encode(bytes(before) + data)
        behind = 4 if (before + len(data)) % 3 else 0
        found.add(whole[(before * 4 + 2) // 3 : len(whole) - behind])
    return {form.decode() for text in found for form in (text, text.replace(b"+", b"-").replace(b"/", b"_"))}
