"""Under the server's limits: none is overrun, and streams that wait hold up no others."""

from collections import Counter

from integration_tests.conftest import Connect
from integration_tests.source_sentry.connector import expected


def test_given_limits_on_events_when_read_then_other_streams_are_done_long_before(connect: Connect) -> None:
    connector = connect(size="bench", projects=6, events_per_project=20, issues_per_project=5, limits="saas")
    connector.sandbox.configure(time_scale=0.1)
    connector.settings["num_workers"] = 4
    done: list[str] = []

    output = connector.read("events", "teams", "releases", "members")

    for message in output.messages:
        status = message["type"] == "TRACE" and message["trace"].get("stream_status")
        if status and status["status"] == "COMPLETE":
            done.append(status["stream_descriptor"]["name"])
    assert done[-1] == "events"
    assert Counter(output.keys("events")) == expected(connector.sandbox)["events"]
    # 18 requests at 6 in 6 seconds with one under way at a time
    assert connector.sandbox.stats()["too_many"] == 0
    asked = [request.at for request in connector.sandbox.requests() if request.path.endswith("/events/")]
    others = [request.at for request in connector.sandbox.requests() if not request.path.endswith("/events/")]
    assert max(others) - min(asked) < (max(asked) - min(asked)) / 4


def test_given_a_budget_that_endpoints_share_when_read_then_it_is_not_overrun(connect: Connect) -> None:
    connector = connect(size="bench", projects=60, events_per_project=5, issues_per_project=2, limits="saas")
    connector.sandbox.configure(latency_ms=20)

    output = connector.read("project_details", "issues", "project_keys")

    assert output.exit_code == 0
    stats = connector.sandbox.stats()
    assert stats["too_many"] <= stats["requests"] / 100
    assert stats["budget"]["default"] > 2 * 40  # so it took several seconds of the budget
