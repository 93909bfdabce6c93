"""What the whole book becomes when it is taken away: a PDF, a paper, an EPUB, and links to them."""

import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pypdfium2
import pytest

from kit.build.take_away import articles, command, prints

BOOK, PAPER = (f"take-away/{name}.pdf" for name in (command.NAME, command.PAPER))
SHEET = 595  # the width of A4, in points


@pytest.fixture(scope="module")
def taken(site, tmp_path_factory):
    copy = tmp_path_factory.mktemp("taken") / "site"
    shutil.copytree(site, copy)
    try:
        with prints.Printer():
            pass
    except prints.NoBrowserError as error:
        pytest.skip(str(error))
    assert command.main([str(copy)]) == 0
    return copy


def titles(site, parts):
    """Titles of parts and pages, as an outline has them above its sections."""
    found = [(0, "Contents")]
    for part in parts:
        found += [(0, part.caption)] if part.caption else []
        found += [(int(bool(part.caption)), prints.heading(site, page)) for page in part.pages]
    return found


def words(pdf, number):
    return " ".join(pdf[number].get_textpage().get_text_bounded().split())


def bare(text):
    """Letters and figures alone: formulas in titles are set in other spaces and signs."""
    return "".join(filter(str.isalnum, text))


@pytest.mark.exhaustive(share=0)
def test_the_book_as_a_pdf_has_all_pages_once_and_in_order(taken):
    parts = articles.parts(taken)
    book = pypdfium2.PdfDocument(taken / BOOK)
    assert book.is_tagged()
    outline = [(e.level, e.get_title(), e.get_dest().get_index()) for e in book.get_toc()]
    places = [place for _, _, place in outline]
    assert places == sorted(places)
    # Those of parts and pages stand there in their order, with sections in between.
    rest = iter([(level, bare(title), place) for level, title, place in outline])
    starts = [
        next(place for level, title, place in rest if (level, title) == (depth, bare(name)))
        for depth, name in titles(taken, parts)
    ]
    assert len(outline) > 5 * len(starts)
    names = [name for _, name in titles(taken, parts)]
    for part in parts:
        for page in part.pages:
            start = starts[names.index(prints.heading(taken, page))]
            chapter = taken / f"{page}.pdf"
            if page != parts[0].pages[0]:
                alone = pypdfium2.PdfDocument(chapter)
                assert alone.is_tagged()
                assert bare(words(alone, 0)) == bare(words(book, start))
                labels = [alone.get_page_label(number) for number in range(len(alone))]
                last = max(number for number, label in enumerate(labels) if label.isdigit())
                assert bare(words(alone, last)) == bare(words(book, start + last))
            assert str(start + 1) in words(book, start).split()
            assert command.TITLE in words(book, start)


@pytest.mark.exhaustive(share=0)
def test_the_paper_is_short_and_whole(taken):
    paper = pypdfium2.PdfDocument(taken / PAPER)
    assert paper.is_tagged()
    assert 16 <= len(paper) <= 24
    everything = [words(paper, number) for number in range(len(paper))]
    assert "Abstract." in everything[0]
    for part in ("How the results were checked", "The sheet", "Bibliography"):
        assert sum(part in text for text in everything) == 1
    # As large as it was set: what is wider than a sheet would make all of it smaller.
    texts = [sheet.get_textpage() for sheet in paper]
    right = [max(t.get_charbox(place)[2] for place in range(t.count_chars())) for t in texts]
    assert SHEET - 80 < max(right) < SHEET - 40


NUMBERED = re.compile(r"(?<![\w.])(Fig\.|Exercise|Table|[Cc]hapter) (\d+(?:\.\d+)*)(?![\d])")
ELSEWHERE = re.compile(r",? (of|is in) the book\b")


@pytest.mark.exhaustive(share=0)
def test_what_the_paper_refers_to_is_in_it_or_said_to_be_the_books(taken):
    paper = pypdfium2.PdfDocument(taken / PAPER)
    text = "\n".join(sheet.get_textpage().get_text_bounded() for sheet in paper)
    chapters = {
        prints.heading(taken, page).partition(".")[0] for page in (*command.OF_PAPER, command.SHEET)
    }
    captions = set(re.findall(r"^Fig\. (\d+\.\d+) ", text, re.MULTILINE))
    words = " ".join(text.split())
    missing = []
    for found in NUMBERED.finditer(words):
        kind, number = found.groups()
        here = {"Fig.": captions}.get(kind, chapters if kind.lower() == "chapter" else set())
        if number not in here and not ELSEWHERE.match(words, found.end()):
            missing.append(words[found.start() : found.end() + 40])
    before, _, _ = text.partition("How the results were checked")
    # At the ends of lines, where two results may stand one above the other.
    results = set(re.findall(r"\((\d+\.\d+)\)(?=(?: \(\d+\.\d+\))*\s*$)", before, re.MULTILINE))
    words_before = " ".join(before.split())
    for found in re.finditer(r"\((\d+\.\d+)\)", words_before):
        if found[1] not in results and not ELSEWHERE.match(words_before, found.end()):
            missing.append(words_before[found.start() - 40 : found.end()])
    assert len(captions) > 20
    assert len(results) > 40
    assert missing == []
    for gone in ("further reading", "an exercise", "Press ", "slider"):
        assert gone not in words


@pytest.mark.exhaustive(share=0)
def test_the_epub_is_valid(taken):
    program = shutil.which("epubcheck")
    if not program or not shutil.which("java"):
        pytest.skip("needs epubcheck, and java for it")
    # Debian's is an archive of Java's, which only some systems start by themselves.
    archive = Path(program).resolve().read_bytes()[:2] == b"PK"
    start = ["java", "-jar", str(Path(program).resolve())] if archive else [program]
    check = [*start, str(taken / "take-away" / f"{command.NAME}.epub")]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.exhaustive(share=0)
def test_no_plaything_of_the_epub_is_painted_black_or_fills_a_page(taken, tmp_path):
    from playwright.sync_api import sync_playwright

    with zipfile.ZipFile(taken / "take-away" / f"{command.NAME}.epub") as archive:
        archive.extractall(tmp_path)
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or "google-chrome"
    black = """figure => [...figure.querySelectorAll("svg :is(path, rect, circle)")].filter(shape =>
        !shape.closest("clipPath") && getComputedStyle(shape).fill === "rgb(0, 0, 0)").length"""
    found = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 640, "height": 900})
        for path in sorted((tmp_path / "book").glob("*.xhtml")):
            page.goto(path.as_uri())
            for figure in page.locator("figure.plaything").all():
                found += 1
                assert figure.evaluate(black) == 0
                box = figure.bounding_box()
                assert box is not None
                assert box["height"] < 950
                assert "Answer first" not in figure.inner_text()
        browser.close()
    assert found > 20


@pytest.mark.exhaustive(share=0)
def test_every_page_links_what_is_there(taken):
    for part in articles.parts(taken):
        for page in part.pages:
            html = (taken / f"{page}.html").read_text("utf8")
            up = "../" * page.count("/")
            for name in (BOOK, PAPER, f"take-away/{command.NAME}.epub"):
                assert f'href="{up}{name}"' in html
            own = f'href="{page.rpartition("/")[2]}.pdf"'
            assert (own in html) is (taken / f"{page}.pdf").is_file()
    assert not [path for path in taken.rglob("*") if path.name.endswith((".part", prints.SCRATCH))]
