"""Drawings as pixels: what Matplotlib has written as SVG is drawn again by its own renderer.

Only what Matplotlib writes is understood: groups, shapes, the letters that are used again, pictures
and clips. A hatched area stays empty, and what a drawing says for the dark is not read.
"""

import base64
import io
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.path import Path as Shape
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, Bbox, Transform, TransformedPath
from PIL import Image

CODES = {"M": (1, 2), "L": (2, 2), "Q": (3, 4), "C": (4, 6), "z": (79, 0)}
STEP = re.compile(r"([MLQCz])([^MLQCz]*)")
CALL = re.compile(r"(translate|scale|rotate|matrix)\(([^)]*)\)")
LINK = "{http://www.w3.org/1999/xlink}href"
CLIP = re.compile(r"url\(#([^)]*)\)")
FRESH = {"fill": "#000000", "stroke": "none", "stroke-width": "1", "stroke-linecap": "butt"}
FRESH |= {"stroke-linejoin": "round"}
Clips = list[tuple[Shape, Transform]]
"""Outlines, the innermost last, which is the one that counts: Matplotlib puts none into another."""


@lru_cache(maxsize=4096)
def shape(steps: str) -> Shape:
    """Return the path that the attribute ``d`` of an SVG describes, as Matplotlib writes it."""
    points: list[tuple[float, float]] = []
    codes: list[int] = []
    for kind, numbers in STEP.findall(steps):
        code, count = CODES[kind]
        values = [float(number) for number in numbers.split()]
        if not count:
            points.append(points[-1])
            codes.append(code)
        for start in range(0, len(values), count or 1):
            part = values[start : start + count]
            points += zip(part[::2], part[1::2], strict=True)
            codes += [code] * (count // 2)
    return Shape(points, codes) if points else Shape(np.empty((0, 2)))


def placed(calls: str) -> Transform:
    """Return the transform that an attribute of an SVG describes: the last of it comes first."""
    whole: Transform = Affine2D()
    for name, numbers in CALL.findall(calls):
        given = [float(number) for number in numbers.replace(",", " ").split()]
        match name:
            case "translate":
                one = Affine2D().translate(given[0], given[1] if len(given) > 1 else 0)
            case "scale":
                one = Affine2D().scale(*given)
            case "rotate":
                one = Affine2D().rotate_deg(given[0])
            case _:
                one = Affine2D.from_values(*given)
        whole = one + whole
    return whole


def styles(element: ElementTree.Element) -> dict[str, str]:
    """Return what an element says of its looks."""
    pairs = (part.partition(":") for part in element.get("style", "").split(";") if ":" in part)
    return {name.strip(): value.strip() for name, _, value in pairs}


class Sheet:
    """Paper on which drawings and words are put; positions are pixels from its top left corner.

    Parameters
    ----------
    width, height : int
    color : str
        Of the paper.
    """

    def __init__(self, width: int, height: int, color: str = "#ffffff") -> None:
        self.height = height
        # The renderer knows its last clip by its place in memory, where there must be no other.
        self._kept: list[Shape] = []
        renderer: Any = RendererAgg
        self._renderer = renderer(width, height, 72)
        self.box(0, 0, width, height, color)

    def box(self, x: float, y: float, width: float, height: float, color: str) -> None:
        """Fill a rectangle."""
        at = Affine2D().scale(width, height).translate(x, y)
        self._paint(Shape.unit_rectangle(), at, {**FRESH, "fill": color}, [])

    def words(self, x: float, y: float, text: str, size: float, font: Any, color: str) -> None:
        """Write one line, whose base is at `y`, or nothing if there are no words."""
        if not text.strip():
            return
        letters = TextPath((0, 0), text.replace("$", r"\$"), size=size, prop=font)
        self._paint(letters, Affine2D().scale(1, -1).translate(x, y), {**FRESH, "fill": color}, [])

    def drawing(self, svg: str, x: float, y: float, width: float, height: float) -> None:
        """Put a drawing into a box, as large as it fits and in its middle."""
        root = ElementTree.fromstring(svg)
        wide, high = (float(size) for size in root.get("viewBox", "0 0 1 1").split()[2:])
        scale = min(width / wide, height / high)
        left, top = x + (width - scale * wide) / 2, y + (height - scale * high) / 2
        known = {element.get("id", ""): element for element in root.iter()}
        at = Affine2D().scale(scale).translate(left, top)
        for child in root:
            self._draw(child, at, FRESH, known, [])

    def pixels(self) -> np.ndarray:
        """Return the colours, rows from the top, three bytes a pixel."""
        return np.asarray(self._renderer.buffer_rgba())[..., :3].copy()

    def _draw(
        self,
        element: ElementTree.Element,
        at: Transform,
        style: dict[str, str],
        known: dict[str, ElementTree.Element],
        clips: Clips,
    ) -> None:
        tag = element.tag.rpartition("}")[2]
        if tag not in ("g", "path", "use", "image"):
            return
        style = {**style, **styles(element)}
        if clip := CLIP.search(element.get("clip-path", "")):
            clips = [*clips, *((found, at) for found in _outlines(known[clip[1]]))]
        at = placed(element.get("transform", "")) + at
        if tag == "path":
            self._paint(shape(element.get("d", "")), at, style, clips)
        elif tag == "use":
            moved = (
                Affine2D().translate(float(element.get("x", 0)), float(element.get("y", 0))) + at
            )
            self._draw(known[element.get(LINK, "#")[1:]], moved, style, known, clips)
        elif tag == "image":
            self._picture(element, at, style, clips)
        for child in element if tag == "g" else ():
            self._draw(child, at, style, known, clips)

    def _context(self, style: dict[str, str], clips: Clips, kind: str) -> Any:
        context = self._renderer.new_gc()
        alpha = float(style.get("opacity", 1)) * float(style.get(f"{kind}-opacity", 1))
        context.set_alpha(alpha)
        if clips:
            found, at = clips[-1]
            whole = TransformedPath((at + self._upright()).transform_path(found), Affine2D())
            context.set_clip_path(whole)
            self._kept.append(whole.get_transformed_path_and_affine()[0])
        return context

    def _upright(self) -> Affine2D:
        return Affine2D().scale(1, -1).translate(0, self.height)

    def _paint(
        self,
        path: Shape,
        at: Transform,
        style: dict[str, str],
        clips: Clips,
    ) -> None:
        turned = at + self._upright()
        if (fill := style["fill"]).startswith("#"):
            context = self._context(style, clips, "fill")
            context.set_linewidth(0)
            self._renderer.draw_path(context, path, turned, to_rgb(fill))
        if (stroke := style["stroke"]).startswith("#"):
            context = self._context(style, clips, "stroke")
            context.set_foreground(stroke)
            scale = float(np.sqrt(abs(np.linalg.det(at.get_matrix()[:2, :2]))))
            context.set_linewidth(float(style["stroke-width"]) * scale)
            caps = style["stroke-linecap"].replace("square", "projecting")
            context.set_capstyle(caps)
            context.set_joinstyle(style["stroke-linejoin"])
            if dashes := style.get("stroke-dasharray", "").replace(",", " ").split():
                lengths = [float(length) * scale for length in dashes]
                context.set_dashes(float(style.get("stroke-dashoffset", 0)) * scale, lengths)
            self._renderer.draw_path(context, path, turned)

    def _picture(
        self,
        element: ElementTree.Element,
        at: Transform,
        style: dict[str, str],
        clips: Clips,
    ) -> None:
        data = base64.b64decode(element.get(LINK, "").partition(",")[2])
        x, y, width, height = (float(element.get(key, 0)) for key in ("x", "y", "width", "height"))
        box = Bbox.from_bounds(x, y, width, height).transformed(at)
        with Image.open(io.BytesIO(data)) as picture:
            image = picture.convert("RGBA")
        if box.y1 < box.y0:
            image = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        left, right = sorted(round(value) for value in box.intervalx)
        top, bottom = sorted(round(value) for value in box.intervaly)
        if right > left and bottom > top:
            size = (right - left, bottom - top)
            smaller = size[0] < image.width or size[1] < image.height
            way = Image.Resampling.BOX if smaller else Image.Resampling.NEAREST
            rows = np.asarray(image.resize(size, way))[::-1]
            context = self._context(style, clips, "fill")
            self._renderer.draw_image(context, left, self.height - bottom, rows)


def _outlines(clip: ElementTree.Element) -> Iterator[Shape]:
    for part in clip:
        if part.tag.endswith("rect"):
            x, y, width, height = (float(part.get(key, 0)) for key in ("x", "y", "width", "height"))
            yield Shape([(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)])
        elif part.tag.endswith("path"):
            yield shape(part.get("d", ""))
