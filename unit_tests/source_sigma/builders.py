"""Settings, and records as small as the tests need them: all invented."""

from typing import Any

Json = dict[str, Any]

HOST = "http://sigma.test:9001"
TOKEN = "sigma_test_token_0123456789abcdef"
CLIENT_ID = "sigma_test_client_0123456789abcdef"
CLIENT_SECRET = "sigma_test_secret_0123456789abcdef"
HTML = "<!DOCTYPE html>\n<html><title>One moment</title></html>"
UPDATED = "2026-03-12T08:31:04.826Z"

STREAMS = (
    "whoami",
    "account_types",
    "account_type_permissions",
    "members",
    "member_teams",
    "member_files",
    "member_recent_files",
    "favorites",
    "member_schedules",
    "member_grants",
    "teams",
    "team_members",
    "team_user_attributes",
    "team_grants",
    "user_attributes",
    "user_attribute_users",
    "user_attribute_teams",
    "user_attribute_tenants",
    "workspaces",
    "workspace_grants",
    "files",
    "file_grants",
    "tags",
    "tag_workbooks",
    "templates",
    "shared_templates",
    "translation_files",
    "translation_texts",
    "workbooks",
    "workbook_pages",
    "workbook_page_elements",
    "workbook_elements",
    "workbook_element_columns",
    "workbook_element_queries",
    "workbook_element_lineage",
    "workbook_columns",
    "workbook_controls",
    "workbook_queries",
    "workbook_sources",
    "workbook_lineage",
    "workbook_schedules",
    "workbook_materialization_schedules",
    "workbook_bookmarks",
    "workbook_embeds",
    "workbook_tags",
    "workbook_tag_bookmarks",
    "workbook_version_history",
    "reports",
    "report_pages",
    "report_page_elements",
    "report_elements",
    "report_columns",
    "report_controls",
    "report_queries",
    "report_sources",
    "report_lineage",
    "report_schedules",
    "report_tags",
    "report_version_history",
    "data_models",
    "data_model_elements",
    "data_model_columns",
    "data_model_sources",
    "data_model_lineage",
    "data_model_materialization_schedules",
    "data_model_tags",
    "datasets",
    "dataset_grants",
    "dataset_materializations",
    "dataset_sources",
    "connections",
    "connection_tests",
    "connection_grants",
    "connection_paths",
    "connection_path_grants",
    "allowed_ips",
    "api_connectors",
    "api_credentials",
    "plugins",
    "saml_service_providers",
    "saml_certificates",
    "source_swap_policies",
    "deployment_policies",
    "deployment_policy_files",
    "deployment_policy_tenants",
    "deployable_tenants",
    "tenants",
    "tenant_deployment_capabilities",
)


def a_config(**settings: Any) -> Json:
    return {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "api_url": HOST, **settings}


def a_workbook(number: int, updated: str = UPDATED, **fields: Any) -> Json:
    return {"workbookId": f"workbook-{number}", "name": f"Workbook {number}", "updatedAt": updated, **fields}


def a_schedule(number: int, updated: str = UPDATED, **fields: Any) -> Json:
    return {"scheduledNotificationId": f"schedule-{number}", "updatedAt": updated, **fields}


def an_error_entry(number: int) -> Json:
    return {"code": 404, "message": "gone", "requestId": f"request-{number}"}
