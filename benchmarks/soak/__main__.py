"""`make soak MINUTES=30`: prints a table, and ends with exit code 1 if something grew, stayed or is missing."""

import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any, Final

from benchmarks.soak.readers import Command, LongProcess, Reader
from saas_sandbox.sentry.server import Sandbox, serve
from saas_sandbox.sentry.settings import Settings, Token
from source_sentry import SourceSentry

STREAMS: Final = ("events", "issues", "issue_hashes", "releases", "members", "teams", "project_keys")
FAULTS: Final = (
    *("html:41", "blank:43", "truncated:47", "cut_connection:53"),
    *("reset:59", "429:61", "500:67", "502:71"),
)
"""2 % of all requests, as each counts only those that were never made before; seldom two faults for one."""
TOKENS: Final = {name: f"sntryu_soak_{name}_0123456789abcdef" for name in ("command", "process")}
"""One for each reader, since a budget is a token's."""
GROWTH: Final = 1.1
"""Memory of the last third of the syncs, as a part of that of the second third."""


def main(minutes: float) -> str:
    """Soak, print the table, and return what is wrong."""
    tokens = {token: Token() for token in TOKENS.values()}
    settings = Settings(tokens=tokens, limits="saas", faults=FAULTS)
    with tempfile.TemporaryDirectory() as folder, serve(settings) as sandbox:
        command = Command("command", prepare(Path(folder, "command"), sandbox, TOKENS["command"]))
        process = LongProcess("process", prepare(Path(folder, "process"), sandbox, TOKENS["process"]))
        readers = command, process
        with process.running():
            changes = soak(sandbox, readers, minutes * 60)
            time.sleep(2)  # what came last is visible a second later
            totals = sandbox.totals()
            for reader in readers:
                reader.sync()
        wrong = [
            *chain(*(judge(reader) for reader in readers)),
            *chain(*(missing(totals, reader) for reader in readers)),
        ]
        sys.stdout.write(table(readers, minutes, changes, sandbox.stats()))
    return "\n".join(wrong)


def prepare(folder: Path, sandbox: Sandbox, token: str) -> Path:
    """Write config and catalog of one reader into `folder`."""
    folder.mkdir()
    config = {"auth_token": token, "organization": sandbox.organization, "hostname": sandbox.url}
    streams = [stream for stream in SourceSentry(config=config).streams(config) if stream.name in STREAMS]
    configured = [configure(stream.as_airbyte_stream()) for stream in streams]
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "catalog.json").write_text(json.dumps({"streams": configured}))
    return folder


def configure(stream: Any) -> dict[str, Any]:
    """Entry of a configured catalog, incremental where that is possible."""
    modes = [mode.value for mode in stream.supported_sync_modes]
    described = {
        "name": stream.name,
        "json_schema": {},
        "supported_sync_modes": modes,
        "source_defined_primary_key": stream.source_defined_primary_key,
    }
    return {"stream": described, "sync_mode": max(modes, key="incremental".__eq__), "destination_sync_mode": "append"}


def soak(sandbox: Sandbox, readers: tuple[Reader, ...], seconds: float) -> dict[str, int]:
    """Sync with all readers and change the data until the time is over; return the number of changes by kind."""
    end, changes = time.monotonic() + seconds, dict.fromkeys(("events", "resolved", "merged", "deleted"), 0)

    def repeat(reader: Reader) -> None:
        while time.monotonic() < end:
            reader.sync()

    threads = [threading.Thread(target=repeat, args=(reader,), daemon=True) for reader in readers]
    for thread in threads:
        thread.start()
    for kind in change(sandbox, Random(1)):  # noqa: S311 - a sequence that is the same each time
        changes[kind] += 1
        time.sleep(1)
        if not any(thread.is_alive() for thread in threads):
            return changes
    raise AssertionError


def change(sandbox: Sandbox, rng: Random) -> Iterator[str]:
    """Let an issue have new events, resolve or delete one or merge two, again and again; yield what was done."""
    while True:
        kind = rng.choices(("events", "resolved", "merged", "deleted"), weights=(16, 2, 1, 1))[0]
        project = rng.choice([project for project in sandbox.state.world.projects if any(project.errors.tracks)])
        errors, now = project.errors, sandbox.state.clock.now()
        # Not into one that is still to come: it would appear with an old date, as no issue of Sentry does
        issues = [str(project.issue(n).id) for n, rows in enumerate(errors.tracks) if rows and errors.at[rows[0]] < now]
        if kind == "events":
            sandbox.add_events(rng.choice(issues), rng.randint(1, 5))
        elif kind == "resolved":
            sandbox.change_issue(rng.choice(issues), status="resolved")
        elif kind == "deleted" and len(issues) > 2:  # noqa: PLR2004 - some are left for the end
            sandbox.delete_issue(rng.choice(issues))
        elif len(issues) > 2:  # noqa: PLR2004
            sandbox.merge_issue(*rng.sample(issues, 2))
        yield kind


def judge(reader: Reader) -> Iterator[str]:
    """What grew, stayed or failed."""
    for number, sync in enumerate(reader.syncs, 1):
        if sync.failed:
            yield f"{reader.name}: sync {number} failed: {', '.join(sync.failed)}"
    third = len(reader.syncs) // 3  # the first one may still fill caches
    before, after = (
        max(sync.rss for sync in part) for part in (reader.syncs[: 2 * third or 1], reader.syncs[2 * third :])
    )
    if third > 1 and after > before * GROWTH:
        yield f"{reader.name}: memory grew from {before:.0f} to {after:.0f} MB"
    last = reader.syncs[-1]
    if last.threads > 1 or last.sockets:
        yield f"{reader.name}: {last.threads} threads and {last.sockets} sockets are left"


def missing(totals: Mapping[str, Any], reader: Reader) -> Iterator[str]:
    """What exists and was never read."""
    for stream in ("events", "issues", "releases", "members", "teams"):
        exist = totals[stream]
        keys = {str(key) for key in (chain(*exist.values()) if isinstance(exist, dict) else exist)}
        unread = keys - {key[-1] for key in reader.keys[stream]}
        if unread:
            yield f"{reader.name}: {len(unread)} of {len(keys)} {stream} were never read, such as {min(unread)}"


def table(readers: tuple[Reader, ...], minutes: float, changes: dict[str, int], stats: dict[str, Any]) -> str:
    """The figures, as Markdown."""
    lines = [
        f"{minutes:g} minutes, {stats['requests']} requests, by status {stats['by_status']}; changes: {changes}",
        "",
        "| reader | syncs | records | keys | RSS first, last, most (MB) | threads left | sockets left |",
        "|---|---|---|---|---|---|---|",
    ]
    for reader in readers:
        rss = [sync.rss for sync in reader.syncs]
        keys = sum(map(len, reader.keys.values()))
        last = reader.syncs[-1]
        lines.append(
            f"| {reader.name} | {len(rss)} | {reader.records} | {keys} | {rss[0]:.0f}, {rss[-1]:.0f}, {max(rss):.0f} "
            f"| {last.threads} | {last.sockets} |"
        )
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])) or None)
