"""What this extension takes from Sphinx and MyST-NB without a promise of theirs, in one place.

Each is asserted when a build starts, by a sentence that names the version and the remedy, so that a
change elsewhere is an error of one line and not a page without its checks.
"""

import importlib.util
from importlib import metadata
from pathlib import Path

from docutils import nodes
from docutils.utils import new_document
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

OUTPUT = ("nb_element", "mime_bundle")
"""How MyST-NB marks the node that stands for an output in every format."""

CELL = ("nb_element", "cell_code")
OUTPUTS = ("nb_element", "cell_code_output")
"""How it marks a cell, and in it the part with all its outputs."""

METADATA = "cell_metadata"
"""The attribute of a cell that holds its tags and other options."""

EXPECTED = "tag_raises-exception"
"""The class of a cell that is expected to fail."""

OF_ENVIRONMENT = {
    "titles": dict,
    "toctree_includes": dict,
    "toc_secnumbers": dict,
}
"""Attributes of the environment, and what they are: titles, order and numbers of pages."""

REMEDIES = {"sphinx": "sphinx>=7.2,<10", "myst-nb": "myst-nb>=1.1,<2"}


def require(holds: bool, package: str, expected: str) -> None:
    """Raise ExtensionError unless a package is as this extension expects.

    Parameters
    ----------
    holds : bool
    package : str
        Its distribution, one of `REMEDIES`.
    expected : str
        What was expected, to follow "that".
    """
    if not holds:
        raise ExtensionError(
            f"sphinx-equation-checks expects that {expected}; {package} "
            f"{metadata.version(package)} is another. Install one that is known to fit: "
            f'pip install "{REMEDIES[package]}"'
        )


def check_environment(app: Sphinx) -> None:
    """Assert what the notes and the list of equations take from Sphinx."""
    for name, kind in OF_ENVIRONMENT.items():
        held = isinstance(getattr(app.env, name, None), kind)
        require(held, "sphinx", f"an environment has a {kind.__name__} `{name}`")
    found = isinstance(getattr(builder_of(app.env), "name", None), str)
    require(found, "sphinx", "an environment knows the builder at work")
    known = "eq" in app.env.get_domain("math").dangling_warnings
    require(known, "sphinx", "the domain of mathematics has the role `eq`")


def check_outputs(app: Sphinx) -> None:
    """Assert how MyST-NB marks outputs, if the book uses it."""
    if "myst_nb" in app.extensions:
        sources = _sources_of("myst_nb")
        marked = {"an output": OUTPUT, "a cell": CELL, "what a cell shows": OUTPUTS}
        for what, (name, value) in marked.items():
            mark = f'{name}="{value}"'
            found = any(mark in text for text in sources)
            require(found, "myst-nb", f"{what} is marked by {mark}")
        found = any(f"{METADATA}=token.meta" in text for text in sources)
        require(found, "myst-nb", f"a cell has its options in {METADATA}")


def has_failed(app: Sphinx, place: nodes.Element) -> bool:
    """Tell whether a cell failed that was not expected to, which ends the page's run.

    Parameters
    ----------
    app : Sphinx
    place : node
        A page, or one cell of it.
    """
    if getattr(app.config, "nb_execution_allow_errors", False):
        return False
    return any(
        "traceback" in block["classes"] and not _is_expected(block)
        for block in place.findall(nodes.literal_block)
    )


def _is_expected(output: nodes.Node) -> bool:
    while output.parent is not None:
        output = output.parent
        if isinstance(output, nodes.container) and EXPECTED in output["classes"]:
            return True
    return False


def _sources_of(package: str) -> list[str]:
    spec = importlib.util.find_spec(package)
    folders = (spec.submodule_search_locations if spec else None) or []
    patterns = ("sphinx*.py", "core/render.py")
    paths = (path for folder in folders for name in patterns for path in Path(folder).glob(name))
    return [path.read_text(encoding="utf8") for path in paths]


def builder_of(env: BuildEnvironment) -> Builder:
    """Return the builder at work; from Sphinx 9 on the environment calls its application `_app`."""
    app = vars(env).get("_app") or env.app
    builder: Builder = app.builder
    return builder


def output_of(record: nodes.Element) -> nodes.Element:
    """Return what stands for an output in every format, of which a record is the one in HTML."""
    return _around(record, *OUTPUT) or record


def cell_of(node: nodes.Element) -> nodes.Element | None:
    """Return the cell of a page that a node belongs to, if it belongs to one."""
    return _around(node, *CELL)


def cells_of(doctree: nodes.document) -> list[nodes.Element]:
    """Return the cells of a page."""
    name, value = CELL
    return [box for box in doctree.findall(nodes.container) if box.get(name) == value]


def tags_of(cell: nodes.Element) -> list[str]:
    """Return the tags of a cell."""
    tags = cell.get(METADATA, {}).get("tags", [])
    return [str(tag) for tag in tags] if isinstance(tags, list) else [str(tags)]


def option_of(cell: nodes.Element, name: str) -> str:
    """Return the text that a cell has for one of its options, or nothing."""
    return str(cell.get(METADATA, {}).get(name) or "").strip()


def parts_of(cell: nodes.Element) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """Return what stands in a cell for its code, and what stands there for its outputs."""
    name, value = OUTPUTS
    shown = [part for part in cell.children if part.get(name) == value]
    return [part for part in cell.children if part not in shown], shown


def do_not_hide(cell: nodes.Element) -> None:
    """Keep MyST-NB from hiding code or outputs of a cell in its own way."""
    cell.attributes.pop("hide_mode", None)


def drop_output(output: nodes.Element) -> None:
    """Remove an output from its cell, and with the last one the place of all of them."""
    place = output.parent
    place.remove(output)
    name, value = OUTPUTS
    if not place.children and place.get(name) == value:
        place.parent.remove(place)


def _around(node: nodes.Node | None, name: str, value: str) -> nodes.Element | None:
    while isinstance(node, nodes.Element):
        if node.get(name) == value:
            return node
        node = node.parent
    return None


def parsed(text: str, document: nodes.document, line: int) -> list[nodes.Node]:
    """Return what MyST makes of a text that is an option of a cell.

    Parameters
    ----------
    text : str
    document : document
        The page, whose settings hold.
    line : int
        Of the cell; warnings name it.
    """
    from myst_parser.parsers.sphinx_ import MystParser

    apart = new_document(document["source"], document.settings)
    # The page's own names and counts, so that nothing is named as something else on the page.
    apart.ids, apart.id_counter = document.ids, document.id_counter
    MystParser().parse("\n" * (line - 1) + text, apart)
    for node in apart.findall():
        # Else the pickle of the page holds the other document, and with it the environment.
        node.document = document
    return list(apart.children)


def reading_order(env: BuildEnvironment) -> list[str]:
    """Return the pages in the order of the contents, each once."""
    waiting, found = [env.config.root_doc], dict[str, None]()
    while waiting:
        docname = waiting.pop(0)
        if docname not in found:
            found[docname] = None
            waiting[:0] = env.toctree_includes.get(docname, [])
    # Pages that no contents name come last.
    return [*found, *sorted(set(env.found_docs) - set(found))]


def title_of(env: BuildEnvironment, docname: str) -> str:
    """Return the title of a page with its number, as the contents of the book have it."""
    number = env.toc_secnumbers.get(docname, {}).get("")
    title = env.titles[docname].astext()
    return f"{'.'.join(map(str, number))}. {title}" if number else title
