"""Known vulnerabilities of the packages in a folder; exit code 1 if there are any.

pip-audit alone reports success where its data cannot be reached, as behind a mirror of PyPI.
"""

import json
import subprocess
import sys
from pathlib import Path


def main(packages: str) -> str:
    """Ask pip-audit and tell what it could judge; a text is what was found."""
    command = [
        Path(sys.executable).with_name("pip-audit"),
        "--path",
        packages,
        "--format=json",
        "--progress-spinner=off",
    ]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    answer = json.loads(asked.stdout) if asked.stdout.startswith("{") else {"dependencies": []}
    judged = [package for package in answer["dependencies"] if "vulns" in package]
    if not judged:
        reason = next((package["skip_reason"] for package in answer["dependencies"]), asked.stderr[-200:].strip())
        sys.stdout.write(f"Vulnerabilities: NOT AUDITED, as pip-audit could not reach its data ({reason})\n")
        return ""
    unknown = [package["name"] for package in answer["dependencies"] if package not in judged]
    sys.stdout.write(f"Vulnerabilities: {len(judged)} packages audited, not these: {', '.join(unknown) or 'none'}\n")
    return "\n".join(
        f"{package['name']} {package['version']}: {found['id']}, fixed in {', '.join(found['fix_versions']) or 'none'}"
        for package in judged
        for found in package["vulns"]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) or None)
