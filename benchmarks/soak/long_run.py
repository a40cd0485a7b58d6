"""One process that syncs whenever a line comes in: prints the key of each record, and what it holds after each sync.

{"stream": "events", "key": ["…"]} … {"seconds": 3.2, "rss": 141.5, "threads": 1, "sockets": 0, "failed": []}
"""

import gc
import logging
import sys
import threading
import time
from pathlib import Path
from typing import Any

import orjson
from airbyte_cdk.models import AirbyteStateMessage, AirbyteStreamStatus, ConfiguredAirbyteCatalog

from source_sentry import SourceSentry


def main(config_file: str, catalog_file: str) -> None:
    """Sync once for each line of standard input, from the state of the last time."""
    config, catalog = SourceSentry.read_config(config_file), SourceSentry.read_catalog(catalog_file)
    states: dict[str, AirbyteStateMessage] = {}
    for _ in sys.stdin:
        began = time.monotonic()
        failed = sync(dict(config), catalog, states)
        gc.collect()
        held = {"seconds": time.monotonic() - began, **usage(), "failed": failed}
        sys.stdout.buffer.write(orjson.dumps(held) + b"\n")
        sys.stdout.buffer.flush()


def sync(
    config: dict[str, Any], catalog: ConfiguredAirbyteCatalog, states: dict[str, AirbyteStateMessage]
) -> list[str]:
    """Read all streams, renew `states`, and return the names of streams that failed."""
    keys = {each.stream.name: each.stream.source_defined_primary_key or [] for each in catalog.streams}
    saved = list(states.values())
    source, failed = SourceSentry(catalog=catalog, config=config, state=saved), []
    for message in source.read(logging.getLogger("airbyte"), config, catalog, saved):
        record, state, status = message.record, message.state, message.trace and message.trace.stream_status
        if record:
            key = [record.data[part] for (part,) in keys[record.stream]]
            sys.stdout.buffer.write(orjson.dumps({"stream": record.stream, "key": key}) + b"\n")
        elif state and state.stream:
            states[state.stream.stream_descriptor.name] = state
        elif status and status.status is AirbyteStreamStatus.INCOMPLETE:
            failed.append(status.stream_descriptor.name)
    return failed


def usage() -> dict[str, float]:
    """Memory in MB, threads and open sockets of this process."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    sockets = [
        link for link in Path("/proc/self/fd").iterdir() if link.is_symlink() and "socket:" in str(link.readlink())
    ]
    return {"rss": int(status["VmRSS"].split()[0]) / 1024, "threads": threading.active_count(), "sockets": len(sockets)}


if __name__ == "__main__":
    main(*sys.argv[1:])
