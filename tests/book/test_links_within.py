"""A link that leads nowhere within the site fails a build, and so does a name that stands twice."""

import pytest

from kit.build.links_within import addresses_in, faults, read, target

HERE = '<p id="top-of">x</p><a name="old"></a>'
THERE = '<p id="a"></p><p id="é"></p>'
FILES = {"index.html", "part/page.html", "part/index.html", "_static/a.css", "f/A.woff2", "p.svg"}


def told(text: str, styles: str = "", base: str = "") -> list[str]:
    pages = {"index.html": HERE + text, "part/page.html": THERE, "part/index.html": ""}
    read_pages = {name: read(page) for name, page in pages.items()}
    addresses = {"_static/a.css": addresses_in(styles)}
    return [words for _, words in faults(read_pages, FILES, addresses, base)]


@pytest.mark.parametrize(
    "text",
    [
        '<a href="#top-of">x</a><a href="#old">x</a><a href="#">x</a><a href="#top">x</a>',
        '<a href="part/page.html#a">x</a><a href="part/page.html?q=1#%C3%A9">x</a>',
        '<a href="part/">x</a><a href="./part/page.html#é">x</a><a href="">x</a>',
        '<img src="p.svg?v=3" srcset="p.svg, p.svg 2x">',
        '<a href="https://example.org/nowhere">x</a><a href="mailto:x@y.z">x</a>',
        '<a href="//example.org/x">x</a><img src="data:image/png;base64,AA">',
        '<script>"<a href=\\"no.html\\">"; id="top-of" + \' href="no.html"\'</script>',
        '<!-- <a href="no.html">x</a> -->',
        '<a href="https://book.org/b/part/page.html#a">x</a><a href="https://book.org/b/">x</a>',
    ],
)
def test_what_leads_somewhere_is_no_fault(text):
    assert told(text, base="https://book.org/b/") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<a href="no.html">x</a>', "'no.html' leads to no file"),
        ('<a class="a" href="part/page.html#b">x</a>', "'part/page.html#b' leads to no anchor"),
        ('<a href="#b">x</a>', "'#b' leads to no anchor of index.html"),
        ('<a href="part/page.html#A">x</a>', "no anchor of part/page.html"),
        ('<script defer src="no.js"></script>', "'no.js' leads to no file"),
        ('<img srcset="p.svg, no.svg 2x">', "'no.svg' leads to no file"),
        ('<a href="../index.html">x</a>', "'../index.html' leads to no file"),
        ('<a href="/index.html">x</a>', "'/index.html' leads to no file"),
        ('<a href="_static/">x</a>', "'_static/' leads to no file"),
        ('<a href="https://book.org/b/no.html">x</a>', "leads to no file"),
        ('<svg><use xlink:href="#no"></use></svg>', "'#no' leads to no anchor"),
        ('<a href="tcp://10.0.0.5:8786">x</a>', "none that a browser follows"),
        ('<p id="b"></p><i id="b"></i>', "the anchor 'b' stands twice"),
    ],
)
def test_what_leads_nowhere_is_told(text, words):
    (found,) = told(text, base="https://book.org/b/")
    assert words in found


def test_of_a_font_one_kind_is_enough_and_other_files_of_a_style_must_be_there():
    assert told("", "src:url(../f/A.woff2),url('../f/A.ttf')") == []
    assert told("", "a{background:url(#x) url(data:x) url(../p.svg)}") == []
    assert len(told("", "src:url(../f/B.woff2)")) == 1
    assert len(told("", 'a{background:url("p.svg")}')) == 1


def test_entities_stand_for_what_they_mean():
    assert read('<a href="a.html?x=1&amp;y=2">').addresses == {"a.html?x=1&y=2"}


@pytest.mark.parametrize(
    ("path", "here", "place"),
    [
        ("", "a/b.html", "a/index.html"),
        ("../c.html", "a/b.html", "c.html"),
        ("../../c.html", "a/b.html", "../c.html"),
        ("/c.html", "a/b.html", "/c.html"),
        ("..", "a/b.html", "index.html"),
    ],
)
def test_an_address_is_followed_as_a_browser_does(path, here, place):
    assert target(path, here) == place
