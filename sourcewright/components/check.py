"""`check`: test the connection, and say in one sentence what is wrong with it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from airbyte_cdk.models import AirbyteConnectionStatus, Status
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from sourcewright.log import logger


class CheckedSource(Protocol):
    """What `check` asks of a source."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """The user's settings with every default."""

    def read_definition(self, name: str, /, **settings: str) -> Iterable[Mapping[str, Any]]:
        """All records of the stream that the manifest defines under `name`, read with few retries."""


def connection_status(prove: Callable[[], str]) -> AirbyteConnectionStatus:
    """SUCCEEDED with what `prove` found, or FAILED with the message of the error that it raised."""
    try:
        message = prove()
    except AirbyteTracedException as error:
        return AirbyteConnectionStatus(status=Status.FAILED, message=str(error))
    logger.info(message)
    return AirbyteConnectionStatus(status=Status.SUCCEEDED, message=message)
