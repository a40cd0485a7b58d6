"""`python -m saas_sandbox.sigma`: the Sigma sandbox as a process."""

import argparse
import contextlib
import signal
import sys
from collections.abc import Sequence
from typing import get_args, get_origin, get_type_hints

from saas_sandbox import sigma
from saas_sandbox.sentry.server import HOST, listen
from saas_sandbox.sigma.server import make_server
from saas_sandbox.sigma.settings import CLIENT_ID, CLIENT_SECRET, Settings

_NOT_HERE = ("credentials",)  # objects: pass them in Python


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM. Returns 2 when the port or an option is no good."""
    given = vars(_parser().parse_args(arguments))
    port = given.pop("port")
    try:
        server, _ = make_server(Settings().changed(given))
        sock = listen(port)
    except (OSError, ValueError) as error:
        print(f"sandbox.sigma: {error}", file=sys.stderr)  # noqa: T201 - a command line
        return 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        url = f"http://{HOST}:{sock.getsockname()[1]}"
        print(  # noqa: T201
            f"Sandbox ready: {url}  client_id: {CLIENT_ID}  client_secret: {CLIENT_SECRET}", flush=True
        )
        server.run(sockets=[sock])
    return 0


def _parser() -> argparse.ArgumentParser:
    """Build the command line from the settings: one option each, its annotation the help."""
    parser = argparse.ArgumentParser(prog="python -m saas_sandbox.sigma", description=sigma.__doc__)
    parser.add_argument("--port", type=int, default=9001, help="port on 127.0.0.1, 0 for a free one (default: 9001)")
    for name, hint in get_type_hints(Settings, include_extras=True).items():
        if name in _NOT_HERE:
            continue
        kind, text = get_args(hint)
        default = getattr(Settings, name)
        flag, text = "--" + name.replace("_", "-"), text.replace("%", "%%")
        if kind is bool:
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=default, help=text)
        elif get_origin(kind) is tuple:
            one = flag.removesuffix("s")
            parser.add_argument(
                one, dest=name, action="append", default=[], metavar="TEXT", help=f"{text} (repeatable)"
            )
        else:
            parser.add_argument(flag, type=kind, default=default, help=f"{text} (default: {default})")
    return parser


if __name__ == "__main__":
    sys.exit(main())
