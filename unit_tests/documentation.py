"""The commands of docs/using.md, run against a sandbox: `python -m unit_tests.documentation` writes what they print.

A `console` block holds commands after `$ ` (continued after `> `) and their output, a `sql` block a query of
`sentry.duckdb`, whose result is the `text` block below it. `...` in an output stands for anything.
"""

import contextlib
import doctest
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import duckdb
import time_machine

from unit_tests.source_sentry.command import run_arguments

PAGE: Final = Path(__file__).parents[1] / "docs" / "using.md"
_BLOCK: Final = re.compile(
    r"```console\n(?P<console>.*?)```|```sql\n(?P<sql>.*?)```\n\n```text\n(?P<table>.*?)```", re.DOTALL
)
_COMMAND: Final = re.compile(r"^\$ (?P<command>.*\n(?:> .*\n)*)(?P<output>(?:(?!\$ ).*\n)*)", re.MULTILINE)
_CONNECTOR: Final = re.compile(r"(?:^|(?<=; ))source-sentry ((?:(?! 2>)[^|>;\n])*)")


@dataclass
class Shell:
    """A folder in which commands run one after the other, and the sandbox that they ask."""

    folder: Path
    opened: contextlib.ExitStack
    """What ends with the shell."""
    database: duckdb.DuckDBPyConnection
    urls: dict[str, str] = field(default_factory=dict)
    """URLs of the page, and those of the sandboxes that stand for them."""

    def run(self, command: str) -> str:
        """What a command prints, in the terms of the page."""
        for documented, real in self.urls.items():
            command = command.replace(documented, real)
        output = self._start(command) if "saas_sandbox" in command else self._bash(command)
        for documented, real in self.urls.items():
            output = output.replace(real, documented)
        return output

    def query(self, sql: str) -> str:
        """The result of the last statement of `sql`, as DuckDB draws it."""
        return f"{self.database.sql(sql)}".rstrip() + "\n"

    def _bash(self, command: str) -> str:
        """Run a command line; the connector runs in this process, which saves its start."""
        command = _CONNECTOR.sub(self._connector, command)
        environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        done = subprocess.run(
            ["bash", "-c", command],  # noqa: S607 - the one of whoever follows the page
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout

    def _connector(self, call: re.Match[str]) -> str:
        errors = io.StringIO()
        with contextlib.chdir(self.folder), contextlib.redirect_stderr(errors):
            result = run_arguments(*shlex.split(call.group(1)))
        printed, told = self.folder / ".printed", self.folder / ".told"
        printed.write_text(result.stdout, encoding="utf-8")
        told.write_text(errors.getvalue(), encoding="utf-8")
        return f"(cat {printed}; cat {told} >&2; exit {result.code}) "

    def _start(self, command: str) -> str:
        """Start a sandbox on a free port, and return the line that says that it is ready."""
        words = shlex.split(command.removesuffix("&\n"))
        place = words.index("--port") + 1
        documented = f"http://127.0.0.1:{words[place]}"
        words[place] = "0"
        # A day later by the connector's clock: the lookback finds nothing new, and all is still within the retention
        now = datetime.fromisoformat(words[words.index("--now") + 1])
        self.opened.enter_context(time_machine.travel(now + timedelta(days=1)))
        process = self.opened.enter_context(
            subprocess.Popen([sys.executable, *words[1:]], stdout=subprocess.PIPE, text=True)
        )
        self.opened.callback(process.terminate)
        assert process.stdout
        line = process.stdout.readline()
        self.urls[documented] = line.split()[2]
        return line


@contextlib.contextmanager
def shell(folder: Path) -> Iterator[Shell]:
    """A shell in `folder`; its sandboxes and its database are closed with it."""
    with contextlib.ExitStack() as opened:
        database = opened.enter_context(duckdb.connect(str(folder / "sentry.duckdb")))
        database.execute(f"SET file_search_path = '{folder}'")
        yield Shell(folder, opened, database)


def run_page(page: str, shell: Shell) -> str:
    """The page, with the outputs of its commands where the written ones do not match them."""
    return _BLOCK.sub(lambda block: _run_block(block, shell), page)


def _run_block(block: re.Match[str], shell: Shell) -> str:
    if block["sql"]:
        table = _written(block["table"], shell.query(block["sql"]))
        return f"```sql\n{block['sql']}```\n\n```text\n{table}```"
    return _COMMAND.sub(lambda call: _run_command(call, shell), block[0])


def _run_command(call: re.Match[str], shell: Shell) -> str:
    output = shell.run(call["command"].replace("\n> ", "\n"))
    return f"$ {call['command']}{_written(call['output'], output)}"


def _written(written: str, output: str) -> str:
    same = doctest.OutputChecker().check_output(written, output, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    return written if same else output


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, shell(Path(folder)) as session:
        PAGE.write_text(run_page(PAGE.read_text(encoding="utf-8"), session), encoding="utf-8")
