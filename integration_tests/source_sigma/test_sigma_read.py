"""Every record arrives once, whatever the pages, the tokens and the server's mood."""

import pytest

from integration_tests.source_sigma.conftest import Connect
from integration_tests.source_sigma.connector import Connector

EVERYTHING = {"include_archived": True, "skip_permission_check": True}
WITHOUT_GRAPH = (
    "workbook_lineage",
    "report_lineage",
    "data_model_lineage",
    "workbook_element_lineage",
    "workbook_element_queries",
    "workbook_element_columns",
    "translation_texts",
    "workbook_tag_bookmarks",
)
"""Streams of which the sandbox has less to show than its tables hold."""
GRANTS = {"member_grants": 5, "team_grants": 3, "file_grants": 11}
FAULTS = [
    ("html", "blank", "truncated", "no_entries"),
    ("cut_connection", "reset", "402", "503"),
    ("429", "429date", "429html", "500"),
]
PLACES = ("/v2/teams", "/v2/tags", "/pages", "/v2/workspaces")


def assert_all_there(connector: Connector, streams: list[str], output: object) -> None:
    for stream in streams:
        assert connector.keys(output, stream) == connector.existing(stream), stream  # type: ignore[arg-type]


@pytest.mark.installed
def test_given_a_whole_organization_when_read_then_each_record_arrives_once(connect: Connect) -> None:
    connector = connect(page_cap=2)
    connector.settings = {**EVERYTHING}

    output = connector.read(mode="full_refresh")

    assert output.exit_code == 0
    assert set(output.statuses.values()) == {"COMPLETE"}
    names = [stream["name"] for stream in connector.discover()]
    assert len(names) == 88
    plain = [name for name in names if name not in (*WITHOUT_GRAPH, *GRANTS)]
    assert_all_there(connector, plain, output)
    rows = connector.sandbox.totals()["teams"]
    assert len(rows) == 3
    assert {stream: len(output.records(stream)) for stream in GRANTS} == {name: 3 * n for name, n in GRANTS.items()}
    assert len(output.records("workbook_element_columns")) == 4 * 2 * 3
    assert len(output.records("workbook_element_queries")) == 4
    assert len(output.records("workbook_tag_bookmarks")) == 4 * 2 * 3
    texts = {row["lng_variant"]: row["translations"]["Revenue"] for row in output.records("translation_texts")}
    assert texts == {"": "Umsatz", "variant 1": "Umsatz variant 1", "variant 2": "Umsatz variant 2"}
    lineage = output.records("workbook_lineage")
    assert len({(row["workbookId"], row["lineageKey"]) for row in lineage}) == 3 * 3
    sources = output.records("report_sources")
    assert len({(row["reportId"], row["sourceKey"]) for row in sources}) == len(sources) == 6
    assert output.text.count(connector.sandbox.client_secret) == 0


def test_given_tokens_that_end_in_the_middle_when_read_then_nothing_is_missed(connect: Connect) -> None:
    connector = connect(page_cap=1, token_requests=40, rows=2)
    connector.settings = {**EVERYTHING}
    streams = ["members", "member_teams", "workbooks", "workbook_pages", "workbook_elements", "files", "teams"]

    output = connector.read(*streams)

    assert output.exit_code == 0
    assert_all_there(connector, streams, output)
    stats = connector.sandbox.stats()
    assert stats["by_status"]["401"] > 0
    assert stats["tokens"] >= 2
    assert "429" not in stats["by_status"]
    assert "sandbox." not in output.text


def test_given_tokens_that_end_after_seconds_when_read_then_they_are_renewed_before(connect: Connect) -> None:
    connector = connect(page_cap=1, token_seconds=1.5, latency_ms=100, rows=2)
    connector.settings = {**EVERYTHING, "num_workers": 2}
    streams = ["workbooks", "workbook_pages", "workbook_elements", "workbook_controls"]

    output = connector.read(*streams)

    assert output.exit_code == 0
    assert_all_there(connector, streams, output)
    assert connector.sandbox.stats()["tokens"] >= 2


def test_given_a_read_when_its_requests_are_counted_then_each_parent_list_is_read_once(connect: Connect) -> None:
    connector = connect()

    connector.read("workbook_pages", "workbook_page_elements", "workbook_element_columns", "workbook_tags")

    paths = [request.path for request in connector.sandbox.requests()]
    workbooks = {path.split("/")[3] for path in paths if path.count("/") > 2 and "/workbooks/" in path}
    assert paths.count("/v2/workbooks") == 1
    assert paths.count("/v2/auth/token") == 1
    assert [paths.count(f"/v2/workbooks/{one}/elements") for one in workbooks] == [1] * len(workbooks)


def test_given_changes_when_read_from_the_state_then_only_they_come(connect: Connect) -> None:
    connector = connect()
    streams = ["teams", "workbooks", "workbook_schedules", "files"]
    first = connector.read(*streams)
    changed = first.records("workbooks")[0]["workbookId"]
    connector.sandbox.touch(changed, "2026-11-20T12:00:00.000Z")

    second = connector.read(*streams, state=first.last_states)

    assert second.exit_code == 0
    assert [row["workbookId"] for row in second.records("workbooks") if row["updatedAt"] >= "2026-11"] == [changed]
    assert len(second.records("teams")) == 1  # the newest, which lies within the lookback
    assert len(second.records("files")) == 1
    assert len(second.records("workbook_schedules")) == 3  # the newest of each workbook


@pytest.mark.parametrize("faults", FAULTS)
def test_given_passing_faults_when_read_then_they_are_retried_and_nothing_is_lost(
    connect: Connect, faults: tuple[str, ...]
) -> None:
    connector = connect(page_cap=2, faults=[f"{kind}:2@{place}" for kind, place in zip(faults, PLACES, strict=True)])
    connector.settings = {**EVERYTHING}
    streams = ["teams", "team_members", "workbook_pages", "tags", "tag_workbooks", "workspaces", "workspace_grants"]

    output = connector.read(*streams)

    assert output.exit_code == 0
    assert_all_there(connector, streams, output)
    assert any("retry" in line.lower() or "waiting" in line.lower() for line in output.logs("INFO"))


@pytest.mark.parametrize("fault", ["500", "403html"])
def test_given_passing_failures_where_a_status_means_nothing_when_read_then_no_record_is_taken_for_none(
    connect: Connect, fault: str
) -> None:
    connector = connect(faults=[f"{fault}:3@/elements/"], workbooks=5)

    output = connector.read("workbook_element_lineage", "workbook_element_queries")

    assert output.exit_code == 0
    paths = [request.path for request in connector.sandbox.requests() if "/elements/" in request.path]
    assert len(paths) >= len({*paths}) * 4 / 3
    assert [len(output.records(f"workbook_element_{name}")) for name in ("lineage", "queries")] == [3, 3]
    (warning,) = output.logs("WARN")
    assert "3 with HTTP 500, which is taken for no records after " in warning


def test_given_a_limit_that_no_header_tells_when_read_then_hardly_a_request_is_refused(connect: Connect) -> None:
    connector = connect(requests_a_second=40, latency_ms=20, workbooks=80)
    streams = ["workbook_pages", "workbook_tags", "workbook_sources", "workbook_controls", "workbook_bookmarks"]

    output = connector.read(*streams)

    assert output.exit_code == 0
    stats = connector.sandbox.stats()
    assert stats["by_status"]["429"] < 0.04 * stats["requests"]
    assert stats["requests"] - stats["by_status"]["429"] == 78 * 5 + 3  # and the token, whoami, the workbooks


def test_given_a_viewer_when_read_then_what_admins_see_is_skipped_with_a_word(connect: Connect) -> None:
    connector = connect()
    connector.settings = {
        "client_id": "sandbox_viewer_0123456789abcdef0123456789abcdef",
        "client_secret": "sandbox_viewer_secret_0123456789abcdef01234567",
    }

    output = connector.read()

    assert output.exit_code == 0
    assert set(output.statuses.values()) == {"COMPLETE"}
    assert len(output.records("teams")) == 3
    assert output.records("tenants") == []
    warnings = [warning for warning in output.logs("WARN") if " goes without " in warning]
    told = {warning.split("`")[1]: warning for warning in warnings}
    assert len(told) == len(warnings)
    for stream in ("account_types", "tenants", "plugins", "member_teams", "saml_service_providers"):
        assert "it needs an admin's credential" in told[stream]
        assert stream not in {state["stream"]["stream_descriptor"]["name"] for state in output.last_states}


def test_given_a_wrong_secret_when_read_then_one_error_and_nothing_else(connect: Connect) -> None:
    connector = connect()
    connector.settings = {"client_secret": "wrong_secret_0123456789abcdef0123456789abcdef"}

    output = connector.read()

    assert output.exit_code == 1
    (error,) = (message["trace"]["error"] for message in output.messages if message["type"] == "TRACE")
    assert error["message"].startswith("Sigma does not know the `client_id` or its `client_secret`")
    assert {message["type"] for message in output.messages} <= {"LOG", "TRACE"}
    assert len(output.messages) == 2
