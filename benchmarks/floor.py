"""The least that reading costs in Python: the same pages, one after the other, as the same lines.

floor.py URL STREAM TOKEN -> a RECORD line for each item of the list at URL and of the pages after it. Without
arguments it ends when it has imported what it needs.
"""

import sys
import time

import orjson
import requests


def main() -> None:
    """Read the list to its end."""
    if len(sys.argv) == 1:
        return
    url, stream, token = sys.argv[1:]
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
    cursor: str | None = ""
    while cursor is not None:
        answer = session.get(url, params={"cursor": cursor}, timeout=90)
        answer.raise_for_status()
        emitted_at = int(time.time() * 1000)
        for record in orjson.loads(answer.content):
            line = {"type": "RECORD", "record": {"stream": stream, "data": record, "emitted_at": emitted_at}}
            sys.stdout.buffer.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        following = answer.links["next"]
        cursor = following["cursor"] if following["results"] == "true" else None


if __name__ == "__main__":
    main()
