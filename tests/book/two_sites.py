"""What two builds of the same sources differ in, apart from times on pages that say so.

``python -m tests.book.two_sites SITE SITE`` prints it, a line for each file. With
``--build FOLDER`` it builds the book twice, cold, before: in two empty folders below that one, with
unlike names, time zones and orders of sets. That takes twice as long as a first build.

A page that measures time says so at its foot. What cells gave there (outputs, figures, glued
values) may differ, and so may what is made of that: previews of the page, its pictures, values that
its notebook marks and tables there, numbers in the search index, and the list of SHA-256.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup

from kit.build.manifest import NAME as MANIFEST
from tests import built_site

# Folder and environment of each of two builds.
UNLIKE = {
    "one": {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"},
    "another name é": {"PYTHONHASHSEED": "7", "TZ": "UTC"},
}
MARK = "p.measured-times"
# A value in a sentence, or a row of a table, which the page's own comparison leaves out too.
MEASURED_IN_NOTEBOOK = re.compile(r'<span class=\\"measured\\">.*?</span>|^ *"\|.*$', re.MULTILINE)
MEASURED = ".pasted-text, .cell_output, article figure, article table"


def differences(one: Path, other: Path) -> list[str]:
    """Return the files in which two sites differ, and how, in the order of their names."""
    return list(_differences(one, other))


def build_twice(folder: Path) -> list[Path]:
    """Build the book in two folders below one that is empty, and return the sites.

    Raises
    ------
    FileExistsError
        If something is there already: a build would take what an earlier one has left.
    """
    sites = []
    for name, environment in UNLIKE.items():
        place = folder / name
        place.mkdir(parents=True)
        built_site.build(place / "site", place / "sources", **environment)
        sites.append(place / "site")
    return sites


def _differences(one: Path, other: Path) -> Iterator[str]:
    files = [_files(site) for site in (one, other)]
    marked = [_measured_pages(site) for site in (one, other)]
    if marked[0] != marked[1]:
        yield f"{sorted(marked[0] ^ marked[1])}: says in one site only that it measures time"
    pages = marked[0] & marked[1]
    for name in sorted(files[0] | files[1]):
        there = [site / name for site in (one, other)]
        if name == MANIFEST or _page_of_preview(name) in pages:
            continue
        if not all(path.is_file() for path in there):
            where = next(path for path in there if path.is_file())
            site = one if where == there[0] else other
            if not (name.startswith("_images/") and _only_shown_by(name, site, pages)):
                yield f"{name}: only in {site}"
        elif there[0].read_bytes() != there[1].read_bytes():
            texts = [_compared(name, path, pages) for path in there]
            if texts[0] != texts[1]:
                yield f"{name}: {_first_difference(*texts)}"


def _files(site: Path) -> set[str]:
    return {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}


def _measured_pages(site: Path) -> set[str]:
    return {
        path.relative_to(site).with_suffix("").as_posix()
        for path in site.rglob("*.html")
        if MARK.replace(".", ' class="edition ') + '"' in path.read_text("utf8")
    }


def _page_of_preview(name: str) -> str:
    return name.removeprefix("previews/").removesuffix(".js")


def _only_shown_by(image: str, site: Path, pages: set[str]) -> bool:
    """Whether no page shows an image but those that measure time."""
    name = Path(image).name.partition(".")[0]
    return not any(
        name in path.read_text("utf8")
        for path in site.rglob("*.html")
        if path.relative_to(site).with_suffix("").as_posix() not in pages
    )


def _compared(name: str, path: Path, pages: set[str]) -> str:
    """Return the text of a file without what may differ."""
    if name == "searchindex.js":
        return _without_words_of(path.read_text("utf8"), pages)
    if name.removesuffix(".html") in pages:
        return _without_measured(path.read_text("utf8"))
    if name.removesuffix(".ipynb") in pages:
        return MEASURED_IN_NOTEBOOK.sub("", path.read_text("utf8"))
    return path.read_bytes().decode("utf8", "replace")


def _without_words_of(index: str, pages: set[str]) -> str:
    data = json.loads(index[index.index("(") + 1 : index.rindex(")")])
    dropped = {place for place, page in enumerate(data["docnames"]) if page in pages}
    for key in ("terms", "titleterms"):
        kept = {}
        for word, places in data[key].items():
            left = set(places if isinstance(places, list) else [places]) - dropped
            if left:
                kept[word] = sorted(left)
        data[key] = kept
    return json.dumps(data, indent=0)


def _without_measured(page: str) -> str:
    soup = BeautifulSoup(page, "html.parser")
    for element in soup.select(MEASURED):
        if not element.decomposed:
            element.decompose()
    for script in soup.select("#live-cells"):
        script.string = json.dumps({**json.loads(script.string), "values": {}})
    return str(soup)


def _first_difference(one: str, other: str) -> str:
    place = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    start = max(0, place - 40)
    return f"{one[start : place + 60]!r} and {other[start : place + 60]!r}"


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code: whether anything differs."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.book.two_sites",
        description="List what two builds of the book differ in, apart from measured times.",
    )
    parser.add_argument("sites", nargs="*", type=Path, metavar="SITE")
    parser.add_argument("--build", type=Path, metavar="FOLDER", help="build twice below it first")
    given = parser.parse_args(arguments)
    if len(given.sites) != (0 if given.build else 2):
        parser.error("name two sites, or a folder to --build them in")
    found = differences(*(build_twice(given.build) if given.build else given.sites))
    print("\n".join(found) or "no difference but measured times")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
