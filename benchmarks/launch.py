"""Runs one command and writes its usage: launch.py FILE COMMAND... -> `wall cpu rss exit-code` in FILE.

A process of its own, and a small one, since Linux counts the memory of the process that starts a command as the
command's: RSS comes in kB, wall and CPU in seconds. Its standard output and error are the command's.
"""

import os
import sys
import time


def main() -> None:
    """Run the command."""
    file, *command = sys.argv[1:]
    started = time.monotonic()
    _, status, usage = os.wait4(os.posix_spawn(command[0], command, os.environ), 0)
    wall, code = time.monotonic() - started, os.waitstatus_to_exitcode(status)
    with open(file, "w") as out:  # noqa: PTH123 - pathlib would double the memory
        out.write(f"{wall} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss} {code}")


if __name__ == "__main__":
    main()
