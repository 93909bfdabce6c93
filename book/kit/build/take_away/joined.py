"""What becomes of the PDFs that Chromium has printed: outlines, links, and a book of its chapters.

A printed piece leads to another page of the book by an address that begins ``book:``. In a PDF of
its own such a link leads to the site, or is none; in the book it leads to the place. Chromium's own
outline says a heading at the edge of a page twice, so that outlines are made of the headings.
"""

import io
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote

import pikepdf

from kit.build.take_away.prints import WITHIN, Piece, Title, place_of


def pages(piece: Piece) -> int:
    """Return how many pages a piece has."""
    with _opened(piece.pdf) as pdf:
        return len(pdf.pages)


def alone(piece: Piece, about: dict[str, str], url: str = "") -> bytes:
    """Return a piece as a document of its own, with its numbers of pages in the book.

    What it cites stands behind them, on pages with Roman numbers, if it was printed so.

    Parameters
    ----------
    piece : Piece
    about : dict
        ``title``, ``author`` and ``date`` (such as 2026-01-31).
    url : str
        The site's address, for links to other pages; without one they are words.
    """
    with _opened(piece.own or piece.pdf) as pdf:
        _lead(pdf, pdf.Root.get("/Dests", {}), url)
        _outline(pdf, [("", [*piece.titles, *piece.cited])])
        labels: list[Any] = [0, pikepdf.Dictionary(S=pikepdf.Name.D, St=piece.before + 1)]
        if piece.cited:
            labels += [pages(piece), pikepdf.Dictionary(S=pikepdf.Name.r, St=1)]
        pdf.Root.PageLabels = pikepdf.Dictionary(Nums=labels)
        return _saved(pdf, about)


def together(
    parts: Sequence[tuple[str, Sequence[Piece]]], about: dict[str, str], url: str = ""
) -> bytes:
    """Return a book of pieces, tagged, with one outline, and with links from piece to piece.

    Parameters
    ----------
    parts : sequence of (caption, pieces)
        Pieces of a part without a caption stand in the outline by themselves.
    about : dict
        As for `alone`.
    url : str
        The site's address, for links to what the book lacks.
    """
    with pikepdf.new() as book:
        places = book.make_indirect(pikepdf.Dictionary())
        root = book.make_indirect(_Tree.empty())
        tree = _Tree(root, root.K)
        for piece in (piece for _, pieces in parts for piece in pieces):
            with _opened(piece.pdf) as pdf:
                first = len(book.pages)
                book.add_pages_from(pdf, outlines="ignore")
                if "/Dests" in pdf.Root:
                    copied = book.copy_foreign(pdf.make_indirect(pdf.Root.Dests))
                    for name in copied.keys():  # noqa: SIM118
                        places[name] = copied[name]
                if "/StructTreeRoot" in pdf.Root:
                    other = book.copy_foreign(pdf.make_indirect(pdf.Root.StructTreeRoot))
                    tree.graft(other, list(book.pages)[first:])
                for key in ("/Lang", "/MarkInfo", "/ViewerPreferences"):
                    if first == 0 and key in pdf.Root:
                        book.Root[key] = book.copy_foreign(pdf.make_indirect(pdf.Root[key]))
        book.Root.Dests = places
        tree.finish()
        book.Root.StructTreeRoot = root
        _lead(book, places, url)
        _outline(
            book,
            [(caption, [t for one in pieces for t in one.titles]) for caption, pieces in parts],
        )
        return _saved(book, about)


class _Tree:
    """The tags of a book: those of its pieces under one root.

    Parameters
    ----------
    root, whole : Object
        Of the tree, and of the element that is the document.
    """

    def __init__(self, root: Any, whole: Any) -> None:
        self.root, self.whole = root, whole
        self.parents: list[Any] = []
        self.names: dict[bytes, Any] = {}
        self.next = 0
        self.pieces = 0

    @staticmethod
    def empty() -> Any:
        """Return an empty tree."""
        whole = pikepdf.Dictionary(
            Type=pikepdf.Name.StructElem, S=pikepdf.Name.Document, K=pikepdf.Array()
        )
        return pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot, K=whole)

    def graft(self, other: Any, pages: list[Any]) -> None:
        """Take in the tree of a piece, whose pages follow those that are there."""
        for page in pages:
            for one in (page.obj, *page.obj.get("/Annots", [])):
                for key in ("/StructParents", "/StructParent"):
                    if key in one:
                        one[key] = int(one[key]) + self.next
        numbers = list(other.ParentTree.Nums)
        for key, value in zip(numbers[::2], numbers[1::2], strict=True):
            self.parents += [int(key) + self.next, value]
        self.next += int(other.ParentTreeNextKey)
        elements = other.K if isinstance(other.K, pikepdf.Array) else [other.K]
        for element in elements:
            element.S = pikepdf.Name.Part
            element.P = self.whole
            self.whole.K.append(element)
            for below in _elements(element):
                self._name_apart(below)
        self.pieces += 1

    def _name_apart(self, element: Any) -> None:
        """Give an element that has a name one that no other piece gives, and so its mentions."""
        prefix = f"{self.pieces}-".encode()
        if "/ID" in element:
            element.ID = pikepdf.String(prefix + bytes(element.ID))
            self.names[bytes(element.ID)] = element
        about = element.get("/A")
        for one in about if isinstance(about, pikepdf.Array) else [about]:
            if isinstance(one, pikepdf.Dictionary) and "/Headers" in one:
                one.Headers = pikepdf.Array(
                    [pikepdf.String(prefix + bytes(name)) for name in one.Headers]
                )

    def finish(self) -> None:
        """Write the tables by which what is on pages finds its tags, and tags their names."""
        self.root.ParentTree = pikepdf.Dictionary(Nums=self.parents)
        self.root.ParentTreeNextKey = self.next
        self.whole.P = self.root
        if self.names:
            pairs = [
                part
                for name in sorted(self.names)
                for part in (pikepdf.String(name), self.names[name])
            ]
            self.root.IDTree = pikepdf.Dictionary(Names=pairs)


def _elements(element: Any) -> Iterator[Any]:
    """Give an element of a tree of tags, and all below it."""
    waiting = [element]
    while waiting:
        one = waiting.pop()
        yield one
        below = one.get("/K")
        for child in below if isinstance(below, pikepdf.Array) else [below]:
            if isinstance(child, pikepdf.Dictionary) and "/S" in child:
                waiting.append(child)


def _opened(content: bytes) -> Any:
    return pikepdf.open(io.BytesIO(content))


def _lead(pdf: Any, places: Any, url: str) -> None:
    """Let links to other pages of the book lead to their places, or to the site, or nowhere."""
    elements: dict[int, Any] = {}
    if "/StructTreeRoot" in pdf.Root:
        numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
        elements = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))
    for page in pdf.pages:
        kept = []
        for link in page.obj.get("/Annots", []):
            address = str(link.get("/A", {}).get("/URI", ""))
            if address.startswith(WITHIN):
                path, _, anchor = address.removeprefix(WITHIN).partition("#")
                name = path.removesuffix(".html")
                wanted = place_of(name, unquote(anchor)), place_of(name)
                there = next((f"/{one}" for one in wanted if f"/{one}" in places), None)
                if there:
                    del link["/A"]
                    link.Dest = pikepdf.Name(there)
                elif url:
                    link.A.URI = pikepdf.String(url + address.removeprefix(WITHIN))
                else:
                    _mere_words(elements.get(int(link.get("/StructParent", -1))))
                    continue
            kept.append(link)
        if "/Annots" in page.obj:
            page.obj.Annots = pikepdf.Array(kept)


def _mere_words(element: Any) -> None:
    """Make the tag of a link that is none any more one of words."""
    if element is not None and isinstance(element.get("/K"), pikepdf.Array):
        element.S = pikepdf.Name.Span
        element.K = pikepdf.Array([one for one in element.K if not _is_link(one)])


def _is_link(one: Any) -> bool:
    return isinstance(one, pikepdf.Dictionary) and one.get("/Type") == pikepdf.Name.OBJR


def _outline(pdf: Any, parts: Sequence[tuple[str, Sequence[Title]]]) -> None:
    """Give a document its outline."""
    places = pdf.Root.get("/Dests", {})
    with pdf.open_outline() as outline:
        del outline.root[:]
        for caption, titles in parts:
            here = [title for title in titles if f"/{title.place}" in places]
            above: list[tuple[int, Any]] = []
            if caption and here:
                goal = pikepdf.Array(list(places[f"/{here[0].place}"]))
                above.append((0, pikepdf.OutlineItem(caption, goal)))
                outline.root.append(above[0][1])
            for title in here:
                goal = pikepdf.Array(list(places[f"/{title.place}"]))
                item = pikepdf.OutlineItem(title.title, goal)
                item.is_closed = True
                while above and above[-1][0] >= title.level:
                    above.pop()
                (above[-1][1].children if above else outline.root).append(item)
                above.append((title.level, item))


def _saved(pdf: Any, about: dict[str, str]) -> bytes:
    """Return the bytes of a document, dated as the edition is: the same from the same site."""
    day = "D:" + about["date"].replace("-", "") + "000000Z"
    for key in list(pdf.docinfo.keys()):
        del pdf.docinfo[key]
    pdf.docinfo.update(
        {
            "/Title": about["title"],
            "/Author": about["author"],
            "/CreationDate": day,
            "/ModDate": day,
        }
    )
    written = io.BytesIO()
    pdf.save(
        written,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        deterministic_id=True,
    )
    return written.getvalue()
