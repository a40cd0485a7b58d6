"""`check`: prove the host, the credential and one cheap list, and say whose credential it is."""

from airbyte_cdk.models import AirbyteConnectionStatus

from sourcewright.components.check import CheckedSource, connection_status


def check_connection(organization: CheckedSource) -> AirbyteConnectionStatus:
    """SUCCEEDED with the user and the organization, or FAILED with one clear sentence."""
    return connection_status(lambda: _prove(organization))


def _prove(organization: CheckedSource) -> str:
    (user,) = organization.read_definition("whoami")
    organization.read_definition("first_workbook")
    return (
        f"User `{user.get('userId')}` of organization `{user.get('organizationId')}` at "
        f"{organization.settings['base_url']}."
    )
