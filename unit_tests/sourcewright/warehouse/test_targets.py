"""DuckDB, Parquet and, in `make test-postgres`, PostgreSQL: the same rows, the same promises."""

import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from subprocess import PIPE
from typing import Any

import duckdb
import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from sourcewright.warehouse.opening import open_target
from sourcewright.warehouse.parquet_folder import ParquetTarget
from sourcewright.warehouse.target import NotWrittenError, Target
from unit_tests.sourcewright.warehouse.conftest import Open, Query
from unit_tests.sourcewright.warehouse.tables import ACCOUNT, DATE, TEXT, WHOLE, a_stream, cursors, write


def sync(target: Target, *records: Mapping[str, Any], cursor: str = "") -> None:
    """Write records of `issues` to the end."""
    write(target, "issues", *records, cursor=cursor)
    target.finish()


def test_given_typed_fields_when_written_then_columns_have_their_types(open_it: Open, query: Query) -> None:
    target = open_it()
    kinds: dict[str, Any] = {"seen": DATE, "count": WHOLE, "share": {"type": "number"}, "open": {"type": ["boolean"]}}
    target.prepare([a_stream(**kinds, user={"type": ["null", "object"]}, odd={"type": ["string", "integer"]})])
    record = {"id": "1", "seen": "2026-11-22T12:00:00+02:00", "count": 3, "share": 0.5, "open": True}
    sync(target, {**record, "user": {"id": 7, "tags": [1]}, "odd": 1})

    target = open_it()
    types = target.columns_of("issues")
    expected = {
        "id": "VARCHAR",
        "seen": "TIMESTAMP WITH TIME ZONE",
        "count": "BIGINT",
        "share": "DOUBLE",
        "open": "BOOLEAN",
        "user": "JSON",
        "odd": "JSON",
        "_airbyte_extracted_at": "TIMESTAMP WITH TIME ZONE",
        "_airbyte_meta": "JSON",
    }
    assert types == expected
    target.close()
    text = query("SELECT CAST(seen AT TIME ZONE 'UTC' AS text), count, share, open FROM issues")
    assert text == [("2026-11-22 10:00:00", 3, 0.5, True)]
    assert query("SELECT \"user\"->>'id', _airbyte_meta FROM issues") == [("7", None)]


def test_given_rows_when_written_again_then_each_key_has_the_newest(open_it: Open, query: Query) -> None:
    target = open_it()
    target.prepare([a_stream(key=("id", "reason"), reason=TEXT, count=WHOLE)])
    sync(target, {"id": "1", "reason": None, "count": 1}, {"id": "1", "reason": "x", "count": 1})
    sync(target, {"id": "1", "reason": None, "count": 2}, {"id": "1", "reason": None, "count": 3}, {"id": "2"})
    target.close()

    rows = query("SELECT id, reason, count FROM issues ORDER BY id, count")

    assert rows == [("1", "x", 1), ("1", None, 3), ("2", None, None)]


def test_given_a_state_when_opened_again_then_it_is_returned(open_it: Open) -> None:
    streams = [a_stream(), a_stream("teams")]
    target = open_it()
    assert target.prepare(streams) == []
    sync(target, {"id": "1"}, cursor="monday")
    sync(target, cursor="tuesday")

    target = open_it()

    assert cursors(target.prepare(streams)) == {"issues": "tuesday"}
    assert target.prepare([a_stream("teams")]) == []


def test_given_a_write_that_fails_when_opened_again_then_neither_rows_nor_state_are_there(
    open_it: Open, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = open_it()
    streams = [a_stream(), a_stream("teams")]
    target.prepare(streams)
    sync(target, {"id": "1"}, cursor="monday")
    merge = target.merge

    def fail_at_the_state(table: object) -> None:
        if getattr(table, "name", "") == "_airbyte_state":
            raise duckdb.IOException("disk full")
        merge(table)  # type: ignore[arg-type]

    monkeypatch.setattr(target, "merge", fail_at_the_state)
    with pytest.raises(NotWrittenError, match=r"cannot be written: disk full"), target.problems():
        sync(target, {"id": "2"}, cursor="tuesday")

    target = open_it()
    assert cursors(target.prepare(streams)) == {"issues": "monday"}
    target.finish()
    target.close()
    assert query("SELECT id FROM issues") == [("1",)]


def test_given_new_fields_when_written_then_columns_appear(open_it: Open, query: Query) -> None:
    target = open_it()
    target.prepare([a_stream()])
    sync(target, {"id": "1"}, {"id": "2", "extra": {"a": [1]}})
    target = open_it()
    target.prepare([a_stream(count=WHOLE)])
    sync(target, {"id": "3", "count": 4, "extra": "text"})
    target.close()

    rows = query("SELECT id, CAST(extra AS text), count FROM issues ORDER BY id")

    assert [(id_, (extra or "").replace(" ", ""), count) for id_, extra, count in rows] == [
        ("1", "", None),
        ("2", '{"a":[1]}', None),
        ("3", '"text"', 4),
    ]


def test_given_values_that_do_not_fit_when_written_then_they_are_kept_beside(
    open_it: Open, query: Query, caplog: pytest.LogCaptureFixture
) -> None:
    target = open_it()
    target.prepare([a_stream(count=WHOLE, seen=DATE)])
    sync(target, {"id": "1", "count": 1.5, "seen": "never"}, {"id": "2", "count": 2.0, "seen": None})
    sync(target, {"id": "3", "count": "many"})
    target.close()

    assert caplog.messages == [
        "Stream `issues` has values that do not fit the types of their columns: see `_airbyte_meta`."
    ]

    rows = query("SELECT id, count, CAST(_airbyte_meta AS text) FROM issues ORDER BY id")
    first, second, _ = rows
    assert (first[:2], second) == (("1", None), ("2", 2, None))
    assert '"field":"count"' in first[2].replace(" ", "")
    assert '"value":"never"' in first[2].replace(" ", "")


def test_given_a_key_that_does_not_fit_when_written_then_it_is_an_error(open_it: Open) -> None:
    target = open_it()
    target.prepare([a_stream(key=("number",), number=WHOLE)])

    problem = r"Key `number` of stream `issues` must be BIGINT, but is \"a\""
    with pytest.raises(NotWrittenError, match=problem), target.problems():
        write(target, "issues", {"number": "a"})


def test_given_odd_texts_when_written_then_they_arrive(open_it: Open, query: Query) -> None:
    target = open_it()
    target.prepare([a_stream(user={"type": "object"})])
    texts = ["a\0b", "\\u0000", 'it\'s "quoted"', "ü\U0001f600\n", ""]
    sync(target, *({"id": str(n), "title": text, "user": {"name": text}} for n, text in enumerate(texts)))
    target.close()

    rows = query("SELECT \"user\"->>'name' FROM issues ORDER BY id")

    assert [name for (name,) in rows] == ["a\\u0000b", *texts[1:]]


def test_given_names_that_differ_in_case_when_written_then_both_are_kept(open_it: Open, query: Query) -> None:
    for number in ("1", "2"):
        target = open_it()
        target.prepare([a_stream(userId=TEXT)])
        sync(target, {"id": number, "userID": f"B{number}", "userId": f"a{number}"})
    target.close()

    rows = query('SELECT "userId", CAST("userID_2" AS text) FROM issues ORDER BY id')

    assert rows == [("a1", '"B1"'), ("a2", '"B2"')]


def test_given_another_account_when_opened_then_it_is_refused(open_it: Open) -> None:
    target = open_it()
    target.prepare([a_stream()])
    sync(target, {"id": "1"}, cursor="monday")

    target = open_it("source-test (organization other)")

    with pytest.raises(AirbyteTracedException) as refused:
        target.prepare([a_stream()])
    assert str(refused.value.message).endswith(
        "holds records of source-test (organization acme), not of source-test (organization other): write them "
        "elsewhere, or with another --schema."
    )


def test_given_a_table_of_somebody_else_when_opened_then_it_is_refused(open_it: Open) -> None:
    target = open_it()
    target.execute("CREATE TABLE issues (id text)")
    if isinstance(target, ParquetTarget):
        target.execute("INSERT INTO issues VALUES ('1')")

    with pytest.raises(AirbyteTracedException, match=r"has a table `issues` that this command did not make"):
        target.prepare([a_stream()])


def test_given_rows_that_were_deleted_when_opened_then_they_are_read_again(
    open_it: Open, kind: str, address: str
) -> None:
    target = open_it()
    streams = [a_stream(), a_stream("teams")]
    target.prepare(streams)
    sync(target, {"id": "1"}, cursor="monday")
    write(target, "teams", {"id": "1"}, cursor="tuesday")
    target.finish()
    if kind == "parquet":
        Path(address, "issues.parquet").unlink()
    else:
        target.execute("DROP TABLE issues")

    assert cursors(open_it().prepare(streams)) == {"teams": "tuesday"}
    assert cursors(open_it().prepare(streams)) == {"teams": "tuesday"}


@pytest.mark.parametrize("kind", ["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_given_another_sync_when_opened_then_it_is_refused(address: str) -> None:
    """A second process, or, for PostgreSQL, a second connection."""
    another = "import duckdb, sys; one = duckdb.connect(sys.argv[1]); print(flush=True); sys.stdin.read()"
    with ExitStack() as stack:
        if address.endswith(".duckdb"):
            other = subprocess.Popen([sys.executable, "-c", another, address], stdin=PIPE, stdout=PIPE)
            stack.enter_context(other)
            assert other.stdout is not None
            other.stdout.readline()
        else:
            stack.enter_context(closing(open_target(address, ACCOUNT, "")))

        with pytest.raises(AirbyteTracedException, match=r"another process has it open|Another sync writes into"):
            open_target(address, ACCOUNT, "")

        if address.endswith(".duckdb"):
            other.communicate()


@pytest.mark.parametrize("kind", ["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_given_a_schema_when_written_then_the_tables_are_in_it(address: str, query: Query) -> None:
    for _ in range(2):
        with closing(open_target(address, ACCOUNT, "a schema")) as target:
            states = target.prepare([a_stream()])
            sync(target, {"id": "1"}, cursor="monday")

    assert cursors(states) == {"issues": "monday"}
    assert query('SELECT id FROM "a schema".issues') == [("1",)]
    assert query("SELECT count(*) FROM information_schema.tables WHERE table_name = 'issues'") == [(1,)]


@pytest.mark.parametrize("kind", ["parquet"])
@pytest.mark.parametrize("statement", ["COPY", "DELETE FROM", "CHECKPOINT"])
def test_given_an_end_while_files_are_made_when_run_again_then_no_row_is_lost_or_doubled(
    open_it: Open, query: Query, statement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = open_it()
    target.prepare([a_stream()])
    sync(target, {"id": "1"}, cursor="monday")
    write(target, "issues", {"id": "1"}, {"id": "2"}, cursor="tuesday")
    execute = target.execute

    def die(sql: str) -> None:
        if sql.startswith(statement):
            raise KeyboardInterrupt
        execute(sql)

    monkeypatch.setattr(target, "execute", die)
    with pytest.raises(KeyboardInterrupt):
        target.finish()

    target = open_it()
    assert cursors(target.prepare([a_stream()])) == {"issues": "tuesday"}
    target.finish()
    target.close()
    assert query("SELECT id FROM issues ORDER BY id") == [("1",), ("2",)]
