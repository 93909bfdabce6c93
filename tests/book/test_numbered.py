"""References by a number: what they say is Sphinx's, and a page is read once for all of them."""

import io
from collections import Counter

import pytest
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import docutils_namespace

FIGURE = ".. _{name}:\n\n.. figure:: dot.png\n\n   A dot.\n\n"
TABLE = ".. _tab:\n\n.. table:: Numbers\n\n   == ==\n   1  2\n   == ==\n\n"
CODE = ".. code-block:: python\n   :name: code\n   :caption: One line\n\n   x = 1\n\n"
NAMES = ("fig-one", "fig-two", "tab", "code", "part")
PAGES = {
    "index": "Book\n====\n\n.. toctree::\n   :numbered:\n\n   first\n   second\n",
    "first": "First\n=====\n\n"
    + FIGURE.format(name="fig-one")
    + FIGURE.format(name="fig-two")
    + TABLE
    + CODE
    + ".. _part:\n\nPart\n----\n\nHere: "
    + " ".join(f":numref:`{name}`" for name in NAMES),
    "second": "Second\n======\n\nThere: "
    + " ".join(f":numref:`{name}`" for name in (*NAMES, "fig-one")),
}


@pytest.fixture
def built(tmp_path, monkeypatch):
    """Return a function that builds the pages: the texts of both, and how often each was read."""
    read = Counter()
    get_doctree = BuildEnvironment.get_doctree

    def counted(env, docname):
        if writing:
            read[docname] += 1
        return get_doctree(env, docname)

    monkeypatch.setattr(BuildEnvironment, "get_doctree", counted)
    writing: list[bool] = []

    def build(extensions):
        source = tmp_path / "-".join(["book", *extensions])
        source.mkdir()
        (source / "conf.py").write_text(f"extensions = {extensions}\nnumfig = True\n", "utf8")
        (source / "dot.png").write_bytes(b"")
        for name, text in PAGES.items():
            (source / f"{name}.rst").write_text(text, "utf8")
        read.clear()
        writing.clear()
        warnings = io.StringIO()
        with docutils_namespace():
            places = (str(source), str(source), str(source / "html"), str(source / "doctrees"))
            app = Sphinx(*places, "html", status=None, warning=warnings)
            app.connect("env-check-consistency", lambda *_: writing.append(True))
            app.build()
        assert warnings.getvalue() == ""
        pages = [(source / "html" / f"{name}.html").read_text("utf8") for name in PAGES]
        return pages, dict(read)

    return build


def test_references_say_what_sphinx_says_and_a_page_is_read_once_for_all_of_them(built):
    theirs, read_by_them = built([])
    ours, read = built(["kit.build.numbered"])
    assert ours == theirs
    assert read_by_them["first"] == len(NAMES) + len(NAMES) + 1, "Sphinx itself reads less"
    assert read["first"] == 1
