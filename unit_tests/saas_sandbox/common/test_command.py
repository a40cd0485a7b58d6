import socket
import subprocess
import sys
from pathlib import Path

import pytest

from saas_sandbox.sentry.server import Sandbox
from saas_sandbox.sigma.server import Sandbox as SigmaSandbox

FOLDER = Path(sys.executable).parent


@pytest.mark.parametrize("command", ["sentry-sandbox", "sigma-sandbox"])
def test_given_the_installed_command_when_the_port_is_taken_then_one_line_says_so(command: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [FOLDER / command, "--port", port], capture_output=True, text=True, timeout=20, check=False
        )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f"{command}: ")
    assert "Address already in use" in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize(("module", "sandbox"), [("sentry", Sandbox), ("sigma", SigmaSandbox)])
def test_given_the_module_when_it_is_ready_then_one_line_says_how_to_reach_it(
    module: str, sandbox: type[Sandbox | SigmaSandbox]
) -> None:
    command = [sys.executable, "-m", f"saas_sandbox.{module}", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        line = started.stdout.readline()
        started.terminate()
        assert started.communicate(timeout=10) == ("", "")
    access = sandbox(sandbox.settings_class()).access()  # type: ignore[arg-type]
    url = line.split()[2]
    assert line == "  ".join([f"Sandbox ready: {url}", *(f"{name}: {value}" for name, value in access.items())]) + "\n"
    assert started.returncode == 0
