"""Start a book of one's own: ``python template/start.py FOLDER --title "..." --author "..."``.

The folder gets what lies in ``files``, the two packages, and the versions that they are known to
work with, so that it needs this repository no more.
"""

import argparse
import re
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGES = ("sphinx-equation-checks", "sphinx-live-cells")
# What stands in `files`, and is replaced by the author's own.
TITLE, AUTHOR, KEY = "A book of your own", "Its author", "a-book-of-your-own"
LEFT_OUT = shutil.ignore_patterns(
    "tests", "build", "built", "_build", "__pycache__", "*.egg-info", ".*_cache", "jupyter_execute"
)


def start(folder: Path, title: str = TITLE, author: str = AUTHOR) -> None:
    """Write a book into a new or empty folder.

    Parameters
    ----------
    folder : Path
        Where the book is to be.
    title, author : str
        What it is called, and by whom it is; neither may be empty or hold the end of a line.

    Raises
    ------
    ValueError
        If a text is empty or has several lines.
    FileExistsError
        If there is something in the folder already.
    """
    for text in (title, author):
        if not text.strip() or len(text.splitlines()) != 1:
            raise ValueError(f"{text!r} is no title or name: one line with a word was expected")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is there already, and not an empty folder")
    shutil.copytree(HERE / "files", folder, ignore=LEFT_OUT, dirs_exist_ok=True)
    for package in PACKAGES:
        source = HERE.parent / "packages" / package
        shutil.copytree(source, folder / "packages" / package, ignore=LEFT_OUT)
    shutil.copy(HERE.parent / "constraints.txt", folder)
    key = re.sub(r"\W+", "-", title).strip("-").lower() or KEY
    conf, page = folder / "book" / "conf.py", folder / "book" / "index.md"
    replace(conf, {f'"{KEY}"': repr(key), f'"{TITLE}"': repr(title), f'"{AUTHOR}"': repr(author)})
    for path in (page, folder / "README.md"):
        replace(path, {f"# {TITLE}": f"# {title}"})


def replace(path: Path, changes: dict[str, str]) -> None:
    """Replace texts of a file, each of which must be there."""
    text = path.read_text("utf8")
    for old, new in changes.items():
        before, found, after = text.partition(old)
        if not found:
            raise ValueError(f"{path} has no {old}")
        text = before + new + after
    path.write_text(text, "utf8", newline="\n")


def main() -> None:
    """Read the command line, start the book, and say what comes next."""
    parser = argparse.ArgumentParser(description="Start a book of your own in a new folder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--title", default=TITLE)
    parser.add_argument("--author", default=AUTHOR)
    given = parser.parse_args()
    try:
        start(given.folder, given.title, given.author)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    print(f"The book is in {given.folder}. Its README says how to build it.")


if __name__ == "__main__":
    main()
