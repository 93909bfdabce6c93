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
from .folds import OPEN, Fold, fold
from .pages import Known, Notes, Shown, equation_link, known, labelled_equations

WORDS = {
    "equal": "Checked as equal",
    "zero": "Checked as zero",
    "bound": "Checked as a bound",
    "symbols": "Checked in symbols",
}
CHECKED = "checked"
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
            place.replace_self(self.below(place))
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

    def below(self, place: Notes) -> nodes.Element:
        """Return what stands below an equation on its own page.

        If its checks are folded, this is its mark and what is known of it besides; else a line.
        """
        label, here = place["label"], place["docname"]
        if not label:
            numbers = ", ".join(self.number(name, here) for name in place["labels"])
            mark = self.mark(f"checked: {numbers}", f"Check of {numbers}: checked", place, [], here)
            return nodes.container("", mark, classes=["equation-note", "folded"])
        checks = self.checks(label, here)
        elsewhere = [found for found in checks if found[1].under != label]
        if not place.children and not any(shown.under for _, shown in elsewhere):
            return self.note(here, label, here=here)
        if not self.folds:
            return nodes.container("", self.note(here, label, here=here), *self.evidence(place))
        below = nodes.container("", classes=["equation-note", "folded"])
        if place.children:
            spoken = f"Check of equation {self.number(label, here)}: {CHECKED}"
            below += self.mark(CHECKED, spoken, place, elsewhere, here)
        else:
            below += nodes.paragraph(
                "", "", *self.with_others(elsewhere, here), classes=["checked"]
            )
        rest = nodes.paragraph("", "", *self.words(label), *self.code(label, here))
        if rest.children:
            below += rest
        return below

    @property
    def folds(self) -> bool:
        """Whether the pages can fold what they show."""
        return bool(self.app.builder.format == "html")

    def checks(self, label: str, docname: str) -> list[tuple[str, Shown]]:
        """Return the checks of an equation with their pages."""
        elsewhere = self.config.equation_checks_elsewhere
        return known(self.env).checks_of(label, docname, elsewhere=elsewhere)

    def evidence(self, place: Notes) -> list[nodes.Node]:
        """Return the cells that check an equation, for pages that show them all or none."""
        return [fold(CHECKED, *place.children, kind="equation-mark", titled=False)]

    def mark(
        self,
        seen: str,
        spoken: str,
        place: Notes,
        elsewhere: list[tuple[str, Shown]],
        here: str,
    ) -> Fold:
        """Return the mark of an equation, which opens its evidence."""
        last = nodes.paragraph("", "", classes=["equation-more"])
        if elsewhere:
            last += [nodes.Text("Also "), *self.with_others(elsewhere, here), nodes.Text(". ")]
        last += self.explanation(here)
        content = [*place.children, *([last] if last.children else [])]
        return fold(seen, *content, kind="equation-mark", spoken=spoken, titled=False)

    def with_others(self, checks: list[tuple[str, Shown]], here: str) -> list[nodes.Node]:
        """Return links to checks that are not in the mark of the equation itself."""
        links: dict[str, nodes.Node] = {}
        for page, shown in checks:
            words = CHECKED
            if shown.under and page == here:
                words = f"{CHECKED} with {self.number(shown.under, here)}"
            elif page != here:
                words = f"{CHECKED} in {title_of(self.env, page)}"
            links.setdefault(words, self.link(here, page, shown.anchor, words))
        return [part for link in links.values() for part in (nodes.Text(", "), link)][1:]

    def explanation(self, here: str) -> list[nodes.Node]:
        """Return a link to the page that explains what a check is, if the book has it."""
        labels = self.env.get_domain("std").data["labels"]
        found = labels.get(self.config.equation_checks_explained.lower())
        return [self.link(here, found[0], found[1], "How checks work")] if found else []

    def number(self, label: str, here: str) -> str:
        """Return the number of an equation as references to it show it."""
        link = equation_link(label, here)
        domain, builder = self.env.get_domain("math"), self.app.builder
        inside = nodes.inline(label, label)
        found = domain.resolve_xref(self.env, here, builder, "eq", label, link, inside)
        return found.astext() if found is not None else label

    def note(self, docname: str, label: str, *, here: str) -> nodes.Element:
        """Return the line below an equation: what its checks found, and where it is in code.

        Parameters
        ----------
        docname, label : str
            Of the equation.
        here : str
            The page that the line is for.
        """
        note = nodes.paragraph("", "", *self.words(label), classes=["equation-note"])
        checks = self.checks(label, docname)
        if checks:
            note["classes"].append("checked")
        for kind in dict.fromkeys(shown.check.kind for _, shown in checks):
            note += self.finding([(p, s) for p, s in checks if s.check.kind == kind], here)
        note += self.code(label, here)
        return note

    def words(self, label: str) -> list[nodes.Node]:
        """Return what is said of an equation that states no result."""
        word = mark(self.config, label)
        return [nodes.Text(f"{word}. ")] if word else []

    def code(self, label: str, here: str) -> list[nodes.Node]:
        """Return links to the objects that refer to an equation."""
        objects = [place for place, labels in known(self.env).objects().items() if label in labels]
        links: list[nodes.Node] = []
        for number, (page, name) in enumerate(objects):
            links += [
                nodes.Text(", " if number else "In code: "),
                self.link(here, page, name, name),
            ]
        return links

    def finding(self, same: list[tuple[str, Shown]], here: str) -> list[nodes.Node]:
        """Return what the checks of one kind found: the tightest, linked, and how many they are."""
        page, tightest = max(same, key=lambda found: found[1].check.tightness)
        words = WORDS.get(tightest.check.kind, f"Checked as {tightest.check.kind}")
        times = f", {len(same)} checks" if len(same) > 1 else ""
        there = self.folds or not tightest.under or self.config.equation_checks_print == OPEN
        name = self.link(here, page, tightest.anchor, words) if there else nodes.Text(words)
        return [name, nodes.Text(f": {tightest.check.finding}{times}. ")]

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
