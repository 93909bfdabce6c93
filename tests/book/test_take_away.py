"""An EPUB and PDFs of a site, and links to them on its pages."""

import io
import zipfile
from xml.etree import ElementTree

import pypdfium2
import pytest

from kit.build.take_away import articles, command, links, prints
from kit.build.take_away.epub import Epub, drawing

FORMULA = (
    '<span class="math"><span class="katex"><span class="katex-mathml">'
    '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><mi>x</mi></mrow>'
    '<annotation encoding="application/x-tex">\\sym{x}{x}</annotation></semantics></math></span>'
    '<span class="katex-html" aria-hidden="true"><span class="base"><span>drawn</span></span>'
    "</span></span></span>"
)
ABOUT = {"title": "A book", "author": "Its authors", "version": "1.0", "date": "2026-01-02"}


def page(title, body):
    return (
        '<html><head></head><body><h1>not this</h1><article class="bd-article"><section id="top">'
        f'<h1>{title}<a class="headerlink" href="#top">#</a></h1>{body}</section></article>'
        '<footer><p class="edition take-away">Take it away: <a href="a.ipynb">a notebook</a>'
        "<!--take-away--><!--/take-away-->.</p></footer></body></html>"
    )


@pytest.fixture
def site(tmp_path):
    (tmp_path / "part").mkdir()
    (tmp_path / "take-away").mkdir()
    (tmp_path / "picture.svg").write_bytes(
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd">'
        b'<svg xmlns="http://www.w3.org/2000/svg"><g id="a"/><g id="a"/></svg>'
    )
    first = (
        f'<p id="1/eq">Let {FORMULA} be<ul><li>one</li></ul></p>'
        '<div class="equation-note">evidence</div><button>Run</button>'
        "<details><summary>Why?</summary><p>Because.</p></details>"
        '<p><a href="part/b.html#there">there</a> <a href="part/b.html#nowhere">b</a>'
        '<a href="genindex.html">index</a><br><img src="picture.svg" alt="what is seen"></p>'
    )
    (tmp_path / "index.html").write_text(page("First &amp; last", first), "utf8")
    second = '<p id="there">It is <a href="../index.html#1/eq">there</a>.</p>'
    (tmp_path / "part" / "b.html").write_text(page("Second", second), "utf8")
    return tmp_path


PARTS = [articles.Part("", ["index"]), articles.Part("A part", ["part/b"])]


def test_an_epub_has_formulas_pictures_and_live_links(site, tmp_path):
    path = tmp_path / "book.epub"
    Epub(site, PARTS, ABOUT).write(path)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
        assert archive.infolist()[0].filename == "mimetype"
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
    for name, content in files.items():
        if name != "mimetype" and not name.endswith(".css"):
            ElementTree.parse(io.BytesIO(content))
    first, second = (files[f"book/{name}.xhtml"].decode() for name in ("index", "part-b"))
    assert "<math" in first
    assert "semantics" not in first
    for gone in ("drawn", "evidence", "<button", "<details"):
        assert gone not in first
    assert "Because." in first
    assert 'href="part-b.xhtml#there"' in first
    assert 'href="part-b.xhtml"' in first
    assert "genindex" not in first
    assert 'id="x-1-eq"' in first
    assert 'href="index.xhtml#x-1-eq"' in second
    assert b"DOCTYPE" not in files["book/images/picture.svg"]
    package = files["book/book.opf"].decode()
    assert 'href="index.xhtml" media-type="application/xhtml+xml" properties="mathml"' in package


def test_a_site_makes_the_same_epub_twice(site, tmp_path):
    made = []
    for name in ("one.epub", "two.epub"):
        Epub(site, PARTS, ABOUT).write(tmp_path / name)
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]


def test_a_drawing_names_each_place_once_and_has_whole_paths():
    paths = b'<svg><path d=""/><path id="x"/><path d="M1 1"/></svg>'
    whole = b'<svg><path d="M0 0"/><path d="M0 0" id="x"/><path d="M1 1"/></svg>'
    assert drawing(paths) == whole
    assert (
        drawing(b'<svg id="a"><g id="b"/><g id="b"/></svg>') == b'<svg id="a"><g id="b"/><g/></svg>'
    )


def test_pages_link_what_is_there_and_nothing_else(site):
    files = [("part/b.pdf", "this page"), ("take-away/book.epub", "as an EPUB")]
    before = (site / "part" / "b.html").read_text("utf8")
    assert not links.link(site, "part/b", files)
    assert (site / "part" / "b.html").read_text("utf8") == before
    (site / "take-away" / "book.epub").touch()
    assert links.link(site, "part/b", files)
    once = (site / "part" / "b.html").read_text("utf8")
    assert ', <a href="../take-away/book.epub">as an EPUB</a><!--/take-away-->.' in once
    assert "b.pdf" not in once
    links.link(site, "part/b", files)
    assert (site / "part" / "b.html").read_text("utf8") == once
    (site / "take-away" / "book.epub").unlink()
    links.link(site, "part/b", files)
    assert (site / "part" / "b.html").read_text("utf8") == before


def test_titles_are_words(site):
    assert prints.heading(site, "index") == "First & last"


def test_the_command_says_what_it_needs(site, monkeypatch, capsys):
    monkeypatch.setattr(articles, "parts", lambda site: PARTS)
    monkeypatch.setattr(prints.shutil, "which", lambda name: None)
    monkeypatch.delenv("CHROMIUM", raising=False)
    assert command.main([str(site)]) == 1
    assert "Chromium" in capsys.readouterr().err
    assert "neural-networks-from-scratch.epub" in (site / "index.html").read_text("utf8")
    with pytest.raises(SystemExit):
        command.main([str(site / "part")])
    assert "jupyter-book build book" in capsys.readouterr().err


@pytest.mark.exhaustive(share=0)
def test_a_pdf_has_title_outline_tags_and_page_numbers(site, tmp_path):
    path = site / "take-away" / "book.pdf"
    try:
        with prints.chromium() as browser:
            document = prints.Document("A book", ["index", "part/b"])
            prints.write(browser, site, document, path)
    except prints.NoBrowserError as error:
        pytest.skip(str(error))
    pdf = pypdfium2.PdfDocument(path)
    assert pdf.is_tagged()
    assert [entry.get_title() for entry in pdf.get_toc()] == ["First & last", "Second"]
    text = [pdf[number].get_textpage().get_text_bounded() for number in range(len(pdf))]
    assert len(text) == 2
    for number, words in enumerate(text, 1):
        assert "A book" in words
        assert str(number) in words
    assert "evidence" not in text[0]
    assert not list((site / "take-away").glob("*.html"))
