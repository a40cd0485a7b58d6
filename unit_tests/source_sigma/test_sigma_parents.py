"""Parents: read once, left out when archived, named in their children's records."""

import pytest
import yaml

from source_sigma import SourceSigma
from source_sigma.records import IdentityKey
from unit_tests.source_sigma.builders import STREAMS, UPDATED, Json, a_config, a_workbook
from unit_tests.source_sigma.sigma_mock import SigmaMock, SigmaRequest, answer, entries, refusal
from unit_tests.source_sigma.sync import read, read_changes

WORKBOOKS = SigmaRequest("v2/workbooks", {"limit": "1000"})


def test_given_children_when_defined_then_their_parents_are_streams_of_the_catalog() -> None:
    definitions = yaml.safe_load(SourceSigma.manifest.read_text(encoding="utf-8"))["definitions"]
    parents = {definitions[stream]["$parameters"].get("parent") for stream in STREAMS} - {None}
    assert len(parents) == 21
    assert parents - {*STREAMS} == set()


def below(workbook: str, tail: str) -> SigmaRequest:
    return SigmaRequest(f"v2/workbooks/{workbook}/{tail}", {"limit": "1000"})


def test_given_children_and_grandchildren_when_read_then_each_parent_list_is_read_once(sigma: SigmaMock) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1)))
    sigma.answers(below("workbook-1", "bookmarks"), entries())
    sigma.answers(below("workbook-1", "embeds"), entries())
    sigma.answers(below("workbook-1", "pages"), entries({"pageId": "p"}))
    sigma.answers(below("workbook-1", "pages/p/elements"), entries({"elementId": "e"}))
    sigma.answers(below("workbook-1", "elements"), entries({"elementId": "e", "type": "table"}))
    sigma.answers(below("workbook-1", "elements/e/columns"), entries({"columnId": "c"}))
    sigma.answers(SigmaRequest("v2/workbooks/workbook-1/elements/e/query"), answer({"elementId": "e", "sql": "s"}))
    sync = read(
        "workbook_bookmarks",
        "workbook_embeds",
        "workbook_page_elements",
        "workbook_element_columns",
        "workbook_element_queries",
    )
    assert sync.records("workbook_page_elements") == [{"elementId": "e", "workbookId": "workbook-1", "pageId": "p"}]
    assert sync.records("workbook_element_columns") == [{"columnId": "c", "workbookId": "workbook-1", "elementId": "e"}]


def test_given_parents_that_are_streams_too_when_read_then_each_list_is_read_once_for_both(sigma: SigmaMock) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1)))
    sigma.answers(below("workbook-1", "elements"), entries({"elementId": "e", "type": "table"}))
    sigma.answers(below("workbook-1", "elements/e/columns"), entries({"columnId": "c"}))
    sync = read("workbook_element_columns", "workbook_elements", "workbooks", config=a_config(num_workers=1))
    assert len(sync.records("workbooks")) == len(sync.records("workbook_elements")) == 1
    assert sync.records("workbook_element_columns") == [{"columnId": "c", "workbookId": "workbook-1", "elementId": "e"}]


def test_given_a_parent_between_that_is_no_stream_when_read_then_nothing_of_the_shared_list_is_lacking(
    sigma: SigmaMock,
) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1)))
    sigma.answers(below("workbook-1", "elements"), entries({"elementId": "e", "type": "table"}))
    sigma.answers(below("workbook-1", "elements/e/columns"), entries({"columnId": "c"}))
    sigma.answers(below("workbook-1", "tags"), entries())
    sync = read("workbook_element_columns", "workbook_tags", "workbooks")
    assert len(sync.records("workbook_element_columns")) == 1


@pytest.mark.parametrize(
    ("settings", "state"),
    [
        ({"include_archived": True}, {}),
        ({"start_date": "2026-05-01T00:00:00Z"}, {}),
        ({}, {"workbooks": {"updatedAt": "2026-05-01T00:00:00Z"}}),
    ],
)
def test_given_a_stream_that_is_read_otherwise_than_its_parent_when_read_then_no_parent_is_missed(
    settings: Json, state: Json, sigma: SigmaMock
) -> None:
    sigma.answers(WORKBOOKS, *[entries(a_workbook(1))] * 2)
    if settings.get("include_archived"):
        sigma.answers(SigmaRequest("v2/workbooks", {"limit": "1000", "isArchived": "true"}), entries())
    sigma.answers(below("workbook-1", "pages"), entries({"pageId": "p"}))
    sync = read_changes("workbook_pages", "workbooks", config=a_config(**settings), state=state)
    assert len(sync.records("workbook_pages")) == 1


def test_given_a_shared_parent_that_fails_when_read_then_its_children_fail_with_its_reason(sigma: SigmaMock) -> None:
    sigma.answers(WORKBOOKS, refusal(418))
    sync = read("workbook_pages", "workbooks", fails=True)
    ((message, _),) = sync.errors("workbook_pages")
    assert message.startswith("Stream `workbook_pages` is read below `workbooks`, which failed: ")
    assert (sync.status("workbooks"), sync.status("workbook_pages")) == ("INCOMPLETE", "INCOMPLETE")


def test_given_copies_of_a_document_when_read_then_their_pages_are_told_apart(sigma: SigmaMock) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1), a_workbook(2)))
    for workbook in ("workbook-1", "workbook-2"):
        sigma.answers(below(workbook, "pages"), entries({"pageId": "p"}))
        sigma.answers(below(workbook, "pages/p/elements"), entries({"elementId": "e"}))
    found = read("workbook_page_elements").records("workbook_page_elements")
    assert sorted(row["workbookId"] for row in found) == ["workbook-1", "workbook-2"]


@pytest.mark.parametrize("flag", ["isArchived", "isInactive"])
def test_given_archived_parents_when_children_are_read_then_they_are_not_asked(flag: str, sigma: SigmaMock) -> None:
    sigma.answers(WORKBOOKS, entries({**a_workbook(1), flag: True}, {**a_workbook(2), flag: False}))
    sigma.answers(below("workbook-2", "pages"), entries())
    read("workbook_pages", config=a_config(include_archived=True))


def test_given_a_parent_that_is_listed_twice_when_children_are_read_then_it_is_asked_once(sigma: SigmaMock) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1), next_page="a"))
    sigma.answers(SigmaRequest("v2/workbooks", {"limit": "1000", "page": "a"}), entries(a_workbook(1)))
    sigma.answers(below("workbook-1", "pages"), entries())
    read("workbook_pages")


def test_given_elements_of_all_kinds_when_read_then_only_those_with_data_are_asked(sigma: SigmaMock) -> None:
    kinds = ["table", "visualization", "text", "control", None]
    sigma.answers(WORKBOOKS, entries(a_workbook(1)))
    elements = [{"elementId": f"e{number}", "type": kind} for number, kind in enumerate(kinds)]
    sigma.answers(below("workbook-1", "elements"), entries(*elements))
    sigma.answers(below("workbook-1", "elements/e0/columns"), entries())
    sigma.answers(below("workbook-1", "elements/e1/columns"), entries())
    read("workbook_element_columns")


def test_given_an_id_with_signs_of_addresses_when_children_are_read_then_it_is_quoted(sigma: SigmaMock) -> None:
    sigma.answers(SigmaRequest("v2/tags", {"limit": "1000"}), entries({"versionTagId": "a/b?c"}))
    sigma.answers(SigmaRequest("v2/tags/a%2Fb%3Fc/workbooks", {"limit": "1000"}), entries({"workbookId": "w"}))
    assert read("tag_workbooks").records("tag_workbooks") == [{"workbookId": "w", "versionTagId": "a/b?c"}]


def test_given_a_grant_to_a_team_when_read_by_member_then_its_own_member_stays_empty(sigma: SigmaMock) -> None:
    grant = {"grantId": "g", "memberId": "", "teamId": "t", "updatedAt": UPDATED}
    sigma.answers(SigmaRequest("v2/members", {"limit": "1000"}), entries({"memberId": "m"}))
    sigma.answers(SigmaRequest("v2/grants", {"limit": "1000", "userId": "m"}), entries(grant))
    assert read("member_grants").records("member_grants") == [{**grant, "parentMemberId": "m"}]


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        ({}, [{}]),
        ({"include_archived": True}, [{}, {"isArchived": "true"}]),
        ({"skip_permission_check": True}, [{"skipPermissionCheck": "true"}]),
        (
            {"include_archived": True, "skip_permission_check": True},
            [{"skipPermissionCheck": "true"}, {"skipPermissionCheck": "true", "isArchived": "true"}],
        ),
    ],
)
@pytest.mark.parametrize(("stream", "key"), [("workbooks", "workbookId"), ("reports", "reportId")])
def test_given_settings_when_documents_are_read_then_they_are_asked_for_so(
    stream: str, key: str, settings: Json, asked: list[Json], sigma: SigmaMock
) -> None:
    for params in asked:
        sigma.answers(SigmaRequest(f"v2/{stream}", {"limit": "1000", **params}), entries({key: "k"}))
    read(stream, config=a_config(**settings))


INCLUDING = {
    "workbooks": {"isArchived": "true"},
    "connections": {"includeArchived": "true"},
    "members": {"includeArchived": "true", "includeInactive": "true"},
}


@pytest.mark.parametrize("adds", [True, False])
@pytest.mark.parametrize(
    ("stream", "flag"), [("workbooks", "isArchived"), ("connections", "isArchived"), ("members", "isInactive")]
)
def test_given_either_meaning_of_archived_when_read_then_each_object_comes_once(
    *, adds: bool, stream: str, flag: str, sigma: SigmaMock
) -> None:
    key = f"{stream[:-1]}Id"
    active, archived = {key: "1", "updatedAt": UPDATED}, {key: "2", flag: True, "updatedAt": UPDATED}
    sigma.answers(SigmaRequest(f"v2/{stream}", {"limit": "1000"}), entries(active))
    both = entries(active, archived) if adds else entries(archived)
    sigma.answers(SigmaRequest(f"v2/{stream}", {"limit": "1000", **INCLUDING[stream]}), both)
    found = read(stream, config=a_config(include_archived=True)).records(stream)
    assert sorted(row[key] for row in found) == ["1", "2"]


def test_given_an_archived_object_in_the_plain_list_when_read_then_it_is_left_out(sigma: SigmaMock) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1), a_workbook(2, isArchived=True)))
    assert [row["workbookId"] for row in read("workbooks").records("workbooks")] == ["workbook-1"]


@pytest.mark.parametrize("flag", [None, 0, "", False])
def test_given_a_flag_of_any_type_that_says_no_when_read_then_the_object_is_active(
    flag: object, sigma: SigmaMock
) -> None:
    sigma.answers(WORKBOOKS, entries(a_workbook(1, isArchived=flag)))
    assert [row["workbookId"] for row in read("workbooks").records("workbooks")] == ["workbook-1"]


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ({"type": "table", "inodeId": "i"}, "table/i"),
        ({"type": "data-model", "dataModelId": "d", "versionTagId": "v"}, "data-model/d/v"),
        ({"type": "data-model", "dataModelId": "d", "versionTagId": None}, "data-model/d"),
        ({"type": "custom-sql", "customSqlId": "c"}, "custom-sql/c"),
        ({"type": "custom-sql", "definition": "select 1"}, "custom-sql/f9bead72c3292871"),
        ({"type": "new-kind", "some": "thing"}, "new-kind/65c3a593cffb070f"),
        ({}, "unknown/44136fa355b3678a"),
    ],
)
def test_given_a_row_without_an_id_when_keyed_then_the_key_is_of_what_it_says(row: Json, key: str) -> None:
    fields = ["dataModelId", "inodeId", "customSqlId", "versionTagId"]
    record = dict(row)
    IdentityKey(config={}, parameters={}, key="sourceKey", fields=fields, digested=["definition"]).transform(record)
    assert record == {**row, "sourceKey": key}
