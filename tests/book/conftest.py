"""A two-page book that is built with the real book's configuration and extensions."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

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

    def build(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the plain command, as an author does."""
        script = Path(sys.executable).with_name("jupyter-book")
        return subprocess.run(
            [script, "build", "book"],
            cwd=self.root,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=1800,
            check=False,
        )

    def html(self) -> str:
        return (self.root / "book" / "_build" / "html" / "page.html").read_text("utf8")

    def caches(self) -> list[str]:
        return [path.name for path in (self.root / "book" / "_build" / ".executed").iterdir()]


@pytest.fixture
def small_book(tmp_path: Path) -> SmallBook:
    for folder in ("nnfs", "book/_ext", "book/_static", "book/_templates", "book/_extra"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "constraints.txt", tmp_path)
    shutil.copy(ROOT / "book" / "references.bib", tmp_path / "book")
    (tmp_path / "mnist_data").symlink_to(ROOT / "mnist_data")
    config = yaml.safe_load((ROOT / "book" / "_config.yml").read_text("utf8"))
    (tmp_path / "book" / "_config.yml").write_text(yaml.safe_dump(config), "utf8")
    toc = {"format": "jb-book", "root": "index", "chapters": [{"file": "page"}]}
    (tmp_path / "book" / "_toc.yml").write_text(yaml.safe_dump(toc), "utf8")
    (tmp_path / "book" / "index.md").write_text("# A book\n\nIts first page.\n", "utf8")
    return SmallBook(tmp_path)
