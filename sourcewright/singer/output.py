"""Standard output, for Singer messages alone."""

import logging
import os
import select
import sys
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, NoReturn, TextIO

import orjson
from airbyte_cdk.models import AirbyteRecordMessage
from singer_sdk.io_base import SingerWriter
from singer_sdk.singerlib import Message
from typing_extensions import override

from sourcewright import raw_records
from sourcewright.cli.output import UNREAD, LineWriter, PrintedLines, ending
from sourcewright.lenient_json import OddRecords
from sourcewright.raw_records import PLACE, RAW

logger: Final = logging.getLogger(__name__)


class MessageWriter(LineWriter, SingerWriter):
    """Writes Singer messages to standard output: records are buffered, all other messages are written at once."""

    def __init__(self) -> None:
        super().__init__(sys.stdout.buffer)
        self._odd_records = OddRecords()

    @override
    def serialize_message(self, message: Message) -> str:
        return orjson.dumps(message.to_dict(), default=_to_json).decode()

    @override
    def write_message(self, message: Message) -> None:
        content = message.to_dict()
        if content["type"] == "RECORD":
            self.write_line(self._odd_records.line(content, content["stream"], content["record"], default=_to_json))
        else:
            self.write_line(orjson.dumps(content, default=_to_json))
            self.flush()

    def write_record(self, record: AirbyteRecordMessage, key: Sequence[str] = ()) -> None:
        """Write a record unchanged, without a message object: dict -> JSON -> line."""
        extracted = datetime.fromtimestamp(record.emitted_at / 1000, UTC)
        data, raw = record.data, record.data.get(RAW)
        content = PLACE if raw else data
        message = {"type": "RECORD", "stream": record.stream, "record": content, "time_extracted": extracted}
        if raw:
            self.write(raw_records.lines(message, raw))
        else:
            self.write_line(self._odd_records.line(message, record.stream, data, key))

    @override
    def end(self, reason: str) -> NoReturn:
        _end(reason)


class LoggedPrints(PrintedLines):
    """Takes the place of sys.stdout: printed lines go to the debug log, and `buffer` is left to the MessageWriter."""

    def __init__(self, stdout: TextIO) -> None:
        super().__init__(lambda line: logger.debug("%s", line))
        self.buffer = stdout.buffer


def log_prints() -> None:
    """Log what is printed from now on, in any thread: the engine prints messages of its own protocol.

    This lasts as long as the process, because threads of a source that was abandoned print as well.
    """
    sys.stdout = LoggedPrints(sys.stdout)


def end_with_reader() -> None:
    """End the process as soon as the reader of standard output ends, even while a request is waited for."""
    if hasattr(select, "poll"):
        threading.Thread(target=_watch_reader, args=(sys.stdout.buffer.fileno(),), daemon=True).start()


def _watch_reader(stdout: int) -> None:
    poll = select.poll()
    poll.register(stdout, 0)  # poll() reports errors in any case
    poll.poll()
    _end(UNREAD)


def _end(reason: str) -> NoReturn:
    ending.acquire()
    logger.error("%s", reason)
    os._exit(1)


def _to_json(value: Any) -> Any:
    if isinstance(value, Decimal):  # the SDK reads numbers of catalogs and states as Decimal
        return float(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)
