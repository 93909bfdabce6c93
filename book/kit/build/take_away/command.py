"""The command that makes an EPUB and PDFs of a built site and links them on its pages.

``cd book && python -m kit.build.take_away`` takes the site in ``book/_build/html``. The PDFs need
Chromium and what ``requirements-test.txt`` installs; the EPUB needs neither.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import nnfs
from kit.build import manifest
from kit.build.edition import released
from kit.build.take_away import articles, checked, links, prints
from kit.build.take_away.epub import Epub
from kit.folders import BOOK

FOLDER = "take-away"
TITLE, AUTHOR = "Neural Networks from Scratch", "The authors of Neural Networks from Scratch"
NAME = "neural-networks-from-scratch"
PAPER = "core-mathematics"
PAPER_TITLE = "Neural Networks From Scratch: The Core Mathematics"
OF_PAPER = tuple(
    f"derive/{name}"
    for name in ("discover", "matrices", "softmax", "a2-minus-y", "layer-gradients", "relu")
)
SHEET, REFERENCES = "derive/backpropagation", "appendices/bibliography"


def address() -> str:
    """Return the site's address from BOOK_URL, with a slash at its end, or nothing."""
    url = os.environ.get("BOOK_URL", "").rstrip("/")
    return f"{url}/" if url else ""


def edition() -> str:
    """Return which edition it is, in words."""
    last, day = released()
    if nnfs.__version__ == last:
        return f"Edition {last}, {day.day} {day:%B %Y}"
    return f"Draft {nnfs.__version__}, after edition {last} of {day.day} {day:%B %Y}"


def write_epub(site: Path) -> Path:
    """Write the EPUB of a site into its folder ``take-away`` and return its path."""
    named = {**about(TITLE), "version": nnfs.__version__}
    path = site / FOLDER / f"{NAME}.epub"
    Epub(site, articles.parts(site), named, address()).write(path)
    return path


def title_page(title: str) -> str:
    """Return the first words of a document."""
    return (
        f'<div class="printed-title"><p class="printed-name"><strong>{title}</strong></p>'
        f"<p>{AUTHOR}</p><p>{edition()}. Text CC BY 4.0, code MIT.</p></div>"
    )


def about(title: str) -> dict[str, str]:
    """Return what a PDF says of itself."""
    return {"title": title, "author": AUTHOR, "date": released()[1].isoformat()}


def paper(site: Path, pages: list[str]) -> prints.Document | None:
    """Return the companion paper; a site that lacks pages of it has none.

    Parameters
    ----------
    site : Path
    pages : list of str
        What there is.
    """
    if not {*OF_PAPER, SHEET, REFERENCES} <= set(pages):
        return None
    abstract = (Path(__file__).parent / "abstract.html").read_text(encoding="utf8")
    return prints.Document(
        PAPER_TITLE,
        [*OF_PAPER, REFERENCES, SHEET],
        f'{title_page(PAPER_TITLE)}<div class="printed-abstract">{abstract}</div>',
        prints.NOT_IN_PAPER,
        "paper",
        {SHEET: ".one-sheet"},
        {REFERENCES: checked.table(site, OF_PAPER)},
    )


def printable(site: Path) -> list[str]:
    """Return the paths within a site of the PDFs that can be made of it, the longest first."""
    pages = [page for part in articles.parts(site) for page in part.pages]
    papers = [f"{FOLDER}/{PAPER}.pdf"] if paper(site, pages) else []
    return [f"{FOLDER}/{NAME}.pdf", *papers, *(f"{page}.pdf" for page in pages[1:])]


def write_pdfs(site: Path, only: str | None = None) -> Iterator[Path]:
    """Write the PDFs of a site and give the path of each as soon as it is there.

    A chapter has its numbers of pages in the book, of which it is a part; one that is written alone
    begins at 1.

    Parameters
    ----------
    site : Path
    only : str, optional
        The path within the site of the only one to be written.

    Raises
    ------
    PrintError
        If one could not be printed.
    """
    parts = articles.parts(site)
    pages = book = [page for part in parts for page in part.pages]
    whole = f"{FOLDER}/{NAME}.pdf"

    def wanted(path: str) -> bool:
        return only in (None, path)

    def put(path: str, content: bytes) -> Path:
        scratch = site / f"{path}.part"
        scratch.write_bytes(content)
        return scratch.replace(site / path)

    with prints.Printer() as printer:
        from kit.build.take_away import joined  # needs what the printer has asked for

        path, document = f"{FOLDER}/{PAPER}.pdf", paper(site, pages)
        if document and wanted(path):
            yield put(
                path, joined.alone(printer.print(site, document, address()), about(PAPER_TITLE))
            )
        if only and only != whole:
            pages = [page for page in pages if f"{page}.pdf" == only]
        starts = dict.fromkeys(pages, 0)

        def front() -> prints.Piece:
            content = title_page(TITLE) + prints.contents(site, parts, starts)
            document = prints.Document(TITLE, [], content, kind="front", book=pages)
            return printer.print(site, document)

        before = joined.pages(front()) if wanted(whole) else 0
        printed = {}
        for page in pages:
            own = page != parts[0].pages[0] and wanted(f"{page}.pdf")
            sources = REFERENCES if own and REFERENCES in book and page != REFERENCES else ""
            document = prints.Document(TITLE, [page], book=book, sources=sources)
            piece = printed[page] = printer.print(site, document, address(), before)
            starts[page] = before + 1
            before += joined.pages(piece)
            if own:
                title = f"{prints.heading(site, page)} – {TITLE}"
                yield put(f"{page}.pdf", joined.alone(piece, about(title), address()))
        if wanted(whole):
            chapters = [(part.caption, [printed[page] for page in part.pages]) for part in parts]
            made = joined.together([("", [front()]), *chapters], about(TITLE), address())
            yield put(whole, made)


def link_all(site: Path) -> None:
    """Link on every page what the site carries."""
    book = [
        (f"{FOLDER}/{NAME}.pdf", "the book as a PDF"),
        (f"{FOLDER}/{NAME}.epub", "as an EPUB"),
        (f"{FOLDER}/{PAPER}.pdf", "its mathematics as a paper"),
    ]
    for part in articles.parts(site):
        for page in part.pages:
            links.link(site, page, [(f"{page}.pdf", "this page as a PDF"), *book])


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m kit.build.take_away",
        description="Make an EPUB and PDFs of a built site, and link them on its pages.",
    )
    parser.add_argument("site", nargs="?", type=Path, default=BOOK / "_build" / "html")
    parser.add_argument("--epub", action="store_true", help="only the EPUB: needs no Chromium")
    parser.add_argument(
        "--only",
        metavar="PDF",
        help="only this PDF: a page such as see/slopes.pdf, numbered from 1 then; "
        f"{FOLDER}/{PAPER}.pdf, the paper; or {FOLDER}/{NAME}.pdf, the book",
    )
    chosen = parser.parse_args(arguments)
    site: Path = chosen.site
    if not (site / "index.html").is_file():
        parser.error(f"{site} is no built site: run jupyter-book build book first")
    if chosen.only and chosen.only not in (names := printable(site)):
        parser.exit(2, f"there is no {chosen.only} to make; there are {', '.join(names)}\n")
    (site / FOLDER).mkdir(exist_ok=True)
    failed = ""
    if not chosen.only:
        print(write_epub(site))
    if not chosen.epub:
        try:
            for path in write_pdfs(site, chosen.only):
                print(path, flush=True)
        except prints.PrintError as error:
            failed = str(error)
    link_all(site)
    manifest.write_into(site)
    if failed:
        print(failed, file=sys.stderr)
    return bool(failed)
