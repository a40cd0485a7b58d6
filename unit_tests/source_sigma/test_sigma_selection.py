"""What is read unless a user says otherwise: not what costs much, and whole where rows vanish without a word."""

import json
from typing import Any, Final

import pytest
from airbyte_cdk.models import SyncMode

from source_sigma import SourceSigma
from source_sigma.tap import TapSigma
from sourcewright.cli.catalog import configured_catalog
from unit_tests.source_sigma.builders import UPDATED, Json, a_config
from unit_tests.source_sigma.sigma_mock import SigmaMock, SigmaRequest, entries
from unit_tests.source_sigma.sync import read_changes

COSTLY: Final = {
    "member_files",
    "member_recent_files",
    "member_grants",
    "team_grants",
    "file_grants",
    "workbook_page_elements",
    "workbook_element_columns",
    "workbook_element_queries",
    "workbook_element_lineage",
    "report_page_elements",
    "workbook_tag_bookmarks",
    "datasets",
    "dataset_grants",
    "dataset_materializations",
    "dataset_sources",
    "connection_tests",
    "connection_paths",
    "connection_path_grants",
    "allowed_ips",
}
WHOLE: Final = {
    "user_attribute_users",
    "user_attribute_teams",
    "user_attribute_tenants",
    "workspace_grants",
    "dataset_grants",
    "connection_grants",
    "connection_path_grants",
}


@pytest.fixture(scope="module")
def catalog() -> dict[str, Json]:
    """What `tap-sigma --discover` says of each stream as a whole."""
    tap = TapSigma(config=a_config(), parse_env_config=False)
    entries_: list[dict[str, Any]] = json.loads(tap.catalog_json_text)["streams"]
    return {
        entry["tap_stream_id"]: {
            **entry,
            **next(part["metadata"] for part in entry["metadata"] if part["breadcrumb"] == []),
        }
        for entry in entries_
    }


def test_given_the_taps_catalog_when_looked_at_then_what_costs_much_is_not_selected(catalog: dict[str, Json]) -> None:
    unselected = {name for name, entry in catalog.items() if entry["selected-by-default"] is False}
    assert unselected == {name for name, entry in catalog.items() if not entry["selected"]} == COSTLY


def test_given_the_taps_catalog_when_looked_at_then_grants_are_read_whole(catalog: dict[str, Json]) -> None:
    keyed = {name for name, entry in catalog.items() if entry.get("replication_key")}
    assert {name for name in keyed if catalog[name]["replication_method"] == "FULL_TABLE"} == WHOLE
    assert len(keyed) > len(WHOLE)


def test_given_no_choice_when_a_catalog_is_made_then_it_has_the_same_streams_and_modes() -> None:
    chosen = configured_catalog(SourceSigma(config=a_config()), a_config(), None, [])
    assert COSTLY.isdisjoint(stream.stream.name for stream in chosen.streams)
    modes = {stream.stream.name: stream.sync_mode for stream in chosen.streams}
    assert {modes[name] for name in WHOLE - COSTLY} == {SyncMode.full_refresh}
    assert modes["workbooks"] is SyncMode.incremental


def test_given_a_saved_state_of_grants_when_read_incrementally_then_it_holds(sigma: SigmaMock) -> None:
    old, new = {"grantId": "a", "updatedAt": "2026-01-01T00:00:00.000Z"}, {"grantId": "b", "updatedAt": UPDATED}
    sigma.answers(SigmaRequest("v2/workspaces", {"limit": "1000"}), entries({"workspaceId": "w"}))
    sigma.answers(SigmaRequest("v2/workspaces/w/grants", {"limit": "1000"}), entries(old, new))
    cursor = {"updatedAt": "2026-02-01T00:00:00.000Z"}
    saved = {"use_global_cursor": False, "states": [{"partition": {"workspaceId": "w"}, "cursor": cursor}]}
    sync = read_changes("workspace_grants", state={"workspace_grants": saved})
    assert [row["grantId"] for row in sync.records("workspace_grants")] == ["b"]


def test_given_a_catalog_that_asks_for_less_when_the_tap_reads_it_then_grants_are_incremental() -> None:
    entry = json.loads(TapSigma(config=a_config(), parse_env_config=False).catalog_json_text)
    (grants,) = (stream for stream in entry["streams"] if stream["tap_stream_id"] == "workspace_grants")
    grants["replication_method"] = "INCREMENTAL"
    tap = TapSigma(config=a_config(), parse_env_config=False, catalog={"streams": [grants]})
    stream: Any = tap.streams["workspace_grants"]
    assert stream.is_incremental
    assert stream.configured().sync_mode is SyncMode.incremental
