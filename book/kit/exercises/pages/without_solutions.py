"""Sphinx extension: the book for a class, without the solutions of its exercises.

With the environment variable BOOK_SOLUTIONS=0, or the configuration value ``book_solutions``, the
solutions are taken out of the text of every page before anything else reads it: they are neither
executed nor shown nor searched for, and the copies of the sources that Sphinx puts beside the pages
are left out. A site that was built with solutions in the same place is removed first, since its
search index, pictures and copies would stay. `marked_exercises` leaves its answers out by the same
value.
"""

import os
import re
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

SOLUTION = re.compile(
    r"^(?P<gate>`{3,}|:{3,})\{solution-start\}.*?^(?P=gate)[ ]*$.*?"
    r"^(?P<end>`{3,}|:{3,})\{solution-end\}\s*?^(?P=end)[ ]*$\n?"
    r"|^(?P<fence>`{3,}|:{3,})\{solution\}.*?^(?P=fence)[ ]*$\n?",
    re.MULTILINE | re.DOTALL,
)

COPIES = "_sources"
"""Where Sphinx puts copies of the sources, in a site with solutions and in no other."""


def without(text: str) -> str:
    """Return the text of a page without the solutions in it."""
    return SOLUTION.sub("", text)


def as_built(config: Config, text: str) -> str:
    """Return the text of a page as this build has it, with solutions or without.

    Empty lines stand for solutions, so that messages name the lines of the file.
    """
    if config.book_solutions:
        return text
    return SOLUTION.sub(lambda solution: "\n" * solution[0].count("\n"), text)


def configure(app: Sphinx, config: Config) -> None:
    """Take the setting from the environment, if it is there."""
    given = os.environ.get("BOOK_SOLUTIONS", "")
    if given not in ("", "0", "1"):
        raise ExtensionError(f"BOOK_SOLUTIONS is {given!r}; expected 0 or 1")
    if given:
        config.book_solutions = given == "1"
    if not config.book_solutions:
        config.html_copy_source = False
        if (Path(app.outdir) / COPIES).is_dir():
            shutil.rmtree(app.outdir)
            Path(app.outdir).mkdir()


def read(app: Sphinx, docname: str, content: list[str]) -> None:
    """Change the text of a page before it is parsed."""
    content[0] = as_built(app.config, content[0])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx; a change of the setting reads all pages again."""
    app.add_config_value("book_solutions", True, "env", types=[bool])
    app.connect("config-inited", configure)
    app.connect("source-read", read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
