"""Arguments of the command line: the four commands of the Airbyte protocol, `catalog` and `sync`."""

from argparse import Action, ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Final

from sourcewright.cli.progress import is_on_terminal
from sourcewright.distribution import version

COMMANDS: Final = "spec, check, discover, read, catalog or sync"


def parse(arguments: Sequence[str]) -> Namespace:
    """Read `arguments`.

    Raises:
        SystemExit: They are wrong, or ask for help or the version; argparse has said so.

    """
    parser = ArgumentParser(allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"%(prog)s {version()}")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND")

    def add(name: str, about: str) -> ArgumentParser:
        command = commands.add_parser(name, help=about, description=about, allow_abbrev=False)
        command.add_argument("--debug", action="store_true", help="log in detail")
        return command

    add("spec", "Print the settings that there are.")
    for command in (add("check", "Say whether the API can be read."), add("discover", "Print all streams.")):
        _add_file(command, "config", "JSON file of the settings", required=True)
    read = add("read", "Print the records of the streams of a catalog, and states.")
    _add_file(read, "config", "JSON file of the settings", required=True)
    _add_file(read, "catalog", "JSON file of a configured catalog, as `catalog` prints it", required=True)
    _add_file(read, "state", "JSON file of the last states of an earlier sync")
    catalog = add("catalog", "Print a configured catalog, for `read`.")
    _add_file(catalog, "config", "JSON file of the settings, where they define streams")
    sync = add("sync", "Read into a warehouse, from where the last sync ended.")
    _add_file(sync, "config", "JSON file of the settings", required=True)
    sync.add_argument(
        "--into",
        required=True,
        metavar="TARGET",
        help="file that ends in .duckdb, postgresql://user:password@host/database, or a folder for Parquet files",
    )
    sync.add_argument("--schema", default="", help="schema of the tables, in DuckDB and PostgreSQL")
    for command in (catalog, sync):
        command.add_argument("--streams", type=_names, metavar="A,B", help="streams to read")
        command.add_argument("--exclude", type=_names, default=[], metavar="A,B", help="streams not to read")

    parsed = parser.parse_args(arguments)
    if not parsed.command and is_on_terminal():
        parser.error(f"use a command: {COMMANDS}")
    return parsed


def _add_file(command: ArgumentParser, name: str, about: str, *, required: bool = False) -> Action:
    return command.add_argument(f"--{name}", required=required, metavar="FILE", help=about)


def _names(value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip()]
