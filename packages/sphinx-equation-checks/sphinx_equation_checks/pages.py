"""What is known of each page: its labelled equations, its checks, and who refers to them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from .cells.record import Check, RecordError
from .compat import output_of

logger = logging.getLogger(__name__)

GIVEN_BY_A_MACHINE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Labels that MyST gives to environments such as ``align``, so that they have a number."""


class Notes(nodes.General, nodes.Element):
    """Stands below an equation until it is known what its checks found.

    Like every placeholder it knows its page, since some builders join all pages first. What it
    encloses is the evidence that is folded into the mark of the equation: cells, and before each
    the sentences of its author. Without a label it is the mark of checks whose equations stand
    elsewhere.
    """


@dataclass
class Shown:
    """A check as its page shows it.

    Attributes
    ----------
    check : Check
    anchor : str
        The id of its line on the page.
    line : int or None
        Of the page's source.
    under : str
        The label of the equation in whose mark the check is folded; empty if it is in none.
    """

    check: Check
    anchor: str
    line: int | None
    under: str = ""


@dataclass
class Page:
    """What a page has, in its order.

    Attributes
    ----------
    equations : dict
        From each label to its formula in LaTeX.
    lines : dict
        From each label to its line in the source.
    checks : list of Shown
    objects : dict
        From the id of a described Python object to the labels of equations that it refers to.
    references : list of str
        The labels of all equations that the page refers to.
    claims : list of str
        The sentences that cells of the page have confirmed.
    """

    equations: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int | None] = field(default_factory=dict)
    checks: list[Shown] = field(default_factory=list)
    objects: dict[str, list[str]] = field(default_factory=dict)
    references: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)


@dataclass
class Known:
    """What is known of all pages; kept with Sphinx's environment.

    Attributes
    ----------
    pages : dict of str to Page
    lists : set of str
        The pages with a list of all equations.
    said : dict of str to str
        By page, a digest of what it took from other pages when it was last written.
    """

    pages: dict[str, Page] = field(default_factory=dict)
    lists: set[str] = field(default_factory=set)
    said: dict[str, str] = field(default_factory=dict)

    def checks_of(self, label: str, docname: str, *, elsewhere: bool) -> list[tuple[str, Shown]]:
        """Return the checks of an equation with their pages, those of its own page first."""
        others = sorted(set(self.pages) - {docname}) if elsewhere else []
        return [
            (name, shown)
            for name in (docname, *others)
            for shown in self.pages[name].checks
            if shown.check.label == label
        ]

    def objects(self) -> dict[tuple[str, str], list[str]]:
        """Return from each object, by its page and id, to the equations that it refers to."""
        return {
            (docname, name): labels
            for docname, page in sorted(self.pages.items())
            for name, labels in page.objects.items()
        }


def known(env: BuildEnvironment) -> Known:
    """Return what an environment knows of equations."""
    if not isinstance(getattr(env, "equation_checks", None), Known):
        env.equation_checks = Known()  # type: ignore[attr-defined]
    found: Known = env.equation_checks  # type: ignore[attr-defined]
    return found


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Take from a page what is known of it, and put in place what is filled in later."""
    docname = app.env.docname
    page = known(app.env).pages[docname] = Page()
    for equation, label in list(labelled_equations(doctree, docname)):
        page.equations[label] = equation.astext()
        page.lines[label] = equation.line
        equation.parent.insert(
            equation.parent.index(equation) + 1, Notes(label=label, docname=docname)
        )
    for output in list(doctree.findall(nodes.raw)):
        check = _check(output)
        if check is not None:
            shown = Shown(check, _anchor(doctree, page, check.label), output.line)
            page.checks.append(shown)
            output_of(output).replace_self(_line(shown, docname))
    page.objects = dict(_objects(doctree))
    links = [link for link in doctree.findall(addnodes.pending_xref) if link.get("reftype") == "eq"]
    page.references = sorted({link["reftarget"] for link in links})


def labelled_equations(
    doctree: nodes.document, docname: str
) -> Iterator[tuple[nodes.math_block, str]]:
    """Yield each equation that an author has given a label, and the label."""
    for equation in doctree.findall(nodes.math_block):
        label = equation.get("label")
        if label and not _of_a_machine(label, docname):
            yield equation, label


def _of_a_machine(label: str, docname: str) -> bool:
    """Tell whether a label was given so that the equation has a number, and by no author."""
    return bool(GIVEN_BY_A_MACHINE.fullmatch(label)) or bool(
        re.fullmatch(re.escape(docname) + r":\d+", label)
    )


def _check(output: nodes.raw) -> Check | None:
    if "html" not in output.get("format", "").split():
        return None
    try:
        return Check.from_html(output.astext())
    except RecordError as error:
        logger.warning("a check has no readable record: %s", error, location=output)
        return None


def _anchor(doctree: nodes.document, page: Page, label: str) -> str:
    """Return an id for the line of a check that nothing else on its page has."""
    taken = set(doctree.ids) | {shown.anchor for shown in page.checks}
    names = (f"check-{label}-{number}" if number > 1 else f"check-{label}" for number in count(1))
    return next(name for name in map(str, map(nodes.make_id, names)) if name not in taken)


def _line(shown: Shown, docname: str) -> nodes.Node:
    line = nodes.paragraph("", "", classes=["equation-check"], ids=[shown.anchor])
    line += equation_link(shown.check.label, docname)
    line += nodes.Text(f" {shown.check.outcome}")
    return line


def equation_link(label: str, docname: str) -> addnodes.pending_xref:
    """Return a reference from a page to an equation by its number."""
    return addnodes.pending_xref(
        "",
        nodes.inline(label, label),
        refdomain="math",
        refdoc=docname,
        reftype="eq",
        reftarget=label,
        refexplicit=False,
        refwarn=True,
    )


def _objects(doctree: nodes.document) -> Iterator[tuple[str, list[str]]]:
    for description in doctree.findall(addnodes.desc):
        signature = description[0]
        found = description.findall(addnodes.pending_xref)
        labels = [link["reftarget"] for link in found if link.get("reftype") == "eq"]
        if labels and isinstance(signature, nodes.Element) and signature.get("ids"):
            yield signature["ids"][0], labels


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Drop what is known of a page that is read again or gone."""
    known(env).pages.pop(docname, None)
    known(env).lists.discard(docname)


def merge(app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    """Take over what another process has read."""
    for docname in docnames:
        if docname in known(other).pages:
            known(env).pages[docname] = known(other).pages[docname]
    known(env).lists |= known(other).lists & set(docnames)
