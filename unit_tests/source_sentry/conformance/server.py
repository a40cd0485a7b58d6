"""A server that answers each path with the example of its stream, whatever stands in the placeholders."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final
from urllib.parse import urlsplit

from typing_extensions import override

from unit_tests.source_sentry.conformance.description import position

_TOKEN: Final = {"version": "0", "auth": {"scopes": []}}
"""The index of the API."""
_READERS: Final = 2


@dataclass
class Replayer:
    """Answers by position: `projects/{}/{}/keys/`."""

    answers: Mapping[str, Any]
    url: str = ""
    asked: Counter[str] = field(default_factory=Counter)

    def answer(self, url: str) -> tuple[HTTPStatus, Any]:
        """The answer of the position that fits the path of `url` with the fewest placeholders.

        A stream and its children ask for the same page; whoever asks for it again takes the answer for a broken one.
        """
        self.asked[url] += 1
        if self.asked[url] > _READERS:
            return HTTPStatus.BAD_REQUEST, {"detail": f"{url} is asked for again"}
        place = position(urlsplit(url).path)
        if place == "/":
            return HTTPStatus.OK, _TOKEN
        fitting = [known for known in self.answers if re.fullmatch(_pattern(known), place)]
        if not fitting:
            return HTTPStatus.NOT_FOUND, {"detail": "The requested resource does not exist"}
        return HTTPStatus.OK, self.answers[min(fitting, key=lambda known: known.count("{}"))]

    @contextmanager
    def serve(self) -> Iterator["Replayer"]:
        """Answer on a free port of this machine, until the end of the block."""
        with ThreadingHTTPServer(("127.0.0.1", 0), _handler(self)) as server:
            self.url = f"http://127.0.0.1:{server.server_port}"
            thread = Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()


def _pattern(place: str) -> str:
    return re.escape(place).replace(r"\{\}", "[^/]+")


def _handler(replayer: Replayer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one segment

        def do_GET(self) -> None:
            status, content = replayer.answer(self.path)
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: Any) -> None:
            """Requests are not logged."""

    return Handler
