"""What pages show of checks: a note below an equation, a list of all equations, the index."""

import hashlib
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import NoUri
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from .compat import builder_of, reading_order, title_of
from .pages import Known, Notes, Shown, equation_link, known, labelled_equations

WORDS = {
    "equal": "Checked as equal",
    "zero": "Checked as zero",
    "bound": "Checked as a bound",
    "symbols": "Checked in symbols",
}
FILTER = "equation-filter.js"


class EquationList(nodes.General, nodes.Element):
    """Stands for the list of all equations until all pages are read."""


class EquationListDirective(SphinxDirective):
    """``{equation-list}``, without argument or content."""

    def run(self) -> list[nodes.Node]:
        """Return the placeholder and remember the page, which changes when any other does."""
        known(self.env).lists.add(self.env.docname)
        return [EquationList(docname=self.env.docname)]


def mark(config: Config, label: str) -> str:
    """Return the word for an equation that states no result, such as "Definition", or nothing."""
    marks: dict[str, str] = config.equation_checks_unchecked
    return next((word for prefix, word in marks.items() if label.startswith(prefix)), "")


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
        for place in list(self.document.findall(Notes)):
            docname = place["docname"]
            place.replace_self(self.note(docname, place["label"], here=docname))
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

    def note(self, docname: str, label: str, *, here: str) -> nodes.Element:
        """Return the line below an equation: what its checks found, and where it is in code.

        Parameters
        ----------
        docname, label : str
            Of the equation.
        here : str
            The page that the line is for.
        """
        note = nodes.paragraph("", "", classes=["equation-note"])
        if word := mark(self.config, label):
            note += nodes.Text(f"{word}. ")
        elsewhere = self.config.equation_checks_elsewhere
        checks = known(self.env).checks_of(label, docname, elsewhere=elsewhere)
        if checks:
            note["classes"].append("checked")
        for kind in dict.fromkeys(shown.check.kind for _, shown in checks):
            note += self.finding([(p, s) for p, s in checks if s.check.kind == kind], here)
        objects = [place for place, labels in known(self.env).objects().items() if label in labels]
        for number, (page, name) in enumerate(objects):
            note += nodes.Text("In code: " if number == 0 else ", ")
            note += self.link(here, page, name, name)
        return note

    def finding(self, same: list[tuple[str, Shown]], here: str) -> list[nodes.Node]:
        """Return what the checks of one kind found: the tightest, linked, and how many they are."""
        page, tightest = max(same, key=lambda found: found[1].check.tightness)
        words = WORDS.get(tightest.check.kind, f"Checked as {tightest.check.kind}")
        times = f", {len(same)} checks" if len(same) > 1 else ""
        return [
            self.link(here, page, tightest.anchor, words),
            nodes.Text(f": {tightest.check.finding}{times}. "),
        ]

    def list_of_equations(self, here: str) -> Iterator[nodes.Node]:
        """Yield the contents, and for every page its title, and its equations with their notes."""
        pages = known(self.env).pages
        listed = [n for n in reading_order(self.env) if n in pages and pages[n].equations]
        contents = nodes.bullet_list(classes=["equation-list-contents"])
        for docname in listed:
            title, count = title_of(self.env, docname), len(pages[docname].equations)
            line = nodes.paragraph("", "", self.link(here, here, _part(docname), title))
            line += nodes.Text(f", {count} {'equation' if count == 1 else 'equations'}")
            contents += nodes.list_item("", line)
        yield contents
        yield nodes.raw("", '<div class="equation-filter"></div>', format="html")
        for docname in listed:
            part = nodes.section(ids=[_part(docname)], classes=["equation-list-part"])
            part += nodes.title("", "", self.link(here, docname, "", title_of(self.env, docname)))
            for label, latex in pages[docname].equations.items():
                entry = self.note(docname, label, here=here)
                entry.insert(0, [equation_link(label, here), nodes.Text(" ")])
                formula = nodes.math_block(latex, latex, nowrap=False, number=None, label=None)
                part += nodes.container("", formula, entry, classes=["equation-entry"])
            yield part

    def link(self, here: str, docname: str, anchor: str, text: str) -> nodes.Element:
        """Return a link from one page to a place of it or of another; words if there is none.

        A document in LaTeX need not have every page.
        """
        builder = builder_of(self.env)
        local = docname == here == self.env.docname and builder.name != "latex"
        try:
            address = "" if local else builder.get_relative_uri(here, docname)
        except NoUri:
            return nodes.inline("", text)
        uri = f"{address}#{anchor}" if anchor or local else address
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
