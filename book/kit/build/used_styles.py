"""Sphinx extension: style sheets of others without the rules for what the site does not have.

The theme's sheet is all of Bootstrap's, and another one all components of sphinx-design: most of
their rules are for classes that no page has and no script names. Without these a page transfers
some 30 KB less. Sphinx copies the whole sheets again when it writes pages.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from kit import compat
from kit.build import found_in_files
from kit.build.found_in_files import Findings
from kit.build.style_rules import GROUP, rules, selectors

SHEETS = (compat.STYLES.as_posix(), "sphinx-design.min.css")
"""Below ``_static``."""

CLASSES = re.compile(r'\bclass="([^"]*)"')
INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
WORD = re.compile(r"[A-Za-z_][\w-]*")
# Scripts that set no classes: cut out of pages, lists of words, and a font that is not loaded.
NOT_READ = ("previews", "searchindex.js", "_static/scripts/fontawesome.js")

INSIDE = re.compile(r"/\*.*?\*/|\([^()]*\)|\[[^\]]*\]", re.DOTALL)
CLASS = re.compile(r"\.(-?[A-Za-z_](?:[\w-]|\\.)*)")


def named(site: Path, findings: Findings) -> set[str]:
    """Return the classes that pages have, and all words of scripts that could be one.

    Parameters
    ----------
    site : Path
        Folder of the built pages.
    findings : Findings
        Of its files.
    """
    found: set[str] = set()
    for path in site.rglob("*.html"):
        found |= findings(named_on_page, path)
    for path in site.rglob("*.js"):
        name = path.relative_to(site)
        if not any(name.is_relative_to(place) for place in NOT_READ):
            found |= findings(named_in_script, path)
    return found


def named_on_page(page: str) -> set[str]:
    """Return the classes of a page's elements, and the words of the scripts within it."""
    lists = set(CLASSES.findall(page))
    scripts = map(named_in_script, INLINE.findall(page))
    return set().union(*(one.split() for one in lists), *scripts)


def named_in_script(script: str) -> set[str]:
    """Return all words of a script that could be a class."""
    return set(WORD.findall(script))


def asks(names: set[str]) -> Callable[[str], bool]:
    """Return a function that tells whether a class is among names.

    A name that ends with a hyphen is what scripts begin names with, as in ``bs-${kind}-auto``.
    """
    beginnings = tuple(name for name in names if name.endswith("-") and len(name) > 2)
    return lambda name: name in names or name.startswith(beginnings)


def without_unused(sheet: str, has: Callable[[str], bool]) -> str:
    """Return a style sheet without the selectors of which a class is not there.

    Parameters
    ----------
    sheet : str
    has : callable
        Tells of a class whether the site has it. What a selector says in brackets is not asked
        for: an element may well lack what stands in ``:not()``.
    """
    kept: list[str] = []
    for head, body in rules(sheet):
        if body is None:
            kept.append(head)
        elif GROUP.match(head.strip()):
            if (inner := without_unused(body, has)).strip():
                kept.append(f"{head}{{{inner}}}")
        elif head.strip().startswith("@"):
            kept.append(f"{head}{{{body}}}")
        else:
            found = [one for one in selectors(head) if _is_used(one, has)]
            if found:
                kept.append(f"{','.join(found)}{{{body}}}")
    return "".join(kept)


def _is_used(selector: str, has: Callable[[str], bool]) -> bool:
    while (outside := INSIDE.sub("", selector)) != selector:
        selector = outside
    return all(has(name.replace("\\", "")) for name in CLASS.findall(selector))


def write(app: Sphinx, exception: Exception | None) -> None:
    """Take out of the sheets what the site does not use."""
    if exception is not None or app.builder.format != "html":
        return
    site = Path(app.outdir)
    has = asks(named(site, found_in_files.of(app)))
    for name in SHEETS:
        path = site / "_static" / name
        if path.exists():
            sheet = path.read_text("utf8")
            path.write_text(without_unused(sheet, has), "utf8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    # When pages and scripts are as they will be.
    app.connect("build-finished", write, priority=870)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
