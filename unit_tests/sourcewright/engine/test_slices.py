"""Slices of a stream: what they are, and that whoever reads them reads what a sync does."""

import pickle
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_sentry import SourceSentry
from sourcewright.engine.slices import Slice, SlicedStream
from unit_tests.source_sentry.builders import API, BACKEND, NOW, START, WEB, a_config, an_event, an_issue
from unit_tests.source_sentry.endpoints import events, issues
from unit_tests.source_sentry.sentry_mock import PROJECTS, SentryMock, SentryRequest, answer, organization_request, page
from unit_tests.source_sentry.sync import read

MIDDLE = "2026-11-12T00:00:00Z"
OLD, NEW = an_event(1, "2026-11-05T08:00:00Z"), an_event(2, "2026-11-20T08:00:00Z")


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def a_stream(name: str, state: dict[str, Any] | None = None, **settings: Any) -> SlicedStream:
    return SlicedStream(SourceSentry(config=a_config(events_window_days=11, **settings)), name, state)


def keys(stream: SlicedStream, *slices: Slice, whole: bool = False) -> list[str]:
    """Keys of what a process reads that has the slices alone."""
    return [record["id"] for record in stream.read(pickle.loads(pickle.dumps(slices)), whole=whole)]  # noqa: S301


def test_given_server_that_obeys_windows_when_cut_then_each_is_a_slice(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend", MIDDLE, NOW), page(NEW), page(NEW))
    sentry.answers(events("backend", START, MIDDLE), page(OLD), page(OLD))

    slices = a_stream("events").slices()

    assert [one["windows"] for one in slices] == [
        [{"start_time": START, "end_time": "2026-11-11T23:59:59Z"}],
        [{"start_time": MIDDLE, "end_time": "2026-11-22T09:59:59Z"}],
    ]
    assert [keys(a_stream("events"), one) for one in slices] == [[OLD["id"]], [NEW["id"]]]


def test_given_server_that_ignores_windows_when_cut_then_a_project_is_one_slice(sentry: SentryMock) -> None:
    everything = page(NEW, OLD)
    sentry.answers_projects(BACKEND, WEB)
    # To cut: the newest window, the oldest, the oldest again for all but the newest. To read: the oldest, and then all
    sentry.answers(events("backend", MIDDLE, NOW), everything)
    sentry.answers(events("backend", START, MIDDLE), everything, everything, everything)
    sentry.answers(events("backend", START, NOW), everything)

    backend, web = a_stream("events").slices()

    assert (len(backend["windows"]), len(web["windows"])) == (2, 2)
    assert sorted(keys(a_stream("events"), backend)) == [OLD["id"], NEW["id"]]


def test_given_nothing_that_shows_whether_windows_are_obeyed_when_cut_then_a_project_is_one_slice(
    sentry: SentryMock,
) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(events("backend", MIDDLE, NOW), page())

    (backend,) = a_stream("events").slices()

    assert len(backend["windows"]) == 2


def test_given_children_of_what_changed_when_cut_then_each_has_what_its_parent_hands_on(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)
    sentry.answers(issues("1"), page(an_issue(7)))

    (one,) = a_stream("issue_hashes").slices()

    assert one == {
        "partition": {"issueId": "7"},
        "windows": [{}],
        "extra": {"id": "7", "carried": {"issueLastSeen": "2026-11-20T08:00:00Z"}},
        "is_tracked": True,
    }


def test_given_a_project_that_is_refused_when_it_must_be_read_whole_then_that_is_an_error(sentry: SentryMock) -> None:
    one = Slice(
        partition={"project": "1"},
        windows=[{"start_time": START, "end_time": "2026-11-22T09:59:59Z"}],
        extra={"project": "backend", "projectId": "1"},
        is_tracked=True,
    )
    refused = answer({"detail": "You do not have permission"}, HTTPStatus.FORBIDDEN)
    sentry.answers(events("backend"), refused, refused)
    index = answer({"version": "0", "auth": {"scopes": ["project:read"]}})
    sentry.answers(SentryRequest(f"{API}/"), index, index)

    assert keys(a_stream("events"), one) == []
    with pytest.raises(AirbyteTracedException, match=r"Stream `events`: the server refuses \{'project': '1'\}"):
        keys(a_stream("events"), one, whole=True)


def test_given_windows_when_the_next_state_is_asked_for_then_it_is_that_of_a_sync(sentry: SentryMock) -> None:
    sentry.answers(PROJECTS, page(BACKEND), page(BACKEND))
    sentry.answers(events("backend", START, MIDDLE), page())
    sentry.answers(events("backend", MIDDLE, NOW), page())

    planned = a_stream("events").state_after()

    assert planned == read("events", config=a_config(events_window_days=11)).state("events")


def test_given_children_when_the_next_state_is_asked_for_then_it_is_that_of_a_sync(sentry: SentryMock) -> None:
    sentry.answers(PROJECTS, page(BACKEND), page(BACKEND))
    sentry.answers(issues("1"), page(an_issue(7)), page(an_issue(7)))
    sentry.answers(organization_request("issues/7/hashes/", per_page="100", full=""), page())

    planned = a_stream("issue_hashes").state_after()

    assert planned == read("issue_hashes", config=a_config()).state("issue_hashes")


def test_given_a_list_without_partitions_when_its_next_state_is_asked_for_then_it_is_the_end(
    sentry: SentryMock,
) -> None:
    assert a_stream("audit_logs").state_after() == {"dateCreated": NOW}
    assert sentry.requested == []


def test_given_a_moment_when_read_then_it_is_the_end_of_all_windows(sentry: SentryMock) -> None:
    sentry.answers_projects(BACKEND)

    stream = a_stream("events", sync_start=MIDDLE)

    assert stream.settings["sync_start"] == MIDDLE
    (backend,) = stream.slices()
    assert backend["windows"] == [{"start_time": START, "end_time": "2026-11-11T23:59:59Z"}]
