"""Standard output, kept for Singer messages, and standard error, kept free of secrets."""

import logging
import os
import select
import sys
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, Final

import orjson
from airbyte_cdk.logger import PRINT_BUFFER
from airbyte_cdk.models import AirbyteRecordMessage
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from singer_sdk.io_base import SingerWriter
from singer_sdk.singerlib import Message
from typing_extensions import override

_BYTES: Final = 256 * 1024
_SECONDS: Final = 0.1
logger: Final = logging.getLogger(__name__)


class LineWriter(SingerWriter):
    """Writes whole lines to the standard output of its making: records in large pieces, all else at once."""

    def __init__(self) -> None:
        self._binary = sys.stdout.buffer
        self._pieces: list[bytes] = []
        self._size = 0
        self._due = 0.0
        self._busy = False
        self._exit_code: int | None = None

    @override
    def serialize_message(self, message: Message) -> str:
        return orjson.dumps(message.to_dict(), default=_plain).decode()

    @override
    def write_message(self, message: Message) -> None:
        content = message.to_dict()
        self._write_line(orjson.dumps(content, default=_plain))
        if content["type"] != "RECORD":
            self.flush()

    def write_record(self, record: AirbyteRecordMessage) -> None:
        """Write a record as it came, on the shortest way: dict -> JSON -> line."""
        extracted = datetime.fromtimestamp(record.emitted_at / 1000, timezone.utc)
        self._write_line(
            orjson.dumps(
                {"type": "RECORD", "stream": record.stream, "record": record.data, "time_extracted": extracted}
            )
        )

    def flush(self) -> None:
        """Hand on what was written so far."""
        pieces, self._pieces, self._size = self._pieces, [], 0
        self._busy = True
        rest = memoryview(b"".join(pieces))
        while rest:  # a signal cuts a write short where Python runs unbuffered
            rest = rest[self._binary.write(rest) :]
        self._binary.flush()
        self._busy = False
        self._due = time.monotonic() + _SECONDS
        if self._exit_code is not None:
            raise SystemExit(self._exit_code)

    def stop(self, exit_code: int) -> None:
        """End the process, after the line that is being written: for handlers of signals."""
        self._exit_code = exit_code
        if not self._busy:
            self.flush()

    def _write_line(self, line: bytes) -> None:
        self._pieces.append(line + b"\n")  # whole, because a signal may come in between
        self._size += len(line)
        if self._size > _BYTES or time.monotonic() > self._due:
            self.flush()


class Discreet(logging.Formatter):
    """Formats as another formatter does, with every secret of the settings masked."""

    def __init__(self, formatter: logging.Formatter | None) -> None:
        self._formatter = formatter or logging.Formatter()

    @override
    def format(self, record: logging.LogRecord) -> str:
        return filter_secrets(self._formatter.format(record))


def quiet_engine() -> None:
    """Keep the engine off standard output: it logs and prints its own protocol there."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, logging.StreamHandler) and handler.stream is PRINT_BUFFER:
            root.removeHandler(handler)
    for name, module in list(sys.modules.items()):
        if name.startswith("airbyte_cdk."):
            vars(module)["print"] = _log_instead


def guard_logs() -> None:
    """Mask secrets in all logs, and leave out the engine's stack traces of errors that have a sentence for the user."""
    for handler in logging.getLogger().handlers:
        handler.setFormatter(Discreet(handler.formatter))
        handler.addFilter(_has_news)


def end_with_reader() -> None:
    """End the process when the reader of standard output ends, whatever it waits for at that time."""
    if hasattr(select, "poll"):
        threading.Thread(target=_watch_reader, args=(sys.stdout.fileno(),), daemon=True).start()


def _watch_reader(stdout: int) -> None:
    poll = select.poll()
    poll.register(stdout, 0)  # errors are reported unasked
    poll.poll()
    logger.error("The reader of the records has ended, so the sync ends too.")
    os._exit(1)


def _log_instead(*values: object, **_: Any) -> None:
    logger.debug(" ".join(str(value) for value in values))


def _has_news(record: logging.LogRecord) -> bool:
    """False for the engine's report of an error that comes as a message of its own too, in better words."""
    if not record.name.startswith("airbyte") or record.levelno < logging.ERROR:
        return True
    return bool(record.exc_info and not isinstance(record.exc_info[1], AirbyteTracedException))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):  # the SDK reads numbers of catalogs and states as such
        return float(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)
