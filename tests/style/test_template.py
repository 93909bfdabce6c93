"""A book of one's own: what the template writes builds, and refuses what is wrong."""

import re
import runpy
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template"
TITLE = 'Handshakes "and" other numbers'


def start(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(TEMPLATE / "start.py"), *map(str, arguments)],
        capture_output=True,
        encoding="utf8",
        check=False,
    )


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return the folder of a book that was just begun."""
    folder = tmp_path / "a book"
    result = start(folder, "--title", TITLE, "--author", "Zoë O'Neil")
    assert result.returncode == 0, result.stderr
    return folder


def build(book: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sysconfig.get_path("scripts")) / "sphinx-build"
    return subprocess.run(
        [str(program), "-q", "-W", "--keep-going", "book", "built"],
        cwd=book,
        capture_output=True,
        encoding="utf8",
        errors="replace",
        check=False,
    )


def test_a_new_book_has_its_title_and_needs_this_repository_no_more(book):
    settings = runpy.run_path(str(book / "book" / "conf.py"))
    assert settings["project"] == TITLE
    assert settings["author"] == "Zoë O'Neil"
    assert settings["live_cells_storage_key"] == "handshakes-and-other-numbers"
    for name in ("README.md", "book/index.md"):
        assert f"# {TITLE}\n" in (book / name).read_text("utf8")
    for line in (book / "requirements.txt").read_text("utf8").splitlines():
        if place := re.search(r"(?:^-c |^\./)([^\[\s]+)", line):
            assert (book / place[1]).exists()
    assert len(list(book.glob("packages/*/pyproject.toml"))) == 2
    assert not list(book.glob("packages/*/tests"))


def test_the_readmes_and_the_workflow_have_the_same_commands(book):
    told = (TEMPLATE / "README.md").read_text("utf8").partition("<!-- new-book -->")[2]
    lines = told.split("```")[1].splitlines()[2:]
    assert "\n".join(lines) in (book / "README.md").read_text("utf8")
    workflow = yaml.safe_load((book / ".github" / "workflows" / "publish.yml").read_text("utf8"))
    steps = workflow["jobs"]["build"]["steps"]
    run = [step["run"] for step in steps if "run" in step]
    assert run == [lines[0], f". .venv/bin/activate && {lines[1]}"]
    assert steps[-1]["with"]["path"] == lines[1].split()[-1]
    ignored = (book / ".gitignore").read_text("utf8").splitlines()
    assert {"/built/", ".venv/"} <= set(ignored)


def test_nothing_is_written_over(book):
    (book / "book" / "index.md").write_text("mine", "utf8")
    result = start(book)
    assert result.returncode == 1
    assert result.stderr.startswith(f"{book} is there already")
    assert (book / "book" / "index.md").read_text("utf8") == "mine"


@pytest.mark.parametrize("title", ["", " ", "one\ntwo"])
def test_a_title_is_one_line(tmp_path, title):
    result = start(tmp_path / "new", "--title", title)
    assert result.returncode == 1
    assert "one line with a word" in result.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.exhaustive(share=0)
def test_a_new_book_builds_with_a_checked_equation_and_a_live_cell(book):
    result = build(book)
    assert result.returncode == 0, result.stderr
    page = BeautifulSoup((book / "built" / "index.html").read_text("utf8"), "html.parser")
    assert page.h1.get_text().startswith("Handshakes “and” other numbers")
    assert len(page.select(".search-button-field")) == 1
    (mark,) = page.select("details.equation-mark")
    assert mark.summary["aria-label"].endswith("checked")
    (cell,) = [cell for cell in page.select("div.cell") if not cell.find_parent("details")]
    assert cell.select_one(".output").get_text().count(" and ") == 6
    assert '"packages": ["numpy"]' in page.find(id="live-cells").string
    assert (book / "built" / "live" / "live-worker.js").is_file()


@pytest.mark.exhaustive(share=0)
def test_a_new_book_with_a_wrong_equation_does_not_build(book):
    page = book / "book" / "index.md"
    text = page.read_text("utf8")
    page.write_text(text.replace("n * (n - 1) / 2", "n * (n + 1) / 2"), "utf8")
    result = build(book)
    assert result.returncode != 0
    assert "eq-handshakes fails" in result.stderr
    assert "relative to the largest entry, 465" in result.stderr
    assert "checks nothing" not in result.stderr
    # The other step: what is printed is read by nobody.
    told = (TEMPLATE / "README.md").read_text("utf8")
    assert "It does not read what is printed" in told.partition("## 3.")[2].partition("## 4.")[0]
    page.write_text(text.replace("n \\, (n - 1) .", "n \\, (n + 1) ."), "utf8")
    result = build(book)
    assert result.returncode == 0, result.stderr
    built = BeautifulSoup((book / "built" / "index.html").read_text("utf8"), "html.parser")
    assert "(n + 1)" in built.select_one("div.math").get_text()
    assert built.select_one("details.equation-mark").summary["aria-label"].endswith("checked")
