"""`sigma-sandbox`, or `python -m saas_sandbox.sigma`: the sandbox as a process."""

import sys
from typing import Final

from saas_sandbox.common.command import Command
from saas_sandbox.sigma.server import Sandbox

main: Final = Command("sigma-sandbox", Sandbox, port=9001).main

if __name__ == "__main__":
    sys.exit(main())
