"""Sphinx extension: the changes of ``CHANGELOG.md`` as a feed (Atom, RFC 4287).

Each edition is an entry, dated in its heading. What comes after the last edition is one more entry,
which is dated by the variable SOURCE_DATE_EPOCH, as reproducible builds are: a build has no date of
its own, since two of one state give the same site. Without the variable the entry is left out, and
without the site's address the feed.
"""

import os
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import yaml
from markdown_it import MarkdownIt
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from kit.build.address import FEED
from kit.folders import ROOT

CHANGELOG = ROOT / "CHANGELOG.md"
HEADING = re.compile(r"^## \[([^\]]+)\](?: - (\S+))?[ \t]*$", re.MULTILINE)
DRAFT = "Unreleased"


class Change(NamedTuple):
    """What an edition has brought.

    Attributes
    ----------
    version : str
        `DRAFT` for what comes after the last edition.
    day : date or None
        Of the edition.
    text : str
        Markdown.
    """

    version: str
    day: date | None
    text: str


def changes(changelog: str) -> list[Change]:
    """Return the editions that a changelog tells of, the newest first.

    Raises
    ------
    ExtensionError
        If an edition has no date, or one that is none.
    """
    headings = list(HEADING.finditer(changelog))
    ends = [heading.start() for heading in headings[1:]] + [len(changelog)]
    found = []
    for heading, end in zip(headings, ends, strict=True):
        version, given = heading.groups()
        try:
            day = None if version == DRAFT else date.fromisoformat(given or "")
        except ValueError:
            raise ExtensionError(
                f"CHANGELOG.md: {heading[0]!r} has no date; expected one such as "
                "'## [1.0.0] - 2026-11-24'"
            ) from None
        found.append(Change(version, day, changelog[heading.end() : end].strip()))
    return found


def feed(
    site: str, book: str, authors: list[str], told: list[Change], draft: datetime | None
) -> str:
    """Return a feed.

    Parameters
    ----------
    site : str
        The site's address.
    book : str
        The book's name.
    authors : list of str
    told : list of Change
    draft : datetime or None
        When what is not yet an edition has changed; None leaves it out.

    Raises
    ------
    ExtensionError
        If there is no entry, and so no date for the feed.
    """
    markdown = MarkdownIt()
    dated: list[tuple[datetime, Change]] = []
    for change in told:
        day = change.day
        when = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else draft
        if when and change.text:
            dated.append((when, change))
    if not dated:
        raise ExtensionError("CHANGELOG.md: no edition with a date and a text, as a feed needs")
    entries = [
        "<entry>\n"
        f"<id>{escape(site)}{FEED}#{escape(change.version.lower())}</id>\n"
        f"<title>{escape(_title(change))}</title>\n"
        f"<updated>{when:%Y-%m-%dT%H:%M:%SZ}</updated>\n"
        f'<link rel="alternate" type="text/html" href="{escape(site)}" />\n'
        f'<content type="html">{escape(markdown.render(change.text))}</content>\n'
        "</entry>\n"
        for when, change in dated
    ]
    people = "".join(f"<author><name>{escape(name)}</name></author>\n" for name in authors)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">\n'
        f"<id>{escape(site)}{FEED}</id>\n"
        f"<title>Changes of {escape(book)}</title>\n"
        f"<updated>{max(when for when, _ in dated):%Y-%m-%dT%H:%M:%SZ}</updated>\n"
        f'<link rel="self" type="application/atom+xml" href="{escape(site)}{FEED}" />\n'
        f'<link rel="alternate" type="text/html" href="{escape(site)}" />\n'
        f"{people}{''.join(entries)}</feed>\n"
    )


def _title(change: Change) -> str:
    return "Since the last edition" if change.version == DRAFT else f"Edition {change.version}"


def of_the_draft(epoch: str) -> datetime | None:
    """Return the moment that SOURCE_DATE_EPOCH names, in whole seconds.

    Raises
    ------
    ExtensionError
        If it is no number.
    """
    if not epoch:
        return None
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        raise ExtensionError(f"SOURCE_DATE_EPOCH: {epoch!r} is no number of seconds") from None


def has_feed(app: Sphinx) -> bool:
    """Whether the site's address is known, and there is something to tell."""
    return bool(app.config.html_baseurl) and CHANGELOG.is_file()


def add(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Tell the templates where the feed is."""
    if has_feed(app):
        context["feed"] = FEED


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the feed, or take away that of an earlier build."""
    if exception is not None or app.builder.name != "html":
        return
    path, site = Path(app.outdir) / FEED, app.config.html_baseurl
    if not has_feed(app):
        path.unlink(missing_ok=True)
        return
    told = changes(CHANGELOG.read_text("utf8"))
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf8"))
    authors = [str(author["name"]) for author in cited["authors"]]
    draft = of_the_draft(os.environ.get("SOURCE_DATE_EPOCH", ""))
    path.write_text(feed(site, app.config.html_title, authors, told, draft), "utf8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("html-page-context", add)
    app.connect("build-finished", write, priority=700)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
