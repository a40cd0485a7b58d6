"""Errors as Spark shows them."""

from collections.abc import Iterator
from contextlib import contextmanager

from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException


class ReadError(Exception):
    """What went wrong, in a sentence without secrets."""


@contextmanager
def in_a_sentence() -> Iterator[None]:
    """Raise an error of the source as a `ReadError`: Spark shows the message and the stack, secrets and all."""
    try:
        yield
    except AirbyteTracedException as error:
        raise ReadError(filter_secrets(str(error))) from None
