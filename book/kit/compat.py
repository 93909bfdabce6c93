"""Every private or undocumented interface of other libraries that the book's build touches.

Each stands in `INTERFACES` with a test whether the installed library still has it. `require` asks
them all when the configuration has been read, so a release that changes one ends the build with a
sentence that says which, and what to install, before a page comes out wrong without a word. What
the build does with an interface is a function below, which other modules of ``kit`` call.
"""

import atexit
import inspect
import logging
import sys
from collections.abc import Callable
from importlib import import_module, metadata
from pathlib import Path
from typing import IO, Any, NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging as sphinx_logging

RANGES = {
    "Sphinx": ">=7.4,<8",
    "docutils": ">=0.20,<0.22",
    "myst-nb": ">=1.4,<2",
    "jupyter-book": ">=1.0.4,<2",
    "jupyter-cache": ">=1.0,<2",
    "nbclient": ">=0.10,<0.12",
    "pydata-sphinx-theme": ">=0.16,<0.18",
    "sphinxcontrib-katex": ">=0.9.11,<0.10",
}
"""Releases of which the book is known to find what it expects."""

PASTED = "pasted-text"
SUMMARY = '<summary aria-label="Toggle hidden content">'
HIDDEN = ('<p class="collapsed admonition-title">', '<p class="expanded admonition-title">')
TIMES_OF_PAGES = ["Document", "Modified", "Method", "Run Time (s)", "Status"]
DISPLAY = '<div class="math notranslate nohighlight"'
CITATION = ' role="doc-biblioentry"'
CITATIONS = ' role="list" class="cit'
STYLES = Path("styles/pydata-sphinx-theme.css")
FONT = Path("vendor/fontawesome/webfonts/fa-solid-900.ttf")
ARTICLE = '<article class="bd-article'


class Interface(NamedTuple):
    """Something that a library does not promise.

    Attributes
    ----------
    library : str
        The distribution, a key of `RANGES`.
    expected : str
        What the book relies on; it completes "the book relies on ...".
    holds : callable
        Returns whether the library has it; an exception means that it has not.
    """

    library: str
    expected: str
    holds: Callable[[Sphinx], object]


def _parameters(place: str, *names: str) -> Callable[[Sphinx], bool]:
    """Return a test whether a function takes arguments of these names, in this order."""
    module, _, name = place.rpartition(".")

    def holds(app: Sphinx) -> bool:
        function = getattr(import_module(module), name)
        return list(inspect.signature(function).parameters)[: len(names)] == list(names)

    return holds


def _writes(module: str, *texts: str) -> Callable[[Sphinx], bool]:
    """Return a test whether the source of a module contains texts."""

    def holds(app: Sphinx) -> bool:
        source = inspect.getsource(import_module(module))
        return all(text in source for text in texts)

    return holds


def _ships(package: str, *paths: Path) -> Callable[[Sphinx], bool]:
    """Return a test whether a package has files."""

    def holds(app: Sphinx) -> bool:
        folder = Path(str(import_module(package).__file__)).parent
        return all((folder / path).is_file() for path in paths)

    return holds


def _lays_out(package: str, path: Path, text: str) -> Callable[[Sphinx], bool]:
    """Return a test whether a template of a package contains a text."""

    def holds(app: Sphinx) -> bool:
        folder = Path(str(import_module(package).__file__)).parent
        return text in (folder / path).read_text(encoding="utf8")

    return holds


def _keeps_attributes(app: Sphinx) -> bool:
    script = import_module("sphinx.builders.html._assets")._JavaScript("a.js")
    defer(script)
    return "defer" in str(script)


def _visitors_are_dicts(app: Sphinx) -> bool:
    return isinstance(app.registry.translation_handlers, dict)


def _knows_settings(app: Sphinx) -> bool:
    return bool(known_settings()[0]) and "properties" in known_settings()[1]


_THEME = Path("theme/pydata_sphinx_theme/static")

INTERFACES = (
    Interface(
        "Sphinx",
        "a handler of sphinx.util.logging that is a WarningStreamHandler, to keep warnings back",
        lambda app: warning_handlers(),
    ),
    Interface(
        "Sphinx",
        "a stream that the application writes warnings to",
        lambda app: error_stream(app).write,
    ),
    Interface(
        "Sphinx",
        "sphinx.cmd.build.handle_exception, a function that tells what ends a build",
        lambda app: callable(import_module("sphinx.cmd.build").handle_exception),
    ),
    Interface(
        "Sphinx",
        "a function that writes down the traceback of an error, save_traceback",
        lambda app: callable(_save_traceback()[0]),
    ),
    Interface(
        "Sphinx",
        "entries of the index that the environment keeps for the search, by page",
        _writes("sphinx.environment", "self._search_index_index_entries: dict["),
    ),
    Interface(
        "Sphinx",
        "the numbers of sections that the environment keeps as toc_secnumbers",
        _writes("sphinx.environment", "self.toc_secnumbers: dict["),
    ),
    Interface(
        "Sphinx",
        "that a reference by a number asks a page that it has read for its ids alone",
        _writes("sphinx.domains.std", "env.get_doctree(docname).ids.get(labelid)"),
    ),
    Interface("Sphinx", "attributes of a script that can be added to", _keeps_attributes),
    Interface("Sphinx", "a dictionary of the visitors of nodes, by builder", _visitors_are_dicts),
    Interface(
        "Sphinx",
        f"that a formula of its own line begins with {DISPLAY}",
        _writes("sphinx.ext.mathjax", "'div', CLASS='math notranslate nohighlight'"),
    ),
    Interface(
        "docutils",
        f"that an entry of the bibliography is marked by{CITATION}, in a list",
        _writes("docutils.writers._html_base", CITATION.strip(), CITATIONS.strip()),
    ),
    Interface(
        "myst-nb",
        "single_nb_execution, which executes a page, in myst_nb.core.execute.cache and .direct",
        lambda app: all(
            callable(import_module(f"myst_nb.core.execute.{name}").single_nb_execution)
            for name in ("cache", "direct")
        ),
    ),
    Interface(
        "jupyter-cache",
        "single_nb_execution(nb, cwd, timeout, allow_errors) of jupyter_cache.executors.utils",
        _parameters(
            "jupyter_cache.executors.utils.single_nb_execution",
            *("nb", "cwd", "timeout", "allow_errors"),
        ),
    ),
    Interface(
        "jupyter-cache",
        "the records of a cache, by jupyter_cache.cache.db.NbCacheRecord.remove_record(pk, db)",
        lambda app: callable(import_module("jupyter_cache.cache.db").NbCacheRecord.remove_record),
    ),
    Interface(
        "nbclient",
        "NotebookClient._cleanup_kernel, which ends a kernel when Python ends",
        lambda app: callable(import_module("nbclient.client").NotebookClient._cleanup_kernel),
    ),
    Interface(
        "myst-nb",
        "NbMetadataCollector.get_doc_data(env), which tells how pages were executed",
        lambda app: callable(import_module("myst_nb.sphinx_").NbMetadataCollector.get_doc_data),
    ),
    Interface(
        "myst-nb",
        f"that a table of the pages' times has the columns {', '.join(TIMES_OF_PAGES)}",
        _writes("myst_nb.ext.execution_tables", *(f'"{name}"' for name in TIMES_OF_PAGES)),
    ),
    Interface(
        "myst-nb",
        "create_nb_reader(path, md_config, nb_config, content) of myst_nb.core.read",
        _parameters(
            "myst_nb.core.read.create_nb_reader", "path", "md_config", "nb_config", "content"
        ),
    ),
    Interface(
        "myst-nb",
        "the settings that an environment keeps as myst_config and mystnb_config",
        lambda app: (
            {"myst_config", "mystnb_config"}
            <= set(import_module("myst_nb.sphinx_").SphinxEnvType.__annotations__)
        ),
    ),
    Interface(
        "myst-nb",
        f"that a glued value in a sentence has the class {PASTED}",
        _writes("myst_nb.ext.glue.roles", f'classes=["{PASTED}"]'),
    ),
    Interface(
        "myst-nb",
        f"that hidden code begins with {SUMMARY}",
        _writes("myst_nb.sphinx_", SUMMARY),
    ),
    Interface(
        "myst-nb",
        f"that the titles of hidden code begin with {HIDDEN[0]} and its like",
        _writes("myst_nb.sphinx_", *HIDDEN),
    ),
    Interface(
        "jupyter-book",
        "the settings that it knows, in jupyter_book.config",
        _knows_settings,
    ),
    Interface(
        "jupyter-book",
        "jupyter_book.sphinx.handle_exception, which tells an error of the start",
        lambda app: callable(import_module("jupyter_book.sphinx").handle_exception),
    ),
    Interface(
        "jupyter-book",
        "jupyter_book.pdf.html_to_pdf(html_file, pdf_file)",
        _parameters("jupyter_book.pdf.html_to_pdf", "html_file", "pdf_file"),
    ),
    Interface(
        "pydata-sphinx-theme",
        f"its style sheet {STYLES.name} and its font of icons {FONT.name}",
        _ships("pydata_sphinx_theme", _THEME / STYLES, _THEME / FONT),
    ),
    Interface(
        "pydata-sphinx-theme",
        f"a layout in which the text of a page begins with {ARTICLE}",
        _lays_out("pydata_sphinx_theme", _THEME.parent / "layout.html", ARTICLE),
    ),
    Interface(
        "sphinxcontrib-katex",
        "sphinxcontrib.katex.render_latex(latex, options), and KaTeX beside it",
        lambda app: (
            _parameters("sphinxcontrib.katex.render_latex", "latex", "options")(app)
            and katex_script().is_file()
        ),
    ),
)


def require(app: Sphinx, config: Config) -> None:
    """End the build if an installed library lacks an interface that the build touches.

    Raises
    ------
    ExtensionError
        With a sentence for each: library, installed version, what is missing, and the remedy.
    """
    if missing := [sentence(entry) for entry in INTERFACES if not _holds(entry, app)]:
        raise ExtensionError("\n".join(missing))


def _holds(interface: Interface, app: Sphinx) -> bool:
    try:
        return bool(interface.holds(app))
    except Exception:
        return False


def sentence(interface: Interface) -> str:
    """Return what is wrong with a library and what to do about it."""
    library = interface.library
    try:
        installed = f"{library} {metadata.version(library)} is installed"
    except metadata.PackageNotFoundError:
        installed = f"{library} is not installed"
    return (
        f"{installed}, and the book relies on {interface.expected}, which it does not have: "
        f'pip install "{library}{RANGES[library]}", or all that is pinned: '
        "pip install -r requirements.txt"
    )


def warning_handlers() -> list[logging.Handler]:
    """Return the handlers that write Sphinx's warnings."""
    return [
        handler
        for handler in logging.getLogger(sphinx_logging.NAMESPACE).handlers
        if isinstance(handler, sphinx_logging.WarningStreamHandler)
    ]


def error_stream(app: Sphinx) -> IO[str]:
    """Return where the application writes what is wrong."""
    return app._warning


def tell_errors_by(tell: Callable[[BaseException], None]) -> None:
    """Have an error before any page is read told by a function; Sphinx has no event for it."""

    def handle_exception(*args: object, **options: object) -> None:
        given = [*args, *options.values()]
        tell(next(value for value in given if isinstance(value, BaseException)))

    for name in ("jupyter_book.sphinx", "sphinx.cmd.build"):
        if hasattr(sys.modules.get(name), "handle_exception"):
            sys.modules[name].handle_exception = handle_exception  # type: ignore[attr-defined]


def _save_traceback() -> tuple[Callable[..., str], bool]:
    """Return Sphinx's function for it, and whether it takes the application too."""
    try:
        return import_module("sphinx.util.exceptions").save_traceback, True
    except ImportError:  # from Sphinx 9 on
        return import_module("sphinx._cli.util.errors").save_traceback, False


def saved_traceback(app: Sphinx, error: BaseException) -> str:
    """Write the traceback of an error into a file and return its name."""
    save, takes_application = _save_traceback()
    return save(app, error) if takes_application else save(error)


def execute_by(run: Callable[..., Any]) -> None:
    """Have MyST-NB execute pages by a function that is like jupyter-cache's."""
    for name in ("cache", "direct"):
        import_module(f"myst_nb.core.execute.{name}").single_nb_execution = run  # type: ignore[attr-defined]


def forget_kernel(client: Any) -> None:
    """Leave nothing to be done at the end of Python for a kernel that is gone already.

    A client whose kernel did not start has ended it, and would fail to do so again.
    """
    if client.km is None:
        atexit.unregister(client._cleanup_kernel)


def execution_record(env: BuildEnvironment, docname: str) -> dict[str, Any]:
    """Return what MyST-NB tells of the execution of a page; empty if it was not executed."""
    collector = import_module("myst_nb.sphinx_").NbMetadataCollector
    record = collector.get_doc_data(env).get(docname, {}).get("exec_data")
    return dict(record or {})


def reader_of(env: Any, path: Path, text: str) -> Any:
    """Return MyST-NB's reader of a page, or None if it is no notebook."""
    create = import_module("myst_nb.core.read").create_nb_reader
    return create(str(path), env.myst_config, env.mystnb_config, text)


def timeout_of(env: Any) -> int:
    """Return after how many seconds a cell is given up."""
    return int(env.mystnb_config.execution_timeout)


def is_glued(node: nodes.inline) -> bool:
    """Whether a piece of text is a value that a cell has glued."""
    return PASTED in node["classes"]


def known_settings() -> tuple[Path, dict[str, Any]]:
    """Return the file of Jupyter Book's settings with their defaults, and their schema."""
    module = import_module("jupyter_book.config")
    return Path(module.PATH_YAML_DEFAULT), dict(module.get_validator().schema)


def print_pages_by(function: Callable[[Path, Path, Callable[[Path, Path], None]], None]) -> None:
    """Have Jupyter Book's next page printed by a function, which gets Jupyter Book's own too."""
    pdf = import_module("jupyter_book.pdf")
    original = pdf.html_to_pdf

    def html_to_pdf(page: Path, printed: Path) -> None:
        pdf.html_to_pdf = original  # type: ignore[attr-defined]
        function(page, printed, original)

    pdf.html_to_pdf = html_to_pdf  # type: ignore[attr-defined]


def search_entries(env: BuildEnvironment) -> dict[str, list[tuple[str, str, str]]]:
    """Return the entries of the index that the search is given, by page; they can be changed."""
    return env._search_index_index_entries


def defer(script: Any) -> None:
    """Let a page not wait for a script."""
    script.attributes.setdefault("defer", "defer")


def is_deferred(script: Any) -> bool:
    """Whether a page does not wait for a script."""
    return bool({"async", "defer"} & set(script.attributes))


def give_visitors_of_its_format(app: Sphinx) -> None:
    """Give a builder that has visitors of its own those of its format too."""
    handlers, builder = app.registry.translation_handlers, app.builder
    if builder.name in handlers:
        handlers[builder.name] = {**handlers.get(builder.format, {}), **handlers[builder.name]}


def pass_by_unknown_nodes(app: Sphinx) -> None:
    """Let a builder of another format, such as text, write what is in nodes known to HTML alone.

    Sphinx ends such a build at the first exercise, and at the first tab.
    """
    handlers, builder = app.registry.translation_handlers, app.builder
    translator = getattr(builder, "default_translator_class", None)
    if builder.format in ("html", "latex") or translator is None:
        return
    known = dict(handlers.get(builder.name) or handlers.get(builder.format, {}))
    for name in handlers.get("html", {}):
        if not hasattr(translator, f"visit_{name}"):
            known.setdefault(name, (_nothing, _nothing))
    handlers[builder.name] = known


def _nothing(translator: Any, node: Any) -> None:
    """Write nothing for a node itself; what is in it is written."""


def render_formulas_by(function: Callable[..., str]) -> None:
    """Have formulas rendered by a function in place of KaTeX's server."""
    import_module("sphinxcontrib.katex").render_latex = function  # type: ignore[attr-defined]


def katex_script() -> Path:
    """Return the file of the KaTeX that comes with the extension."""
    return Path(str(import_module("sphinxcontrib.katex").__file__)).with_name("katex.min.js")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx, before anything else that a read configuration starts."""
    app.connect("config-inited", require, priority=0)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
