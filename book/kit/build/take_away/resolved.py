"""Inline drawings with their style sheets' rules written into them, for where the sheets are not.

A plaything's drawing takes its colours, widths and letters from the site's style sheets. In an
EPUB, whose readers know little of variables and container queries, each of its elements says them
itself: as the page looks on paper, in the light scheme, in a column as narrow as a reader's.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import soupsieve
from bs4 import BeautifulSoup, Tag

from kit.build.style_rules import COMMENT, rules, selectors

PROPERTIES = {
    "fill",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "opacity",
    "paint-order",
    "font-size",
    "font-style",
    "font-weight",
    "text-anchor",
    "vector-effect",
    "image-rendering",
    "visibility",
    "display",
}
"""What a drawing says in attributes of its own; the last two decide whether there is anything."""
OF_TEXT = {"font-size", "font-style", "font-weight", "text-anchor"}
WITH_TEXT = {"svg", "g", "text", "tspan"}
NOT_ATTRIBUTES = {"paint-order", "vector-effect", "image-rendering"}
"""What SVG 1.1 does not know, so that it stands in an element's ``style``."""
WIDTH = 30.0  # rem: as wide as a column of a reader
ROOT = '<html data-theme="light" data-mode="light"></html>'
CONDITION = re.compile(r"^@(media|container|supports)\b\s*(.*)$", re.DOTALL)
CONTAINER = re.compile(r"^\((min|max)-width:\s*([\d.]+)rem\)$")
STILL = re.compile(r"^(print\b|\(scripting: none\))")
WITH_ARGUMENTS = re.compile(r":(is|not|has|where)\(")
COUNTED = re.compile(
    r"(?P<id>\#[\w-]+)|(?P<like>\.[\w-]+|\[[^\]]*\]|(?<!:):[\w-]+(?:\([^)]*\))?)|(?P<kind>[a-zA-Z][\w-]*)"
)
CLASS = re.compile(r"\.([\w-]+)")
BRACKETS = re.compile(r"\([^()]*\)|\[[^\]]*\]")
DECLARATION = re.compile(r"([\w-]+)\s*:\s*([^;]+)")
LENGTH = re.compile(r"^([\d.]+)px$")
SHAPES = ("circle", "ellipse", "line", "path", "polygon", "polyline", "rect")
NOTHING = {"none", "transparent"}


@dataclass(frozen=True)
class Rule:
    """A selector, how much it weighs, and what it declares."""

    selector: soupsieve.SoupSieve
    classes: frozenset[str]
    weight: tuple[int, int, int]
    declared: dict[str, str]


def weight(selector: str) -> tuple[int, int, int]:
    """Return how much a selector weighs: its names, what is like a class, and its elements.

    Examples
    --------
    >>> weight(".play svg :is(.a, .b.c):is([class])")
    (0, 4, 1)
    >>> weight("html[data-theme='dark'] > rect:not(.play-reach):hover")
    (0, 3, 2)
    """
    counts = [0, 0, 0]
    while found := WITH_ARGUMENTS.search(selector):
        depth, end = 1, found.end()
        while depth and end < len(selector):
            depth += {"(": 1, ")": -1}.get(selector[end], 0)
            end += 1
        if found[1] != "where":
            most = max(weight(one) for one in selectors(selector[found.end() : end - 1]))
            counts = [a + b for a, b in zip(counts, most, strict=True)]
        selector = selector[: found.start()] + selector[end:]
    for one in COUNTED.finditer(selector):
        counts[("id", "like", "kind").index(str(one.lastgroup))] += 1
    return counts[0], counts[1], counts[2]


def parsed(sheets: Iterable[str]) -> list[Rule]:
    """Return the rules of style sheets that a drawing can need, the weightier ones last."""
    found = [rule for sheet in sheets for rule in _rules(sheet)]
    return sorted(found, key=lambda rule: rule.weight)  # stable: of equal ones the later wins


def _rules(sheet: str) -> Iterator[Rule]:
    for prelude, block in rules(sheet):
        head = " ".join(COMMENT.sub("", prelude).split())
        if block is None:
            continue
        if condition := CONDITION.match(head):
            if _holds(condition[1], condition[2]):
                yield from _rules(block)
            continue
        declared = {
            name: value.strip()
            for name, value in DECLARATION.findall(COMMENT.sub("", block))
            if name in PROPERTIES or name.startswith("--")
        }
        if head.startswith("@") or not declared:
            continue
        for one in map(str.strip, selectors(head)):
            if "::" not in one:
                outside = one
                while (less := BRACKETS.sub("", outside)) != outside:
                    outside = less
                classes = frozenset(CLASS.findall(outside))
                yield Rule(soupsieve.compile(one), classes, weight(one), declared)


def _holds(kind: str, condition: str) -> bool:
    """Whether a condition holds for what is light, lies still, and is as narrow as a reader."""
    if kind == "container":
        asked = CONTAINER.match(condition)
        return asked is not None and (asked[1] == "max") == (float(asked[2]) > WIDTH)
    return kind == "media" and bool(STILL.match(condition))


def resolve(figure: Tag, found: list[Rule]) -> None:
    """Write into the drawings of a figure what the rules say, and take out what is not seen.

    Parameters
    ----------
    figure : Tag
    found : list of Rule
        As `parsed` returns them.
    """
    names = {name for tag in figure.find_all(True) for name in tag.get("class") or []}
    names |= set(figure.get("class") or [])
    declared: dict[int, dict[str, str]] = {}
    for rule in found:
        if rule.classes <= names:
            for tag in [figure, *rule.selector.select(figure)]:
                if tag is not figure or rule.selector.match(figure):
                    declared.setdefault(id(tag), {}).update(rule.declared)
    variables: dict[str, str] = {}
    root = BeautifulSoup(ROOT, "html.parser").html
    for rule in found:
        if root is not None and not rule.classes and rule.selector.match(root):
            variables |= {k: v for k, v in rule.declared.items() if k.startswith("--")}
    _write(figure, variables, declared, within=False)


def _write(
    tag: Tag, variables: dict[str, str], declared: dict[int, dict[str, str]], within: bool
) -> None:
    own = declared.get(id(tag), {}) | dict(DECLARATION.findall(str(tag.get("style", ""))))
    variables = variables | {name: value for name, value in own.items() if name.startswith("--")}
    if within:
        in_style = []
        for name in sorted(PROPERTIES & own.keys()):
            value = value_of(own[name], variables)
            length = LENGTH.match(value)
            if name in NOT_ATTRIBUTES:
                in_style.append(f"{name}: {value}")
            elif name not in OF_TEXT or tag.name in WITH_TEXT:
                tag[name] = length[1] if length else value
        tag["style"] = "; ".join(in_style)
    if "none" in (own.get("display"), tag.get("display")) or tag.get("visibility") == "hidden":
        tag.decompose()
        return
    for name in ("display", "visibility"):
        tag.attrs.pop(name, None)
    for child in list(tag.find_all(True, recursive=False)):
        _write(child, variables, declared, within or tag.name == "svg")
    if within and tag.name in SHAPES and _paints_nothing(tag):
        tag.decompose()


def _paints_nothing(shape: Tag) -> bool:
    """Whether a shape is there for the pointer, or for a moment that a picture does not have."""
    if shape.find_parent(["clippath", "marker", "pattern", "mask"]):
        return False
    return _inherited(shape, "fill") in NOTHING and _inherited(shape, "stroke") in {None, *NOTHING}


def _inherited(tag: Tag, name: str) -> str | None:
    for one in [tag, *tag.parents]:
        if name in one.attrs:
            return str(one[name])
        if one.name == "svg":
            break
    return None


def value_of(value: str, variables: dict[str, str]) -> str:
    """Return a value with its variables replaced.

    Examples
    --------
    >>> value_of("var(--a, var(--b, #123)) 2px", {"--b": "var(--c)", "--c": "red"})
    'red 2px'
    >>> value_of("var(--a, var(--b, #123))", {})
    '#123'
    """
    while (start := value.find("var(")) >= 0:
        depth, end = 1, start + 4
        while depth and end < len(value):
            depth += {"(": 1, ")": -1}.get(value[end], 0)
            end += 1
        name, _, otherwise = value[start + 4 : end - 1].partition(",")
        value = value[:start] + variables.get(name.strip(), otherwise.strip()) + value[end:]
    return value
