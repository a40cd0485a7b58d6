"""Standard error, without secrets and without duplicate errors."""

import logging

from airbyte_cdk.logger import PRINT_BUFFER
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from typing_extensions import override

from sourcewright.log import is_first_telling


class SecretMaskingFormatter(logging.Formatter):
    """Formats as another formatter does, and masks every secret of the settings."""

    def __init__(self, formatter: logging.Formatter | None) -> None:
        self._formatter = formatter or logging.Formatter()

    @override
    def format(self, record: logging.LogRecord) -> str:
        return filter_secrets(self._formatter.format(record))


def configure_logs() -> None:
    """Remove the engine's log handler, which writes to standard output; in the others mask secrets."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, logging.StreamHandler) and handler.stream is PRINT_BUFFER:
            root.removeHandler(handler)
        else:
            handler.setFormatter(SecretMaskingFormatter(handler.formatter))
            handler.addFilter(is_first_telling)
