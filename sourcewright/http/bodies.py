"""Bodies of answers, read at once and decoded no further than a limit.

requests decodes a whole body at once: one megabyte of gzip becomes a gigabyte before anybody can look at it.
"""

from typing import Final

import requests

from sourcewright.defaults import MAX_ANSWER_MB
from sourcewright.http.errors import place
from sourcewright.http.lasting import AnswerTooLargeError

_MEGABYTE: Final = 10**6
_SMALL: Final = 4 * _MEGABYTE
"""Bytes of a body whose values are not counted, since they fill no memory whatever they are."""
_BEGINS: Final = (b"{", b"[", b",")
"""What stands before most values of JSON; to count them takes a thirtieth of the time of decoding."""
_VALUES: Final = 20_000
"""Values for each megabyte that is allowed, or of the default where less is: 5 million, as in real pages of 60 MB."""
_CONTENT: Final = "_content"
"""Where requests keeps a body that was read; it has no public way to set one."""
_DIGITS: Final = 20
"""Of a length, of which a hostile one may have thousands."""


def read_body(response: requests.Response, max_mb: int, stream: str) -> None:
    """Read the body of a response that was sent for with `stream=True`, so that `content` has it.

    Raises:
        AnswerTooLargeError: It has more than `max_mb` megabytes, decoded, and the rest is not read, or so many values
            that they would fill the memory: `[0,0,…` needs 40 times its size, `[{"id":"1"},…` 30 times.

    """
    pieces, size, most = [], 0, max_mb * _MEGABYTE
    announced = response.headers.get("Content-Length", "")
    too_large = announced.isdecimal() and int(announced[:_DIGITS]) > most
    is_encoded = any(f"{what}-Encoding" in response.headers for what in ("Content", "Transfer"))
    # In one piece; what has the announced size needs no other bound, which would cost a copy
    bound = None if announced.isdecimal() and not is_encoded else most + 1
    for piece in () if too_large else response.iter_content(bound):
        pieces.append(piece)
        size += len(piece)
        if size > most:
            too_large = True
            break
    if too_large:
        response.close()
        raise _too_large(response, stream, f"is larger than {max_mb} MB, which is the setting `max_answer_mb`")
    content = b"".join(pieces)  # no copy of a single one
    room = max(max_mb, MAX_ANSWER_MB)
    values = room * _VALUES
    if len(content) > _SMALL and sum(map(content.count, _BEGINS)) > values:
        raise _too_large(response, stream, f"has over {values:,} values, too many for a `max_answer_mb` of {room}")
    setattr(response, _CONTENT, content)


def _too_large(response: requests.Response, stream: str, how: str) -> AnswerTooLargeError:
    return AnswerTooLargeError(
        f"The answer to stream `{stream}` from {place(response)} {how}: raise it if answers of that size are to be "
        "expected and there is memory for several of them at a time.",
        request=response.request,
    )
