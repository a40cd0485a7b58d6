"""`check`: prove the host, the credential and one cheap list, and say whose credential it is."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from airbyte_cdk.models import AirbyteConnectionStatus, Status
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from sourcewright.log import logger

_RETRIED: Final = "Exhausted available request attempts. Please see logs for more details. Exception: "


class Organization(Protocol):
    """What `check` asks of the connector."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """The user's settings with every default."""

    def read_definition(self, name: str) -> list[Mapping[str, Any]]:
        """All records of the stream that the manifest defines under `name`."""


def check_connection(organization: Organization) -> AirbyteConnectionStatus:
    """SUCCEEDED with the user and the organization, or FAILED with one clear sentence."""
    try:
        (user,) = organization.read_definition("whoami")
        organization.read_definition("first_workbook")
    except AirbyteTracedException as error:
        message = str(error.message).removeprefix(_RETRIED)
        return AirbyteConnectionStatus(status=Status.FAILED, message=message)
    message = (
        f"User `{user.get('userId')}` of organization `{user.get('organizationId')}` at "
        f"{organization.settings['base_url']}."
    )
    logger.info(message)
    return AirbyteConnectionStatus(status=Status.SUCCEEDED, message=message)
