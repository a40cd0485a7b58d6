"""At most two pages are decoded at a time, and each frees its slot, however its reading ends."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from sourcewright.components.windows import WindowFilter
from sourcewright.http import pages
from unit_tests.source_sentry.builders import a_config, a_project, an_event
from unit_tests.source_sentry.endpoints import events
from unit_tests.source_sentry.sentry_mock import SentryMock, organization_request, page
from unit_tests.source_sentry.sync import Sync, read


@pytest.fixture
def slots() -> pages.PageSlots:
    return pages.PageSlots(2)


def free(slots: pages.PageSlots) -> int:
    """How many slots are free."""
    return slots._free._value  # noqa: SLF001 - a semaphore has no public count


def in_thread(call: Callable[[], object]) -> None:
    thread = threading.Thread(target=call)
    thread.start()
    thread.join(5)


def test_given_pages_of_two_threads_when_one_is_read_to_its_end_then_its_slot_is_free(
    slots: pages.PageSlots,
) -> None:
    in_thread(lambda: pages.Page(b"[1]", slots))
    page_ = pages.Page(b'[{"id": 1}, {"id": 2}]', slots)
    assert free(slots) == 0
    assert list(page_.records()) == [{"id": 1}, {"id": 2}]
    assert free(slots) == 1


def test_given_page_that_was_left_halfway_when_its_thread_decodes_the_next_then_one_slot_is_taken(
    slots: pages.PageSlots,
) -> None:
    left = pages.Page(b'[{"id": 1}, {"id": 2}]', slots).records()
    assert next(left) == {"id": 1}
    pages.Page(b"[]", slots)
    assert free(slots) == 1
    slots.give_back()
    assert free(slots) == 2


@pytest.mark.parametrize("body", [b"", b" ", b"<html>", b'[{"id": 1}, {'])
def test_given_broken_bodies_when_decoded_then_they_take_no_slot(body: bytes, slots: pages.PageSlots) -> None:
    for _ in range(3):
        with pytest.raises(ValueError, match=r".*"):
            pages.Page(body, slots)
    assert free(slots) == 2


def test_given_pages_that_fail_halfway_when_read_then_the_sync_ends_and_other_streams_are_complete(
    sentry: SentryMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise ValueError("a record that nobody can read")

    monkeypatch.setattr(WindowFilter, "_is_configured", fail)
    projects = [a_project(number, f"p-{number}") for number in range(4)]
    sentry.answers_projects(*projects)
    for project in projects:
        sentry.answers(events(project["slug"]), page(an_event(1), an_event(2)))
    teams = organization_request("teams/", per_page="100")
    sentry.answers(teams, page({"id": "1"}, next_cursor="4711:1:0"))
    sentry.answers(organization_request("teams/", per_page="100", cursor="4711:1:0"), page({"id": "2"}))
    sync = ended(40, "events", "teams")
    assert (sync.status("events"), sync.status("teams")) == ("INCOMPLETE", "COMPLETE")


def ended(seconds: float, *streams: str, **settings: Any) -> Sync:
    """The failed sync, if it ends in time."""
    syncs: list[Sync] = []

    def run() -> None:
        syncs.append(read(*streams, config=a_config(**settings), fails=True))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    assert syncs, f"the sync has not ended after {seconds} s"
    return syncs[0]
