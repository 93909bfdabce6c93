"""Common misspellings, in prose and code; pyproject.toml has the words that are right."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.built_site import ROOT, files_of_the_repository


def misspelt(paths: list[str], root: Path = ROOT) -> str:
    """Return what codespell says of files, in lines of its own."""
    result = subprocess.run(
        [sys.executable, "-m", "codespell_lib", "--toml", str(ROOT / "pyproject.toml"), *paths],
        cwd=root,
        capture_output=True,
        encoding="utf8",
        errors="replace",
        check=False,
    )
    assert "Traceback" not in result.stderr, result.stderr
    return result.stdout


def test_no_file_of_the_repository_has_a_common_misspelling():
    text = {".md", ".py", ".js", ".css", ".html", ".yml", ".toml", ".txt", ".cff", ".svg", ""}
    files = [name for name in files_of_the_repository() if Path(name).suffix in text]
    assert len(files) > 300
    assert misspelt(files) == ""


@pytest.mark.parametrize("name", ["page.md", "code.py", "script.js"])
def test_a_misspelling_is_told_with_its_line(tmp_path, name):
    wrong = "rec" + "ieve"
    (tmp_path / name).write_text(f"to and fro\n# we {wrong} it\n", "utf8")
    assert misspelt([name], tmp_path).strip() == f"{name}:2: {wrong} ==> receive"
