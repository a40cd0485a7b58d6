"""`sentry-sandbox`, or `python -m saas_sandbox.sentry`: the sandbox as a process."""

import argparse
import contextlib
import multiprocessing
import signal
import socket
import sys
import time
from collections.abc import Mapping
from typing import Any, Final

from typing_extensions import override

from saas_sandbox.common.clock import SECOND
from saas_sandbox.common.command import Command
from saas_sandbox.common.sandbox import Sandbox
from saas_sandbox.common.settings import Settings
from saas_sandbox.sentry import server
from saas_sandbox.sentry.moments import today_stamp


class SentryCommand(Command):
    """Can serve in several processes."""

    @override
    def parser(self) -> argparse.ArgumentParser:
        parser = super().parser()
        parser.add_argument(
            "--workers",
            type=int,
            default=1,
            help="processes on the port (default: 1). They agree on the data, and the clock stands still; "
            "the log, the limits, the faults and changed settings are each process's own",
        )
        return parser

    @override
    def settings(self, given: Mapping[str, Any]) -> Settings:
        now = given["now"] or (today_stamp(int(time.time()) * SECOND) if given["workers"] > 1 else None)
        return super().settings({**given, "now": now})

    @override
    def serve(self, sandbox: Sandbox[Any, Any], sock: socket.socket, given: Mapping[str, Any]) -> None:
        """Serve in this process and the other workers, until a signal stops this one."""
        others = [
            multiprocessing.Process(target=self._work, args=(sandbox.settings, sock), daemon=True)
            for _ in range(given["workers"] - 1)
        ]
        for process in others:
            process.start()
        with contextlib.suppress(KeyboardInterrupt):
            super().serve(sandbox, sock, given)
        for process in others:
            process.terminate()
            process.join()

    def _work(self, settings: Settings, sock: socket.socket) -> None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with contextlib.suppress(KeyboardInterrupt):
            super().serve(self.sandbox(settings), sock, {})


main: Final = SentryCommand("sentry-sandbox", server.Sandbox, port=9000).main

if __name__ == "__main__":
    sys.exit(main())
