"""Sphinx extension: which edition a page belongs to, and how its reader reports an error.

The edition is nnfs's version and the date of ``CITATION.cff``; what comes after the edition that is
cited there says that it is a draft. A repository, from the environment
variable BOOK_REPOSITORY or ``repository: url`` of the configuration, gives each page a link that
opens a report there; without one a sentence says what to pass on.
"""

import os
from datetime import date
from typing import Any
from urllib.parse import quote, urlsplit

import yaml
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

import nnfs
from kit.folders import ROOT


def released() -> tuple[str, date]:
    """Return version and date of the last edition, as the book asks to be cited."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf8"))
    given = cited["date-released"]
    day = given if isinstance(given, date) else date.fromisoformat(given)
    return str(cited["version"]), day


def repository(configured: str) -> str:
    """Return the address of the book's repository, or nothing.

    Parameters
    ----------
    configured : str
        What the configuration says; the environment's BOOK_REPOSITORY goes before it.

    Raises
    ------
    ExtensionError
        If it is no address that a browser can open.
    """
    url = os.environ.get("BOOK_REPOSITORY", configured or "").strip().rstrip("/")
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.netloc or " " in url):
        raise ExtensionError(
            f"BOOK_REPOSITORY: {url!r} is no address of a repository; expected one such as "
            "https://github.com/owner/name"
        )
    return url


def report(url: str, page: str) -> str:
    """Return the address at which an error on a page is reported.

    Parameters
    ----------
    url : str
        The repository's. GitLab has another form than GitHub, Gitea and Forgejo.
    page : str
        Name of the page.
    """
    title = quote(f"Error on {page} (edition {nnfs.__version__})")
    if "gitlab" in urlsplit(url).netloc:
        return f"{url}/-/issues/new?issue[title]={title}"
    return f"{url}/issues/new?title={title}"


def add(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Give the templates what the foot of a page says."""
    last, day = released()
    context["edition"] = nnfs.__version__
    context["last_edition"] = last
    context["edition_day"] = day.isoformat()
    context["edition_words"] = f"{day.day} {day:%B %Y}"
    if url := repository(context.get("theme_repository_url", "")):
        context["report"] = report(url, pagename)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("html-page-context", add)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
