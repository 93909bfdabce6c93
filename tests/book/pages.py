"""The sources of the book as the tests read them: pages, their prose, cells, equations."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

BOOK = Path(__file__).resolve().parents[2] / "book"

LONGEST_ALT = 125
"""Letters that a screen reader says in one go; what is longer is a fold below the figure."""

FENCE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{(?P<kind>[\w-]+)\}[^\n]*\n(?P<body>.*?)^(?P=fence)[ ]*$",
    re.MULTILINE | re.DOTALL,
)
PLAIN_FENCE = re.compile(r"^```\w*\n.*?^```[ ]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Cell:
    """A code cell: its options and its code."""

    options: dict[str, Any]
    code: str

    @property
    def tags(self) -> list[str]:
        return list(self.options.get("tags", []))

    @property
    def visible(self) -> bool:
        return not {"remove-cell", "remove-input", "hide-input", "hide-cell"} & set(self.tags)


@dataclass(frozen=True)
class Page:
    """A page of the book by its docname, such as see/digits."""

    docname: str
    text: str

    @cached_property
    def header(self) -> dict[str, Any]:
        return yaml.safe_load(self.text.split("---\n")[1]) if self.text.startswith("---") else {}

    @cached_property
    def body(self) -> str:
        return self.text.split("---\n", 2)[2] if self.text.startswith("---") else self.text

    @cached_property
    def cells(self) -> list[Cell]:
        found = (match for match in FENCE.finditer(self.body) if match["kind"] == "code-cell")
        return [read_cell(match["body"]) for match in found]

    @cached_property
    def code(self) -> str:
        return "\n".join(cell.code for cell in self.cells)

    @cached_property
    def equations(self) -> list[str]:
        """The labels of equations that state a result; definitions and assumptions are others."""
        return re.findall(r"^\$\$ \((eq-[\w-]+)\)", self.body, re.MULTILINE)

    @cached_property
    def prose(self) -> str:
        """What a reader reads as sentences: without cells, formulas, code, roles and quotations."""
        text = without_fences(self.body)
        text = PLAIN_FENCE.sub("", text)
        text = re.sub(r"^\$\$.*?^\$\$.*?$", "", text, flags=re.MULTILINE | re.DOTALL)
        text = re.sub(r"\{[\w:-]+\}`[^`]*`", "ROLE", text)
        text = re.sub(r"`[^`]*`", "CODE", text)
        text = re.sub(r"“[^”]*”", "QUOTATION", text)
        text = re.sub(r"\]\([^)]*\)", "]", text)
        return re.sub(r"^\([\w-]+\)=$", "", text, flags=re.MULTILINE)


def read_cell(body: str) -> Cell:
    if body.startswith("---\n"):
        _, options, code = body.split("---\n", 2)
        return Cell(yaml.safe_load(options) or {}, code)
    lines = body.split("\n")
    options = [line[1:] for line in lines if re.match(r":\w[\w-]*:", line)]
    code = "\n".join(line for line in lines if not re.match(r":\w[\w-]*:", line))
    return Cell(yaml.safe_load("\n".join(options)) or {}, code)


def without_fences(text: str) -> str:
    """Leave out cells, and keep what other directives enclose, however deep."""
    return FENCE.sub(lambda m: "" if m["kind"] == "code-cell" else enclosed(m), text)


def enclosed(match: re.Match[str]) -> str:
    return without_fences(re.sub(r"^:\w[\w-]*:.*$", "", match["body"], flags=re.MULTILINE))


def read(path: Path) -> Page:
    return Page(path.relative_to(BOOK).with_suffix("").as_posix(), path.read_text("utf8"))


def all_pages() -> list[Page]:
    contents = yaml.safe_load((BOOK / "_toc.yml").read_text("utf8"))
    names = [contents["root"]]
    names += [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]
    return [read(BOOK / f"{name}.md") for name in names]


def chapters() -> list[Page]:
    return [
        page
        for page in all_pages()
        if page.docname.startswith(("see/", "derive/", "train/", "beyond/"))
    ]
