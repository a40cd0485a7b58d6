"""Every stream: the requests it makes, exactly, through two pages, and what becomes of its records."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from source_sigma import SourceSigma
from unit_tests.manifests import streams
from unit_tests.source_sentry.builders import without
from unit_tests.source_sigma.builders import UPDATED, Json, a_config
from unit_tests.source_sigma.sigma_mock import SigmaMock, SigmaRequest, answer, entries, token_entries
from unit_tests.source_sigma.sync import read

PAGE, TOKEN, ARRAY, OBJECT = "page", "token", "array", "object"
LIMIT = {PAGE: {"limit": "1000"}, TOKEN: {"pageSize": "500"}, ARRAY: {}, OBJECT: {}}
TRICKY_TOKEN = "1e3+/=&page"


@dataclass(frozen=True)
class Case:
    """Path and shape of a stream's list, the lists above it with one row each, and what is added to a row."""

    path: str
    shape: str = PAGE
    above: tuple[tuple[str, str, Json], ...] = ()
    added: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)

    def request(self, token: str | None = None) -> SigmaRequest:
        more = {"page" if self.shape == PAGE else "pageToken": token} if token else {}
        return SigmaRequest(self.path, {**LIMIT[self.shape], **self.params, **more})


def child(parent: tuple[str, str, str], tail: str, shape: str = PAGE, **more: Any) -> Case:
    """A list below the one row of `parent`: its path, its shape, its id's name; the id looks like a number."""
    path, parent_shape, name = parent
    added = more.pop("added", {name: "1e3"})
    return Case(f"{path}/1e3/{tail}", shape, ((path, parent_shape, {name: "1e3"}),), added, **more)


def below(parent: tuple[str, str, str], *tails: tuple[str, str, str]) -> dict[str, Case]:
    return {stream: child(parent, tail, shape) for stream, tail, shape in tails}


MEMBERS = ("v2/members", PAGE, "memberId")
TEAMS = ("v2/teams", PAGE, "teamId")
ATTRIBUTES = ("v2/user-attributes", PAGE, "userAttributeId")
WORKBOOKS = ("v2/workbooks", PAGE, "workbookId")
REPORTS = ("v2/reports", PAGE, "reportId")
MODELS = ("v2/dataModels", PAGE, "dataModelId")
DATASETS = ("v2/datasets", PAGE, "datasetId")
CONNECTIONS = ("v2/connections", PAGE, "connectionId")
POLICIES = ("v2/deploymentPolicies", TOKEN, "deploymentPolicyId")
WORKBOOK_PAGE = {"pageId": "0042", "workbookId": "1e3"}
ELEMENT = {"elementId": "0042", "workbookId": "1e3"}
IN_WORKBOOK = ("v2/workbooks", PAGE, {"workbookId": "1e3"})
ELEMENTS = (IN_WORKBOOK, ("v2/workbooks/1e3/elements", PAGE, {"elementId": "0042", "type": "table"}))
NO_KEY = {"sourceKey": "table/inode-1"}
NO_LINEAGE_KEY = {"lineageKey": "table/inode-1"}


def grants(parent: tuple[str, str, str], selector: str, added: str, **more: str) -> Case:
    path, shape, name = parent
    return Case("v2/grants", PAGE, ((path, shape, {name: "1e3"}),), {added: "1e3"}, {selector: "1e3", **more})


CASES: dict[str, Case] = {
    "whoami": Case("v2/whoami", OBJECT),
    "account_types": Case("v2/accountTypes", TOKEN),
    "account_type_permissions": child(("v2/accountTypes", TOKEN, "accountTypeId"), "permissions", ARRAY),
    "members": Case("v2/members"),
    **below(
        MEMBERS,
        ("member_teams", "teams", PAGE),
        ("member_files", "files", PAGE),
        ("member_recent_files", "files/recents", PAGE),
        ("favorites", "files/favorites", PAGE),
        ("member_schedules", "schedules", PAGE),
    ),
    "member_grants": grants(MEMBERS, "userId", "parentMemberId"),
    "teams": Case("v2/teams"),
    **below(TEAMS, ("team_members", "members", PAGE), ("team_user_attributes", "user-attributes", PAGE)),
    "team_grants": grants(TEAMS, "teamId", "parentTeamId"),
    "user_attributes": Case("v2/user-attributes"),
    **below(
        ATTRIBUTES,
        ("user_attribute_users", "users", PAGE),
        ("user_attribute_teams", "teams", PAGE),
        ("user_attribute_tenants", "tenants", PAGE),
    ),
    "workspaces": Case("v2/workspaces"),
    "workspace_grants": child(("v2/workspaces", PAGE, "workspaceId"), "grants"),
    "files": Case("v2/files"),
    "file_grants": grants(("v2/files", PAGE, "id"), "inodeId", "fileId", directGrantsOnly="true"),
    "tags": Case("v2/tags"),
    "tag_workbooks": child(("v2/tags", PAGE, "versionTagId"), "workbooks"),
    "templates": Case("v2/templates"),
    "shared_templates": Case("v2/shared_templates/shared_with_you"),
    "translation_files": Case("v2/translations/organization", added={"lng_variant": ""}),
    "translation_texts": Case(
        "v2/translations/organization/de",
        OBJECT,
        (("v2/translations/organization", PAGE, {"lng": "de", "lng_variant": None}),),
        {"lng": "de", "lng_variant": ""},
    ),
    "workbooks": Case("v2/workbooks"),
    **below(
        WORKBOOKS,
        ("workbook_pages", "pages", PAGE),
        ("workbook_elements", "elements", PAGE),
        ("workbook_controls", "controls", PAGE),
        ("workbook_schedules", "schedules", PAGE),
        ("workbook_materialization_schedules", "materialization-schedules", PAGE),
        ("workbook_bookmarks", "bookmarks", PAGE),
        ("workbook_embeds", "embeds", PAGE),
        ("workbook_tags", "tags", PAGE),
        ("workbook_version_history", "version-history", PAGE),
    ),
    "workbook_columns": child(WORKBOOKS, "columns", added={"workbookId": "1e3", "elementId": ""}),
    "workbook_queries": child(WORKBOOKS, "queries", params={"limit": "50"}),
    "workbook_sources": child(WORKBOOKS, "sources", ARRAY, added={"workbookId": "1e3", **NO_KEY}),
    "workbook_lineage": child(WORKBOOKS, "lineage", added={"workbookId": "1e3", **NO_LINEAGE_KEY}),
    "workbook_tag_bookmarks": Case(
        "v2/workbooks/1e3/tags/Final%20%2F%20Q4/bookmarks",
        PAGE,
        (IN_WORKBOOK, ("v2/workbooks/1e3/tags", PAGE, {"versionTagId": "v", "name": "Final / Q4"})),
        {"workbookId": "1e3", "versionTagId": "v"},
    ),
    "workbook_page_elements": Case(
        "v2/workbooks/1e3/pages/0042/elements",
        PAGE,
        (IN_WORKBOOK, ("v2/workbooks/1e3/pages", PAGE, {"pageId": "0042"})),
        WORKBOOK_PAGE,
    ),
    "workbook_element_columns": Case("v2/workbooks/1e3/elements/0042/columns", PAGE, ELEMENTS, ELEMENT),
    "workbook_element_queries": Case("v2/workbooks/1e3/elements/0042/query", OBJECT, ELEMENTS, ELEMENT),
    "workbook_element_lineage": Case("v2/workbooks/1e3/lineage/elements/0042", OBJECT, ELEMENTS, ELEMENT),
    "reports": Case("v2/reports"),
    **below(
        REPORTS,
        ("report_pages", "pages", TOKEN),
        ("report_elements", "elements", TOKEN),
        ("report_controls", "controls", TOKEN),
        ("report_queries", "queries", TOKEN),
        ("report_schedules", "schedules", PAGE),
        ("report_tags", "tags", TOKEN),
        ("report_version_history", "version-history", TOKEN),
    ),
    "report_page_elements": Case(
        "v2/reports/1e3/pages/0042/elements",
        TOKEN,
        (("v2/reports", PAGE, {"reportId": "1e3"}), ("v2/reports/1e3/pages", TOKEN, {"pageId": "0042"})),
        {"pageId": "0042", "reportId": "1e3"},
    ),
    "report_columns": child(REPORTS, "columns", TOKEN, added={"reportId": "1e3", "elementId": ""}),
    "report_sources": child(REPORTS, "sources", ARRAY, added={"reportId": "1e3", **NO_KEY}),
    "report_lineage": child(REPORTS, "lineage", TOKEN, added={"reportId": "1e3", **NO_LINEAGE_KEY}),
    "data_models": Case("v2/dataModels"),
    **below(
        MODELS,
        ("data_model_elements", "elements", PAGE),
        ("data_model_materialization_schedules", "materializationSchedules", TOKEN),
        ("data_model_tags", "tags", PAGE),
    ),
    "data_model_columns": child(MODELS, "columns", added={"dataModelId": "1e3", "elementId": ""}),
    "data_model_sources": child(MODELS, "sources", TOKEN, added={"parentDataModelId": "1e3", **NO_KEY}),
    "data_model_lineage": child(MODELS, "lineage", added={"parentDataModelId": "1e3", **NO_LINEAGE_KEY}),
    "datasets": Case("v2/datasets"),
    **below(
        DATASETS,
        ("dataset_grants", "grants", PAGE),
        ("dataset_materializations", "materialization", PAGE),
        ("dataset_sources", "sources", ARRAY),
    ),
    "connections": Case("v2/connections"),
    **below(CONNECTIONS, ("connection_tests", "test", OBJECT), ("connection_grants", "grants", PAGE)),
    "connection_paths": Case("v2/connections/paths"),
    "connection_path_grants": child(("v2/connections/paths", PAGE, "urlId"), "grants"),
    "allowed_ips": Case("v3alpha/allowedIps", TOKEN),
    "api_connectors": Case("v2/api-connectors", TOKEN),
    "api_credentials": Case("v2/api-credentials", TOKEN),
    "plugins": Case("v2/plugins", TOKEN),
    "saml_service_providers": Case("v2/saml/service-providers", TOKEN),
    "saml_certificates": child(("v2/saml/service-providers", TOKEN, "samlServiceProviderId"), "certificates", TOKEN),
    "source_swap_policies": Case("v2/sourceSwapPolicies"),
    "deployment_policies": Case("v2/deploymentPolicies", TOKEN),
    **below(POLICIES, ("deployment_policy_files", "files", TOKEN), ("deployment_policy_tenants", "tenants", TOKEN)),
    "deployable_tenants": Case("v2/deploymentPolicies/tenants", TOKEN),
    "tenants": Case("v2/tenants", TOKEN),
    "tenant_deployment_capabilities": child(
        ("v2/tenants", TOKEN, "tenantOrganizationId"),
        "capabilities/deployments",
        TOKEN,
        added={"parentTenantOrganizationId": "1e3"},
    ),
}


def test_given_table_when_compared_with_the_connector_then_it_has_every_stream() -> None:
    assert sorted(CASES) == sorted(stream.name for stream in SourceSigma(config=a_config()).streams({}))


@pytest.mark.parametrize("stream", CASES)
def test_given_stream_when_read_then_requests_and_records_are_exact(stream: str, sigma: SigmaMock) -> None:
    case, rows = CASES[stream], [a_row(number, stream) for number in range(3)]
    for path, shape, parent in case.above:
        one_page = token_entries if shape == TOKEN else entries
        sigma.answers(SigmaRequest(path, LIMIT[shape]), one_page(parent))
    if case.shape == OBJECT:
        rows = rows[:1]
        sigma.answers(case.request(), answer(rows[0]))
    elif case.shape == ARRAY:
        sigma.answers(case.request(), answer(rows))
    elif case.shape == PAGE:
        sigma.answers(case.request(), entries(*rows[:2], next_page=TRICKY_TOKEN))
        sigma.answers(case.request(TRICKY_TOKEN), entries(*rows[2:]))
    else:
        sigma.answers(case.request(), token_entries(*rows[:2], next_token=TRICKY_TOKEN))
        sigma.answers(case.request(TRICKY_TOKEN), token_entries(*rows[2:]))

    sync = read(stream)

    assert sync.records(stream) == [{**row, **case.added} for row in rows]
    assert (sync.status(stream), sync.warnings()) == ("COMPLETE", [])


SCHEMAS = {
    stream: json.loads(SourceSigma.manifest.with_name("schemas").joinpath(f"{stream}.json").read_text())["properties"]
    for stream in CASES
}


def a_row(number: int, stream: str) -> Json:
    """A row of a list: its part of the key, fields that other parts are made of, and one of the schema if none is."""
    key = {part: f"{part}-{number}" for part in streams("source_sigma")[stream]["primary_key"]}
    own = without(key, *CASES[stream].added)
    row = {
        "type": "table",
        "inodeId": "inode-1",
        "isNew": 0,
        "updatedAt": UPDATED,
        "description": f"Row {number}",
        **own,
    }
    expected = streams("source_sigma")[stream]["$parameters"].get("expects", [])
    row |= {name: CASES[stream].added.get(name, f"{name}-{number}") for name in expected if name not in row}
    if SCHEMAS[stream].keys().isdisjoint(row):
        row[next(name for name in SCHEMAS[stream] if name not in CASES[stream].added)] = f"{number}"
    return row
