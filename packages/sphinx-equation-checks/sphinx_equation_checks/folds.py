"""Parts of a page that are folded away until a reader opens them: ``<details>`` in HTML.

Where pages cannot fold, as in LaTeX, a folded part is left out, or with
``equation_checks_print = "open"`` stands there in full. Other extensions may put a `Fold` into the
pages of theirs.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

OPEN = "open"
PRINT = ("folded", OPEN)
"""What ``equation_checks_print`` may be."""

SCRIPT = "folds.js"


class Fold(nodes.General, nodes.Element):
    """Something that is folded; its first child is a `Summary`.

    The attribute ``titled`` says whether the summary is a heading where nothing can be folded.
    """


class Summary(nodes.General, nodes.TextElement):
    """What a reader sees of a fold that is closed.

    The attribute ``spoken``, if it is there, is its name for screen readers, and contains the words
    that are seen.
    """


def fold(
    summary: str, *content: nodes.Node, kind: str, spoken: str = "", titled: bool = True
) -> Fold:
    """Return a fold.

    Parameters
    ----------
    summary : str
    *content : nodes
    kind : str
        A class for its style.
    spoken : str
        The name for screen readers, if the summary alone does not say enough.
    titled : bool
        Whether the summary is a heading where nothing can be folded.
    """
    first = Summary("", summary, spoken=spoken)
    return Fold("", first, *content, classes=["fold", kind], titled=titled)


def visit_fold(translator: Any, node: Fold) -> None:
    """Begin the element; one that is to be printed says so to style and script."""
    printed = translator.builder.config.equation_checks_print == OPEN
    attributes = {"data-print": OPEN} if printed else {}
    translator.body.append(translator.starttag(node, "details", "", **attributes))


def depart_fold(translator: Any, node: Fold) -> None:
    """End the element."""
    translator.body.append("</details>\n")


def visit_summary(translator: Any, node: Summary) -> None:
    """Begin the element, with its name for screen readers."""
    attributes = {"aria-label": node["spoken"]} if node.get("spoken") else {}
    translator.body.append(translator.starttag(node, "summary", "", **attributes))


def depart_summary(translator: Any, node: Summary) -> None:
    """End the element."""
    translator.body.append("</summary>\n")


class Unfold(SphinxPostTransform):
    """Leaves out folded parts where pages cannot fold, or has them stand there in full."""

    default_priority = 6

    def run(self, **kwargs: Any) -> None:
        """Replace the folds of one page, unless it becomes HTML."""
        if self.app.builder.format == "html":
            return
        for part in list(self.document.findall(Fold)):
            if self.config.equation_checks_print != OPEN:
                part.parent.remove(part)
                continue
            summary, *content = part.children
            heading = nodes.paragraph("", "", nodes.strong("", summary.astext()))
            part.replace_self([heading, *content] if part["titled"] else content)


def add_script(app: Sphinx) -> None:
    """Add the script that opens a fold for a link into it, and for the printer."""
    # Readers of books in EPUB run no scripts.
    if app.builder.format == "html" and app.builder.name != "epub":
        app.add_js_file(SCRIPT, loading_method="defer")
