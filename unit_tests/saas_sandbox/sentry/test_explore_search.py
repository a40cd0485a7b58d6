"""What Explore counts and finds, and how fast."""

import time
from collections import Counter
from typing import Any

import pytest

from unit_tests.saas_sandbox.sentry.client import DAY, EVENTS, NOW_SECONDS, Client, running
from unit_tests.saas_sandbox.sentry.explore import ask, ids, rows, stamp

MONTH: dict[str, Any] = {"start": stamp(NOW_SECONDS - 30 * DAY), "end": stamp(NOW_SECONDS)}


def test_given_rows_when_they_are_counted_then_by_project_and_by_other_columns() -> None:
    with running(global_views=True) as client:
        fields = ["project.id", "count()"]
        counted = ask(client, project=-1, field=fields, sort="-project.id").json()["data"]
        totals = client.sandbox.totals()["events"]
        assert counted == [
            {"project.id": number, "count()": len(totals[slug])}
            for number, slug in ((3, "archive"), (2, "web"), (1, "backend"))
        ]
        whole = ask(client, project=-1, field=["count()", "count_unique(project.id)"]).json()
        assert whole["data"] == [{"count()": 390, "count_unique(project.id)": 3}]
        assert whole["meta"]["fields"] == {"count()": "integer", "count_unique(project.id)": "integer"}
        by_level = ask(client, field=["level", "count()", "count_unique(issue.id)"], sort=["-count()"]).json()["data"]
        found = rows(client, field=["id", "level", "issue.id", "timestamp"])
        assert {row["level"]: row["count()"] for row in by_level} == Counter(row["level"] for row in found)
        assert by_level[0]["count_unique(issue.id)"] == len(
            {row["issue.id"] for row in found if row["level"] == by_level[0]["level"]}
        )


def test_given_no_rows_when_they_are_counted_then_there_are_none(today: Client) -> None:
    asked = {"start": "2026-03-01T00:00:00", "end": "2026-03-01T00:00:01"}
    assert ask(today, field="count()", **asked).json()["data"] == [{"count()": 0}]
    assert ask(today, field=["project.id", "count()"], **asked).json()["data"] == []


def test_given_spans_when_transactions_are_asked_then_only_those_come(today: Client) -> None:
    fields = ["id", "timestamp", "is_transaction", "parent_span", "trace", "span.duration"]
    spans = rows(today, "spans", field=fields, **MONTH)
    found = rows(today, "spans", field=fields, query="is_transaction:true", per_page=7, **MONTH)
    assert found == [row for row in spans if row["is_transaction"]]
    assert 0 < len(found) < len(spans) / 4
    assert {row["id"] for row in found} <= {*today.sandbox.totals()["transactions"]}
    children = [row for row in spans if not row["is_transaction"]]
    assert {row["parent_span"] for row in children[5:]} <= {row["id"] for row in found}
    meta = ask(today, "spans", field=fields).json()["meta"]
    assert (meta["fields"]["span.duration"], meta["units"]["span.duration"]) == ("duration", "millisecond")


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("level:error", lambda row: row["level"] == "error"),
        ("!level:error", lambda row: row["level"] != "error"),
        ("level:[fatal,info]", lambda row: row["level"] in ("fatal", "info")),
        ("level:error environment:staging", lambda row: row["level"] == "error" and row["environment"] == "staging"),
        ('tags[os]:"Windows 11"', lambda row: row["tags[os]"] == "Windows 11"),
        ("os:Windows*", lambda row: row["tags[os]"] == "Windows 11"),
        ("error.handled:true", lambda row: row["error.handled"]),
        ("error.type:KeyError", lambda row: row["error.type"] == ["KeyError"]),
        ("issue.id:>1000003", lambda row: row["issue.id"] > 1_000_003),
        ("timestamp:>=2026-02-01T00:00:00", lambda row: row["timestamp"] >= "2026-02-01"),
        ("warehouse", lambda row: "warehouse" in row["title"]),
        ("!has:release", lambda row: row["release"] is None),
        ("colour:red", lambda _: False),
    ],
)
def test_given_a_query_when_rows_are_asked_then_all_its_terms_hold(today: Client, query: str, holds: Any) -> None:
    fields = ["id", "timestamp", "level", "environment", "tags[os]", "error.handled", "error.type", "issue.id", "title"]
    everything = rows(today, field=[*fields, "release"])
    found = rows(today, field=[*fields, "release"], query=query)
    assert found == [row for row in everything if holds(row)]
    (counted,) = ask(today, field="count()", query=query).json()["data"]
    assert counted["count()"] == len(found)


def test_given_a_term_after_an_event_came_when_it_is_asked_again_then_the_event_is_found() -> None:
    with running() as client:
        event = client.get(EVENTS).json()[0]
        query = f"issue.id:{event['groupID']}"
        before = ids(rows(client, query=query))
        (new,) = client.sandbox.add_events(event["groupID"])
        client.sandbox.advance(1)
        assert ids(rows(client, query=query)) == [*before, new]


@pytest.mark.parametrize("dataset", ["logs", "spans", "tracemetrics"])
def test_given_the_names_of_attributes_when_they_are_selected_then_they_have_values_of_their_type(
    today: Client, dataset: str
) -> None:
    names = today.get("/organizations/acme/trace-items/attributes/", dataset=dataset).json()
    kinds = {row["key"]: row["attributeType"] for row in names}
    answer = ask(today, dataset, field=["id", *kinds], **MONTH).json()
    assert {name: answer["meta"]["fields"][name] for name in kinds} == kinds
    of_kind = {"string": str, "number": float}
    assert all(isinstance(answer["data"][0][name], of_kind[kind]) for name, kind in kinds.items())


def test_given_a_hundred_thousand_events_when_a_page_is_read_then_in_milliseconds() -> None:
    with running(size="bench", events_per_project=5000, global_views=True) as client:
        asked: dict[str, Any] = {
            "project": -1,
            "sort": ["timestamp", "id"],
            "field": ["id", "timestamp", "project.id", "issue.id", "title", "user.email", "release", "level"],
        }
        answer = ask(client, **asked)  # builds the events
        spent = []
        for offset in range(100, 9900, 980):
            begun = time.process_time()
            answer = ask(client, **asked, cursor=f"0:{offset}:0")
            spent.append(time.process_time() - begun)
        assert len(answer.json()["data"]) == 100
        assert sorted(spent)[len(spent) // 2] < 0.05
