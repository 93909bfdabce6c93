"""Sphinx extension: a font of the icons that the pages show, before the theme's of all icons.

The theme's font of 1,400 icons is a third of what a page transfers, for about twenty that it shows.
When all pages are written, these are taken out of the font and put into the theme's style sheet
itself, as a second source for their characters. The whole font stays where it is: a browser
loads it on a page that shows a character which is not among them. The rules of icons that no page
and no script names are left out of the style sheet, of which they are a quarter; Sphinx copies the
theme's whole sheet again in the next build.
"""

import base64
import io
import re
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx

from kit import compat
from kit.build import found_in_files
from kit.build.found_in_files import Findings

STYLES = "_static" / compat.STYLES
FONT = "_static" / compat.FONT
MARK = "\n/* The icons that the pages show. */\n"

RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
ICON = re.compile(r"\.(fa-[\w-]+):{1,2}before")
NAMED = re.compile(r"\bfa-[a-z][\w-]*")
CODE = re.compile(r"\\([0-9a-f]{4})\b|([\ue000-\uf8ff])")


def icons_by_class(styles: str) -> tuple[dict[str, int], set[int]]:
    """Return the characters of the icons that a class shows, and those that other rules show."""
    by_class: dict[str, int] = {}
    others: set[int] = set()
    for selector, body in RULE.findall(styles):
        codes = [int(code, 16) if code else ord(sign) for code, sign in CODE.findall(body)]
        names = ICON.findall(selector)
        if names and len(codes) == 1:
            by_class |= dict.fromkeys(names, codes[0])
        else:
            others.update(codes)
    return by_class, others


def shown_icons(site: Path, findings: Findings) -> set[int]:
    """Return the characters of all icons that pages or style sheets of a site show."""
    styles = [path.read_text(encoding="utf8") for path in site.glob("_static/**/*.css")]
    by_class, shown = icons_by_class("\n".join(text.partition(MARK)[0] for text in styles))
    for path in site.rglob("*.html"):
        shown |= {by_class[name] for name in findings(icon_names, path) if name in by_class}
    return shown


def smaller_font(path: Path, characters: set[int]) -> tuple[bytes, list[int]]:
    """Return a WOFF font with some of a font's characters, and those of them that it has."""
    font = TTFont(path, recalcTimestamp=False)
    options = subset.Options(flavor="woff", layout_features=[], hinting=False, notdef_outline=True)
    found = sorted(characters & set(font.getBestCmap()))
    worker = subset.Subsetter(options)
    worker.populate(unicodes=found)
    worker.subset(font)
    font.flavor = "woff"
    target = io.BytesIO()
    font.save(target)
    return target.getvalue(), found


def icon_names(text: str) -> set[str]:
    """Return the classes of icons in the text of a page, a script or a style sheet."""
    return set(NAMED.findall(text))


def named_icons(site: Path, findings: Findings) -> set[str]:
    """Return the classes of icons that pages, scripts or other style sheets of a site name."""
    theme = site / STYLES
    named: set[str] = set()
    for path in (*site.rglob("*.html"), *site.rglob("*.js"), *site.rglob("*.css")):
        if path != theme:
            named |= findings(icon_names, path)
    return named


def without_unused(styles: str, named: set[str]) -> str:
    """Return a style sheet without the rules that only give icons which nothing names."""

    def kept(rule: re.Match[str]) -> str:
        selectors = [one.strip() for one in rule[1].split(",")]
        icons = [ICON.fullmatch(one) for one in selectors]
        unused = all(icon is not None and icon[1] not in named for icon in icons)
        return "" if unused and CODE.search(rule[2]) else rule[0]

    return RULE.sub(kept, styles)


def write(app: Sphinx, exception: Exception | None) -> None:
    """Add the smaller font to the theme's style sheet, and take out what no page uses."""
    site = Path(app.outdir)
    if exception is not None or app.builder.format != "html" or not (site / FONT).exists():
        return
    findings = found_in_files.of(app)
    content, found = smaller_font(site / FONT, shown_icons(site, findings))
    styles = (site / STYLES).read_text(encoding="utf8").partition(MARK)[0]
    styles = without_unused(styles, named_icons(site, findings))
    face = (
        '@font-face{font-display:block;font-family:"Font Awesome 6 Free";font-style:normal;'
        "font-weight:900;src:url(data:font/woff;base64,"
        f'{base64.b64encode(content).decode()}) format("woff");'
        f"unicode-range:{','.join(f'U+{code:x}' for code in found)}}}\n"
    )
    (site / STYLES).write_text(f"{styles}{MARK}{face}", encoding="utf8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
