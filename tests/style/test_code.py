"""Linting, formatting and types as pyproject.toml says, and what would not work on every system."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.book.pages import all_pages

ROOT = Path(__file__).resolve().parents[2]
CODE = ["nnfs", "tests", "book/kit", "book/nnfs_book.py", "benchmarks", "template"]

# What Windows or macOS lack or do otherwise, as it is written in Python.
OF_ONE_SYSTEM = {
    "fork": r"get_context\(.fork|start_method\(.fork|\bos\.fork|\bpreexec_fn|start_new_session",
    "modules": r"\b(?:import|from) (?:pty|tty|termios|fcntl|resource|pwd|grp|msvcrt|winreg)\b",
    "signals": r"\bsignal\.(?:SIGKILL|SIGALRM|SIGHUP|SIGUSR|alarm|setitimer|pthread)"
    r"|\bos\.kill(?:pg)?\b|\.send_signal\(",
    "links": r"\.symlink_to\(|\.hardlink_to\(|\bos\.(?:symlink|link)\(",
    "permissions": r"\.chmod\(|\bos\.(?:chmod|chown|umask|getuid|geteuid|setuid)\b",
    "processors": r"\bos\.(?:sched_\w+|uname|getloadavg)\b",
    "places": r"""["'](?:/dev/|/tmp\b|/proc\b|/etc\b|/usr/|/bin/)""",
    "a shell": r"shell=True|\bos\.(?:system|popen)\(|\[\s*[\"'](?:ba)?sh[\"']",
    "programs of an environment": r"""bin/python|\.with_name\(["'](?:python|pip|jupyter|sphinx)""",
    "a list of paths": r"PYTHONPATH\b[^\n]*\}:",
}
# A function that asks for the system, or goes on where something is missing, knows of others.
KNOWS_OTHERS = re.compile(
    r"skipif|\bsys\.platform\b|\bos\.name\b|\bplatform\.system\b|\bget_all_start_methods\b"
    r"|\bhasattr\((?:os|signal)\b|except \(?(?:ImportError|AttributeError|OSError)"
)
# Where it is used all the same: the file, what it uses, and how other systems do without.
ALLOWED = {
    ("benchmarks/machine.py", "places"): "the share of idle time is measured on Linux only",
    (
        "tests/book/ready_python.py",
        "fork",
    ): "small books start sooner on Linux; elsewhere by the command",
    ("tests/book/ready_python.py", "places"): "the same",
    ("tests/style/test_code.py", None): "says what to look for",
}


def read_sources() -> Iterator[tuple[str, str]]:
    """Yield place and code of all modules and of the cells of all pages."""
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")) or [ROOT / folder]:
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf8")
    for page in all_pages():
        yield f"book/{page.docname}.md", page.code


SOURCES = dict(read_sources())


def of_one_system(code: str) -> list[tuple[str, int]]:
    """Return what works on one kind of system only, with its line, unless others are known."""
    handled: set[int] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef) and KNOWS_OTHERS.search(ast.unparse(node)):
            handled |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return [
        (kind, number)
        for number, line in enumerate(code.splitlines(), 1)
        for kind, pattern in OF_ONE_SYSTEM.items()
        if number not in handled and re.search(pattern, line)
    ]


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", *CODE],
        ["ruff", "format", "--check", *CODE],
        ["mypy"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_the_code_passes(command):
    result = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        capture_output=True,
        encoding="utf8",
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("place", SOURCES)
def test_code_works_on_every_system_or_is_listed(place):
    found = [
        f"line {number}: {kind}"
        for kind, number in of_one_system(SOURCES[place])
        if (place, kind) not in ALLOWED and (place, None) not in ALLOWED
    ]
    assert found == [], f"{place}: use what every system has, skipif, or ALLOWED with a reason"


def test_the_list_of_what_is_allowed_has_nothing_else():
    used = {(place, kind) for place, code in SOURCES.items() for kind, _ in of_one_system(code)}
    assert {key for key in ALLOWED if key[1]} <= used


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("import pty", "modules"),
        ("def f():\n    from fcntl import flock", "modules"),
        ("multiprocessing.get_context('fork')", "fork"),
        ("process.send_signal(signal.SIGINT)", "signals"),
        ("os.kill(pid, 9)", "signals"),
        ("(folder / 'a').symlink_to(b)", "links"),
        ("path.chmod(0o400)", "permissions"),
        ("os.sched_getaffinity(0)", "processors"),
        ("open('/dev/full', 'w')", "places"),
        ("subprocess.run(['sh', '-c', 'ls'])", "a shell"),
        ("subprocess.run('ls', shell=True)", "a shell"),
        ("Path(sys.executable).with_name('jupyter-book')", "programs of an environment"),
        ("root / '.venv/bin/python'", "programs of an environment"),
        ("env = {'PYTHONPATH': f'{a}:{b}'}", "a list of paths"),
    ],
)
def test_what_works_on_one_kind_of_system_is_found(code, kind):
    assert [found for found, _ in of_one_system(code)] == [kind]
    indented = "\n".join(f"    {line}" for line in code.splitlines())
    skipped = f"@pytest.mark.skipif(windows, reason='none there')\ndef test_x():\n{indented}"
    asked = f"def f():\n    if sys.platform == 'win32':\n        return\n{indented}"
    assert of_one_system(skipped) == of_one_system(asked) == []
    assert of_one_system(f"def f():\n{indented}") != []


def opened_without_encoding(code: str) -> list[int]:
    """Return the lines that read or write text in whatever encoding the system prefers."""
    lines = []
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        named = {keyword.arg for keyword in node.keywords}
        if "encoding" in named:
            continue
        if (
            (name == "read_text" and not node.args)
            or (name == "write_text" and len(node.args) < 2)
            or (
                ("text" in named or "universal_newlines" in named)
                and name in {"run", "Popen", "check_output"}
            )
        ):
            lines.append(node.lineno)
    return lines


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("path.read_text()", True),
        ("path.read_text('utf8')", False),
        ("path.write_text(text)", True),
        ("path.write_text(text, encoding='utf8')", False),
        ("subprocess.run(command, text=True)", True),
        ("subprocess.run(command, encoding='utf8')", False),
        ("axis.text(text=True)", False),
    ],
)
def test_text_in_the_systems_own_encoding_is_found(code, found):
    assert bool(opened_without_encoding(code)) == found


@pytest.mark.parametrize("place", [place for place in SOURCES if not place.startswith("tests/")])
def test_text_is_read_and_written_in_one_encoding(place):
    assert opened_without_encoding(SOURCES[place]) == []
