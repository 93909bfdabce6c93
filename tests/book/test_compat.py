"""Private interfaces of other libraries: each is asked for, and its absence told in a sentence."""

import ast
import importlib
import inspect
import io
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import docutils_namespace

from kit import compat

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def app(tmp_path_factory) -> Iterator[Sphinx]:
    """Return an application as plain as can be."""
    folder = tmp_path_factory.mktemp("plain")
    (folder / "conf.py").write_text("", "utf8")
    (folder / "index.rst").write_text("Words\n=====\n", "utf8")
    parts = (str(folder), str(folder), str(folder / "html"), str(folder / "doctrees"))
    with docutils_namespace():
        yield Sphinx(*parts, "html", status=None, warning=io.StringIO())


def gone(place: str):
    """Return a change that takes a name out of a module or class."""
    module, _, name = place.rpartition(".")

    def break_it(monkeypatch, app) -> None:
        try:
            owner = importlib.import_module(module)
        except ImportError:
            outer, _, inner = module.rpartition(".")
            owner = getattr(importlib.import_module(outer), inner)
        monkeypatch.delattr(owner, name)

    return break_it


def other(place: str, value: object):
    """Return a change that puts another object into the place of a name in a module."""
    module, _, name = place.rpartition(".")
    return lambda patch, app: patch.setattr(importlib.import_module(module), name, value)


def rewritten(module: str, text: str):
    """Return a change after which the source of a module no longer contains a text."""
    source = inspect.getsource

    def changed(thing: object) -> str:
        found = source(thing)
        named = getattr(thing, "__name__", "") == module
        assert not named or text in found
        return found.replace(text, "changed") if named else found

    return lambda patch, app: patch.setattr(inspect, "getsource", changed)


def of_app(name: str, value: object):
    return lambda patch, app: patch.setattr(app, name, value, raising=False)


class Sealed:
    """A script without attributes that can be added to."""

    def __init__(self, name: str) -> None:
        self.attributes = {}

    def __str__(self) -> str:
        return "script"


BREAKS = [
    ("WarningStreamHandler", other("sphinx.util.logging.WarningStreamHandler", type("X", (), {}))),
    ("stream that the application", of_app("_warning", None)),
    ("tells what ends a build", gone("sphinx.cmd.build.handle_exception")),
    ("save_traceback", gone("sphinx.util.exceptions.save_traceback")),
    ("for the search", rewritten("sphinx.environment", "_search_index_index_entries")),
    ("numbers of sections", rewritten("sphinx.environment", "toc_secnumbers")),
    ("reference by a number", rewritten("sphinx.domains.std", ".ids.get(labelid)")),
    ("attributes of a script", other("sphinx.builders.html._assets._JavaScript", Sealed)),
    (
        "visitors of nodes",
        lambda patch, app: patch.setattr(app.registry, "translation_handlers", []),
    ),
    ("own line begins", rewritten("sphinx.ext.mathjax", "math notranslate nohighlight")),
    ("bibliography", rewritten("docutils.writers._html_base", "doc-biblioentry")),
    ("bibliography", rewritten("docutils.writers._html_base", 'role="list" class="cit')),
    ("executes a page, in", gone("myst_nb.core.execute.cache.single_nb_execution")),
    ("executes a page, in", gone("myst_nb.core.execute.direct.single_nb_execution")),
    (
        "single_nb_execution(nb, cwd",
        other("jupyter_cache.executors.utils.single_nb_execution", lambda notebook: None),
    ),
    ("records of a cache", gone("jupyter_cache.cache.db.NbCacheRecord.remove_record")),
    ("ends a kernel when Python ends", gone("nbclient.client.NotebookClient._cleanup_kernel")),
    ("how pages were executed", gone("myst_nb.sphinx_.NbMetadataCollector.get_doc_data")),
    ("table of the pages' times", rewritten("myst_nb.ext.execution_tables", "Run Time (s)")),
    ("create_nb_reader", other("myst_nb.core.read.create_nb_reader", lambda path, config: None)),
    (
        "myst_config and mystnb_config",
        other("myst_nb.sphinx_.SphinxEnvType", type("X", (), {"__annotations__": {}})),
    ),
    ("glued value", rewritten("myst_nb.ext.glue.roles", "pasted-text")),
    ("hidden code begins", rewritten("myst_nb.sphinx_", "Toggle hidden content")),
    ("titles of hidden code", rewritten("myst_nb.sphinx_", "collapsed admonition-title")),
    ("settings that it knows", gone("jupyter_book.config.get_validator")),
    ("settings that it knows", gone("jupyter_book.config.PATH_YAML_DEFAULT")),
    ("jupyter_book.sphinx.handle_exception", gone("jupyter_book.sphinx.handle_exception")),
    ("html_to_pdf", other("jupyter_book.pdf.html_to_pdf", lambda page: None)),
    ("style sheet", other("pydata_sphinx_theme.__file__", "/nowhere/__init__.py")),
    ("text of a page begins", other("pydata_sphinx_theme.__file__", "/nowhere/__init__.py")),
    ("render_latex", other("sphinxcontrib.katex.render_latex", lambda formula: "")),
    ("render_latex", other("sphinxcontrib.katex.__file__", "/nowhere/katex.py")),
]


def broken(app: Sphinx) -> list[str]:
    try:
        compat.require(app, app.config)
    except ExtensionError as error:
        return str(error).splitlines()
    return []


def test_the_installed_libraries_have_every_interface(app):
    assert broken(app) == []


@pytest.mark.parametrize(("words", "change"), BREAKS, ids=[words for words, _ in BREAKS])
def test_an_interface_that_is_gone_is_told_with_version_and_remedy(app, monkeypatch, words, change):
    (interface,) = (entry for entry in compat.INTERFACES if words in entry.expected)
    change(monkeypatch, app)
    said = broken(app)
    assert compat.sentence(interface) in said
    library = interface.library
    line = compat.sentence(interface)
    assert line.startswith(f"{library} {metadata.version(library)} is installed")
    assert f'pip install "{library}{compat.RANGES[library]}"' in line


def test_every_interface_is_broken_by_a_test():
    untested = [
        entry.expected
        for entry in compat.INTERFACES
        if not any(words in entry.expected for words, _ in BREAKS)
    ]
    assert untested == []


def test_a_library_that_is_not_there_is_told():
    entry = compat.Interface("no-such-library", "anything", lambda app: True)
    compat_ranges = {**compat.RANGES, "no-such-library": ">=1"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compat, "RANGES", compat_ranges)
        assert compat.sentence(entry).startswith("no-such-library is not installed")


def test_the_ranges_are_those_of_the_requirements_and_hold_the_pins():
    def lines(name: str) -> list[Requirement]:
        text = (ROOT / name).read_text("utf8").splitlines()
        return [Requirement(line) for line in text if line and line[0] not in "-#"]

    pins = {r.name.lower(): str(r.specifier)[2:] for r in lines("constraints.txt")}
    asked = {r.name.lower(): r.specifier for r in lines("requirements.txt")}
    for library, text in compat.RANGES.items():
        assert SpecifierSet(text).contains(pins[library.lower()]), library
        if library.lower() in asked:
            assert SpecifierSet(text) == asked[library.lower()], library


def test_it_is_the_first_to_hear_of_the_configuration(small_book):
    """A build asks before it does anything else, and says it as its last words."""
    path = small_book.root / "book" / "kit" / "compat.py"
    text = path.read_text("utf8")
    path.write_text(text.replace('PASTED = "pasted-text"', 'PASTED = "pasted-words"'), "utf8")
    small_book.write("Words.")
    result = small_book.build()
    assert result.returncode == 1
    said = result.stderr + result.stdout
    assert f"myst-nb {metadata.version('myst-nb')} is installed, and the book relies on" in said
    assert "Traceback" not in said


PRIVATE = re.compile(r"\b(?:app|env|builder|config|sphinx|registry)\._[a-z]|_warncount|keep_going")


def test_private_names_of_sphinx_are_touched_there_and_nowhere_else():
    for path in sorted((ROOT / "book" / "kit").rglob("*.py")):
        if path.name != "compat.py":
            assert PRIVATE.findall(path.read_text("utf8")) == [], path


OF_OTHERS = ("myst_nb", "jupyter_book", "jupyter_cache.executors", "sphinxcontrib", "pydata")


def test_modules_of_other_extensions_are_imported_there_or_are_known_to_be_public():
    public = {"myst_nb.glue", "jupyter_cache.get_cache", "jupyter_cache.base.CacheBundleIn"}
    public |= {"jupyter_cache.executors.utils.ExecutionResult"}
    found = set()
    for path in sorted((ROOT / "book" / "kit").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf8"))):
            if isinstance(node, ast.ImportFrom) and path.name != "compat.py":
                names = {f"{node.module}.{alias.name}" for alias in node.names}
                found |= {name for name in names if name.startswith(OF_OTHERS)}
    assert found <= public
