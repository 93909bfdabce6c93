"""Sphinx extension: the book for a class, without the solutions of its exercises.

With the environment variable BOOK_SOLUTIONS=0, or the configuration value ``book_solutions``, the
solutions are taken out of the text of every page before anything else reads it: they are neither
executed nor shown nor searched for, and the copies of the sources that Sphinx puts beside the pages
are left out. A site that was built with solutions in the same place is removed first, since its
search index, pictures and copies would stay. `marked_exercises` leaves its answers out by the same
value.

The pages that ``book_for_teachers`` names speak of solutions, or have the answers to questions that
a class is to be asked. They are left out as well, and a link to one of them that has words of its
own becomes these words. A paragraph of another page that speaks of solutions, or of such a page,
stands in a directive:

    ```{with-solutions}
    Every exercise has a solution.
    ```
"""

import os
import re
import shutil
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

SOLUTION = re.compile(
    r"^(?P<gate>`{3,}|:{3,})\{solution-start\}.*?^(?P=gate)[ ]*$.*?"
    r"^(?P<end>`{3,}|:{3,})\{solution-end\}\s*?^(?P=end)[ ]*$\n?"
    r"|^(?P<fence>`{3,}|:{3,})\{solution\}.*?^(?P=fence)[ ]*$\n?"
    r"|^(?P<only>`{3,}|:{3,})\{with-solutions\}.*?^(?P=only)[ ]*$\n?",
    re.MULTILINE | re.DOTALL,
)

LABEL = re.compile(r"^\((\S+)\)=$|^:(?:label|name): (\S+)$|^\$\$ \((\S+)\)$", re.MULTILINE)

CONTENTS = "contents-of-a-class.yml"

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
        if config.book_for_teachers:
            _leave_out(app, config)


def _leave_out(app: Sphinx, config: Config) -> None:
    """Leave the pages for teachers out of the book and its contents."""
    contents = Path(app.srcdir, config.external_toc_path)
    pages = set(config.book_for_teachers)
    try:
        rest = _kept(yaml.safe_load(contents.read_text(encoding="utf8")), pages)
    except yaml.YAMLError:
        return  # of which is said where the contents are read
    written = Path(app.doctreedir, CONTENTS)
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text(yaml.safe_dump(rest, sort_keys=False), encoding="utf8")
    config.external_toc_path = str(written)
    files = [path.relative_to(app.srcdir).as_posix() for path in _files(app, config)]
    config.exclude_patterns = [*config.exclude_patterns, *files]


def _kept(part: Any, pages: set[str]) -> Any:
    """Return a part of the contents without some of its pages."""
    if isinstance(part, dict):
        return {key: _kept(value, pages) for key, value in part.items()}
    if isinstance(part, list):
        names = [entry.get("file") if isinstance(entry, dict) else None for entry in part]
        kept = [entry for entry, name in zip(part, names, strict=True) if name not in pages]
        return [_kept(entry, pages) for entry in kept]
    return part


def _files(app: Sphinx, config: Config) -> list[Path]:
    """Return the files of the pages for teachers that are there."""
    found = [Path(app.srcdir, f"{name}.md") for name in config.book_for_teachers]
    return [path for path in found if path.is_file()]


def in_words(
    app: Sphinx, env: BuildEnvironment, node: nodes.Element, words: nodes.TextElement
) -> nodes.TextElement | None:
    """Put the words that an author gave a link to a page for teachers in its place."""
    if app.config.book_solutions or not node.get("refexplicit"):
        return None
    texts = (path.read_text(encoding="utf8") for path in _files(app, app.config))
    labels = {label for text in texts for found in LABEL.findall(text) for label in found if label}
    return words if node["reftarget"] in labels else None


class WithSolutions(SphinxDirective):
    """``{with-solutions}``, whose content a class does not get."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the content; in a book for a class it is taken out before."""
        place = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, place)
        return list(place.children)


def read(app: Sphinx, docname: str, content: list[str]) -> None:
    """Change the text of a page before it is parsed."""
    content[0] = as_built(app.config, content[0])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx; a change of the setting reads all pages again."""
    app.add_config_value("book_solutions", True, "env", types=[bool])
    app.add_config_value("book_for_teachers", [], "env", types=[list])
    app.add_directive("with-solutions", WithSolutions)
    app.connect("config-inited", configure)
    app.connect("missing-reference", in_words)
    app.connect("source-read", read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
