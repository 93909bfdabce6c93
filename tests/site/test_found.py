"""How the built site is found and shared, where the build knew its address and where it did not."""

from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from kit.build.address import CARD_SIZE
from tests.book.pages import all_pages

NAMES = [page.docname for page in all_pages()]
NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(scope="module")
def heads(site):
    found = {}
    for name in NAMES:
        head, _, _ = (site / f"{name}.html").read_text("utf8").partition("</head>")
        found[name] = BeautifulSoup(head, "html.parser")
    return found


@pytest.fixture(scope="module")
def addresses(site):
    """Return the pages' addresses in the sitemap; none where the site's own is not known."""
    path = site / "sitemap.xml"
    if not path.exists():
        return []
    places = ElementTree.parse(path).iterfind("s:url/s:loc", NS)
    return [place.text for place in places]


def test_no_two_pages_have_the_same_title_or_description(heads):
    for select in ("title", 'meta[name="description"]'):
        found = [head.select(select) for head in heads.values()]
        assert all(len(tags) == 1 for tags in found)
        words = [tags[0].get("content") or tags[0].get_text() for tags in found]
        assert all(words)
        assert len(set(words)) == len(NAMES)


def test_a_page_has_one_address_and_a_card_or_neither(site, heads, addresses):
    for name, head in heads.items():
        canonical = [link["href"] for link in head.select('link[rel="canonical"]')]
        shared = {tag["property"]: tag["content"] for tag in head.select('meta[property^="og:"]')}
        if not addresses:
            assert (canonical, shared) == ([], {})
            continue
        assert canonical == [shared["og:url"]]
        assert canonical[0] in addresses
        assert shared["og:description"] == head.select_one('meta[name="description"]')["content"]
        top = addresses[0]
        assert shared["og:image"] == f"{top}cards/{name}.png"
        with Image.open(site / "cards" / f"{name}.png") as card:
            assert card.size == CARD_SIZE
    assert addresses == [] or len(addresses) == len(set(addresses)) == len(NAMES)


def test_what_needs_an_address_is_there_with_one_and_not_without(site, addresses):
    for name in ("feed.xml", "cards"):
        assert (site / name).exists() == bool(addresses)
    lost = BeautifulSoup((site / "404.html").read_text("utf8"), "html.parser")
    links = [link["href"] for link in lost.select("a")]
    assert len(links) == (len(NAMES) if addresses else 0)
    assert all(link.startswith("/") for link in links)
    assert not lost.select("script, link, [src]")
    if addresses:
        feed = ElementTree.parse(site / "feed.xml").getroot()
        assert feed.findall("a:entry", NS)
