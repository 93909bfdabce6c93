"""The feed of changes: what RFC 4287 asks of it, and what the changelog says."""

import re
from datetime import UTC, date, datetime
from urllib.parse import urlparse
from xml.etree import ElementTree

import pytest
import yaml
from sphinx.errors import ExtensionError

from kit.build import changes_feed
from kit.build.changes_feed import Change, changes, feed, of_the_draft
from kit.folders import ROOT

SITE = "https://example.org/a&b/"
ATOM = "{http://www.w3.org/2005/Atom}"
LOG = """# Changelog

Words.

## [Unreleased]

### Added

- `a < b` & more.

## [1.1.0] - 2027-02-03

- **Bold**.

## [1.0.0] - 2026-11-24

The first.
"""
DRAFT = datetime(2027, 3, 4, 5, 6, 7, tzinfo=UTC)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def parsed(log=LOG, draft=DRAFT):
    return ElementTree.fromstring(feed(SITE, "A < book", ["One & Co"], changes(log), draft))


def test_a_feed_has_what_the_standard_asks_for():
    found = parsed()
    assert found.tag == f"{ATOM}feed"
    for element in (found, *found.iterfind(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (one,) = element.findall(ATOM + name)
            assert one.text
        assert urlparse(element.find(f"{ATOM}id").text).scheme == "https"
        assert MOMENT.fullmatch(element.find(f"{ATOM}updated").text)
        assert len(element.findall(f"{ATOM}content")) <= 1
        links = [link.attrib for link in element.iterfind(f"{ATOM}link")]
        assert all(link["href"].startswith(SITE) for link in links)
        assert len({(link["rel"], link["type"]) for link in links}) == len(links)
    assert found.find(f"{ATOM}author/{ATOM}name").text == "One & Co"
    assert found.find(f'{ATOM}link[@rel="self"]').get("href") == f"{SITE}feed.xml"
    ids = [element.text for element in found.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids) == 4


def test_an_entry_is_dated_and_has_its_text_as_html():
    found = parsed()
    assert found.find(f"{ATOM}updated").text == "2027-03-04T05:06:07Z"
    draft, second, first = found.iterfind(f"{ATOM}entry")
    assert [entry.find(f"{ATOM}title").text for entry in (draft, second, first)] == [
        "Since the last edition",
        "Edition 1.1.0",
        "Edition 1.0.0",
    ]
    assert "<code>a &lt; b</code> &amp; more." in draft.find(f"{ATOM}content").text
    assert "<h3>Added</h3>" in draft.find(f"{ATOM}content").text
    assert "<strong>Bold</strong>" in second.find(f"{ATOM}content").text
    assert first.find(f"{ATOM}updated").text == "2026-11-24T00:00:00Z"


def test_what_has_no_date_of_its_own_is_left_out():
    found = parsed(draft=None)
    assert len(found.findall(f"{ATOM}entry")) == 2
    assert found.find(f"{ATOM}updated").text == "2027-02-03T00:00:00Z"
    with pytest.raises(ExtensionError, match="no edition with a date"):
        parsed("## [Unreleased]\n\n- Something.\n", draft=None)


@pytest.mark.parametrize("heading", ["## [1.0.0]", "## [1.0.0] - soon", "## [1.0.0] - 2026-13-01"])
def test_an_edition_without_a_date_is_told(heading):
    with pytest.raises(ExtensionError, match="has no date; expected one such as"):
        changes(f"{heading}\n\nText.\n")


def test_a_draft_is_dated_by_the_variable_of_reproducible_builds():
    assert of_the_draft("") is None
    assert of_the_draft("86400") == datetime(1970, 1, 2, tzinfo=UTC)
    with pytest.raises(ExtensionError, match="SOURCE_DATE_EPOCH: 'now'"):
        of_the_draft("now")


def test_the_books_own_changelog_makes_a_feed_that_agrees_with_its_citation():
    told = changes(changes_feed.CHANGELOG.read_text("utf8"))
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf8"))
    editions = {change.version: change.day for change in told}
    assert editions["Unreleased"] is None
    day = cited["date-released"]
    assert editions[str(cited["version"])] == (
        day if isinstance(day, date) else date.fromisoformat(day)
    )
    assert max(day for day in editions.values() if day) == editions[str(cited["version"])]
    ElementTree.fromstring(feed(SITE, "A book", ["A"], told, None))
    assert all(isinstance(change, Change) and change.text for change in told)
