"""Answers that have to come in time: a deadline for the whole of each, which grows with the bytes that came.

The read time-out of requests is about the silence between two bytes, so a server that sends one byte a second holds a
request for ever.
"""

import http.client
import io
import socket
import time
from collections.abc import Mapping
from typing import Any, Final

from typing_extensions import Buffer, override
from urllib3.connectionpool import HTTPConnectionPool

from sourcewright.http.retry_after import LONGEST_WAIT

_SLOWEST: Final = 10_000
"""Bytes a second at which an answer has to come, once its first half minute has passed."""
_SLACK: Final = 30.0
_BUFFER: Final = 2**16
clock = time.monotonic
"""A name of this module, so that tests can put another clock in its place."""


class DeadlineReader(io.RawIOBase):
    """The bytes of one answer, as they come from its socket, whose time-out is that of a single read.

    An answer may take that time-out and half a minute, a second more for every 10 kB of it, and an hour at most.
    """

    def __init__(self, sock: socket.socket, source: io.RawIOBase) -> None:
        self._socket = sock
        self._source = source
        self._timeout = sock.gettimeout() or LONGEST_WAIT
        self._began = clock()
        self._bytes = 0

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Buffer, /) -> int | None:
        """Read what is there, or wait for it.

        Raises:
            TimeoutError: Nothing came for the length of a time-out, or the deadline of the answer has passed.

        """
        left = self._deadline() - clock()
        try:
            count = self._read(buffer, left) if left > 0 else None
        except TimeoutError:
            count = None
        if count is None:
            raise TimeoutError(f"{self._bytes} bytes in {clock() - self._began:.0f} s")
        self._bytes += count
        return count

    @override
    def close(self) -> None:
        self._source.close()
        super().close()

    def _deadline(self) -> float:
        return self._began + min(self._timeout + _SLACK + self._bytes / _SLOWEST, LONGEST_WAIT)

    def _read(self, buffer: Buffer, left: float) -> int | None:
        if left >= self._timeout:
            return self._source.readinto(buffer)
        self._socket.settimeout(left)
        try:
            return self._source.readinto(buffer)
        finally:
            self._socket.settimeout(self._timeout)


class TimelyResponse(http.client.HTTPResponse):
    """An answer whose head and body are read in time."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        whole: Any = self.fp
        self.fp = io.BufferedReader(DeadlineReader(sock, whole.detach()), _BUFFER)


def timely(pools: Mapping[str, type[HTTPConnectionPool]]) -> dict[str, type[HTTPConnectionPool]]:
    """Classes of pools by scheme -> the same classes, whose answers come in time."""
    return {scheme: _timely(pool) for scheme, pool in pools.items()}


def _timely(pool: type[HTTPConnectionPool]) -> type[HTTPConnectionPool]:
    # The names stand in messages of urllib3, so they stay
    connection = type(pool.ConnectionCls.__name__, (pool.ConnectionCls,), {"response_class": TimelyResponse})
    return type(pool.__name__, (pool,), {"ConnectionCls": connection})
