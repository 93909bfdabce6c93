"""Cells that are evidence: they leave their place on the page, and are a click away.

A cell with the tag ``check`` moves into the mark of the equation that it checks; of several, of the
last on the page. Its option ``how`` is what a reader needs to judge it, and is read as MyST. A cell
with the tag ``claim`` moves into a fold at the end of the page, or of the directive that it stands
in. There are listed all sentences that cells of the page have confirmed.
"""

from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from .cells.record import Confirmed, RecordError
from .compat import (
    cell_of,
    cells_of,
    drop_output,
    has_failed,
    option_of,
    output_of,
    parsed,
    tags_of,
)
from .folds import Fold, fold
from .pages import Notes, Page, Shown, known

logger = logging.getLogger(__name__)

CHECK, CLAIM = "check", "claim"
HOW = "how"
LEADS = "How we know.", "And in another way."
"""What the words of an author begin with: at the first cell of a mark, and at those that follow."""

PAGE_CLAIMS = "What this page asserts, and where the build confirmed it"
PART_CLAIMS = "What is asserted here, and where the build confirmed it"


class ReadHow(SphinxTransform):
    """Puts what an author says of a check before its cell."""

    default_priority = 100

    def apply(self, **kwargs: Any) -> None:
        """Read the option of every cell that is a check."""
        for cell in cells_of(self.document):
            text = option_of(cell, HOW)
            if CHECK not in tags_of(cell) or not text:
                continue
            content = parsed(text, self.document, cell.line or 1)
            if content and isinstance(content[0], nodes.paragraph):
                content[0].insert(0, [nodes.emphasis("", LEADS[0]), nodes.Text(" ")])
            said = nodes.container("", *content, classes=["equation-how"])
            cell.parent.insert(cell.parent.index(cell), said)


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Move the cells of a page that are evidence to where they belong."""
    page = known(app.env).pages[app.env.docname]
    _fold_claims(doctree, page)
    _fold_checks(app, doctree, page)


def _fold_checks(app: Sphinx, doctree: nodes.document, page: Page) -> None:
    """Move each cell that is a check into the mark of its equation."""
    marks = {place["label"]: place for place in doctree.findall(Notes)}
    by_anchor = {shown.anchor: shown for shown in page.checks}
    for cell in cells_of(doctree):
        if CHECK not in tags_of(cell):
            continue
        found = [by_anchor[anchor] for anchor in _anchors(cell)]
        if not found:
            # Of a cell that did not run, or that failed, it is said elsewhere.
            if cell.get("exec_count") and not has_failed(app, cell):
                logger.warning("a cell with the tag check checks nothing", location=cell)
            continue
        if not option_of(cell, HOW):
            logger.warning(
                "the check of %s does not say how: give its cell the option `how`, what is "
                "compared with what and why that is a fair test",
                found[0].check.label,
                location=cell,
            )
        checked = {shown.check.label for shown in found}
        _move(cell, found, [label for label in marks if label in checked], marks, app.env.docname)


def _move(
    cell: nodes.Element,
    found: list[Shown],
    labels: list[str],
    marks: dict[str, Notes],
    docname: str,
) -> None:
    place = cell.parent.index(cell)
    before = cell.parent[place - 1] if place else None
    said = isinstance(before, nodes.container) and "equation-how" in before["classes"]
    moved = [before, cell] if said else [cell]
    if labels:
        for node in moved:
            node.parent.remove(node)
        if said and marks[labels[-1]].children:
            for lead in moved[0].findall(nodes.emphasis):
                lead.replace_self(nodes.emphasis("", LEADS[1]))
                break
        marks[labels[-1]].extend(moved)
        for shown in found:
            shown.under = labels[-1]
    else:
        apart = Notes(label="", docname=docname, labels=[shown.check.label for shown in found])
        cell.parent.insert(cell.parent.index(moved[0]), apart)
        for node in moved:
            node.parent.remove(node)
        apart.extend(moved)


def _anchors(cell: nodes.Element) -> Iterator[str]:
    for line in cell.findall(nodes.paragraph):
        if "equation-check" in line["classes"]:
            yield line["ids"][0]


def _fold_claims(doctree: nodes.document, page: Page) -> None:
    """List what the claims of a page have confirmed, and put the cells of claims there.

    Where a cell has stood, a comment with its ``cell_index`` says so to who needs the order.
    """
    lists: dict[int, Fold] = {}
    for cell, texts in _confirmed(doctree):
        page.claims += texts
        moves = cell is not None and CLAIM in tags_of(cell)
        home = _home(doctree, cell if moves else None)
        if id(home) not in lists:
            of_page = home is _home(doctree, None)
            lists[id(home)] = fold(PAGE_CLAIMS if of_page else PART_CLAIMS, kind="claims")
            home.append(lists[id(home)])
        listed = nodes.bullet_list("", *(_item(text) for text in texts))
        entry = nodes.container("", listed, classes=["claim"])
        if moves and cell is not None:
            cell.replace_self(nodes.comment("", cell_index=cell.get("cell_index"), moved=True))
            spoken = f"The code: {texts[0]}"
            entry += fold("The code", cell, kind="claim-code", spoken=spoken, titled=False)
        elif cell is not None:
            link = nodes.reference("", "In its cell", internal=True, refid=_id(doctree, cell))
            entry += nodes.paragraph("", "", link)
        lists[id(home)] += entry


def _confirmed(doctree: nodes.document) -> list[tuple[nodes.Element | None, list[str]]]:
    """Take the records of claims from a page, and return the sentences by their cells."""
    found: dict[int, tuple[nodes.Element | None, list[str]]] = {}
    for output in list(doctree.findall(nodes.raw)):
        claim = _claim(output)
        if claim is not None:
            cell = cell_of(output)
            texts = found.setdefault(id(cell or output), (cell, []))[1]
            if claim.text not in texts:
                texts.append(claim.text)
            drop_output(output_of(output))
    return list(found.values())


def _claim(output: nodes.raw) -> Confirmed | None:
    if "html" not in output.get("format", "").split():
        return None
    try:
        return Confirmed.from_html(output.astext())
    except RecordError as error:
        logger.warning("a claim has no readable record: %s", error, location=output)
        return None


def _home(doctree: nodes.document, cell: nodes.Element | None) -> nodes.Element:
    """Return what a list of claims stands at the end of.

    For a cell within a directive, such as the solution of an exercise, it is that; else the page.
    """
    if cell is not None and not isinstance(cell.parent, nodes.section | nodes.document):
        return cell.parent
    sections = [part for part in doctree.children if isinstance(part, nodes.section)]
    return sections[-1] if sections else doctree


def _item(text: str) -> nodes.list_item:
    return nodes.list_item("", nodes.paragraph("", text))


def _id(doctree: nodes.document, cell: nodes.Element) -> str:
    """Return an id of a cell, which gets one if it has none."""
    if not cell["ids"]:
        name = doctree.set_id(cell, suggested_prefix="cell")
        return str(name)
    return str(cell["ids"][0])
