"""Shows how far a sync is: live on a terminal, elsewhere in a line of the log every 30 seconds."""

import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sourcewright.log import logger

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

    from sourcewright.progress import Progress

_SECONDS: Final = 30.0
_A_SECOND: Final = 2
_FRAME: Final = 4
"""Lines of a screen that hold no stream."""


@contextmanager
def shown(progress: "Progress", *, prints: bool = True) -> Iterator[None]:
    """Show `progress` as long as the block runs; `prints` says that the command writes to standard output."""
    is_mixed = prints and os.isatty(1)  # records and a display on one terminal
    with _live(progress) if is_on_terminal() and not is_mixed else _logged(progress):
        yield


def is_on_terminal() -> bool:
    """Whether a person sees standard error; there is none where it was closed, as by `2>&-`."""
    return sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def _logged(progress: "Progress") -> Iterator[None]:
    ended = threading.Event()

    def tell() -> None:
        while not ended.wait(_SECONDS):
            logger.info("%s", progress.sentence())

    threading.Thread(target=tell, daemon=True).start()
    try:
        yield
    finally:
        ended.set()


@contextmanager
def _live(progress: "Progress") -> Iterator[None]:
    from rich.console import Console  # noqa: PLC0415 - a terminal alone needs it
    from rich.live import Live  # noqa: PLC0415

    console = Console(stderr=True)
    stderr = sys.stderr
    with Live(_Display(progress), console=console, refresh_per_second=_A_SECOND, transient=True, redirect_stdout=False):
        console.show_cursor()  # a process that ends in the midst leaves it as it is
        # Lines of the log go above the display, through what it put in the place of standard error
        handlers = [handler for handler in logging.getLogger().handlers if getattr(handler, "stream", None) is stderr]
        _redirect(handlers, sys.stderr)
        try:
            yield
        finally:
            _redirect(handlers, stderr)


def _redirect(handlers: list[logging.Handler], stream: object) -> None:
    for handler in handlers:
        handler.setStream(stream)  # type: ignore[attr-defined]  # all of them have a stream


class _Display:
    """A table of the streams under way, as many as the terminal has lines for, and a line of all."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich.table import Table  # noqa: PLC0415

        table = Table("stream", box=None, pad_edge=False)
        for title in ("partitions", "records", "a second"):
            table.add_column(title, justify="right")
        table.add_column("waits", overflow="ellipsis", no_wrap=True)
        streams = self._progress.under_way()
        room = max(options.size.height - _FRAME, 1)
        for name, stream, wait in streams[:room]:
            found = f"{stream.done:,}/{stream.partitions:,}{'' if stream.is_whole else '+'}"
            table.add_row(name, found, f"{stream.records:,}", f"{stream.rate:,.0f}", wait)
        yield table
        more = f", {len(streams) - room} more under way" if len(streams) > room else ""
        yield f"{self._progress.summary()}{more}"
