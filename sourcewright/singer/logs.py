"""Standard error, without secrets and without duplicate errors."""

import logging

from airbyte_cdk.logger import PRINT_BUFFER
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override


class SecretMaskingFormatter(logging.Formatter):
    """Formats as another formatter does, and masks every secret of the settings."""

    def __init__(self, formatter: logging.Formatter | None) -> None:
        self._formatter = formatter or logging.Formatter()

    @override
    def format(self, record: logging.LogRecord) -> str:
        return filter_secrets(self._formatter.format(record))


def configure_logs() -> None:
    """Remove the engine's log handler, which writes to standard output; mask secrets and drop duplicates elsewhere."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, logging.StreamHandler) and handler.stream is PRINT_BUFFER:
            root.removeHandler(handler)
        else:
            handler.setFormatter(SecretMaskingFormatter(handler.formatter))
            handler.addFilter(_is_not_a_duplicate)


def _is_not_a_duplicate(record: logging.LogRecord) -> bool:
    """False for the engine's stack trace of an error that also comes as a message, in better words."""
    if not record.name.startswith("airbyte") or record.levelno < logging.ERROR:
        return True
    return bool(record.exc_info and not isinstance(record.exc_info[1], AirbyteTracedException))
