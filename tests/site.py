"""The site that a test run builds once, strictly, from a clean copy of the repository."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def copy_of_the_repository(target: Path) -> None:
    """Copy what git would commit; caches and builds stay behind."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listing.stdout.split("\0")):
        source, copy = ROOT / name, target / name
        if source.is_symlink() or source.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy, follow_symlinks=False)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built site.

    BOOK_SITE names a site to test instead of building one; BOOK_KEEP a folder to copy it to.
    """
    if ready := os.environ.get("BOOK_SITE"):
        return Path(ready).resolve()
    clone = tmp_path_factory.mktemp("clone")
    copy_of_the_repository(clone)
    script = Path(sys.executable).with_name("jupyter-book")
    result = subprocess.run(
        [script, "build", "book", "--all", "-W", "-n", "--keep-going"],
        cwd=clone,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-6000:]
    html = clone / "book" / "_build" / "html"
    if keep := os.environ.get("BOOK_KEEP"):
        shutil.copytree(html, ROOT / keep, dirs_exist_ok=True)
    return html
