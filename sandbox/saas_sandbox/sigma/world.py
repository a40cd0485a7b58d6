"""Everything that exists in the sandbox's organization."""

from collections.abc import Mapping
from functools import cached_property
from typing import Final

from saas_sandbox.sigma.data import admin, content, people
from saas_sandbox.sigma.data.base import Record, uid
from saas_sandbox.sigma.settings import Settings

_FEW: Final = 3
PARENTS: Final = {
    "memberId": "members",
    "teamId": "teams",
    "accountTypeId": "account_types",
    "userAttributeId": "user_attributes",
    "workspaceId": "workspaces",
    "versionTagId": "tags",
    "workbookId": "workbooks",
    "reportId": "reports",
    "dataModelId": "data_models",
    "datasetId": "datasets",
    "connectionId": "connections",
    "urlId": "connection_paths",
    "lng": "translation_files",
    "lng_variant": "translation_files",
    "samlServiceProviderId": "saml_service_providers",
    "deploymentPolicyId": "deployment_policies",
    "tenantOrganizationId": "tenants",
}
"""Names in paths, and the lists that their values are of."""


class World:
    """The organization's lists: a function of the settings, but for what a test has changed since."""

    def __init__(self, settings: Settings) -> None:
        """Build nothing yet."""
        self.settings = settings
        self.rows = settings.rows

    @cached_property
    def lists(self) -> Mapping[str, list[Record]]:
        """The lists of the organization by name, archived and private objects included."""
        few, settings = range(_FEW), self.settings
        return {
            "members": [people.member(number, settings.members) for number in range(settings.members)],
            "teams": [people.team(number) for number in range(people.TEAMS)],
            "account_types": [people.account_type(number) for number in few],
            "user_attributes": [people.attribute(number) for number in range(people.ATTRIBUTES)],
            "workspaces": [content.workspace(number) for number in few],
            "files": [content.file(number) for number in range(settings.files)],
            "tags": [content.tag(number) for number in few],
            "templates": [content.template(number) for number in few],
            "shared_templates": [content.shared_template(number) for number in few],
            "translation_files": [content.translation(number) for number in few],
            "workbooks": self._documents("workbook", settings.workbooks, "workbook"),
            "reports": self._documents("report", _FEW, "report"),
            "data_models": [content.document("data-model", number, "dataModel") for number in few],
            "datasets": [content.dataset(number) for number in few],
            "connections": [admin.connection(number, _FEW) for number in few],
            "connection_paths": [admin.connection_path(number) for number in few],
            "api_connectors": [admin.api_connector(number) for number in few],
            "api_credentials": [admin.api_credential(number) for number in few],
            "plugins": [admin.plugin(number) for number in few],
            "allowed_ips": [admin.allowed_ip(number) for number in few],
            "saml_service_providers": [admin.service_provider(number) for number in few],
            "deployment_policies": [admin.policy(number) for number in few],
            "deployable_tenants": [admin.deployable(number) for number in few],
            "source_swap_policies": [admin.swap_policy(number) for number in few],
            "tenants": [admin.tenant(number) for number in few],
        }

    @staticmethod
    def _documents(kind: str, count: int, prefix: str) -> list[Record]:
        """Documents of a kind; of three and more the last one is archived."""
        rows = [content.document(kind, number, prefix) for number in range(count)]
        if count >= _FEW:
            rows[-1]["isArchived"] = True
        return rows

    @property
    def private(self) -> frozenset[str]:
        """Ids of objects that are shared with nobody: lists show them to admins who skip the check."""
        return frozenset({uid("workbook", 1)}) if self.settings.workbooks >= _FEW else frozenset()

    def find(self, name: str, value: str) -> Record | None:
        """Return the object that a name in a path stands for, such as `find("workbookId", …)`."""
        return next((row for row in self.lists[PARENTS[name]] if row[name] == value), None)

    def touch(self, value: str, moment: str) -> bool:
        """Change the object with this id, if there is one, at a moment."""
        found = [row for rows in self.lists.values() for row in rows if "updatedAt" in row and value in row.values()]
        for row in found:
            row["updatedAt"] = moment
        return bool(found)
