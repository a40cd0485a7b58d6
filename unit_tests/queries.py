"""The queries of docs/queries.md, run on tables of a sandbox: `python -m unit_tests.queries` writes their results."""

import json
import tempfile
from pathlib import Path
from typing import Any, Final

import time_machine

from saas_sandbox.sentry.server import Sandbox, serve
from saas_sandbox.sentry.settings import Settings
from source_sentry import SourceSentry
from unit_tests.documentation import Shell, run_page, shell
from unit_tests.manifests import streams
from unit_tests.source_sentry.builders import NOW
from unit_tests.source_sentry.sync import read_source

PAGE: Final = Path(__file__).parents[1] / "docs" / "queries.md"
TABLES: Final = ("issues", "events", "issue_states", "issue_tombstones", "issue_activities")


def fill(session: Shell) -> None:
    """Make the tables, by syncs of an organization in which issues are resolved, merged and deleted."""
    tables: dict[str, dict[Any, Any]] = {name: {} for name in TABLES}
    with time_machine.travel(NOW), serve(Settings(size="tiny", now=NOW)) as sandbox:
        state = _sync(sandbox, tables, {})
        issues = sorted(tables["issue_states"])
        (resolved, *_) = (issue for issue in issues if tables["issue_states"][issue]["status"] == "unresolved")
        sandbox.change_issue(resolved, status="resolved", notes=1)
        others = [issue for issue in issues if issue != resolved]
        sandbox.merge_issue(others[0], others[1])
        sandbox.merge_issue(others[1], others[2])
        sandbox.delete_issue(others[3])
        for _ in range(2):
            state = _sync(sandbox, tables, state)
    for name, rows in tables.items():
        path = session.folder / f"{name}.jsonl"
        path.write_text("\n".join(map(json.dumps, rows.values())), encoding="utf-8")
        session.database.execute(f"CREATE TABLE {name} AS FROM read_json('{path}', sample_size = -1)")
    session.database.execute("SET TimeZone = 'UTC'")


def _sync(sandbox: Sandbox, tables: dict[str, dict[Any, Any]], state: dict[str, Any]) -> dict[str, Any]:
    config = {"auth_token": sandbox.token, "organization": "acme", "hostname": sandbox.url, "issue_reconcile": "always"}
    done = read_source(SourceSentry, *tables, config=config, state=state)
    for name, table in tables.items():
        keys = streams("source_sentry")[name]["primary_key"]
        table.update({"/".join(str(row[key]) for key in keys): row for row in done.records(name)})
    return {name: done.state(name) for name in tables}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, shell(Path(folder)) as opened:
        fill(opened)
        PAGE.write_text(run_page(PAGE.read_text(encoding="utf-8"), opened), encoding="utf-8")
