"""Sphinx extension: how the site is found and shared, where its address is known.

The environment variable BOOK_URL, or ``html_baseurl`` of the configuration, is the address at
which the site will be. With it each page has a canonical address and the tags of a card (Open
Graph, which others read too), and the site has ``sitemap.xml`` and a page for what is not there,
``404.html``, which works at any depth and without scripts. Without it these are left out, but for a
page ``404.html`` without links, and the build says so in a line.
"""

import re
from html import escape
from os import environ
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape as escape_xml

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging

from kit.build.place_in_book import numbers, parts

logger = logging.getLogger(__name__)
LEFT_OUT = (
    "BOOK_URL is not set: canonical addresses, cards for sharing, sitemap.xml, feed.xml and the "
    "links of 404.html are left out"
)
CARDS = "cards"
"""Folder of the site with a card for each page, see `cards`."""

FEED = "feed.xml"
CARD_SIZE = (1200, 630)
"""What Open Graph asks for: width and height in pixels."""

DESCRIPTION = re.compile(r'<meta content="([^"]*)" name="description"')
NOT_SEARCHED = ("search",)


def checked(url: str) -> str:
    """Return a site's address with a slash at its end, or nothing.

    Parameters
    ----------
    url : str

    Raises
    ------
    ExtensionError
        If it is no address of a site.
    """
    url = url.strip()
    found = urlsplit(url)
    whole = found.scheme in ("http", "https") and found.netloc and " " not in url
    if url and (not whole or found.query or found.fragment):
        raise ExtensionError(
            f"BOOK_URL: {url!r} is no address of a site; expected one such as "
            "https://example.org/book/"
        )
    return f"{url.rstrip('/')}/" if url else ""


def configure(app: Sphinx, config: Config) -> None:
    """Take the site's address from the environment."""
    config.html_baseurl = checked(environ.get("BOOK_URL", config.html_baseurl or ""))


def of_page(site: str, page: str, root: str) -> str:
    """Return the one address that a page goes by; that of the first page is the site's own."""
    return site if page == root else f"{site}{quote(page)}.html"


def title_of(env: BuildEnvironment, page: str) -> str:
    """Return a page's title without its number."""
    return str(env.titles[page].astext())


def tags(env: BuildEnvironment, page: str, site: str, name: str, description: str) -> str:
    """Return the tags that a page's card is made of when its address is passed on.

    Parameters
    ----------
    env : BuildEnvironment
    page : str
        Its name.
    site : str
        The site's address.
    name : str
        The book's.
    description : str
        As it stands between quotation marks in HTML.
    """
    root = env.config.root_doc
    title = title_of(env, page)
    properties = {
        "type": "website" if page == root else "article",
        "site_name": name,
        "title": title,
        "url": of_page(site, page, root),
        "image": f"{site}{CARDS}/{quote(page)}.png",
        "image:width": str(CARD_SIZE[0]),
        "image:height": str(CARD_SIZE[1]),
        "image:alt": f"{title}: the card of this page.",
    }
    lines = [f'<meta property="og:description" content="{description}" />'] if description else []
    lines += [
        f'<meta property="og:{key}" content="{escape(value)}" />'
        for key, value in properties.items()
    ]
    return "\n".join([*lines, '<meta name="twitter:card" content="summary_large_image" />', ""])


def add(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Give a page its canonical address and its tags."""
    if app.builder.format != "html":
        return
    head = context.get("metatags", "")
    if pagename in NOT_SEARCHED:
        context["metatags"] = f'{head}<meta name="robots" content="noindex" />'
    if not (site := app.config.html_baseurl):
        return
    context["pageurl"] = of_page(site, pagename, app.config.root_doc)
    if pagename in app.env.found_docs:
        found = DESCRIPTION.search(head)
        words = found[1] if found else ""
        context["metatags"] = head + tags(app.env, pagename, site, app.config.html_title, words)


def sitemap(site: str, pages: list[str], root: str) -> str:
    """Return the list of a site's pages for search engines.

    Parameters
    ----------
    site : str
        Its address.
    pages : list of str
        Names.
    root : str
        Name of the first page.
    """
    places = "".join(
        f"<url><loc>{escape_xml(of_page(site, page, root))}</loc></url>\n" for page in pages
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n'
    )


def in_order(env: BuildEnvironment) -> list[str]:
    """Return the names of all pages, in the book's order, the first page first."""
    known = [env.config.root_doc, *parts(env)]
    return [*known, *sorted(env.found_docs - set(known))]


def contents(env: BuildEnvironment) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the parts of the book, each with the names and titles of its pages."""
    number = numbers(env)
    found: dict[str, list[tuple[str, str]]] = {}
    for page, part in parts(env).items():
        title = title_of(env, page)
        found.setdefault(part, []).append(
            (page, f"{number[page]}. {title}" if page in number else title)
        )
    return list(found.items())


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write what a site has once, and say what it lacks."""
    if exception is not None or app.builder.name != "html":
        return
    env, folder, site = app.env, Path(app.outdir), app.config.html_baseurl
    builder: Any = app.builder
    # From the top of its host: what is not there may have been asked for at any depth.
    top = urlsplit(site).path if site else ""
    words = {"book": app.config.html_title, "top": top, "parts": contents(env) if site else []}
    (folder / "404.html").write_text(builder.templates.render("not-found.html", words), "utf8")
    listed = folder / "sitemap.xml"
    if site:
        listed.write_text(sitemap(site, in_order(env), env.config.root_doc), "utf8")
    else:
        listed.unlink(missing_ok=True)
        logger.info(LEFT_OUT)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("config-inited", configure, priority=50)
    app.connect("html-page-context", add, priority=600)
    app.connect("build-finished", write, priority=700)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
