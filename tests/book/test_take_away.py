"""An EPUB and PDFs of a site, and links to them on its pages."""

import io
import json
import shutil
import zipfile
from xml.etree import ElementTree

import numpy as np
import pikepdf
import pypdfium2
import pytest
from bs4 import BeautifulSoup
from pikepdf import Dictionary, Name, String

from kit.build.take_away import articles, checked, command, joined, links, prints, resolved
from kit.build.take_away.epub import SHEETS, Epub, drawing
from kit.folders import BOOK
from kit.widgets.playing.cells import Grid, OneNudge, Question
from kit.widgets.playing.directive import PlaythingFigure

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


ALPHAS = [0.1, 0.5, 0.7]
LOSS = np.array([[1.0, 0.5, 0.2], [1.0, 0.2, 0.1], [1.0, 2.0, 4.0]])
GUESSED = Grid(
    {"alpha": ALPHAS},
    {"loss": LOSS, "end": LOSS[:, -1]},
    says="It ends at {end:.1f}.",
    x=("step", [0, 1, 2]),
    y="loss",
    bars={"p": LOSS / 8},
    asks=Question("Up?", ["No", "Yes"], "No", "So.", hides=["loss"]),
)
SMALL = np.eye(2), np.zeros((2, 1)), np.eye(2), np.zeros((2, 1))
WEDGES = ("path", "rect", "circle")


def stills(site, tmp_path, url=""):
    """The figures of an EPUB of a site whose second page has two playthings."""
    figures = "".join(
        f'<figure class="plaything" id="fig-{name}">{html}'
        f'<figcaption><span class="caption-number">Fig. 2.{number} </span>C.</figcaption></figure>'
        for number, (name, html) in enumerate(
            [
                ("grid", GUESSED._repr_html_()),
                ("nudge", OneNudge(SMALL, np.array([[1.0], [0.5]]), np.array([0]))._repr_html_()),
            ],
            1,
        )
    )
    (site / "part" / "b.html").write_text(page("Second", figures), "utf8")
    sources = BOOK / SHEETS[0], PlaythingFigure.folder / "playing.css"
    for name, source in zip(SHEETS, sources, strict=True):
        (site / name).parent.mkdir(exist_ok=True)
        shutil.copy(source, site / name)
    Epub(site, PARTS, ABOUT, url).write(tmp_path / "book.epub")
    with zipfile.ZipFile(tmp_path / "book.epub") as archive:
        text = archive.read("book/part-b.xhtml").decode()
    return BeautifulSoup(text, "html.parser").select("figure.plaything")


def said(tag, name):
    """What a shape says of its paint, itself or by what is around it."""
    return next((one[name] for one in [tag, *tag.parents] if one.get(name)), None)


def test_a_plaything_is_a_still_picture_in_an_epub(site, tmp_path):
    grid, nudge = stills(site, tmp_path)
    for figure in (grid, nudge):
        shapes = [one for one in figure.select("svg *") if one.name in WEDGES]
        assert len(shapes) > 5
        for shape in shapes:
            if not shape.find_parent("clippath"):
                assert said(shape, "fill")
                assert {said(shape, "fill"), said(shape, "stroke")} - {None, "none"}
        assert "var(" not in str(figure)
    (curve,) = grid.select(".play-plot > svg path.play-line")
    assert (curve["fill"], curve["stroke"]) == ("none", "#0068a8")
    assert "Answer first" not in str(grid)
    (unit,) = {circle["stroke"] for circle in nudge.select(".play-unit > circle")}
    assert unit == "#0068a8"
    assert not nudge.select(".play-reach, .play-ring, .play-grip")


def test_a_still_picture_says_where_it_can_be_moved(site, tmp_path):
    for figure in stills(site, tmp_path):
        assert "can be played with in the book." in figure.get_text()
    figures = stills(site, tmp_path, "https://a.example/")
    assert [one.select_one(".elsewhere a")["href"] for one in figures] == [
        "https://a.example/part/b.html#fig-grid",
        "https://a.example/part/b.html#fig-nudge",
    ]


def test_rules_are_resolved_as_a_browser_does():
    sheet = """
        html[data-theme="light"] { --a: #111 } html[data-theme="dark"] { --a: #999 }
        .play { --b: var(--a, #fff) }
        .play :is(.x, .y) { fill: var(--b); stroke: var(--none, var(--b)) }
        .play svg .x { fill: #222 } .play .x { fill: #333 } .y:not(.z) { opacity: 0.5 }
        @media screen { .play svg .x { fill: #444 } }
        @media print { .play svg .y { stroke-width: 2px; vector-effect: non-scaling-stroke } }
        @container (min-width: 34rem) { .play svg .y { stroke-width: 9px } }
        .gone { display: none } .w { visibility: hidden } .x::before { fill: #555 }
    """
    soup = BeautifulSoup(
        '<figure><p class="gone">a</p><div class="play"><svg><path class="x" style="--b: #123"/>'
        '<path class="y" stroke="#abc"/><g class="w"><path d="M0 0"/></g>'
        '<rect fill="none"/></svg></div></figure>',
        "html.parser",
    )
    resolved.resolve(soup.figure, resolved.parsed([sheet]))
    assert not soup.select(".gone, .w, rect")
    first, second = soup.find_all("path")
    assert (first["fill"], first["stroke"]) == ("#222", "#123")
    assert (second["fill"], second["stroke"]) == ("#111", "#111")
    assert (second["opacity"], second["stroke-width"]) == ("0.5", "2")
    assert second["style"] == "vector-effect: non-scaling-stroke"


def test_the_list_of_equations_keeps_what_it_says_of_each(site):
    entry = '<div class="equation-entry">x = x<p class="equation-note">(1.1) checked</p></div>'
    (site / "part" / "b.html").write_text(page("List", entry), "utf8")
    assert "(1.1) checked" in articles.article(site, "part/b").get_text()
    assert "evidence" not in articles.article(site, "index").get_text()


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


@pytest.mark.parametrize("name", ["part/b", "nonsense.pdf", "index.pdf"])
def test_only_what_there_is_can_be_asked_for(site, monkeypatch, capsys, name):
    monkeypatch.setattr(articles, "parts", lambda site: PARTS)
    with pytest.raises(SystemExit) as ended:
        command.main([str(site), "--only", name])
    assert ended.value.code
    (line,) = capsys.readouterr().err.splitlines()
    assert name in line
    assert "take-away/neural-networks-from-scratch.pdf, part/b.pdf" in line


SIZE = 144


def piece(page, titles, before, leads_to=()):
    """A tagged PDF of one page, as Chromium prints it: a heading, places, and links that it has."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(SIZE, SIZE))
    sheet = pdf.pages[0].obj
    tags = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document))
    heading = pdf.make_indirect(
        Dictionary(Type=Name.StructElem, S=Name.TH, K=0, P=tags, Pg=sheet, ID=String("node1"))
    )
    cell = Dictionary(Type=Name.StructElem, S=Name.TD, P=tags)
    cell.A = pikepdf.Array([Dictionary(O=Name.Table, Headers=[String("node1")])])
    tags.K = pikepdf.Array([heading, cell])
    numbers = [0, pikepdf.Array([heading])]
    sheet.StructParents = 0
    sheet.Annots = pikepdf.Array()
    for number, address in enumerate(leads_to, 1):
        link = pdf.make_indirect(
            Dictionary(Type=Name.Annot, Subtype=Name.Link, StructParent=number)
        )
        link.A = Dictionary(S=Name.URI, URI=String(address))
        tag = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Link, P=tags))
        tag.K = pikepdf.Array([1, Dictionary(Type=Name.OBJR, Obj=link)])
        tags.K.append(tag)
        numbers += [number, tag]
        sheet.Annots.append(link)
    parents = Dictionary(Nums=numbers)
    pdf.Root.StructTreeRoot = pdf.make_indirect(
        Dictionary(K=tags, ParentTree=parents, ParentTreeNextKey=len(leads_to) + 1)
    )
    tags.P = pdf.Root.StructTreeRoot
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    places = {f"/{title.place}": [sheet, Name.XYZ, 0, SIZE, 0] for title in titles}
    pdf.Root.Dests = Dictionary(places)
    written = io.BytesIO()
    pdf.save(written)
    return prints.Piece(written.getvalue(), titles, before)


@pytest.fixture
def two_chapters():
    first = [
        prints.Title(1, "1. First", "a-one--"),
        prints.Title(2, "1.1. Part", "a-one--part"),
    ]
    second = [prints.Title(1, "2. Second", "a-two--")]
    links = ["book:a/one.html#part", "book:a/one.html#gone", "book:b/none.html#x"]
    return [
        piece("a/one", first, 1, ["https://b.example/"]),
        piece("a/two", second, 2, links),
    ]


PDF_ABOUT = {"title": "A book", "author": "Its authors", "date": "2026-01-02"}


def opened(content):
    return pikepdf.open(io.BytesIO(content))


def goals(pdf, number):
    """Where the links of a page lead: to the number of a page of the book, or to an address."""
    pages = [page.obj.objgen for page in pdf.pages]
    found = []
    for link in pdf.pages[number].obj.get("/Annots", []):
        if "/Dest" in link:
            found.append(pages.index(pdf.Root.Dests[link.Dest][0].objgen))
        else:
            found.append(str(link.A.URI))
    return found


def test_chapters_are_put_together_with_one_outline_and_links_from_one_to_the_other(two_chapters):
    book = joined.together([("A part", two_chapters)], PDF_ABOUT, "https://a.example/")
    outline = [(e.level, e.get_title()) for e in pypdfium2.PdfDocument(book).get_toc()]
    assert outline == [(0, "A part"), (1, "1. First"), (2, "1.1. Part"), (1, "2. Second")]
    with opened(book) as pdf:
        assert goals(pdf, 0) == ["https://b.example/"]
        assert goals(pdf, 1) == [0, 0, "https://a.example/b/none.html#x"]
        assert str(pdf.docinfo.Title) == "A book"


def test_tags_of_chapters_stay_with_their_pages_and_links(two_chapters):
    with opened(joined.together([("", two_chapters)], PDF_ABOUT)) as pdf:
        tree = pdf.Root.StructTreeRoot
        assert [one.S for one in tree.K.K] == [Name.Part] * 2
        numbers = list(tree.ParentTree.Nums)
        parents = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))
        assert sorted(parents) == list(range(int(tree.ParentTreeNextKey)))
        for page in pdf.pages:
            (heading,) = parents[int(page.obj.StructParents)]
            assert heading.Pg.objgen == page.obj.objgen
            for link in page.obj.Annots:
                tag = parents[int(link.StructParent)]
                assert tag.K[1].Obj.objgen == link.objgen
        # Names of headings of tables, and the cells that mention them, differ from piece to piece.
        names = list(tree.IDTree.Names)
        assert [str(name) for name in names[::2]] == ["0-node1", "1-node1"]
        cells = [part.K[1] for part in tree.K.K]
        assert [str(cell.A[0].Headers[0]) for cell in cells] == ["0-node1", "1-node1"]


def test_a_chapter_alone_has_the_books_numbers_and_leads_to_the_site_or_nowhere(two_chapters):
    with opened(joined.alone(two_chapters[1], PDF_ABOUT, "https://a.example/")) as pdf:
        assert goals(pdf, 0)[0] == "https://a.example/a/one.html#part"
        assert int(pdf.Root.PageLabels.Nums[1].St) == 3
    with opened(joined.alone(two_chapters[1], PDF_ABOUT)) as pdf:
        assert goals(pdf, 0) == []
        tags = [one.S for one in pdf.Root.StructTreeRoot.K.K]
        assert tags == [Name.TH, Name.TD, Name.Span, Name.Span, Name.Span]
    assert joined.alone(two_chapters[0], PDF_ABOUT) == joined.alone(two_chapters[0], PDF_ABOUT)


def test_a_paper_says_what_was_found_for_each_result(tmp_path):
    numbers = "".join(
        f'<span class="eqno">({number})<a class="headerlink" href="#equation-{label}" title="T">'
        for number, label in (("4.1", "eq-a"), ("4.2", "def-b"), ("4.3", "eq-c"))
    )
    (tmp_path / "a.html").write_text(numbers, "utf8")
    assert checked.table(tmp_path, ("a",)) == ""
    checks = [
        {"label": "eq-a", "kind": "equal", "error": 2.5e-16, "bound": 2e-15},
        {"label": "eq-a", "kind": "symbols", "error": 0.0, "bound": 0.0},
        {"label": "eq-c", "kind": "bound", "error": -1.0, "bound": 1e-15},
    ]
    record = {"a": {"checks": checks, "unchecked": ["def-b"]}}
    (tmp_path / "equation-checks.json").write_text(json.dumps(record), "utf8")
    html = checked.table(tmp_path, ("a",))
    assert "2 results in 3 comparisons" in html
    assert "two ways, all symbols</td><td>2.5 · 10<sup>−16</sup></td>" in html
    assert "a bound</td><td>–</td><td>–</td>" in html
    assert '<a href="#a--equation-def-b">(4.2)</a>' in html


@pytest.fixture
def printer():
    try:
        with prints.Printer() as printer:
            yield printer
    except prints.NoBrowserError as error:
        pytest.skip(str(error))


@pytest.mark.exhaustive(share=0)
def test_a_book_is_printed_chapter_by_chapter(site, monkeypatch, printer):
    del printer  # skips where there is none
    monkeypatch.setattr(articles, "parts", lambda site: PARTS)
    made = {path.relative_to(site).as_posix(): path for path in command.write_pdfs(site)}
    assert list(made) == ["part/b.pdf", "take-away/neural-networks-from-scratch.pdf"]
    book = pypdfium2.PdfDocument(list(made.values())[-1])
    assert book.is_tagged()
    titles = ["Contents", "First & last", "A part", "Second"]
    assert [entry.get_title() for entry in book.get_toc()] == titles
    text = [book[number].get_textpage().get_text_bounded() for number in range(len(book))]
    assert len(text) == 4
    assert [line.split() for line in text[1].splitlines() if "Second" in line] == [["Second", "4"]]
    for number, words in enumerate(text[2:], 3):
        assert command.TITLE in words
        assert str(number) in words.split()
    assert "evidence" not in text[2]
    with pikepdf.open(list(made.values())[-1]) as pdf:
        assert goals(pdf, 1) == [2, 3]
        assert goals(pdf, 2)[:2] == [3, 3]
        assert goals(pdf, 3) == [2]
    assert "4" in pypdfium2.PdfDocument(made["part/b.pdf"])[0].get_textpage().get_text_bounded()
    left = [path for path in site.rglob("*") if path.suffix in (".part", ".html")]
    assert len(left) == 2


FIGURE = (
    '<figure class="{kind}" id="fig-{n}"><figcaption><span class="caption-number">Fig. {n}</span>'
    "</figcaption></figure>"
)
POINTS = """<p>Open. <span class="on-screen">Press Check.</span></p>{printed}{plaything}
<details><summary>Fig. 1 in words</summary><p>a line</p></details>
<details><summary>Fig. 3 in words</summary><p>a wedge</p></details>
<p><a class="reference internal" href="#fig-1">Fig. 1</a>,
<a class="reference internal" href="#fig-2">Fig. 2</a>,
<a class="reference internal" href="#fig-3">Fig. 3</a>,
<a class="reference internal" href="../index.html#equation-a">(7.5)</a>,
<a class="reference internal" href="#left-out">Exercise 7.1</a> of the book,
<a class="reference internal" href="../index.html">chapter 9</a>.</p>
<p class="not-in-paper" id="left-out">The list below names it.</p>
<div class="cell_output"><pre>[{row}]
[{row}]</pre></div>
""".format(
    printed=FIGURE.format(kind="", n=1),
    plaything=FIGURE.format(kind="plaything", n=2),
    row=" ".join(["0.25"] * 18),
)


def printed_words(printer, site, **settings):
    document = prints.Document("A book", ["part/b"], book=["index", "part/b"], **settings)
    pdf = pypdfium2.PdfDocument(printer.print(site, document).pdf)
    return "\n".join(pdf[number].get_textpage().get_text_bounded() for number in range(len(pdf)))


@pytest.mark.exhaustive(share=0)
def test_paper_asks_nothing_that_only_a_screen_can_do(site, printer):
    (site / "part" / "b.html").write_text(page("Second", POINTS), "utf8")
    words = " ".join(printed_words(printer, site).split())
    assert "Press Check." not in words
    assert "The list below names it." in words
    # Words in place of a figure are there where the figure is not.
    assert "a wedge" in words
    assert "a line" not in words


@pytest.mark.exhaustive(share=0)
def test_a_paper_says_which_numbers_are_the_books(site, printer):
    (site / "part" / "b.html").write_text(page("Second", POINTS), "utf8")
    text = printed_words(printer, site, left_out=prints.NOT_IN_PAPER, kind="paper")
    words = " ".join(text.split())
    assert "Fig. 2 is in the book" in words
    assert (
        "Fig. 1, Fig. 2, Fig. 3 of the book, (7.5) of the book, Exercise 7.1 of the book, "
        "chapter 9 of the book." in words
    )
    assert "The list below names it." not in words
    # A row of an array is one line.
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines.count(f"[{' '.join(['0.25'] * 18)}]") == 2


@pytest.mark.exhaustive(share=0)
def test_a_chapter_of_a_paper_begins_in_the_column_in_which_the_last_has_ended(site, printer):
    for name, mark, lines in (("index", "§", 15), ("part/b", "¶", 55)):
        (site / f"{name}.html").write_text(page("A chapter", f"<p>{mark}</p>" * lines), "utf8")
    both = prints.Document("A book", ["index", "part/b"], kind="paper")
    pdf = pypdfium2.PdfDocument(printer.print(site, both).pdf)
    text = pdf[0].get_textpage()
    marks = {"§": [], "¶": []}
    for number in range(text.count_chars()):
        if (mark := text.get_text_range(number, 1)) in marks:
            marks[mark].append(round(text.get_charbox(number, loose=True)[0]))
    assert [len(places) for places in marks.values()] == [15, 55]
    assert len(set(marks["§"])) == 1
    assert len(set(marks["¶"])) == 2
    assert min(marks["¶"]) == marks["§"][0]


def red(sheet):
    """Whether anything on a page is printed in red."""
    pixels = np.asarray(sheet.render().to_pil().convert("RGB"), int)
    return bool((pixels[..., 0] - pixels[..., 1:].max(axis=-1) > 100).any())


@pytest.fixture
def citing(site, monkeypatch):
    """A site with links in red, a page that cites, and a list of what is cited."""
    (site / "appendices").mkdir()
    entries = "".join(
        f'<div class="citation" id="id{number}">Book of {name}.</div>'
        for number, name in enumerate(["Ada", "Emmy"])
    )
    texts = {
        "part/b": '<p>See <a href="../index.html#1/eq">there</a> '
        '[<a href="../appendices/bibliography.html#id1">Emm</a>].</p>',
        command.REFERENCES: f'<div class="citation-list">{entries}</div>',
    }
    for name, text in texts.items():
        style = '<head><link rel="stylesheet" href="../red.css">'
        html = page("Second", text).replace("<head>", style)
        (site / f"{name}.html").write_text(html, "utf8")
    (site / "red.css").write_text(".bd-main .bd-article a { color: #f00 }", "utf8")
    parts = [*PARTS, articles.Part("More", [command.REFERENCES])]
    monkeypatch.setattr(articles, "parts", lambda site: parts)
    return site


@pytest.mark.exhaustive(share=0)
def test_a_chapter_alone_lists_what_it_cites_and_colours_only_links(citing, printer):
    document = prints.Document("A book", ["part/b"], book=["index", command.REFERENCES])
    within = pypdfium2.PdfDocument(printer.print(citing, document).pdf)
    assert len(within) == 1
    assert red(within[0])
    document.sources = command.REFERENCES
    for url, leads_to in (("", []), ("https://a.example/", ["https://a.example/index.html#1/eq"])):
        content = joined.alone(printer.print(citing, document, url, before=4), PDF_ABOUT, url)
        alone = pypdfium2.PdfDocument(content)
        assert [alone.get_page_label(number) for number in range(len(alone))] == ["5", "i"]
        assert [entry.get_title() for entry in alone.get_toc()] == [
            "Second",
            "Cited in this chapter",
        ]
        text = alone[1].get_textpage().get_text_bounded()
        assert "Emmy" in text
        assert "Ada" not in text
        with opened(content) as pdf:
            assert goals(pdf, 0) == [*leads_to, 1]


@pytest.mark.exhaustive(share=0)
def test_words_that_lead_nowhere_are_not_in_the_colour_of_links(citing, printer):
    path = citing / "part" / "b.html"
    text = path.read_text("utf8").replace(
        '[<a href="../appendices/bibliography.html#id1">Emm', "[<a>"
    )
    path.write_text(text, "utf8")
    document = prints.Document("A book", ["part/b"], book=["index"], sources=command.REFERENCES)
    own = pypdfium2.PdfDocument(joined.alone(printer.print(citing, document), PDF_ABOUT))
    assert [red(sheet) for sheet in own] == [False]
    without = pypdfium2.PdfDocument(printer.print(citing, prints.Document("A", ["part/b"])).pdf)
    assert not red(without[0])


@pytest.mark.exhaustive(share=0)
def test_a_heading_at_the_edge_of_a_page_is_said_once(site, printer):
    # Chromium's own outline says some of these twice.
    sections = "".join(
        f'<section id="s{number}"><h2>Title {number}</h2>{"<p>Words.</p>" * (number % 5)}</section>'
        for number in range(150)
    )
    (site / "part" / "b.html").write_text(page("Second", sections), "utf8")
    done = printer.print(site, prints.Document("A book", ["part/b"], book=["index", "part/b"]))
    pdf = pypdfium2.PdfDocument(joined.alone(done, PDF_ABOUT))
    assert len(pdf) > 5
    entries = list(pdf.get_toc())
    assert [entry.get_title() for entry in entries] == [
        "Second",
        *(f"Title {n}" for n in range(150)),
    ]
    for entry in entries:
        words = pdf[entry.get_dest().get_index()].get_textpage().get_text_bounded()
        assert f" {entry.get_title()} " in f" {' '.join(words.split())} "


@pytest.mark.exhaustive(share=0)
def test_what_takes_too_long_is_given_up_with_one_line(site, monkeypatch, capsys, printer):
    del printer
    monkeypatch.setattr(articles, "parts", lambda site: PARTS)
    monkeypatch.setattr(prints, "LIMIT", 3.0)
    (site / "part" / "b.html").write_text(
        page("Second", "<p>x</p>").replace("</article>", "<script>for (;;);</script></article>"),
        "utf8",
    )
    assert command.main([str(site), "--only", "part/b.pdf"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "part/b was not printed" in line
    assert not (site / "part" / "b.pdf").exists()
