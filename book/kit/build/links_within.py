"""Sphinx extension: a link or an anchor that leads nowhere within the site fails the build.

Sphinx warns of references in a page's source. What it does not see is looked at here, in the pages
as they are published: links that templates, directives and raw HTML write, scripts, styles and
pictures, and anchors of other pages. An ``id`` that stands twice on a page is told too, since what
leads there leads to one of two places.
"""

import html
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from sphinx.application import Sphinx
from sphinx.util import logging

from kit.build import found_in_files, manifest
from kit.faults import StrictSphinx, are_there

logger = logging.getLogger(__name__)

NO_MARKUP = re.compile(r"(<script\b[^>]*>).*?</script>|<!--.*?-->", re.DOTALL)
ATTRIBUTE = re.compile(r'\s(id|name|(?:xlink:)?href|src|srcset)="([^"]*)"')
NAMED = re.compile(r"<a\s[^>]*?\bname=")
ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z\d+.-]*:|//")
FOLLOWED = re.compile(r"(https?|mailto|data):|//", re.IGNORECASE)
URL = re.compile(r"""url\(\s*(["']?)([^"')]+)\1\s*\)""")
FONTS = (".woff2", ".woff", ".ttf")


class Page(NamedTuple):
    """What of a page leads somewhere, and where one can be led.

    Attributes
    ----------
    anchors : set of str
    addresses : set of str
        Of links, pictures, scripts and styles, as the page gives them.
    twice : set of str
        Anchors that stand more than once.
    """

    anchors: set[str]
    addresses: set[str]
    twice: set[str]


def read(text: str) -> Page:
    """Return what of a page leads somewhere.

    Parameters
    ----------
    text : str
        HTML as Sphinx writes it, with attributes in double quotation marks.
    """
    text = NO_MARKUP.sub(r"\1", text)
    names = NAMED.search(text) is not None
    anchors: set[str] = set()
    addresses: set[str] = set()
    twice: set[str] = set()
    for attribute, value in ATTRIBUTE.findall(text):
        if "&" in value:
            value = html.unescape(value)
        if attribute == "id":
            (twice if value in anchors else anchors).add(value)
        elif attribute == "name":
            if names:
                anchors.add(value)
        elif attribute == "srcset":
            addresses.update(part.split()[0] for part in value.split(",") if part.strip())
        else:
            addresses.add(value)
    return Page(anchors, addresses, twice)


def addresses_in(styles: str) -> set[str]:
    """Return the addresses of fonts and pictures in the text of a style sheet."""
    return {address for _, address in URL.findall(styles)}


def faults(
    pages: dict[str, Page], files: set[str], styles: dict[str, set[str]], base: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield page and words for each link that leads nowhere.

    Parameters
    ----------
    pages : dict
        What of them leads somewhere, by their paths in the site.
    files : set of str
        The paths of all files of the site.
    styles : dict
        The addresses in style sheets, by the sheets' paths.
    base : str
        The site's own address, if it is known.
    """
    for name, page in pages.items():
        for anchor in sorted(page.twice):
            yield name, f"the anchor {anchor!r} stands twice on the page"
        for address in sorted(page.addresses):
            if base and address.startswith(base):
                path, here = address.removeprefix(base), ""
            elif ELSEWHERE.match(address):
                if not FOLLOWED.match(address):
                    yield name, f"the link {address!r} is none that a browser follows"
                continue
            else:
                path, here = address, name
            path, _, anchor = path.partition("#")
            path = unquote(path.partition("?")[0])
            place = target(path, here) if path or not here else name
            if place not in files:
                yield name, f"the link {address!r} leads to no file of the site"
            elif anchor and place in pages and not _is_there(anchor, pages[place]):
                yield name, f"the link {address!r} leads to no anchor of {place}"
    kinds = {posixpath.splitext(name)[0] for name in files if name.endswith(FONTS)}
    for name, addresses in styles.items():
        for address in sorted(addresses):
            path = target(unquote(re.split(r"[?#]", address)[0]), name)
            outside = ELSEWHERE.match(address) or address.startswith("#")
            # A browser takes the first kind of a font that it knows, which is the one kept here.
            another = path.endswith(FONTS) and posixpath.splitext(path)[0] in kinds
            if not outside and path not in files and not another:
                yield name, f"the address {address!r} leads to no file of the site"


def _is_there(anchor: str, page: Page) -> bool:
    # Browsers look for the anchor as it is written first.
    return anchor in page.anchors or unquote(anchor) in page.anchors or anchor == "top"


def target(path: str, here: str) -> str:
    """Return where in the site a relative path leads, which may be outside of it."""
    place = posixpath.normpath(posixpath.join(posixpath.dirname(here), path))
    if path.rpartition("/")[2] in ("", ".", ".."):
        place = posixpath.join(place, "index.html")
    return posixpath.normpath(place)


def drop_pages_that_are_gone(app: Sphinx) -> None:
    """Remove what an earlier build made of pages that the book has no more.

    Links would still find them, and not after a build from clean.
    """
    site = Path(app.outdir)
    sources = site / "_sources"
    for path in sorted(sources.rglob("*")):
        page = path.relative_to(sources).with_suffix("").as_posix()
        if path.is_file() and page not in app.env.found_docs and path.suffix == ".md":
            path.unlink()
            (site / f"{page}.html").unlink(missing_ok=True)


def check(app: StrictSphinx, exception: Exception | None) -> None:
    """Warn of every link of the site that leads nowhere, unless it may follow from other faults."""
    if exception is not None or app.builder.name != "html" or are_there(app):
        return
    drop_pages_that_are_gone(app)
    site = Path(app.outdir)
    paths = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}

    # Templates of the theme, which Sphinx copies along.
    no_pages = {name for name in paths if name.startswith("_static/") and name.endswith(".html")}

    def of_kind(suffix: str) -> dict[str, Path]:
        named = sorted(name for name in paths if name.endswith(suffix) and name not in no_pages)
        return {name: paths[name] for name in named}

    findings = found_in_files.of(app)
    pages = findings.in_files(read, of_kind(".html"))
    styles = findings.in_files(addresses_in, of_kind(".css"))
    base = app.config.html_baseurl
    files = {*paths, manifest.NAME}  # it is written when all else is there
    for name, words in faults(pages, files, styles, base):
        page = name.removesuffix(".html")
        known = page in app.env.found_docs
        logger.warning("%s", words if known else f"{name}: {words}", location=known and page)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx: when all is written, and before `strict_build` tells what is wrong."""
    app.connect("build-finished", check, priority=890)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
