"""The command that makes an EPUB and PDFs of a built site and links them on its pages.

``cd book && python -m kit.build.take_away`` takes the site in ``book/_build/html``. The PDFs need
Chromium and what ``requirements-test.txt`` installs; the EPUB needs neither.
"""

import argparse
import os
import sys
from pathlib import Path

import nnfs
from kit.build import manifest
from kit.build.edition import released
from kit.build.take_away import articles, links, prints
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
    about = {
        "title": TITLE,
        "author": AUTHOR,
        "version": nnfs.__version__,
        "date": released()[1].isoformat(),
    }
    path = site / FOLDER / f"{NAME}.epub"
    Epub(site, articles.parts(site), about, address()).write(path)
    return path


def title_page(title: str) -> str:
    """Return the first words of a document."""
    return (
        f'<div class="printed-title"><p class="printed-name"><strong>{title}</strong></p>'
        f"<p>{AUTHOR}</p><p>{edition()}. Text CC BY 4.0, code MIT.</p></div>"
    )


def documents(site: Path) -> dict[str, prints.Document]:
    """Return what is printed of a site, by the path within it.

    Parameters
    ----------
    site : Path
        One that lacks pages of the paper has no paper.
    """
    parts = articles.parts(site)
    pages = [page for part in parts for page in part.pages]
    front = title_page(TITLE) + prints.contents(site, parts)
    found = {}
    if {*OF_PAPER, SHEET, REFERENCES} <= set(pages):
        abstract = (Path(__file__).parent / "abstract.html").read_text(encoding="utf8")
        found[f"{FOLDER}/{PAPER}.pdf"] = prints.Document(
            PAPER_TITLE,
            [*OF_PAPER, SHEET, REFERENCES],
            f'{title_page(PAPER_TITLE)}<div class="printed-abstract">{abstract}</div>',
            prints.NOT_IN_PAPER,
            "paper",
            {SHEET: ".one-sheet"},
        )
    for page in pages:
        if page != pages[0]:
            found[f"{page}.pdf"] = prints.Document(TITLE, [page])
    # The whole book takes Chromium many minutes, and more memory than all the others.
    found[f"{FOLDER}/{NAME}.pdf"] = prints.Document(TITLE, pages, front)
    return found


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
    parser.add_argument("--only", metavar="PDF", help="only this PDF, such as see/slopes.pdf")
    chosen = parser.parse_args(arguments)
    site: Path = chosen.site
    if not (site / "index.html").is_file():
        parser.error(f"{site} is no built site: run jupyter-book build book first")
    (site / FOLDER).mkdir(exist_ok=True)
    failed = ""
    if not chosen.only:
        print(write_epub(site))
    if not chosen.epub:
        try:
            with prints.chromium() as page:
                for path, document in documents(site).items():
                    if chosen.only in (None, path):
                        prints.write(page, site, document, site / path, address())
                        print(site / path, flush=True)
        except prints.NoBrowserError as error:
            failed = str(error)
    link_all(site)
    manifest.write_into(site)
    if failed:
        print(failed, file=sys.stderr)
    return bool(failed)
