"""Every endpoint of the sandbox."""

from collections.abc import Callable
from typing import Final

from saas_sandbox.sigma.data import admin, content, people
from saas_sandbox.sigma.data.base import ORGANIZATION, Record, member_id, nano, uid
from saas_sandbox.sigma.endpoint import (
    ARRAY,
    OBJECT,
    PAGE,
    TOKEN,
    Endpoint,
    few,
    files,
    grants,
    member_schedules,
    one,
    own_grants,
    recent,
    schedules,
    some,
    whole,
)

_ORGANIZATION: Final = (
    Endpoint(
        "whoami",
        "/v2/whoami",
        one(lambda *_: {"userId": member_id(0), "organizationId": ORGANIZATION}),
        OBJECT,
    ),
    Endpoint("account_types", "/v2/accountTypes", whole("account_types"), TOKEN, admin=True),
    Endpoint(
        "account_type_permissions",
        "/v2/accountTypes/{accountTypeId}/permissions",
        some(people.permission),
        ARRAY,
        admin=True,
    ),
    Endpoint("members", "/v2/members", whole("members")),
    Endpoint("member_teams", "/v2/members/{memberId}/teams", few(people.team), admin=True),
    Endpoint("member_files", "/v2/members/{memberId}/files", files(2)),
    Endpoint("member_recent_files", "/v2/members/{memberId}/files/recents", recent),
    Endpoint("favorites", "/v2/members/{memberId}/files/favorites", files(0)),
    Endpoint("member_schedules", "/v2/members/{memberId}/schedules", member_schedules, admin=True),
    Endpoint("grants", "/v2/grants", grants("grants"), selectors=("userId", "teamId", "inodeId")),
    Endpoint("teams", "/v2/teams", whole("teams")),
    Endpoint("team_members", "/v2/teams/{teamId}/members", some(people.team_member)),
    Endpoint("team_user_attributes", "/v2/teams/{teamId}/user-attributes", few(people.team_attribute)),
    Endpoint("user_attributes", "/v2/user-attributes", whole("user_attributes"), admin=True),
    Endpoint(
        "user_attribute_users",
        "/v2/user-attributes/{userAttributeId}/users",
        some(lambda number: people.assigned("userId", member_id(number), number)),
        admin=True,
    ),
    Endpoint(
        "user_attribute_teams",
        "/v2/user-attributes/{userAttributeId}/teams",
        few(lambda number: {**people.assigned("teamId", uid("team", number), number), "priority": number}),
        admin=True,
    ),
    Endpoint(
        "user_attribute_tenants",
        "/v2/user-attributes/{userAttributeId}/tenants",
        few(lambda number: people.assigned("tenantOrganizationId", uid("tenant", number), number)),
        admin=True,
    ),
)

_FILES: Final = (
    Endpoint("workspaces", "/v2/workspaces", whole("workspaces")),
    Endpoint("workspace_grants", "/v2/workspaces/{workspaceId}/grants", own_grants("workspace")),
    Endpoint("files", "/v2/files", whole("files")),
    Endpoint("tags", "/v2/tags", whole("tags")),
    Endpoint(
        "tag_workbooks",
        "/v2/tags/{versionTagId}/workbooks",
        few(lambda number: content.document("workbook", number, "workbook")),
    ),
    Endpoint("templates", "/v2/templates", whole("templates")),
    Endpoint("shared_templates", "/v2/shared_templates/shared_with_you", whole("shared_templates")),
    Endpoint("translation_files", "/v2/translations/organization", whole("translation_files"), admin=True),
    Endpoint("translation_texts", "/v2/translations/organization/{lng}", one(content.texts), OBJECT, admin=True),
    Endpoint(
        "translation_variant_texts",
        "/v2/translations/organization/{lng}/{lng_variant}",
        one(content.texts),
        OBJECT,
        admin=True,
    ),
)


def _twins(kind: str, collection: str, shape: str) -> tuple[Endpoint, ...]:
    """What workbooks and reports have in common, paged by cursor in one and by token in the other."""
    below = f"/v2/{collection}/{{{kind}Id}}"
    return (
        Endpoint(f"{kind}_pages", f"{below}/pages", some(content.page), shape),
        Endpoint(f"{kind}_page_elements", f"{below}/pages/{{pageId}}/elements", some(content.element), shape),
        Endpoint(f"{kind}_elements", f"{below}/elements", some(content.element), shape),
        Endpoint(f"{kind}_columns", f"{below}/columns", some(content.column), shape, opaque=True),
        Endpoint(f"{kind}_controls", f"{below}/controls", some(content.control), shape),
        Endpoint(f"{kind}_queries", f"{below}/queries", some(content.query), shape, opaque=True),
        Endpoint(f"{kind}_sources", f"{below}/sources", some(content.source), ARRAY),
        Endpoint(f"{kind}_lineage", f"{below}/lineage", some(content.lineage), shape),
        Endpoint(f"{kind}_schedules", f"{below}/schedules", schedules(f"{kind}Id")),
        Endpoint(f"{kind}_tags", f"{below}/tags", few(lambda number: content.document_tag(number, kind)), shape),
        Endpoint(f"{kind}_version_history", f"{below}/version-history", some(content.version), shape),
    )


_BOOKMARK: Final[Callable[[int], Record]] = lambda number: {  # noqa: E731
    "bookmarkId": nano(number),
    "name": f"Bookmark {number}",
    "isShared": True,
    "exploreKey": f"key-{number}",
}
_EMBED: Final[Callable[[int], Record]] = lambda number: {  # noqa: E731
    "embedId": uid("embed", number),
    "embedUrl": "https://app.sigma.example/embed",
    "public": False,
    "sourceType": "workbook",
    "sourceId": None,
    "sourceName": None,
}
_WORKBOOK: Final = "/v2/workbooks/{workbookId}"
_MODEL: Final = "/v2/dataModels/{dataModelId}"

_DOCUMENTS: Final = (
    Endpoint("workbooks", "/v2/workbooks", whole("workbooks")),
    *_twins("workbook", "workbooks", PAGE),
    Endpoint(
        "workbook_materialization_schedules",
        f"{_WORKBOOK}/materialization-schedules",
        some(content.materialization_schedule),
    ),
    Endpoint("workbook_bookmarks", f"{_WORKBOOK}/bookmarks", some(_BOOKMARK)),
    Endpoint("workbook_tag_bookmarks", f"{_WORKBOOK}/tags/{{tagName}}/bookmarks", some(_BOOKMARK)),
    Endpoint("workbook_embeds", f"{_WORKBOOK}/embeds", some(_EMBED)),
    Endpoint("workbook_element_columns", f"{_WORKBOOK}/elements/{{elementId}}/columns", some(content.element_column)),
    Endpoint(
        "workbook_element_queries",
        f"{_WORKBOOK}/elements/{{elementId}}/query",
        one(lambda _, ids: {"elementId": ids["elementId"], "name": "Element", "sql": "select 1"}),
        OBJECT,
    ),
    Endpoint(
        "workbook_element_lineage",
        f"{_WORKBOOK}/lineage/elements/{{elementId}}",
        one(lambda *_: {"dependencies": {}, "edges": []}),
        OBJECT,
    ),
    Endpoint("reports", "/v2/reports", whole("reports")),
    *_twins("report", "reports", TOKEN),
    Endpoint("data_models", "/v2/dataModels", whole("data_models")),
    Endpoint("data_model_elements", f"{_MODEL}/elements", some(content.element)),
    Endpoint("data_model_columns", f"{_MODEL}/columns", some(content.column), opaque=True),
    Endpoint("data_model_sources", f"{_MODEL}/sources", some(content.source), TOKEN),
    Endpoint("data_model_lineage", f"{_MODEL}/lineage", some(content.lineage)),
    Endpoint(
        "data_model_materialization_schedules",
        f"{_MODEL}/materializationSchedules",
        some(content.materialization_schedule),
        TOKEN,
    ),
    Endpoint("data_model_tags", f"{_MODEL}/tags", few(lambda number: content.document_tag(number, "dataModel"))),
    Endpoint("datasets", "/v2/datasets", whole("datasets")),
    Endpoint("dataset_grants", "/v2/datasets/{datasetId}/grants", own_grants("dataset")),
    Endpoint("dataset_materializations", "/v2/datasets/{datasetId}/materialization", some(admin.materialization)),
    Endpoint(
        "dataset_sources",
        "/v2/datasets/{datasetId}/sources",
        few(lambda number: {"type": "table", "inodeId": uid("table", number)}),
        ARRAY,
    ),
)

_ADMIN: Final = (
    Endpoint("connections", "/v2/connections", whole("connections")),
    Endpoint("connection_paths", "/v2/connections/paths", whole("connection_paths")),
    Endpoint("connection_path_grants", "/v2/connections/paths/{urlId}/grants", own_grants("path")),
    Endpoint(
        "connection_tests",
        "/v2/connections/{connectionId}/test",
        one(lambda *_: admin.connection_test()),
        OBJECT,
    ),
    Endpoint("connection_grants", "/v2/connections/{connectionId}/grants", own_grants("connection")),
    Endpoint("allowed_ips", "/v3alpha/allowedIps", whole("allowed_ips"), TOKEN, admin=True),
    Endpoint("api_connectors", "/v2/api-connectors", whole("api_connectors"), TOKEN, admin=True),
    Endpoint("api_credentials", "/v2/api-credentials", whole("api_credentials"), TOKEN, admin=True),
    Endpoint("plugins", "/v2/plugins", whole("plugins"), TOKEN, admin=True),
    Endpoint(
        "saml_service_providers", "/v2/saml/service-providers", whole("saml_service_providers"), TOKEN, admin=True
    ),
    Endpoint(
        "saml_certificates",
        "/v2/saml/service-providers/{samlServiceProviderId}/certificates",
        lambda world, ids: [admin.certificate(ids["samlServiceProviderId"], number) for number in range(world.rows)],
        TOKEN,
        admin=True,
    ),
    Endpoint("source_swap_policies", "/v2/sourceSwapPolicies", whole("source_swap_policies"), admin=True),
    Endpoint("deployment_policies", "/v2/deploymentPolicies", whole("deployment_policies"), TOKEN, admin=True),
    Endpoint("deployable_tenants", "/v2/deploymentPolicies/tenants", whole("deployable_tenants"), TOKEN, admin=True),
    Endpoint(
        "deployment_policy_files",
        "/v2/deploymentPolicies/{deploymentPolicyId}/files",
        lambda world, ids: [admin.policy_file(ids["deploymentPolicyId"], number) for number in range(world.rows)],
        TOKEN,
        admin=True,
    ),
    Endpoint(
        "deployment_policy_tenants",
        "/v2/deploymentPolicies/{deploymentPolicyId}/tenants",
        few(lambda number: uid("tenant", number)),
        TOKEN,
        admin=True,
    ),
    Endpoint("tenants", "/v2/tenants", whole("tenants"), TOKEN, admin=True),
    Endpoint(
        "tenant_deployment_capabilities",
        "/v2/tenants/{tenantOrganizationId}/capabilities/deployments",
        few(lambda number: {"tenantOrganizationId": uid("tenant", number)}),
        TOKEN,
        admin=True,
    ),
)

ENDPOINTS: Final = (*_ORGANIZATION, *_FILES, *_DOCUMENTS, *_ADMIN)
