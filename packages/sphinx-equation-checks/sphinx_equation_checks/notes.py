"""Where pages show checks: below an equation, in a list of all equations, in the index."""

import hashlib
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from .compat import reading_order, title_of
from .marks import Marks
from .pages import Known, Notes, equation_link, known, labelled_equations
from .writer import Writer

FILTER = "equation-filter.js"


class EquationList(nodes.General, nodes.Element):
    """Stands for the list of all equations until all pages are read."""


class EquationListDirective(SphinxDirective):
    """``{equation-list}``, without argument or content."""

    def run(self) -> list[nodes.Node]:
        """Return the placeholder and remember the page, which changes when any other does."""
        known(self.env).lists.add(self.env.docname)
        return [EquationList(docname=self.env.docname)]


class IndexEquations(SphinxTransform):
    """Puts the labels of equations into the index, and so before all else that a search finds."""

    default_priority = 800

    def apply(self, **kwargs: Any) -> None:
        """Set a mark of the index before each equation that an author has labelled."""
        for equation, label in list(labelled_equations(self.document, self.env.docname)):
            entry = ("single", label, nodes.make_id(f"equation-{label}"), "main", None)
            place = equation.parent.index(equation)
            equation.parent.insert(place, addnodes.index(entries=[entry]))


class ShowChecks(SphinxPostTransform):
    """Fills in the notes below equations, and the lists; before references are resolved."""

    default_priority = 5

    def run(self, **kwargs: Any) -> None:
        """Replace the placeholders of one page."""
        marks = Marks(self.app, self.env)
        for place in list(self.document.findall(Notes)):
            place.replace_self(marks.below(place))
        for place in list(self.document.findall(EquationList)):
            place.replace_self(list(self.list_of_equations(place["docname"])))
        for line in self.document.findall(nodes.paragraph):
            if "equation-check" in line["classes"]:
                self.unlink(line)

    def unlink(self, line: nodes.paragraph) -> None:
        """Leave the label where a check names no equation, which has been a warning already."""
        pages = known(self.env).pages.values()
        for link in list(line.findall(addnodes.pending_xref)):
            if not any(link["reftarget"] in page.equations for page in pages):
                link.replace_self(nodes.Text(link["reftarget"]))

    def list_of_equations(self, here: str) -> Iterator[nodes.Node]:
        """Yield the contents, and for every page its title, and its equations with their notes."""
        writer = Writer(self.app, self.env)
        pages = known(self.env).pages
        listed = [n for n in reading_order(self.env) if n in pages and pages[n].equations]
        contents = nodes.bullet_list(classes=["equation-list-contents"])
        for docname in listed:
            title, count = title_of(self.env, docname), len(pages[docname].equations)
            line = nodes.paragraph("", "", writer.link(here, here, _part(docname), title))
            line += nodes.Text(f", {count} {'equation' if count == 1 else 'equations'}")
            contents += nodes.list_item("", line)
        yield contents
        yield nodes.raw("", '<div class="equation-filter"></div>', format="html")
        for docname in listed:
            part = nodes.section(ids=[_part(docname)], classes=["equation-list-part"])
            part += nodes.title("", "", writer.link(here, docname, "", title_of(self.env, docname)))
            for label, latex in pages[docname].equations.items():
                entry = writer.note(docname, label, here=here)
                entry.insert(0, [equation_link(label, here), nodes.Text(" ")])
                formula = nodes.math_block(latex, latex, nowrap=False, number=None, label=None)
                part += nodes.container("", formula, entry, classes=["equation-entry"])
            yield part


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
    return str(nodes.make_id(f"equations-of-{docname}"))


def write_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages that say something else of other pages, now that others were read.

    Sphinx itself writes a page again when its own numbers change, and not when those do that it
    refers to.
    """
    before, now = known(env).said, _said_of_other_pages(env)
    known(env).said = now
    return sorted(docname for docname, said in now.items() if said != before.get(docname))


def _said_of_other_pages(env: BuildEnvironment) -> dict[str, str]:
    """Return, by page, a digest of what its notes, references and lists take from other pages."""
    found, order = known(env), reading_order(env)
    objects, elsewhere = found.objects(), env.config.equation_checks_elsewhere
    labels = env.get_domain("std").data["labels"]
    explained = labels.get(env.config.equation_checks_explained.lower())
    numbers = {
        label: (chapter, number)
        for chapter, docname in enumerate(order)
        if docname in found.pages
        for number, label in enumerate(found.pages[docname].equations)
    }
    whole = repr((order, [env.titles[name].astext() for name in order], _everything(found)))
    digests = {}
    for docname, page in found.pages.items():
        linked = [
            (name, x) for name, labels in objects.items() for x in labels if x in page.equations
        ]
        said: list[Any] = [linked, [numbers.get(label) for label in page.references]]
        if any(shown.under for shown in page.checks):
            said.append(explained)
        if elsewhere:
            said += [found.checks_of(label, docname, elsewhere=True) for label in page.equations]
        if docname in found.lists:
            said += [whole, objects]
        digests[docname] = hashlib.sha256(repr(said).encode()).hexdigest()
    return digests


def _everything(found: Known) -> list[Any]:
    return [
        (docname, page.equations, [(shown.check, shown.check.error) for shown in page.checks])
        for docname, page in sorted(found.pages.items())
    ]


def add_filter(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Give a page that lists equations the script that filters them."""
    if pagename in known(app.env).lists:
        app.add_js_file(FILTER, loading_method="defer")
