"""Sphinx extension: lighter and more accessible pages than the theme's own.

Defers scripts that nothing waits for, leaves out the one for tabs where there are none, gives code
that hides behind a summary its words back for screen readers, says in which language a title of the
bibliography is, makes the boxes in which wide formulas and tables scroll reachable by keyboard,
keeps the mark after a formula on the formula's line, a per cent sign on its number's, and a number
with an exponent whole. A fold opens wherever its title is pressed, so a number in the title is no
link. Each line of a program is an element of its own, so that the style sheet can indent what does
not fit. Where others write HTML that is not valid it becomes valid: the titles of hidden code are
no paragraphs, a list of results stands in none, and no table brings styles of its own.
"""

import re
from itertools import groupby
from pathlib import Path
from typing import Any

from docutils import nodes
from pybtex.database import parse_file
from pybtex.richtext import Text
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from kit import compat

REACHABLE = 'tabindex="0" role="group" aria-label="Equation"'
HIDDEN = re.compile(rf"({'|'.join(compat.HIDDEN)})(.*?)</p>")
STYLES = re.compile(r"<style scoped>.*?</style>\s*", re.DOTALL)
EMPTY_HEADING = re.compile(r"<th[^>]*>(<p></p>)?</th>")
PROGRAM = re.compile(
    r'(<div class="(?!output)[^"]*\bhighlight-(?!none|text|myst-ansi)[^"]*">'
    r'<div class="highlight"><pre>)'
    r"((?:<span></span>)?)(.*?)(\n?</pre></div>)",
    re.DOTALL,
)
LINE = re.compile(r"(?m)^(?:<span[^>]*>)*( *).*\n?")
PERCENT = re.compile(r"(?<=[0-9])\s%")
DEEPEST = 6
"""Levels of indentation that the style sheet knows."""

EXPONENT = re.compile(r"(?<![\w.])[-\u2212+]?\d+(?:\.\d+)?e[-+]\d+(?!\w)")
MARKS = re.compile(r"[,.;:?!)\]’”]+")
SAME_NAME = re.compile(r'<section id="(?:exercise|solution)-content">')
"""What sphinx-exercise calls the text of every exercise; a name is for one element of a page."""

TABS = "design-tabs.js"
"""What only a page with tabs needs."""

NOT_DEFERRED = ("documentation_options.js", "doctools.js")


def improve(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Rewrite the few constructs of body and head that the theme gets wrong."""
    body = context.get("body")
    if body:
        body = body.replace(compat.SUMMARY, "<summary>")
        body = HIDDEN.sub(lambda found: f"<span{found[1][2:]}{found[2]}</span>", body)
        body = STYLES.sub("", body)
        body = EMPTY_HEADING.sub("<td></td>", body)
        for table in ('class="dataframe"', '<table class="table"'):
            body = body.replace(table, f'{table} tabindex="0"')
        body = body.replace(compat.CITATION, "").replace(compat.CITATIONS, ' class="cit')
        body = SAME_NAME.sub("<section>", body)
        body = body.replace(compat.DISPLAY, f"{compat.DISPLAY} {REACHABLE}")
        body = PROGRAM.sub(lambda found: found[1] + found[2] + in_lines(found[3]) + found[4], body)
        context["body"] = body
    scripts = context.get("script_files", [])
    if "sd-tab-set" not in (body or ""):
        context["script_files"] = scripts = [
            script for script in scripts if not _name(script).endswith(TABS)
        ]
    for script in scripts:
        name = _name(script)
        if name and not name.endswith(NOT_DEFERRED) and not compat.is_deferred(script):
            compat.defer(script)


def _name(script: object) -> str:
    return str(getattr(script, "filename", None) or "")


def in_lines(program: str) -> str:
    """Put each line of highlighted code into an element that knows how deep it is indented.

    Pygments closes its elements at the end of each line.
    """

    def marked(line: re.Match[str]) -> str:
        depth = min(len(line[1]) // 4, DEEPEST)
        return f'<span class="code-line code-depth-{depth}">{line[0]}</span>' if line[0] else ""

    return LINE.sub(marked, program)


class WholeNumbers(SphinxPostTransform):
    """Puts a number such as 1.4e-16 into an element that is not broken, as it is at a hyphen."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Wrap the numbers with exponents in all text that is set in lines."""
        for text in list(self.document.findall(nodes.Text)):
            if isinstance(
                text.parent, nodes.literal | nodes.math | nodes.raw | nodes.FixedTextElement
            ):
                continue
            pieces: list[nodes.Node] = []
            end = 0
            for number in EXPONENT.finditer(text):
                pieces += [nodes.Text(text[end : number.start()])] if number.start() > end else []
                pieces += [nodes.inline(number[0], number[0], classes=["whole-number"])]
                end = number.end()
            if pieces:
                pieces += [nodes.Text(text[end:])] if end < len(text) else []
                text.parent.replace(text, pieces)


class PercentWithItsNumber(SphinxPostTransform):
    """Puts a space that is not broken between a number, or a formula, and its per cent sign."""

    default_priority = 890  # before formulas and numbers get elements of their own
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Replace the spaces in all text that is set in lines."""
        for text in list(self.document.findall(nodes.Text)):
            parent = text.parent
            if isinstance(parent, nodes.literal | nodes.math | nodes.raw | nodes.FixedTextElement):
                continue
            # By identity: a sentence may have two equal pieces of text. A bibliography's text is in
            # several places at once, and none of them need be its parent.
            inside = parent.children if parent is not None else []
            place = next((i for i, child in enumerate(inside) if child is text), None)
            if place is None:
                continue
            before = parent[place - 1] if place else nodes.Text("")
            last = "0" if isinstance(before, nodes.math) else before.astext()[-1:]
            joined = PERCENT.sub("\u00a0%", last + text)[len(last) :]
            if joined != text:
                parent[place] = nodes.Text(joined)


class MarkWithItsFormula(SphinxPostTransform):
    """Puts a formula and the mark after it into one element, which the style sheet holds together.

    A browser may break a line after a formula, even before a full stop.
    """

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Wrap each formula of a sentence that a mark follows."""
        for formula in list(self.document.findall(nodes.math)):
            parent, place = formula.parent, formula.parent.index(formula)
            after = parent[place + 1] if place + 1 < len(parent) else None
            if isinstance(after, nodes.Text) and (mark := MARKS.match(after)):
                together = nodes.inline(classes=["formula-and-mark"])
                parent[place : place + 2] = [together, nodes.Text(after[mark.end() :])]
                together += [formula, nodes.Text(mark[0])]


class TitlesOfFoldsWithoutLinks(SphinxPostTransform):
    """Leaves of a reference in a dropdown's title its text, such as the number of a figure.

    A link in a summary would be a control within a control. Where the title is a question, the fold
    gets a class that says so: paper has the question, since the text around it goes on from it.
    """

    default_priority = 150  # references are resolved by then, and dropdowns not yet rendered
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Put the text of each reference in a title in its place."""
        for title in self.document.findall(nodes.rubric):
            if title.parent.get("design_component") == "dropdown":
                for reference in list(title.findall(nodes.reference)):
                    reference.parent.replace(reference, reference.children)
                if title.astext().rstrip().endswith("?"):
                    title.parent.setdefault("container_classes", []).append("question")


class ListsOutsideParagraphs(SphinxPostTransform):
    """Takes out of a paragraph the lists that Sphinx puts into the fields of a signature."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Put a list in the place of the paragraph that holds nothing else."""
        for body in list(self.document.findall(nodes.field_body)):
            for paragraph in [child for child in body if isinstance(child, nodes.paragraph)]:
                if len(paragraph) == 1 and isinstance(paragraph[0], nodes.bullet_list):
                    body.replace(paragraph, paragraph[0])


class ForeignTitles(SphinxPostTransform):
    """Says of a title in the bibliography in which language it is, where its entry has a langid."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Put the titles into elements with a language; docutils takes it from a class."""
        sources = list(self.document.findall(nodes.citation))
        for title, language in self.titles().items() if sources else ():
            for paragraph in [part for one in sources for part in one.findall(nodes.paragraph)]:
                # Each letter with an accent is a text of its own.
                pieces: list[nodes.Node] = []
                for is_text, parts in groupby(paragraph, lambda one: isinstance(one, nodes.Text)):
                    if not is_text:
                        pieces += parts
                        continue
                    before, found, after = "".join(one.astext() for one in parts).partition(title)
                    pieces += [nodes.Text(before)]
                    if found:
                        pieces += [nodes.inline(found, found, classes=[f"language-{language}"])]
                        pieces += [nodes.Text(after)]
                paragraph[:] = pieces

    def titles(self) -> dict[str, str]:
        """Return the language of each title that is not in that of the book."""
        files = [Path(self.app.srcdir, name) for name in self.config.bibtex_bibfiles]
        entries = [entry for file in files for entry in parse_file(str(file)).entries.values()]
        fields = [entry.fields for entry in entries]
        foreign = [field for field in fields if "langid" in field]
        return {str(Text.from_latex(field["title"])): field["langid"] for field in foreign}


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("html-page-context", improve, priority=900)
    app.add_post_transform(WholeNumbers)
    app.add_post_transform(PercentWithItsNumber)
    app.add_post_transform(MarkWithItsFormula)
    app.add_post_transform(ForeignTitles)
    app.add_post_transform(ListsOutsideParagraphs)
    app.add_post_transform(TitlesOfFoldsWithoutLinks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
