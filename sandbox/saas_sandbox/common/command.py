"""The command line of a sandbox."""

import argparse
import contextlib
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from saas_sandbox.common.sandbox import Sandbox
from saas_sandbox.common.server import listen, make_server, url_of
from saas_sandbox.common.settings import Option, Settings, options


class Command:
    """Serves a sandbox as a process. Each setting is an option, except for mappings: POST those, or use Python."""

    def __init__(self, name: str, sandbox: type[Sandbox[Any, Any]], port: int) -> None:
        """Keep the command's name, what it serves, and where unless told otherwise."""
        self.name = name
        self.sandbox = sandbox
        self.port = port

    def main(self, arguments: Sequence[str] | None = None) -> int:
        """Serve until Ctrl-C or SIGTERM. Returns 2 when the port or an option is no good."""
        given = vars(self.parser().parse_args(arguments))
        try:
            sandbox = self.sandbox(self.settings(given))
            sock = listen(given["port"])
        except (OSError, ValueError) as error:
            print(f"{self.name}: {error}", file=sys.stderr)  # noqa: T201 - a command line
            return 2
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with contextlib.suppress(KeyboardInterrupt):
            words = {"Sandbox ready": sandbox.url_at(url_of(sock)), **sandbox.access()}
            print("  ".join(f"{name}: {value}" for name, value in words.items()), flush=True)  # noqa: T201
            self.serve(sandbox, sock, given)
        return 0

    def parser(self) -> argparse.ArgumentParser:
        """Build the command line: one option for each setting, and the port."""
        parser = argparse.ArgumentParser(prog=self.name, description=self.sandbox.__doc__)
        text = f"port on 127.0.0.1, 0 for a free one (default: {self.port})"
        parser.add_argument("--port", type=int, default=self.port, help=text)
        for name, option in options(self.sandbox.settings_class).items():
            if get_origin(option.kind) is not Mapping:
                _add_option(parser, name, option, getattr(self.sandbox.settings_class, name))
        return parser

    def settings(self, given: Mapping[str, Any]) -> Settings:
        """Return the settings that the options stand for; `ValueError` when they make no sense."""
        known = options(self.sandbox.settings_class)
        return self.sandbox.settings_class().changed({name: given[name] for name in known if name in given})

    def serve(self, sandbox: Sandbox[Any, Any], sock: socket.socket, given: Mapping[str, Any]) -> None:
        """Serve in this process until a signal stops it, also one that comes before uvicorn listens to signals."""
        del given
        server = make_server(sandbox.app)

        def stop(*_: object) -> None:
            server.should_exit = True

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        server.run(sockets=[sock])


def _add_option(parser: argparse.ArgumentParser, name: str, option: Option, default: Any) -> None:
    """Add the option of one setting: a switch, a repeatable word, or a value."""
    flag, text = "--" + name.replace("_", "-"), option.text.replace("%", "%%")
    shown = "" if default in (None, "", ()) else f" (default: {default})"
    if option.kind is bool:
        parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=default, help=text)
    elif get_origin(option.kind) is tuple:
        text = f"{text} (repeatable)"
        parser.add_argument(
            flag.removesuffix("s"), dest=name, action="append", default=list(default), metavar="TEXT", help=text
        )
    else:
        kind = _plain(option.kind)
        parser.add_argument(flag, type=kind, default=default, metavar=kind.__name__.upper(), help=text + shown)


def _plain(kind: Any) -> type:
    """Return the type of one word: `int` of `int | None`, `str` of a choice."""
    if get_origin(kind) is Literal:
        return str
    plain: type = next((part for part in get_args(kind) if part is not type(None)), kind)
    return plain
