"""A two-page book that is built with the real book's configuration and extensions."""

import os
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import yaml

from tests.book import ready_python
from tests.built_site import command

ROOT = Path(__file__).resolve().parents[2]

HEADER = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
  language: python
---

"""


@dataclass
class SmallBook:
    """A repository in small: nnfs, the book's extensions, and two pages of a test's own."""

    root: Path

    def write(self, page: str, *, header: str = HEADER) -> None:
        (self.root / "book" / "page.md").write_text(f"{header}# A page\n\n{page}\n", "utf8")

    def add(self, name: str, page: str) -> None:
        """Write one more page; nothing refers to it but the contents."""
        (self.root / "book" / f"{name}.md").write_text(f"{HEADER}# {name}\n\n{page}\n", "utf8")
        path = self.root / "book" / "_toc.yml"
        toc = yaml.safe_load(path.read_text("utf8"))
        toc["chapters"].append({"file": name})
        path.write_text(yaml.safe_dump(toc), "utf8")

    def remove(self, name: str) -> None:
        """Remove a page that was added."""
        (self.root / "book" / f"{name}.md").unlink()
        path = self.root / "book" / "_toc.yml"
        toc = yaml.safe_load(path.read_text("utf8"))
        toc["chapters"].remove({"file": name})
        path.write_text(yaml.safe_dump(toc), "utf8")

    def build(self, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the plain command, as an author does, or with options such as another builder.

        With variables of the environment of its own it runs in a Python that was started with them.
        """
        if not environment and ready_python.there_is_one():
            return ready_python.run(self.root, ["build", "book", *options])
        return subprocess.run(
            [command("jupyter-book"), "build", "book", *options],
            cwd=self.root,
            env={**os.environ, **environment},
            capture_output=True,
            encoding="utf8",
            errors="replace",
            timeout=1800,
            check=False,
        )

    def start(self) -> subprocess.Popen[str]:
        """Start the plain command and do not wait for its end."""
        return subprocess.Popen(
            [command("jupyter-book"), "build", "book"],
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf8",
            errors="replace",
        )

    def processes(self) -> list[int]:
        """Return the processes that work in the book, such as kernels."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if Path(process.cwd()).is_relative_to(self.root):
                    found.append(process.pid)
        return found

    def site(self) -> dict[str, bytes]:
        """Return every file of the site."""
        html = self.root / "book" / "_build" / "html"
        return {
            path.relative_to(html).as_posix(): path.read_bytes()
            for path in html.rglob("*")
            if path.is_file()
        }

    def clean(self) -> None:
        """Remove all that builds have left."""
        shutil.rmtree(self.root / "book" / "_build")

    def html(self) -> str:
        return (self.root / "book" / "_build" / "html" / "page.html").read_text("utf8")

    def caches(self) -> list[str]:
        return [path.name for path in (self.root / "book" / "_build" / ".jupyter_cache").iterdir()]


@pytest.fixture
def small_book(tmp_path: Path) -> SmallBook:
    return new_book(tmp_path)


def new_book(tmp_path: Path) -> SmallBook:
    """Make a small book in an empty folder."""
    parts = ["nnfs", "mnist_data", "packages"]
    parts += [f"book/{name}" for name in ("kit", "_static", "_templates", "_extra")]
    for folder in parts:
        # Compiled modules go along: they are valid as long as the copied files keep their dates.
        ignored = shutil.ignore_patterns("*.csv", "*.egg-info")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    project = "pyproject.toml", "CITATION.cff", "LICENSE"
    for file in ("constraints.txt", "requirements.txt", *project):
        shutil.copy(ROOT / file, tmp_path)
    shutil.copy(ROOT / "book" / "nnfs_book.py", tmp_path / "book")
    shutil.copy(ROOT / "book" / "references.bib", tmp_path / "book")
    config = yaml.safe_load((ROOT / "book" / "_config.yml").read_text("utf8"))
    (tmp_path / "book" / "_config.yml").write_text(yaml.safe_dump(config), "utf8")
    toc = {"format": "jb-book", "root": "index", "chapters": [{"file": "page"}]}
    (tmp_path / "book" / "_toc.yml").write_text(yaml.safe_dump(toc), "utf8")
    (tmp_path / "book" / "index.md").write_text("# A book\n\nIts first page.\n", "utf8")
    return SmallBook(tmp_path)


def address_of_page(folder: Path, page: str) -> str:
    """Build a small book of one page in an empty folder; return the page's address."""
    book = new_book(folder)
    book.write(page)
    result = book.build()
    assert result.returncode == 0, result.stderr
    return (book.root / "book" / "_build" / "html" / "page.html").as_uri()
