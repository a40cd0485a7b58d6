"""What every record is made of: ids of all kinds, people, dates."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

Record = dict[str, Any]

ORGANIZATION: Final = "0a7c1d9e-5b3f-4a86-9d21-7c64e8f0b135"
_START: Final = datetime(2026, 1, 5, 9, 30, 0, 826_000, tzinfo=UTC)
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_MEMBER_DIGITS: Final = 29
_NANO_DIGITS: Final = 10
_TRICKY: Final = ("1234567890", "12345e6789", "0123456789", "True_False")
"""Ids that are easily taken for something else than a text."""


def uid(kind: str, number: int) -> str:
    """Id of a resource: `uid("workbook", 2)` is the same UUID always."""
    return str(UUID(bytes=hashlib.sha256(f"{kind}:{number}".encode()).digest()[:16], version=4))


def word(kind: str, number: int, digits: int) -> str:
    """Text of base-62 digits."""
    value = int.from_bytes(hashlib.sha256(f"{kind}/{number}".encode()).digest(), "big")
    letters = ""
    while len(letters) < digits:
        value, place = divmod(value, len(_ALPHABET))
        letters += _ALPHABET[place]
    return letters


def slug(kind: str, number: int) -> str:
    """Id as it stands in addresses of the web pages."""
    return word(f"slug-{kind}", number, 22)


def nano(number: int) -> str:
    """Id within a document: copies of a document have the same ones."""
    return _TRICKY[number] if number < len(_TRICKY) else word("nano", number, _NANO_DIGITS)


def member_id(number: int) -> str:
    """Id of a member, which is no UUID; the second looks like a number."""
    return "1" * 27 + "e3" if number == 1 else word("member", number, _MEMBER_DIGITS)


def stamp(moment: datetime) -> str:
    """`2026-01-05T09:30:00.826Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def at(number: int) -> str:
    """A moment of early 2026, later for higher numbers."""
    return stamp(_START + timedelta(days=number, minutes=17 * number))


def dated(number: int) -> Record:
    """Who made and who last changed a record, and when."""
    return {
        "createdBy": member_id(0),
        "updatedBy": member_id(number % 3),
        "createdAt": at(number),
        "updatedAt": at(number + 30),
    }
