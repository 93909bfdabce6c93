"""Links on the pages of a site to the files that it carries, and to no others."""

import posixpath
import re
from html import escape
from pathlib import Path

PLACE = re.compile(r"<!--take-away-->.*?<!--/take-away-->", re.DOTALL)
NOTEBOOK = 'class="edition take-away"'


def words(site: Path, page: str, files: list[tuple[str, str]]) -> str:
    """Return the links of a page, as they follow each other in a sentence.

    Parameters
    ----------
    site : Path
    page : str
    files : list of (path within the site, words)
        Those that are not there are left out.
    """
    here = posixpath.dirname(page) or "."
    there = [(path, text) for path, text in files if (site / path).is_file()]
    return ", ".join(
        f'<a href="{escape(posixpath.relpath(path, here))}">{escape(text)}</a>'
        for path, text in there
    )


def link(site: Path, page: str, files: list[tuple[str, str]]) -> bool:
    """Put the links into a page, in place of those of an earlier run; return whether it has any."""
    path = site / f"{page}.html"
    html = path.read_text(encoding="utf8")
    found = words(site, page, files)
    beside = NOTEBOOK in html
    if found:
        shown = f", {found}" if beside else f'<p class="edition">Take it away: {found}.</p>'
    else:
        shown = ""
    changed = PLACE.sub(lambda _: f"<!--take-away-->{shown}<!--/take-away-->", html)
    if changed != html:
        path.write_text(changed, encoding="utf8", newline="")
    return bool(found) and bool(PLACE.search(html))
