import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from sourcewright.singer.bookmarks import lowest_cursor, to_airbyte, to_bookmark

EARLY, LATE = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
STATE = {
    "use_global_cursor": False,
    "states": [
        {"partition": {"project": "1"}, "cursor": {"lastSeen": LATE}},
        {"partition": {"project": "2"}, "cursor": {"lastSeen": EARLY}},
    ],
}
WHOLE = {"state": {"lastSeen": EARLY}, "lastSeen": EARLY}


def test_given_a_state_when_made_a_bookmark_and_back_then_it_is_the_same() -> None:
    bookmark = to_bookmark(STATE, "lastSeen")

    assert bookmark == {"start": EARLY, "airbyte_state": STATE}
    assert sent(bookmark) == STATE


@pytest.mark.parametrize("name", ["start", "lastSeen", "replication_key_value"])
def test_given_one_cursor_when_read_then_it_counts_for_the_whole_stream(name: str) -> None:
    assert sent({name: EARLY}) == WHOLE


def test_given_an_edited_start_when_read_then_it_wins() -> None:
    assert sent({**to_bookmark(STATE, "lastSeen"), "start": "2025-01-01T00:00:00Z"}) == {
        "state": {"lastSeen": "2025-01-01T00:00:00Z"},
        "lastSeen": "2025-01-01T00:00:00Z",
    }


@pytest.mark.parametrize("bookmark", [{}, {"start": None}])
def test_given_nothing_saved_when_read_then_there_is_no_state(bookmark: dict[str, object]) -> None:
    assert to_airbyte("issues", bookmark, "lastSeen") is None


def test_given_an_unknown_form_when_read_then_it_is_refused() -> None:
    with pytest.raises(AirbyteTracedException, match="bookmark of stream `issues` is not one that this tap"):
        to_airbyte("issues", {"position": 7}, "lastSeen")


@pytest.mark.parametrize(
    ("state", "lowest"),
    [
        ({"lastSeen": EARLY}, EARLY),
        (STATE, EARLY),
        ({"states": []}, None),
        ({"states": [1]}, None),
        ({"states": 1}, None),
        ({}, None),
        ({"lastSeen": [1]}, None),
    ],
)
def test_given_states_when_searched_then_the_lowest_cursor_is_found(
    state: dict[str, object], lowest: str | None
) -> None:
    assert lowest_cursor(state, "lastSeen") == lowest


def sent(bookmark: dict[str, object]) -> dict[str, object]:
    message = to_airbyte("issues", bookmark, "lastSeen")
    assert message is not None
    assert message.stream is not None
    return dict(vars(message.stream.stream_state))
