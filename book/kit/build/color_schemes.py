"""Sphinx extension: light and dark follow the system without scripts too, and paper is light.

The theme writes its colours for ``data-theme="light"`` and ``data-theme="dark"``, and leaves it to
a script to put one of them in place of ``"auto"``. Where no script runs, neither holds; and what is
printed from the dark is pale text on white paper. So when all pages are written, each rule of a
style sheet that depends on ``data-theme`` gets its twin under a media query: ``"auto"`` is what the
system prefers, and on paper every scheme is the light one. Specificity and order stay as they were.
"""

import re
from logging import LogRecord, getLogger
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util import logging

from kit.build.style_rules import COMMENT, GROUP, rules, selectors

MARK = '/* data-theme="auto" follows the system, and paper is light. */\n'

THEME = re.compile(r"""\[data-theme=(["']?)(light|dark)\1\]""")
SYSTEM = re.compile(r"@media\s*(\(prefers-color-scheme:\s*(light|dark)\s*\)[^,]*)")


def following(styles: str) -> str:
    """Return a style sheet whose rules for light and dark hold for the system's wish and on paper.

    Parameters
    ----------
    styles
        The text of a style sheet.

    Raises
    ------
    ValueError
        If a block is not closed.
    """
    written = []
    for prelude, block in rules(styles):
        head = COMMENT.sub("", prelude).strip()
        if block is None:
            written.append(prelude)
        elif GROUP.match(head):
            written.append(f"{_on_screen(prelude)}{{{following(block)}}}")
        elif THEME.search(head):
            written.append(_twins([one.strip() for one in selectors(head)], block))
        else:
            written.append(f"{prelude}{{{block}}}")
    return "".join(written)


def _on_screen(prelude: str) -> str:
    """Keep a query for the system's dark off the paper, and put its light on it."""
    if not (query := SYSTEM.fullmatch(COMMENT.sub("", prelude).strip())):
        return prelude
    return f"@media {'screen and ' if query[2] == 'dark' else 'print, '}{query[1]}"


def _twins(all_selectors: list[str], block: str) -> str:
    """Return a rule as rules for what the reader chose, the system prefers, and paper shows."""
    by_theme: dict[str, list[str]] = {"": [], "light": [], "dark": []}
    for selector in all_selectors:
        theme = THEME.search(selector)
        by_theme[theme[2] if theme else ""].append(selector)

    def rule(found: list[str], attribute: str | None = None) -> str:
        text = ",".join(found)
        return f"{text if attribute is None else THEME.sub(attribute, text)}{{{block}}}"

    auto = '[data-theme="auto"]'
    written = []
    if by_theme[""]:
        written.append(rule(by_theme[""]))
    if light := by_theme["light"]:
        written.append(
            f"{rule(light)}@media print{{{rule(light, '[data-theme]')}}}"
            f"@media (prefers-color-scheme:light){{{rule(light, auto)}}}"
        )
    if dark := by_theme["dark"]:
        written.append(
            f"@media screen{{{rule(dark)}}}"
            f"@media screen and (prefers-color-scheme:dark){{{rule(dark, auto)}}}"
        )
    return "\n" + "".join(written)


def write(app: Sphinx, exception: Exception | None) -> None:
    """Rewrite the style sheets of a site, each once."""
    if exception is not None or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.css"):
        styles = path.read_text(encoding="utf8")
        if MARK not in styles and ("data-theme" in styles or "prefers-color-scheme" in styles):
            path.write_text(MARK + following(styles), encoding="utf8")


def is_news(record: LogRecord) -> bool:
    """Whether a message is not Sphinx's remark that the source replaces what was rewritten."""
    return getattr(record, "subtype", None) != "copy_overwrite"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    getLogger(f"{logging.NAMESPACE}.sphinx.util.osutil").addFilter(is_news)
    # After MyST-NB has copied its style sheet and the theme has written that of the code; before
    # the site takes its place.
    app.connect("build-finished", write, priority=850)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
