"""Sphinx extension: every labelled equation that states a result has a cell that checks it.

For another book, this file, `checked.py` and `compared.py` are all it takes. Put them in a folder
of local extensions, the folder on the kernels' PYTHONPATH, and `equation_checks` in the list of
extensions.

Under an equation with the label ``eq-...`` the page says what its checks found, and links to the
cell; the check's output links to the equation. Labels with another prefix from the configuration
value ``equation_checks_unchecked`` mark what cannot be checked, such as ``def-`` for definitions,
and are marked as that on the page; a check of them is welcome.

A warning, and so a failed strict build, comes of

* a result without a check on its own page;
* a check whose label is no equation of its page;
* a check that has no record of having noticed what it must notice.

Where the description of a Python object refers to an equation by ``:eq:``, the equation links back.

The directive ``equation-list`` shows all labelled equations of the book with their checks, page by
page, below contents of its own, and where scripts run with a filter. The file
``equation-checks.json`` beside the pages holds the same for programs. The index and the search know
all labels.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)

MARK = 'class="equation-check"'
MUST_NOTICE = {
    "equal": {"a factor 1 + 1e-4", "a turned sign"},
    "zero": {"1e-4 of what cancels"},
    "bound": {"the sides exchanged", "1e-4 beyond the limit"},
    "symbols": {"a factor 1 + 1e-4", "a turned sign"},
}
WORDS = {
    "equal": "Checked as equal",
    "zero": "Checked as zero",
    "bound": "Checked as a bound",
    "symbols": "Checked in symbols",
}
OF_A_PAGE = ("equations", "checks", "objects", "references")
Record = dict[str, Any]


class Notes(nodes.General, nodes.Element):
    """Stands below an equation until it is known what its checks found."""


class EquationList(nodes.General, nodes.Element):
    """Stands for the list of all equations until all pages are read."""


class EquationListDirective(SphinxDirective):
    """``{equation-list}``, without argument or content."""

    def run(self) -> list[nodes.Node]:
        """Return the placeholder and remember the page, which changes when any other does."""
        _store(self.env)["lists"].add(self.env.docname)
        return [EquationList()]


def _store(env: BuildEnvironment) -> dict[str, Any]:
    if not hasattr(env, "equation_checks"):
        parts: dict[str, Any] = {part: {} for part in (*OF_A_PAGE, "said")}
        env.equation_checks = {**parts, "lines": {}, "lists": set()}
    store: dict[str, Any] = env.equation_checks
    return store


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Take from a page its labelled equations, its checks, and the objects that refer to some."""
    store, docname = _store(app.env), app.env.docname
    store["equations"][docname] = equations = {}
    store["lines"][docname] = lines = {}
    for equation in list(doctree.findall(nodes.math_block)):
        if label := equation.get("label"):
            equations[label] = equation.astext()
            lines[label] = equation.line
            equation.parent.insert(equation.parent.index(equation) + 1, Notes(label=label))
    store["checks"][docname] = checks = []
    for output in list(doctree.findall(nodes.raw)):
        record = _record(output)
        if record is None:
            continue
        same = sum(other["label"] == record["label"] for other in checks)
        name = f"check-{record['label']}" + (f"-{same + 1}" if same else "")
        record["id"] = nodes.make_id(name)
        lines[record["id"]] = output.line
        checks.append(record)
        _bundle(output).replace_self(_check_line(record))
    store["objects"][docname] = dict(_references_of_objects(doctree))
    links = [link for link in doctree.findall(addnodes.pending_xref) if link.get("reftype") == "eq"]
    store["references"][docname] = sorted({link["reftarget"] for link in links})


def _record(output: nodes.raw) -> Record | None:
    """Return what a check has put on record, or None if the output is not that of a check."""
    text = output.astext().strip()
    if not text.startswith(f"<p {MARK} data-label="):
        return None
    try:
        data = ElementTree.fromstring(text).attrib
        return {
            "label": data["data-label"],
            "kind": data["data-kind"],
            "error": float(data["data-error"]),
            "bound": float(data["data-bound"]),
            "noticed": [name for name in data["data-noticed"].split("; ") if name],
            "finding": data["data-finding"],
        }
    except (ElementTree.ParseError, KeyError, ValueError) as error:
        logger.warning("a check has no readable record: %s", error, location=output)
        return None


def _bundle(output: nodes.Element) -> nodes.Element:
    """Return what stands for an output in every format, of which the record is the one in HTML."""
    node = output
    while node.parent is not None:
        if node.get("nb_element") == "mime_bundle":
            return node
        node = node.parent
    return output


def _references_of_objects(doctree: nodes.document) -> Iterator[tuple[str, list[str]]]:
    for description in doctree.findall(addnodes.desc):
        signature = description[0]
        found = description.findall(addnodes.pending_xref)
        labels = [link["reftarget"] for link in found if link.get("reftype") == "eq"]
        if labels and signature.get("ids"):
            yield signature["ids"][0], labels


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Drop what is known of a page that is read again or gone."""
    store = _store(env)
    for kind in (*OF_A_PAGE, "lines"):
        store[kind].pop(docname, None)
    store["lists"].discard(docname)


def verify(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of results without check, checks without equation, and checks without teeth."""
    store = _store(env)
    for docname, equations in store["equations"].items():
        checks, lines = store["checks"].get(docname, []), store["lines"].get(docname, {})
        checked = {record["label"] for record in checks}
        for label in equations:
            if label not in checked and not _mark(app, label):
                logger.warning(
                    "the equation %s has no check on its page",
                    label,
                    location=(docname, lines.get(label)),
                )
        for record in checks:
            if record["label"] not in equations:
                logger.warning(
                    "the check of %s names no equation of its page",
                    record["label"],
                    location=(docname, lines.get(record["id"])),
                )
            missing = MUST_NOTICE.get(record["kind"], {"any"}) - set(record["noticed"])
            if missing or not record["error"] <= record["bound"]:
                logger.warning(
                    "the check of %s has no record of noticing %s",
                    record["label"],
                    ", ".join(sorted(missing)) or "its own error",
                    location=(docname, lines.get(record["id"])),
                )


def _mark(app: Sphinx, label: str) -> str:
    marks: dict[str, str] = app.config.equation_checks_unchecked
    return next((mark for prefix, mark in marks.items() if label.startswith(prefix)), "")


def write_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages that say something else of other pages, now that others were read.

    Sphinx itself writes a page again when its own numbers change, and not when those do that it
    refers to.
    """
    before, now = _store(env)["said"], _said_of_other_pages(env)
    _store(env)["said"] = now
    return sorted(docname for docname, said in now.items() if said != before.get(docname))


def _said_of_other_pages(env: BuildEnvironment) -> dict[str, str]:
    """Return, by page, a digest of what its notes, references and lists take from other pages."""
    store = _store(env)
    objects, order = _objects(store), list(_in_reading_order(env))
    numbers = {
        label: (chapter, number)
        for chapter, docname in enumerate(order)
        for number, label in enumerate(store["equations"].get(docname, ()))
    }
    titles = [env.titles[docname].astext() for docname in order]
    known = [sorted(store[kind].items()) for kind in ("equations", "checks")]
    said: dict[str, Any] = {}
    for docname, found in store["equations"].items():
        linked = [(name, label) for name in objects for label in objects[name] if label in found]
        said[docname] = [linked, [numbers.get(label) for label in store["references"][docname]]]
        if docname in store["lists"]:
            said[docname] += [order, titles, known, objects]
    return {
        docname: hashlib.sha256(repr(words).encode()).hexdigest() for docname, words in said.items()
    }


def _objects(store: dict[str, Any]) -> dict[tuple[str, str], list[str]]:
    return {
        (docname, name): labels
        for docname, objects in sorted(store["objects"].items())
        for name, labels in objects.items()
    }


class IndexEquations(SphinxTransform):
    """Puts the labels of equations into the index, and so before all else that a search finds."""

    default_priority = 800

    def apply(self, **kwargs: Any) -> None:
        """Set a mark of the index before each labelled equation."""
        for equation in list(self.document.findall(nodes.math_block)):
            if label := equation.get("label"):
                anchor = nodes.make_id(f"equation-{label}")
                entry = ("single", label, anchor, "main", None)
                place = equation.parent.index(equation)
                equation.parent.insert(place, addnodes.index(entries=[entry]))


class ShowChecks(SphinxPostTransform):
    """Fills in the notes below equations, and the lists; before references are resolved."""

    default_priority = 5

    def run(self, **kwargs: Any) -> None:
        """Replace the placeholders of one page."""
        store, docname = _store(self.env), self.env.docname
        for place in list(self.document.findall(Notes)):
            place.replace_self(self.note(store, docname, place["label"]))
        for place in list(self.document.findall(EquationList)):
            place.replace_self(list(self.list_of_equations(store)))

    def note(self, store: dict[str, Any], docname: str, label: str) -> nodes.Node:
        """Return the line below an equation: what its checks found, and where it is in code."""
        note = nodes.paragraph("", "", classes=["equation-note"])
        mark = _mark(self.app, label)
        if mark:
            note += nodes.Text(f"{mark}. ")
        records = [record for record in store["checks"][docname] if record["label"] == label]
        if records:
            note["classes"].append("checked")
        for kind in dict.fromkeys(record["kind"] for record in records):
            same = [record for record in records if record["kind"] == kind]
            tightest = max(same, key=_tightness)
            note += self.link(docname, tightest["id"], WORDS[kind])
            times = f", {len(same)} checks" if len(same) > 1 else ""
            note += nodes.Text(f": {tightest['finding']}{times}. ")
        objects = [place for place, labels in _objects(store).items() if label in labels]
        for number, (page, name) in enumerate(objects):
            note += nodes.Text("In code: " if number == 0 else ", ")
            note += self.link(page, name, name)
        return note

    def list_of_equations(self, store: dict[str, Any]) -> Iterator[nodes.Node]:
        """Yield the contents, and for every page its title, and its equations with their notes."""
        pages = [name for name in _in_reading_order(self.env) if store["equations"].get(name)]
        contents = nodes.bullet_list(classes=["equation-list-contents"])
        for docname in pages:
            title, count = self.title(docname), len(store["equations"][docname])
            line = nodes.paragraph("", "", self.link(self.env.docname, _part(docname), title))
            line += nodes.Text(f", {count} {'equation' if count == 1 else 'equations'}")
            contents += nodes.list_item("", line)
        yield contents
        yield nodes.raw("", '<div class="equation-filter"></div>', format="html")
        for docname in pages:
            part = nodes.section(ids=[_part(docname)], classes=["equation-list-part"])
            part += nodes.title("", "", self.link(docname, "", self.title(docname)))
            for label, latex in store["equations"][docname].items():
                entry = self.note(store, docname, label)
                entry.insert(0, [_equation_link(label), nodes.Text(" ")])
                formula = nodes.math_block(latex, latex, nowrap=False, number=None, label=None)
                part += nodes.container("", formula, entry, classes=["equation-entry"])
            yield part

    def title(self, docname: str) -> str:
        """Return the title of a page with its number, as the contents of the book have it."""
        number = self.env.toc_secnumbers.get(docname, {}).get("")
        title = self.env.titles[docname].astext()
        return f"{'.'.join(map(str, number))}. {title}" if number else title

    def link(self, docname: str, anchor: str, text: str) -> nodes.reference:
        """Return a link to a place of this page or another."""
        here = self.env.docname
        address = "" if docname == here else self.app.builder.get_relative_uri(here, docname)
        uri = f"{address}#{anchor}" if anchor else address
        return nodes.reference("", text, internal=True, refuri=uri)


class AnchorsInLatex(SphinxPostTransform):
    """Sets a mark that links reach before the line of a check, since LaTeX knows none of lines."""

    default_priority = 900
    formats = ("latex",)

    def run(self, **kwargs: Any) -> None:
        """Move the names of the lines of checks into targets."""
        for line in list(self.document.findall(nodes.paragraph)):
            if "equation-check" in line["classes"]:
                line.insert(0, nodes.target("", "", ids=line["ids"]))
                line["ids"] = []


def _part(docname: str) -> str:
    return nodes.make_id(f"equations-of-{docname}")


def add_filter(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Give a page that lists equations the script that filters them."""
    if pagename in _store(app.env)["lists"]:
        app.add_js_file("../equations/filter.js")


def _in_reading_order(env: BuildEnvironment) -> Iterator[str]:
    waiting = [env.config.root_doc]
    while waiting:
        docname = waiting.pop(0)
        yield docname
        waiting[:0] = env.toctree_includes.get(docname, [])


def _tightness(record: Record) -> float:
    return float(record["error"] / record["bound"] if record["error"] > 0 else record["error"])


def _equation_link(label: str) -> addnodes.pending_xref:
    return addnodes.pending_xref(
        "",
        nodes.inline(label, label),
        refdomain="math",
        reftype="eq",
        reftarget=label,
        refexplicit=False,
        refwarn=True,
    )


def _check_line(record: Record) -> nodes.Node:
    line = nodes.paragraph("", "", classes=["equation-check"], ids=[record["id"]])
    line += _equation_link(record["label"])
    count = len(record["noticed"])
    words = "disturbance noticed" if count == 1 else "disturbances noticed"
    line += nodes.Text(f" holds: {record['finding']}; {count} {words}")
    return line


def write_record(app: Sphinx, exception: Exception | None) -> None:
    """Write what is known of all equations for programs, such as tests."""
    if exception is None and app.builder.format == "html":
        store = _store(app.env)
        record = {
            docname: {
                "results": [label for label in equations if not _mark(app, label)],
                "unchecked": [label for label in equations if _mark(app, label)],
                "checks": store["checks"].get(docname, []),
            }
            for docname, equations in sorted(store["equations"].items())
            if equations
        }
        path = Path(app.outdir) / "equation-checks.json"
        path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_config_value(
        "equation_checks_unchecked", {"def-": "Definition", "asm-": "Assumption"}, "env"
    )
    app.add_node(Notes)
    app.add_node(EquationList)
    app.add_directive("equation-list", EquationListDirective)
    app.add_transform(IndexEquations)
    app.add_post_transform(ShowChecks)
    app.add_post_transform(AnchorsInLatex)
    app.connect("doctree-read", collect)
    app.connect("env-purge-doc", forget)
    app.connect("env-check-consistency", verify)
    app.connect("env-updated", write_again)
    app.connect("html-page-context", add_filter)
    app.connect("build-finished", write_record)
    return {"env_version": 5, "parallel_read_safe": False, "parallel_write_safe": True}
