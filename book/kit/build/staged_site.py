"""Sphinx extension: a build changes the site when it has succeeded, and otherwise nothing.

Sphinx writes its pages where the site is, so a build that fails or is killed would leave half of
the old site and half of the new. Here it works on a copy, in a folder beside the site. When all has
succeeded the copy takes the site's place, by renaming; that a build is complete is written down
before, and a build that was killed while it renamed is brought to its end by the next.

What Sphinx and MyST-NB remember of the pages is copied and put into place together with them. After
a failed build the next one therefore starts from the last good one, reads again what has changed
since, and finds the same faults.

Two builds of one book wait for each other. The lock is the operating system's and ends with the
process that holds it.
"""

import importlib.util
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError
from sphinx.util import logging

from kit import compat

logger = logging.getLogger(__name__)

STAGE, REPLACED, COMPLETE, LOCK = ".next-build", ".last-build", "complete", ".build.lock"
NOTEBOOKS = "jupyter_execute"
"""Where MyST-NB puts executed notebooks and pictures, beside the pages."""


LATE = ("_static/mystnb.*.css", "_static/exercise.css")
"""What extensions write after the pages. Were it there before, pages would name it otherwise."""


NO_PAGES = (re.compile(r'"[^"]*": \[\], '), re.compile(r'(?:, )?"[^"]*": \[\](?=\})'))


class Stage:
    """The copy that a build works on.

    Parameters
    ----------
    site, memory : Path
        Where the pages belong, and what Sphinx remembers of them. `memory` is left where it is
        unless both lie in one folder.
    """

    def __init__(self, site: Path, memory: Path) -> None:
        self.parent = site.parent
        names = [site.name, NOTEBOOKS, *([memory.name] if memory.parent == site.parent else [])]
        self.names = list(dict.fromkeys(names))
        self.folder, self.replaced = self.parent / STAGE, self.parent / REPLACED

    def open(self) -> None:
        """Bring a killed build to its end or undo it, and copy what is there."""
        if self.is_complete():
            self.publish()
        self.discard()
        self.folder.mkdir(parents=True)
        for name in self.names:
            if (self.parent / name).is_dir():
                shutil.copytree(self.parent / name, self.folder / name)

    def is_complete(self) -> bool:
        """Whether a build has succeeded and its pages wait for their place."""
        return (self.folder / COMPLETE).exists()

    def publish(self) -> None:
        """Put everything into place.

        Raises
        ------
        OSError
            If a folder cannot be renamed, as on Windows where a program has it open. What could
            not be put into place is kept, for the next build to do.
        """
        (self.folder / COMPLETE).touch()
        for new in sorted(self.folder.iterdir(), key=self._order):
            place, old = self.parent / new.name, self.replaced / new.name
            if new.is_dir():
                shutil.rmtree(old, ignore_errors=True)
                self.replaced.mkdir(exist_ok=True)
                if place.exists():
                    place.rename(old)
                try:
                    new.rename(place)
                except OSError:
                    if old.exists():
                        old.rename(place)
                    raise
        self.discard()

    def _order(self, new: Path) -> int:
        # Pages before the memory of them: with an older memory they are only made once more.
        return self.names.index(new.name) if new.name in self.names else -1

    def discard(self) -> None:
        """Remove the copy and what it has replaced."""
        (self.folder / COMPLETE).unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.replaced, ignore_errors=True)


class StagedSphinx(Sphinx):
    """The application of a build that works on a copy.

    Attributes
    ----------
    site : Path
        Where the pages belong.
    stage : Stage
    one_build : FileLock
        Held until the build has ended.
    """

    site: Path
    stage: Stage
    one_build: FileLock


def begin(app: StagedSphinx, config: Config) -> None:
    """Wait for another build of the book, and let this one work on a copy."""
    site, memory = Path(app.outdir), Path(app.doctreedir)
    app.one_build = _alone(site.parent)
    app.stage = stage = Stage(site, memory)
    app.site = site
    try:
        stage.open()
    except OSError as error:
        raise SphinxError(f"{error}; this is where a build works and what it must write") from error
    app.outdir = type(app.outdir)(stage.folder / site.name)
    Path(app.outdir).mkdir(exist_ok=True)
    for pattern in LATE:
        for path in list(Path(app.outdir).glob(pattern)):
            path.unlink()
    if memory.name in stage.names:
        app.doctreedir = type(app.doctreedir)(stage.folder / memory.name)
    elif memory.is_relative_to(site):
        app.doctreedir = type(app.doctreedir)(app.outdir / memory.relative_to(site))


def _alone(folder: Path) -> FileLock:
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        logger.info("another build of this book is running; this one waits for its end")
        lock.acquire()
    except NotImplementedError:
        logger.info("this file system has no locks; do not build twice at the same time")
    return lock


def in_place(app: Sphinx, path: str | bytes | int) -> str:
    """Return where a file of the copy belongs, for messages."""
    stage = getattr(app, "stage", None)
    text = os.fsdecode(path) if isinstance(path, str | bytes) else str(path)
    return text.replace(str(stage.folder), str(stage.parent)) if stage else text


def own_place(app: StagedSphinx) -> None:
    """Keep a check of links, and the page for a PDF, out of the site, where Jupyter Book puts them.

    The one page would replace the site's first one.
    """
    name = app.builder.name
    if name in ("linkcheck", "singlehtml") and app.site.name == "html":
        app.site = app.site.with_name(name)
        shutil.rmtree(app.outdir)
        app.builder.outdir = app.outdir = type(app.outdir)(app.stage.folder / name)
        Path(app.outdir).mkdir()
        if name == "singlehtml":
            _print_from(app.site)


def _print_from(folder: Path) -> None:
    """Have Jupyter Book print the page of a folder, not that of the same name in ``html``."""

    def print_page(page: Path, printed: Path, by_a_browser: Callable[[Path, Path], None]) -> None:
        if importlib.util.find_spec("playwright") is None:
            raise SystemExit(
                f"The PDF was not made. The book in one page is {folder / page.name}; a browser "
                "prints it, and is told to by Playwright: pip install playwright"
            )
        by_a_browser(folder / page.name, printed)

    compat.print_pages_by(print_page)


def remember_index(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Give the search the entries of the index on pages that are not written again.

    Sphinx takes all else of those pages from the last search index, and not the entries.
    """
    path = Path(app.outdir) / "searchindex.js"
    kept = compat.search_entries(env)
    if app.builder.name == "html" and path.is_file():
        for page, entries in entries_of(path.read_text(encoding="utf8")).items():
            if page in env.found_docs:
                kept[page] = entries


def entries_of(index: str) -> dict[str, list[tuple[str, str, str]]]:
    """Return by page the entries in the text of a search index: term, anchor, mark of the chief."""
    data = json.loads(index[index.index("(") + 1 : index.rindex(")")])
    found: dict[str, list[tuple[str, str, str]]] = {page: [] for page in data["docnames"]}
    for term, places in data.get("indexentries", {}).items():
        for page, anchor, chief in places:
            found[data["docnames"][page]].append((term, anchor, "main" if chief else ""))
    return found


def forget_words(app: Sphinx, exception: Exception | None) -> None:
    """Take words that no page has any more out of the search index, as a clean build would."""
    path = Path(app.outdir) / "searchindex.js"
    if exception is None and path.is_file():
        text = path.read_text(encoding="utf8")
        kept = without_unused_words(text)
        if kept != text:
            path.write_text(kept, encoding="utf8")


def without_unused_words(index: str) -> str:
    """Return the text of a search index without words that stand on no page."""
    for pattern in NO_PAGES:
        index = pattern.sub("", index)
    return index


def end(app: StagedSphinx, *, succeeded: bool) -> None:
    """Put the site into place, or leave everything as it was.

    Raises
    ------
    OSError
        If the site cannot be put into place; it is kept, and the next build tries again.
    """
    try:
        if succeeded:
            app.stage.publish()
        elif not app.stage.is_complete():
            app.stage.discard()
            if app.site.is_dir() and not any(app.site.iterdir()):
                app.site.rmdir()
    finally:
        app.outdir = type(app.outdir)(app.site)
        app.one_build.release()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx; `strict_build` knows how a build has ended, and calls `end`."""
    app.connect("config-inited", begin, priority=200)
    app.connect("builder-inited", own_place, priority=100)
    app.connect("env-before-read-docs", remember_index)
    app.connect("build-finished", forget_words)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
