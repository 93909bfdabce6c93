"""Sphinx extension: a drawn figure has the page's paper and ink in the dark too.

A figure is a picture of its own that no style sheet of the page reaches. But a browser tells a
picture the colour scheme of the element that shows it, so each drawing gets rules for the dark:
the book's colours become their dark ones of ``_static/colors.css``, every other colour keeps its
hue and has its lightness turned over, and so does every picture within a drawing: a digit is light
on dark paper. Only a picture on which something is written stays as it is with its words, whose
contrast was chosen for it. Some 1 to 2 KB a figure; on paper the light holds.
"""

import colorsys
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

MARK = "/* In the dark. */"
PAINTED = re.compile(r"\b(fill|stroke|stop-color)(: ?|=\")(#[0-9a-f]{6})\b", re.IGNORECASE)
SCHEME = r'html\[data-theme="{}"\] \{{(.*?)\}}'
COLOR = re.compile(r"--([\w-]+): (#[0-9a-f]{6});", re.IGNORECASE)
NUMBER = r"(-?[\d.]+(?:e-?\d+)?)"
IMAGE = re.compile(r"<image\b[^>]*>")
SIZE = re.compile(rf'\s(x|y|width|height)="{NUMBER}"')
MATRIX = re.compile(rf"matrix\({NUMBER} 0 0 {NUMBER} {NUMBER} {NUMBER}\)")
FLIPPED = re.compile(rf"scale\(1 -1\) translate\(0 {NUMBER}\)")
# What is drawn at a place: words, marks and lines, not the shapes of letters.
PLACED = re.compile(
    r'<(g|use|path)((?: style="[^"]*"| xlink:href="[^"]*")*'
    rf' (?:transform="translate\({NUMBER} {NUMBER}\)|x="{NUMBER}" y="{NUMBER}"'
    rf'|d="M {NUMBER} {NUMBER} ))'
)
DARKEST, LIGHTEST = 0.10, 0.88
KEPT, TURNED = "on-picture", "turned-picture"
# A hue turned half round, with its luminance kept; the pictures' lightness is turned over by it.
HALF_ROUND = ((-0.574, 1.430, 0.144), (0.426, 0.430, 0.144), (0.426, 1.430, -0.856))
EDGE = 1.0  # points; what frames a picture does not stand on it


def pairs(styles: str) -> dict[str, str]:
    """Return for each colour of the light scheme that of the dark one with the same name."""
    schemes = []
    for name in ("light", "dark"):
        found = re.search(SCHEME.format(name), styles, re.DOTALL)
        if found is None:
            raise ValueError(f'colors.css: no rule html[data-theme="{name}"] with the colours')
        schemes.append({key: color.lower() for key, color in COLOR.findall(found[1])})
    light, dark = schemes
    return {light[key]: dark[key] for key in light if key in dark}


def in_the_dark(color: str, known: dict[str, str]) -> str:
    """Return a colour's counterpart on dark paper.

    Parameters
    ----------
    color : str
        ``#rrggbb``.
    known : dict
        The book's own colours with their dark ones; they come first.

    Returns
    -------
    str
        ``#rrggbb``: of the same hue, light for dark and dark for light.
    """
    if color.lower() in known:
        return known[color.lower()]
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    turned = DARKEST + (1 - lightness) * (LIGHTEST - DARKEST)
    parts = colorsys.hls_to_rgb(hue, turned, saturation)
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


def darkened(drawing: str, known: dict[str, str]) -> str:
    """Return an SVG file's text with rules for the dark, or as it is where it has them or no end.

    Parameters
    ----------
    drawing : str
        The file's text.
    known : dict
        The book's colours in the light, with those in the dark.
    """
    start = drawing.find("<defs>", drawing.find("<svg"))
    if MARK in drawing or start < 0:
        return drawing
    drawing = marked(drawing)
    ink, paper = (in_the_dark(color, known) for color in ("#000000", "#ffffff"))
    rules = [f"svg {{ fill: {ink} }}", f'.{KEPT}:not([style*="fill"]) {{ fill: #000000 }}']
    rules.append(f"image {{ opacity: 0.9 }} .{TURNED} {{ opacity: 1; filter: url(#{TURNED}) }}")
    for kind, sign, color in sorted(set(PAINTED.findall(drawing))):
        where = f'[{kind}="{color}"]' if "=" in sign else f'[style*="{kind}{sign}{color}"]'
        rules.append(
            f"{where}:not(.{KEPT}, .{KEPT} *) {{ {kind}: {in_the_dark(color, known)} !important }}"
        )
    style = "\n".join([MARK, "@media screen and (prefers-color-scheme: dark) {", *rules, "}"])
    turning = _filter(ink, paper) if TURNED in drawing else ""
    return f"{drawing[:start]}<style>{style}</style>{turning}\n {drawing[start:]}"


def marked(drawing: str) -> str:
    """Give pictures within a drawing the class that turns them, where nothing stands on them.

    Where words or lines do, they get the class that keeps them as they are on the picture.
    """
    boxes = [_box(image[0]) for image in IMAGE.finditer(drawing)]
    written_on = set()

    def keep(found: re.Match[str]) -> str:
        x, y = (float(part) for part in found.groups()[2:] if part is not None)
        on = [
            place
            for place, (a, b, c, d) in enumerate(boxes)
            if a + EDGE < x < b - EDGE and c + EDGE < y < d - EDGE
        ]
        written_on.update(on)
        return f'<{found[1]} class="{KEPT}"{found[2]}' if on else found[0]

    places = iter(range(len(boxes)))

    def turn(image: re.Match[str]) -> str:
        kept = next(places) in written_on
        return image[0] if kept else image[0].replace("<image", f'<image class="{TURNED}"', 1)

    return IMAGE.sub(turn, PLACED.sub(keep, drawing)) if boxes else drawing


def _filter(ink: str, paper: str) -> str:
    """Return the filter that makes black ink and white paper those of the dark, and keeps hues."""
    rows = []
    for channel, weights in enumerate(HALF_ROUND):
        low, high = (
            int(color[2 * channel + 1 : 2 * channel + 3], 16) / 255 for color in (ink, paper)
        )
        rows.append(
            " ".join(f"{weight * (high - low):.3f}" for weight in weights) + f" 0 {low:.3f}"
        )
    return (
        f'<filter id="{TURNED}" color-interpolation-filters="sRGB">'
        f'<feColorMatrix values="{" ".join(rows)} 0 0 0 1 0"/></filter>'
    )


def _box(image: str) -> tuple[float, float, float, float]:
    """Return left, right, top and bottom of a picture, which Matplotlib may draw upside down."""
    given = {name: float(number) for name, number in SIZE.findall(image)}
    x, y, width, height = (given.get(name, 0.0) for name in ("x", "y", "width", "height"))
    if matrix := MATRIX.search(image):
        wide, high, x, y = (float(part) for part in matrix.groups())
        return x, x + wide * width, y, y + high * height
    if flipped := FLIPPED.search(image):
        y = -float(flipped[1]) - y - height
    return x, x + width, y, y + height


def write(app: Sphinx, exception: Exception | None) -> None:
    """Give the figures of a site their dark colours, each once."""
    if exception is not None or app.builder.name not in ("html", "dirhtml"):
        return
    colors = Path(app.confdir) / "_static" / "colors.css"
    if not colors.is_file():
        return
    known = pairs(colors.read_text(encoding="utf8"))
    for path in (Path(app.outdir) / "_images").glob("*.svg"):
        drawing = path.read_text(encoding="utf8")
        if (dark := darkened(drawing, known)) != drawing:
            path.write_text(dark, encoding="utf8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    # Before the site takes its place.
    app.connect("build-finished", write, priority=845)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
