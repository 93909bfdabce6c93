"""The book as an EPUB 3: formulas as MathML, figures as they lie in the site, no scripts.

Numbers of equations and figures are those of the site, from which it is made. Evidence is left out.
"""

import re
import uuid
import zipfile
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from kit.build.take_away import resolved
from kit.build.take_away.articles import Part, article, safe, target

EPOCH = (1980, 1, 1, 0, 0, 0)
TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
}
KEPT = {
    "*": {"id", "class", "title", "lang"},
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
}
# The parser writes all names of attributes and elements small; those of SVG are not.
OF_SVG = {
    "viewbox": "viewBox",
    "preserveaspectratio": "preserveAspectRatio",
    "clippath": "clipPath",
    "textlength": "textLength",
    "lengthadjust": "lengthAdjust",
    "patternunits": "patternUnits",
    "gradientunits": "gradientUnits",
    "markerwidth": "markerWidth",
    "markerheight": "markerHeight",
    "refx": "refX",
    "refy": "refY",
}
SHEETS = ("_static/colors.css", "playing/playing.css")
"""Below the site: what playthings are drawn with."""
LAID_OUT = {"play-images", "play-shades"}
"""Of playthings, what has a style of its own: how wide it is, and its colours."""
PIXEL, WIDEST = 10.75, 280.0
BLOCKS = ["ul", "ol", "dl", "div", "table", "figure", "pre", "p"]
DOCTYPE = re.compile(rb"<!DOCTYPE[^>]*>")
PLACE = re.compile(rb' id="([^"]*)"')
NO_WAY = re.compile(rb'<path\b(?![^>]*\sd="[^"])')
NOT_OF_SVG = re.compile(r"^(data-|aria-|role$|tabindex$|focusable$|on)")
STYLE = """\
body { line-height: 1.45; margin: 0 4%; }
pre { white-space: pre-wrap; font-size: 0.8em; border-left: 2px solid #999; padding-left: 0.6em; }
table { border-collapse: collapse; margin: 1em auto; font-size: 0.9em; }
td, th { padding: 0.2em 0.5em; border-bottom: 1px solid #ccc; text-align: left; }
figure { margin: 1.2em 0; text-align: center; } img, svg { max-width: 100%; }
figcaption, .elsewhere { font-size: 0.9em; text-align: left; }
.eqno { float: right; }
.unfolded, .admonition, aside { border-left: 3px solid #bbb; padding-left: 0.8em; margin: 1em 0; }
.unfolded-title, .admonition-title { font-weight: bold; }
.play-picture svg { display: block; width: 100%; height: auto; overflow: visible; }
.play-picture svg { background: #fff; }
.play-picture p { margin: 0.4em 0; font-size: 0.9em; }
.play-plot { padding: 0 1em 0 0.6em; } .play-images { margin: 0 auto; }
.play-picture .play-images svg, .play-picture .play-bar-row svg { overflow: hidden; }
.play-images svg { image-rendering: pixelated; border: 1px solid #ccc; }
.play-shades { display: inline-block; width: 10em; height: 0.6em; margin: 0 0.4em; }
.play-bars, .play-legend { list-style: none; margin: 0.4em 0; padding: 0; font-size: 0.9em; }
.play-legend { text-align: left; } .play-legend li { display: inline-block; margin-right: 1.2em; }
.play-picture .play-legend svg { display: inline-block; width: 34px; height: 12px; }
.play-legend svg { margin-right: 0.4em; }
.play-bars { display: table; width: 100%; } .play-bars li { display: table-row; }
.play-bar-label, .play-bar-shares { display: table-cell; vertical-align: middle; }
.play-bar-label { text-align: left; padding-right: 0.6em; }
.play-bar-shares { width: 80%; } .play-bar-row { display: block; text-align: left; }
.play-picture .play-bar-row svg { display: inline-block; width: 72%; height: 0.85em; }
.play-bar-row svg { margin-right: 0.5em; }
.is-true .play-bar-label { font-weight: bold; }
"""
CONTAINER = """\
<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="book/book.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""
PAGE = """\
<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" \
xml:lang="en">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="book.css"/></head>
<body>{body}</body>
</html>
"""


class Epub:
    """An EPUB on its way.

    Parameters
    ----------
    site : Path
    parts : list of Part
    about : dict
        ``title``, ``author``, ``version`` and ``date`` of the book.
    url : str
        The site's address, or nothing: then links out of the book are words.
    """

    def __init__(self, site: Path, parts: list[Part], about: dict[str, str], url: str = "") -> None:
        self.site, self.parts, self.about, self.url = site, parts, about, url
        self.names = {page: safe(page.replace("/", "-")) for part in parts for page in part.pages}
        self.articles = {page: article(site, page) for page in self.names}
        self.places = {page: _places(body) for page, body in self.articles.items()}
        self.images: dict[str, str] = {}
        self.titles = {page: _title(body) for page, body in self.articles.items()}
        sheets = [site / sheet for sheet in SHEETS if (site / sheet).is_file()]
        self.rules = resolved.parsed(sheet.read_text(encoding="utf8") for sheet in sheets)

    def write(self, path: Path) -> None:
        """Write the book; the same site makes the same bytes."""
        files: dict[str, str | bytes] = {"META-INF/container.xml": CONTAINER}
        mathematical = set()
        drawn = set()
        for page, name in self.names.items():
            body = self._body(page)
            if "<math" in body:
                mathematical.add(page)
            if "<svg" in body:
                drawn.add(page)
            files[f"book/{name}.xhtml"] = PAGE.format(title=escape(self.titles[page]), body=body)
        for address, name in self.images.items():
            content = (self.site / address).read_bytes()
            files[f"book/{name}"] = drawing(content) if name.endswith(".svg") else content
        files["book/book.css"] = STYLE
        files["book/contents.xhtml"] = self._contents()
        files["book/book.opf"] = self._package(mathematical, drawn)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(zipfile.ZipInfo("mimetype", EPOCH), "application/epub+zip")
            for name, text in files.items():
                archive.writestr(zipfile.ZipInfo(name, EPOCH), text, zipfile.ZIP_DEFLATED, 9)

    def _body(self, page: str) -> str:
        body = self.articles[page]
        for tag in body.find_all("pre"):
            tag.string = tag.get_text()  # its colours are most of a page's elements
        for tag in body.select(".katex-mathml > math"):
            _math(tag)
        for tag in body.find_all(["details", "summary"]):
            tag["class"] = "unfolded" if tag.name == "details" else "unfolded-title"
            tag.name = "div"
        for tag in body.find_all("p"):
            if tag.find(BLOCKS):
                tag.name = "div"
        for tag in body.select("figure.plaything"):
            self._still(tag, page)
        # Those that scripts draw have nothing to show.
        for tag in body.select("svg path"):
            tag["d"] = tag.get("d") or "M0 0"
        for tag in body.find_all("img"):
            self._image(tag, page)
        for tag in body.find_all("a", href=True):
            self._link(tag, page)
        seen: set[str] = set()
        for tag in body.find_all(True):
            _tidy(tag, seen)
        return str(body)

    def _image(self, tag: Tag, page: str) -> None:
        address, _ = target(str(tag["src"]), page)
        if address.startswith("data:") or not (self.site / address).is_file():
            tag.decompose()
            return
        self.images.setdefault(address, f"images/{safe(Path(address).name)}")
        tag["src"] = self.images[address]

    def _still(self, figure: Tag, page: str) -> None:
        """Make of a plaything the picture that it begins with, and say where it can be moved."""
        resolved.resolve(figure, self.rules)
        for image in figure.select(".play-images > svg"):
            wide = float(str(image["viewbox"]).split()[2])
            around = image.parent
            if around:
                around["style"] = f"max-width: {min(PIXEL * wide, WIDEST):.0f}px"
        for label in figure.select(".is-true > .play-bar-label"):
            label.append(" (true)")
        number = figure.select_one(".caption-number")
        name = " ".join(number.get_text().split()) if number else "This figure"
        note = Tag(name="p", attrs={"class": "elsewhere"})
        note.append(f"{name} can be played with in the book")
        if self.url:
            address = f"{self.url}{page}.html#{figure.get('id', '')}".rstrip("#")
            link = Tag(name="a", attrs={"href": address})
            link.append(address)
            note.extend([": ", link])
        else:
            note.append(".")
        (figure.find("figcaption") or figure).append(note)

    def _link(self, tag: Tag, page: str) -> None:
        address = str(tag["href"])
        if re.match(r"(https?|mailto):", address):
            return
        path, place = target(address, page)
        other = path.removesuffix(".html")
        if other in self.names:
            known = safe(place) if place in self.places[other] else ""
            tag["href"] = f"{self.names[other]}.xhtml" + (f"#{known}" if known else "")
        elif self.url:
            tag["href"] = f"{self.url}{path}" + (f"#{place}" if place else "")
        else:
            del tag["href"]
            tag.name = "span"

    def _contents(self) -> str:
        def entry(page: str) -> str:
            return f'<li><a href="{self.names[page]}.xhtml">{escape(self.titles[page])}</a></li>'

        lines = []
        for part in self.parts:
            entries = "".join(map(entry, part.pages))
            caption = f"<span>{escape(part.caption)}</span>"
            lines.append(f"<li>{caption}<ol>{entries}</ol></li>" if part.caption else entries)
        body = (
            f'<nav epub:type="toc" id="contents"><h1>Contents</h1><ol>{"".join(lines)}</ol></nav>'
        )
        return PAGE.format(title="Contents", body=body)

    def _package(self, mathematical: set[str], drawn: set[str]) -> str:
        title, about = escape(self.about["title"]), self.about
        items, spine = [], []
        for page, name in self.names.items():
            kinds = [
                kind for kind, has in (("mathml", mathematical), ("svg", drawn)) if page in has
            ]
            properties = f' properties="{" ".join(kinds)}"' if kinds else ""
            items.append(
                f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"'
                f"{properties}/>"
            )
            spine.append(f'<itemref idref="{name}"/>')
        for number, name in enumerate(self.images.values()):
            kind = TYPES[Path(name).suffix]
            items.append(f'<item id="image-{number}" href="{name}" media-type="{kind}"/>')
        identity = uuid.uuid5(uuid.NAMESPACE_URL, f"{about['title']} {about['version']}")
        access = "".join(
            f'<meta property="schema:{name}">{value}</meta>'
            for name, value in (
                ("accessMode", "textual"),
                ("accessMode", "visual"),
                ("accessModeSufficient", "textual"),
                ("accessibilityFeature", "MathML"),
                ("accessibilityFeature", "alternativeText"),
                ("accessibilityFeature", "tableOfContents"),
                ("accessibilityHazard", "none"),
            )
        )
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n'
            '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" xml:lang="en" '
            'unique-identifier="book-id"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f'<dc:identifier id="book-id">urn:uuid:{identity}</dc:identifier>'
            f"<dc:title>{title}</dc:title><dc:language>en</dc:language>"
            f"<dc:creator>{escape(about['author'])}</dc:creator>"
            "<dc:rights>Text CC BY 4.0, code MIT</dc:rights>"
            f'<meta property="dcterms:modified">{about["date"]}T00:00:00Z</meta>{access}</metadata>'
            '<manifest><item id="contents" href="contents.xhtml" properties="nav" '
            'media-type="application/xhtml+xml"/><item id="style" href="book.css" '
            f'media-type="text/css"/>{"".join(items)}</manifest>'
            f'<spine><itemref idref="contents"/>{"".join(spine)}</spine></package>\n'
        )


def drawing(svg: bytes) -> bytes:
    """Return a drawing as an EPUB takes it.

    It has no DTD, no name is given twice, and every path leads somewhere.
    """
    seen: set[bytes] = set()

    def once(found: re.Match[bytes]) -> bytes:
        if found[1] in seen:
            return b""
        seen.add(found[1])
        return found[0]

    plain = DOCTYPE.sub(b"", svg).replace(b' d=""', b"")
    return NO_WAY.sub(b'<path d="M0 0"', PLACE.sub(once, plain))


def _title(body: Tag) -> str:
    heading = body.find("h1")
    return " ".join(heading.get_text().split()) if heading else "Untitled"


def _places(body: Tag) -> set[str]:
    return {str(tag["id"]) for tag in body.find_all(id=True)}


def _math(math: Tag) -> None:
    """Put a formula's MathML in the place of its wrappings, with its TeX as alternative text.

    Where it has a name in words these are the text: an EPUB knows no other name of a formula.
    """
    semantics = math.find("semantics")
    note = math.find("annotation")
    words = math.attrs.pop("aria-label", "")
    if note:
        math["alttext"] = words or " ".join(note.get_text().split())
        note.decompose()
    if isinstance(semantics, Tag):
        semantics.unwrap()
    outer = math.find_parent(class_="katex")
    if isinstance(outer, Tag):
        outer.replace_with(math)


def _tidy(tag: Tag, seen: set[str]) -> None:
    """Leave of a tag what XHTML allows, and give every place a name of its own."""
    if tag.name == "math" or tag.find_parent("math"):
        tag.attrs = {
            name: value
            for name, value in tag.attrs.items()
            if not name.startswith(("data-", "class", "id", "style", "href"))
        }
    elif tag.name == "svg" or tag.find_parent("svg"):
        said = tag.attrs.get("aria-label") if tag.name == "svg" else None
        tag.attrs = {
            OF_SVG.get(name, name): value
            for name, value in tag.attrs.items()
            if not NOT_OF_SVG.match(name) and value != ""
        }
        if tag.name == "svg":
            tag["xmlns"] = "http://www.w3.org/2000/svg"
        if said:
            tag["role"], tag["aria-label"] = "img", said
        tag.name = OF_SVG.get(tag.name, tag.name)
    else:
        allowed = KEPT["*"] | KEPT.get(tag.name, set())
        if LAID_OUT & set(tag.attrs.get("class") or ()):
            allowed = allowed | {"style"}
        tag.attrs = {
            name: value for name, value in tag.attrs.items() if name in allowed and value != ""
        }
    if "id" in tag.attrs:
        name = safe(str(tag["id"]))
        if name in seen:
            del tag["id"]
        else:
            seen.add(name)
            tag["id"] = name
    if not isinstance(tag, BeautifulSoup) and tag.attrs.get("class") == []:
        del tag["class"]
