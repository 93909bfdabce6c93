"""Sphinx extension: where a page stands in the book, and references that read as words.

Above its title a chapter says which one it is of how many, and of which part. A reference to a
chapter within a sentence reads "chapter 7": a title there would run into the sentence, and is seen
in the link's preview. Scripts get the names of chapters and exercises, to show what a reader has
finished.
"""

import json
import re
from html import escape
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_exercise.nodes import solution_node

from kit.exercises.engine.marking import exercises

SENTENCE_BEGINS = re.compile(r"(^|[.!?][”’)]*\s+)[“‘(\[]*$")


def parts(env: BuildEnvironment) -> dict[str, str]:
    """Return the part of the book that each page belongs to, in the book's order."""
    root = env.get_doctree(env.config.root_doc)
    return {
        page: tree.get("caption") or ""
        for tree in root.findall(addnodes.toctree)
        for page in tree["includefiles"]
    }


def numbers(env: BuildEnvironment) -> dict[str, int]:
    """Return the number of each chapter, in the book's order; appendices have none."""
    found = {page: env.toc_secnumbers.get(page, {}).get("") for page in parts(env)}
    return {page: number[0] for page, number in found.items() if number}


def sentence_before(node: nodes.Node) -> str:
    """Return what stands before a node in its paragraph."""
    words: list[str] = []
    while not isinstance(node, nodes.paragraph) and node.parent is not None:
        above = node.parent
        words[:0] = [child.astext() for child in above[: above.index(node)]]
        node = above
    return "".join(words)


class ChapterByNumber(SphinxPostTransform):
    """Names a chapter in a sentence by its number, where the author gave no words of their own."""

    # After references have been resolved, before the marks after them are looked at.
    default_priority = 20
    formats = ("html", "epub", "latex", "text")

    def run(self, **kwargs: Any) -> None:
        """Put "chapter 7" in place of a chapter's title in sentences."""
        pages = None
        for reference in list(self.document.findall(nodes.reference)):
            inner = next(iter(reference.findall(nodes.inline)), None)
            if inner is None or "std-ref" not in inner["classes"]:
                continue
            pages = pages or self._titles()
            number = pages.get(reference.astext())
            if number is None or not self._in_sentence(reference):
                continue
            words = "Chapter" if SENTENCE_BEGINS.search(sentence_before(reference)) else "chapter"
            inner.children = []
            inner += nodes.Text(f"{words}\N{NO-BREAK SPACE}{number}")

    def _titles(self) -> dict[str, int]:
        titles = self.env.titles
        return {titles[page].astext(): number for page, number in numbers(self.env).items()}

    @staticmethod
    def _in_sentence(reference: nodes.Element) -> bool:
        """Whether there are other words in the paragraph than those of the reference."""
        node: nodes.Node = reference
        while node.parent is not None and not isinstance(node, nodes.paragraph | nodes.term):
            node = node.parent
        return len(node.astext().split()) > len(reference.astext().split())


class PlainSolutionTitles(SphinxPostTransform):
    """Makes the title of a solution words only: it is what one clicks to open the solution."""

    # After sphinx-exercise has put the exercise's name, a link, into the title.
    default_priority = 25

    def run(self, **kwargs: Any) -> None:
        """Put the words of links in titles of solutions in place of the links."""
        for solution in self.document.findall(solution_node):
            for title in solution.children[:1]:
                for link in list(title.findall(nodes.reference)):
                    link.parent.replace(link, link.children)


def add(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Say above the title of a chapter where it stands, and tell scripts."""
    env = app.env
    chapters = numbers(env)
    context["chapters_of_book"] = json.dumps(
        {
            "page": pagename,
            "chapters": list(chapters),
            "exercises": {name: one.page for name, one in exercises().items()},
        }
    ).replace("<", "\\u003c")
    context["is_chapter"] = pagename in chapters
    if pagename not in env.found_docs or not (body := context.get("body")):
        return
    if pagename in chapters:
        words = f"Chapter {chapters[pagename]} of {len(chapters)}"
        if part := parts(env)[pagename]:
            words += f' <span aria-hidden="true">·</span> {escape(part)}'
        context["body"] = body.replace("<h1", f'<p class="place-in-book">{words}</p>\n<h1', 1)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_post_transform(ChapterByNumber)
    app.add_post_transform(PlainSolutionTitles)
    app.connect("html-page-context", add)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
