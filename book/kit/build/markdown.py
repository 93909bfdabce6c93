"""The words of a page as Markdown that plain Jupyter shows, with the places of its cells.

A page that Sphinx has resolved has its numbers, citations and references in place, which no other
program than Sphinx could find out. What a notebook cannot show, such as playthings, is a link to
the page; where the page folds the evidence, its sentence and its cell stand open.
"""

import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx_design.dropdown import dropdown_main, dropdown_title
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node, solution_node

from kit import compat
from sphinx_equation_checks.compat import CELL
from sphinx_equation_checks.folds import Fold

MEASURED = "measured"
ON_SCREEN = "on-screen"
"""The class of what is said of buttons and marks, which the page has and no other form of it."""
TIED = re.compile(r"\\sym\{[^{}]*\}")
BAR = re.compile(r"(?<!\\)\|")
SPECIAL = re.compile(r"([\\`*_\[\]<>$|])")
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
LEFT_OUT = (
    nodes.comment,
    nodes.target,
    nodes.meta,
    nodes.raw,
    nodes.substitution_definition,
    addnodes.index,
    addnodes.toctree,
)
PARTS = (
    nodes.container,
    nodes.compound,
    exercise_node,
    exercise_enumerable_node,
    solution_node,
)


def tex(formula: str) -> str:
    r"""Return a formula as any program sets it, without the marks of tied symbols.

    Examples
    --------
    >>> tex(r" \sym{dZ2}{dZ_2} = A_2 - Y ")
    '{dZ_2} = A_2 - Y'
    """
    return TIED.sub("", formula).strip()


class Page:
    """A page on its way to Markdown.

    Parameters
    ----------
    number : function
        Of a node that is counted; returns its number, such as ``2.1``, or nothing.
    address : function
        Of an address as the page links it; returns it as the notebook does.
    here : str
        The address of the page.
    measured : bool
        Whether values in its sentences may be measured times. Each is marked then, with a ``span``
        that shows nothing: another build has others.
    """

    def __init__(
        self,
        number: Callable[[nodes.Element], str],
        address: Callable[[str], str],
        here: str,
        *,
        measured: bool = False,
    ) -> None:
        self._number, self._address, self._here = number, address, here
        self._measured = measured

    def pieces(self, node: nodes.Element, level: int = 0) -> Iterator[str | int]:
        """Yield the blocks of a node, each as Markdown, and cells by their places among cells."""
        for child in node.children:
            yield from self._piece(child, level)

    def _piece(self, node: nodes.Node, level: int) -> Iterator[str | int]:
        if isinstance(node, nodes.comment) and node.get("cell_index") is not None:
            yield int(node["cell_index"])  # a claim, which the page lists further down
        if isinstance(node, LEFT_OUT) or not isinstance(node, nodes.Element):
            return
        if ON_SCREEN in node["classes"]:
            return
        if node.get(CELL[0]) == CELL[1]:
            yield int(node["cell_index"])
            yield from (self._figure(figure) for figure in node.findall(nodes.figure))
        elif isinstance(node, nodes.section):
            yield from self.pieces(node, level + 1)
        elif isinstance(node, nodes.title):
            yield self._title(node, level)
        elif isinstance(node, Fold):
            yield from self._fold(node, level)
        elif "equation-note" in node["classes"]:
            yield from (found for part in node.findall(Fold) for found in self._piece(part, level))
        elif isinstance(node, dropdown_main):
            yield from self._dropdown(node, level)
        elif isinstance(node, nodes.figure):
            yield self._figure(node)
        elif isinstance(node, PARTS):
            yield from self.pieces(node, level)
        elif isinstance(node, nodes.Admonition | nodes.sidebar | nodes.topic | nodes.block_quote):
            yield from self._quoted(node, level)
        elif isinstance(node, nodes.Part):
            yield from self.pieces(node, level)
        elif text := self._block(node, level):
            yield text

    def _fold(self, node: nodes.Element, level: int) -> Iterator[str | int]:
        """Yield the cells of a fold and, of a mark of an equation, how it is known."""
        inside = (piece for child in node.children[1:] for piece in self._piece(child, level))
        mark = "equation-mark" in node["classes"]
        yield from (piece for piece in inside if mark or isinstance(piece, int))

    def _title(self, node: nodes.Element, level: int) -> str:
        parent = node.parent
        words = self.words(node)
        if isinstance(parent, nodes.section):
            return self._anchors(parent) + "#" * max(1, min(level, 6)) + " " + words
        if "%s" in (counted := node.get("title", "")):
            words = f"{counted % self._number(parent)} {words}".strip()
        return self._anchors(parent) + (f"**{words}**" if words else "")

    def _anchors(self, node: nodes.Element) -> str:
        names = [str(name) for name in node["ids"]]
        return "".join(f'<a id="{name}"></a>' for name in names) + ("\n\n" if names else "")

    def _dropdown(self, node: nodes.Element, level: int) -> Iterator[str | int]:
        (title,) = node.findall(dropdown_title)
        inside = [piece for child in node.children[1:] for piece in self._piece(child, level)]
        if any(isinstance(piece, int) for piece in inside):
            yield from (f"**{self.words(title)}**", *inside)
            return
        # A summary is HTML, in which Markdown is not read but formulas are.
        title = title.deepcopy()
        for drawing in list(title.findall(nodes.raw)):
            drawing.parent.remove(drawing)
        for formula in list(title.findall(nodes.math)):
            formula.replace_self(nodes.Text(f"${tex(formula.astext())}$"))
        head = escape(" ".join(title.astext().split()), quote=False)
        body = "\n\n".join(map(str, inside))
        yield f"<details><summary>{head}</summary>\n\n{body}\n\n</details>"

    def _quoted(self, node: nodes.Element, level: int) -> Iterator[str | int]:
        for piece in self.pieces(node, level):
            if isinstance(piece, int):
                yield piece
            else:
                yield "\n".join(f"> {line}".rstrip() for line in piece.splitlines())

    def _figure(self, node: nodes.Element) -> str:
        captions = list(node.findall(nodes.caption))
        words = " ".join(self.words(caption) for caption in captions)
        number = self._number(node)
        label = f"**Fig. {number}.** " if number else ""
        link = ""
        if "plaything" in node["classes"]:
            link = f" [Try it on the page]({self._here}#{node['ids'][0] if node['ids'] else ''})."
        return f"{self._anchors(node)}{label}{words}{link}"

    def _block(self, node: nodes.Element, level: int) -> str:
        if isinstance(node, nodes.math_block):
            number = self._number(node)
            tag = f" \\tag{{{number}}}" if number else ""
            return f"{self._anchors(node)}$$\n{tex(node.astext())}{tag}\n$$"
        if isinstance(node, nodes.literal_block):
            return f"```\n{node.astext()}\n```"
        if isinstance(node, nodes.bullet_list | nodes.enumerated_list):
            return self._list(node, level)
        if isinstance(node, nodes.definition_list | nodes.definition_list_item):
            return "\n\n".join(str(part) for part in self.pieces(node, level))
        if isinstance(node, nodes.definition):
            return "\n\n".join(f"{part}" for part in self.pieces(node, level))
        if isinstance(node, nodes.term):
            return f"**{self.words(node)}**"
        if isinstance(node, nodes.table):
            return self._table(node)
        if isinstance(node, nodes.transition):
            return "---"
        return self.words(node)

    def _list(self, node: nodes.Element, level: int) -> str:
        lines = []
        for place, item in enumerate(node.children, 1):
            mark = f"{place}." if isinstance(node, nodes.enumerated_list) else "-"
            body = "\n\n".join(str(part) for part in self.pieces(item, level))
            first, *rest = body.splitlines() or [""]
            lines.append(f"{mark} {first}")
            lines += [f"{' ' * (len(mark) + 1)}{line}".rstrip() for line in rest]
        return "\n".join(lines)

    def _table(self, node: nodes.Element) -> str:
        rows = [
            [
                BAR.sub(r"\\vert ", " ".join(" ".join(map(str, self.pieces(entry))).split()))
                for entry in row.findall(nodes.entry)
            ]
            for row in node.findall(nodes.row)
        ]
        if not list(node.findall(nodes.thead)):
            rows.insert(0, [""] * len(rows[0]))
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        lines.insert(1, "|" + "---|" * len(rows[0]))
        title = [
            f"**{self.words(one)}**\n" for one in node.children if isinstance(one, nodes.title)
        ]
        return "\n".join([*title, *lines])

    def words(self, node: nodes.Node) -> str:
        """Return what stands in a line of text, as Markdown."""
        return "".join(self._inline(child) for child in node.children).strip()

    def _inline(self, node: nodes.Node) -> str:
        if isinstance(node, nodes.Text):
            return SPECIAL.sub(r"\\\1", node.astext()).replace("\n", " ")
        if isinstance(node, LEFT_OUT) or not isinstance(node, nodes.Element):
            return ""
        if ON_SCREEN in node["classes"]:
            return ""
        if isinstance(node, nodes.math):
            return f"${tex(node.astext())}$"
        if isinstance(node, nodes.literal):
            return f"`{node.astext()}`"
        inside = "".join(self._inline(child) for child in node.children)
        if isinstance(node, nodes.emphasis | nodes.strong) and inside.strip():
            mark = "*" if isinstance(node, nodes.emphasis) else "**"
            return f"{mark}{inside.strip()}{mark}{' ' * inside.endswith(' ')}"
        if isinstance(node, nodes.reference | addnodes.number_reference) and inside:
            return f"[{inside}]({self._target(node)})"
        if self._measured and isinstance(node, nodes.inline) and compat.is_glued(node):
            return f'<span class="{MEASURED}">{inside}</span>'
        return inside

    def _target(self, node: Any) -> str:
        if refid := node.get("refid"):
            return f"#{refid}"
        uri = str(node.get("refuri", ""))
        return uri if ADDRESS.match(uri) or uri.startswith("#") else self._address(uri)
