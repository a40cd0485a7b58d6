"""`python -m saas_sandbox.sentry`: the sandbox as a process."""

import argparse
import contextlib
import multiprocessing
import signal
import socket
import sys
import time
from collections.abc import Sequence
from typing import Any, get_args, get_origin, get_type_hints

from saas_sandbox import sentry
from saas_sandbox.sentry.moments import SECOND, today_stamp
from saas_sandbox.sentry.server import HOST, listen, make_server
from saas_sandbox.sentry.settings import DEFAULT_TOKEN, ORGANIZATION, Settings

_NOT_HERE = ("tokens",)  # an object: POST it to /_sandbox/settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM. Returns 2 when the port or an option is no good."""
    given = vars(_parser().parse_args(arguments))
    port, workers = given.pop("port"), given.pop("workers")
    if workers > 1 and given["now"] is None:
        given["now"] = today_stamp(int(time.time()) * SECOND)
    try:
        settings = Settings().changed(given)
        make_server(settings)
        sock = listen(port)
    except (OSError, ValueError) as error:
        print(f"sandbox: {error}", file=sys.stderr)  # noqa: T201 - a command line
        return 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        url = f"http://{HOST}:{sock.getsockname()[1]}{settings.prefix}"
        print(f"Sandbox ready: {url}  organization: {ORGANIZATION}  token: {DEFAULT_TOKEN}", flush=True)  # noqa: T201
        _run(settings, sock, workers)
    return 0


def _run(settings: Settings, sock: socket.socket, workers: int) -> None:
    """Serve in this process and `workers - 1` others, until a signal stops this one."""
    others = [multiprocessing.Process(target=_serve, args=(settings, sock), daemon=True) for _ in range(workers - 1)]
    for process in others:
        process.start()
    _serve(settings, sock)
    for process in others:
        process.terminate()
        process.join()


def _serve(settings: Settings, sock: socket.socket) -> None:
    """Serve in this process; uvicorn raises the signal that stopped it once more."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    server, _ = make_server(settings)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[sock])


def _parser() -> argparse.ArgumentParser:
    """Build the command line from the settings: one option each, its annotation the help."""
    parser = argparse.ArgumentParser(prog="python -m saas_sandbox.sentry", description=sentry.__doc__)
    parser.add_argument("--port", type=int, default=9000, help="port on 127.0.0.1, 0 for a free one (default: 9000)")
    parser.add_argument(
        "--workers",
        type=int,
        default=1,
        help="processes on the port (default: 1). They agree on the data, and the clock stands still; "
        "the log, the limits, the faults and changed settings are each process's own",
    )
    for name, hint in get_type_hints(Settings, include_extras=True).items():
        if name not in _NOT_HERE:
            kind, text = get_args(hint)
            _add_option(parser, name, kind, text, getattr(Settings, name))
    return parser


def _add_option(parser: argparse.ArgumentParser, name: str, kind: Any, text: str, default: Any) -> None:
    """Add the option of one setting: a flag, a repeatable word, or a value."""
    flag = "--" + name.replace("_", "-")
    text = text.replace("%", "%%")
    if kind is bool:
        parser.add_argument(flag, dest=name, action="store_true", help=text)
    elif get_origin(kind) is tuple:
        one, text = flag.removesuffix("s"), f"{text} (repeatable)"
        parser.add_argument(one, dest=name, action="append", default=list(default), metavar="TEXT", help=text)
    else:
        plain = next((part for part in get_args(kind) if part is not type(None)), kind)
        shown = "" if default in (None, "") else f" (default: {default})"
        parser.add_argument(
            flag, dest=name, type=plain, default=default, metavar=plain.__name__.upper(), help=text + shown
        )


if __name__ == "__main__":
    sys.exit(main())
