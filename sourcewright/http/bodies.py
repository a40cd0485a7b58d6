"""Bodies of answers, decoded piece by piece and no further than a limit.

requests decodes a whole body at once: one megabyte of gzip becomes a gigabyte before anybody can look at it.
"""

import io
from typing import Final

import requests

from sourcewright.http.errors import place
from sourcewright.http.lasting import AnswerTooLargeError

_MEGABYTE: Final = 10**6
_PIECE: Final = 2**16
"""Bytes that are decoded at a time."""
_CONTENT: Final = "_content"
"""Where requests keeps a body that was read; it has no public way to set one."""
_DIGITS: Final = 20
"""Of a length, of which a hostile one may have thousands."""


def read_body(response: requests.Response, max_mb: int, stream: str) -> None:
    """Read the body of a response that was sent for with `stream=True`, so that `content` has it.

    Raises:
        AnswerTooLargeError: It has more than `max_mb` megabytes, decoded. The rest is not read.

    """
    body, most = io.BytesIO(), max_mb * _MEGABYTE
    announced = response.headers.get("Content-Length", "")
    too_large = announced.isdecimal() and int(announced[:_DIGITS]) > most
    for piece in () if too_large else response.iter_content(_PIECE):
        body.write(piece)
        if body.tell() > most:
            too_large = True
            break
    if too_large:
        response.close()
        raise AnswerTooLargeError(
            f"The answer to stream `{stream}` from {place(response)} is larger than {max_mb} MB, which is the setting "
            "`max_answer_mb`: raise it if answers of that size are to be expected and there is memory for several of "
            "them at a time.",
            request=response.request,
        )
    setattr(response, _CONTENT, body.getvalue())
