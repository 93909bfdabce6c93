"""Write constraints.txt anew: what requirements-test.txt needs, on the lowest Python promised.

Run it by any release of the lowest Python version, for instance 3.11:

    python3.11 .ci/pins.py

A package's newest release may need a later patch release of Python than the one that a system has.
So pip is told that Python is the first of its version, 3.11.0, and chooses for that.
"""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAD = (
    "# The closure of requirements-test.txt, resolved for Python {}; .ci/pins.py writes it.\n"
    "# On a change of requirements see CONTRIBUTING.md.\n"
)


def lowest(project: dict[str, object]) -> str:
    """Return the first release of the lowest Python that a project promises, such as 3.11.0."""
    promise = str(project["requires-python"])
    found = re.fullmatch(r">=\s*(3\.\d+)", promise)
    if not found:
        raise SystemExit(f"pyproject.toml: requires-python is {promise!r}; expected such as >=3.11")
    return f"{found.group(1)}.0"


def requirements(project: dict[str, list[str]]) -> list[str]:
    """Return what the two lists and the package itself ask for."""
    lines = list(project["dependencies"])
    for name in ("requirements.txt", "requirements-test.txt"):
        text = (ROOT / name).read_text(encoding="utf8")
        lines += re.findall(r"^[A-Za-z][^#\n]*", text, re.MULTILINE)
    return lines


def main() -> None:
    """Resolve, and write the file."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    python = lowest(project)
    if not python.startswith(f"{sys.version_info.major}.{sys.version_info.minor}."):
        raise SystemExit(f"run this by Python {python.removesuffix('.0')}, whose pins these are")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run"]
        command += ["--ignore-installed", "--only-binary=:all:", f"--python-version={python}"]
        command += [f"--target={folder}", f"--report={report}", *requirements(project)]
        subprocess.run(command, check=True)
        closure = json.loads(report.read_text(encoding="utf8"))["install"]
    named = {entry["metadata"]["name"]: entry["metadata"]["version"] for entry in closure}
    pins = [f"{name}=={named[name]}\n" for name in sorted(named, key=str.lower)]
    (ROOT / "constraints.txt").write_text(HEAD.format(python) + "".join(pins), encoding="utf8")


if __name__ == "__main__":
    main()
