"""Batches of parents, which several children read."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from sourcewright.components.runtime import ParentBatch
from sourcewright.engine.parents import SharedBatches


class Reading:
    """Batches that note when they are read; the `broken` one fails."""

    def __init__(self, number: int, broken: int = -1) -> None:
        self.number, self.broken = number, broken
        self.read: list[int] = []

    def __iter__(self) -> Iterator[ParentBatch]:
        for place in range(self.number):
            self.read.append(place)
            if place == self.broken:
                raise ConnectionError("no answer")
            yield ParentBatch([{"id": place}], {"upto": place})


def ids(batches: SharedBatches) -> list[int]:
    return [row["id"] for batch in batches for row in batch.rows]


def test_given_batches_when_the_first_is_taken_then_no_other_was_read() -> None:
    reading = Reading(3)
    assert next(iter(SharedBatches(iter(reading)))).rows == [{"id": 0}]
    assert reading.read == [0]


def test_given_several_threads_when_they_iterate_then_all_have_each_batch_which_is_read_once() -> None:
    reading = Reading(50)
    shared = SharedBatches(iter(reading))
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ids, [shared] * 8)) == [list(range(50))] * 8
    assert reading.read == list(range(50))


def test_given_a_batch_that_fails_when_iterated_again_then_the_same_error_after_the_batches_before() -> None:
    reading = Reading(3, broken=2)
    shared = SharedBatches(iter(reading))
    for _ in range(3):
        found: list[int] = []
        with pytest.raises(ConnectionError, match="no answer"):
            found.extend(row["id"] for batch in shared for row in batch.rows)
        assert found == [0, 1]
    assert reading.read == [0, 1, 2]
