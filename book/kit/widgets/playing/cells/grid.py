"""Sliders over a grid that a cell computed: every position shows what was computed there."""

import gzip
import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from kit.widgets.playing.cells import plot
from kit.widgets.playing.cells.bars import Bars
from kit.widgets.playing.cells.kept import Plaything, finite, table
from kit.widgets.playing.cells.question import Asks, Question, listed
from kit.widgets.playing.cells.rasters import rasters
from kit.widgets.playing.cells.words import Words, filled, shared, words_of
from nnfs.types import Array

MOST_ROWS, MOST_BYTES = 400, 60_000
MOST_MARKS = 4

Index = tuple[int, ...]
Preset = Mapping[str, Any] | tuple[Mapping[str, Any], str]


class Grid(Plaything):
    """A grid of results, with a sentence, curves, bars or images for every position of its sliders.

    Parameters
    ----------
    axes : dict from name to the positions of its slider
        A slider with one position is not drawn.
    values : dict from name to array
        The first axes of an array are those of the sliders, in their order. An array with no axis
        more holds numbers for sentences; one with one axis more holds curves. An entry that is
        masked (``numpy.ma``) is missing: the curve has a gap.
    says : str or function
        A sentence with names of axes and of numbers in braces, such as
        ``"With alpha = {alpha} the loss ends at {loss:.3f}."``, or a function that writes it from
        a dict of them: ``lambda at: "It falls." if at["loss"] < 1 else "It rises."``
    start : dict from axis to position, optional
        Where the sliders stand at first; by default at their first positions.
    x : (label, array) or (label, array, (low, high)), optional
        What the curves go over: the same for all, or with the sliders' axes in front.
        By default 0, 1, 2 and so on, without a label.
    y : str or (label, (low, high)), optional
        The label of the upward axis, and where it ends, if not at what is drawn.
    log : {"", "x", "y", "xy"}
        Which axes are drawn by powers of ten.
    still : dict from name to array, optional
        Curves that are the same at every position, as long as x.
    points : dict from name to (x, y), optional
        Points, each coordinate a number or an array of the sliders' shape.
    marks : dict from label to number or array, optional
        Up to four vertical lines, which stand still or have a place for every position.
    aims : dict from label to (sign, places), optional
        Where a curve should go: a sign, "cross" or "circle", at each of the places (x, y).
    ground : dict from word to lines (x, y), optional
        Thin lines behind all else, such as contours, which no slider moves; the word stands on the
        longest. Axes that have no limits end where the ground does.
    drawn : dict from name to quantity, optional
        In whose colour and dashes curves, points and bars are drawn, as `drawn_as` has them:
        activation, parameter, gradient, label, accent, or quiet for a reference. By default in
        this order.
    bars : dict from name to array, optional
        Up to three kinds of up to twenty bars: the last axis of an array is that of the labels.
    labels : sequence, optional
        The bars' labels; by default 0, 1, 2, and so on.
    truth : int or array of int, optional
        Which bar is the true one.
    missing : str, optional
        What a bar that is masked is called.
    images : dict from name to array, optional
        Rasters with values from 0 to 1, in grey, or from -1 to 1, in two colours: the last two axes
        are rows and columns; one before them, if any, holds several side by side.
    asks : Question or list of them, optional
        What a reader is to predict first.
    buttons : list of names of axes, optional
        Axes whose positions are buttons side by side, not places of a slider.
    presets : dict from name to position, optional
        Buttons that lead somewhere: ``{"alpha": 0.5}`` or, with a sentence to be added whenever the
        sliders stand there, ``({"alpha": 0.5}, "Here the promise ends.")``. Sliders that are not
        named stay.

    Raises
    ------
    ValueError
        If an array does not fit the axes, or holds what is not finite; a name is not known; or all
        together takes more than 60 KB.

    Examples
    --------
    >>> alphas, steps = [0.1, 0.5], np.arange(5)
    >>> loss = np.array([np.exp(-alpha * steps) for alpha in alphas])
    >>> Grid(
    ...     {"alpha": alphas},
    ...     {"loss": loss, "end": loss[:, -1]},
    ...     says="With alpha = {alpha} the loss ends at {end:.2f}.",
    ...     x=("step", steps),
    ...     y="loss",
    ... )
    With alpha = 0.1 the loss ends at 0.67.
    """

    kind = "grid"
    scripts = "grid"

    def __init__(
        self,
        axes: Mapping[str, Sequence[Any] | Array],
        values: Mapping[str, Any],
        *,
        says: Words,
        start: Mapping[str, Any] | None = None,
        x: Any = None,
        y: Any = "",
        log: str = "",
        still: Mapping[str, Any] | None = None,
        points: Mapping[str, tuple[Any, Any]] | None = None,
        marks: Mapping[str, Any] | None = None,
        aims: Mapping[str, plot.Aim] | None = None,
        ground: plot.Ground | None = None,
        drawn: Mapping[str, str] | None = None,
        bars: Mapping[str, Any] | None = None,
        labels: Sequence[Any] | Array | None = None,
        truth: Any = None,
        missing: str = "none",
        images: Mapping[str, Any] | None = None,
        asks: Asks = None,
        buttons: Sequence[str] = (),
        presets: Mapping[str, Preset] | None = None,
    ) -> None:
        self.axes = {name: _positions(name, places) for name, places in axes.items()}
        self.shape = tuple(len(places) for places in self.axes.values())
        self.places = list(np.ndindex(self.shape))
        self.words = {name: words_of(places) for name, places in self.axes.items()}
        self.cells, curves = self._split(values)
        self.at = self._moved((0,) * len(self.shape), start or {}, "the start")
        drawn = drawn or {}
        self.figure = _Figure(self.shape, curves, still or {}, points or {}, marks or {})
        self.figure.aims = dict(aims or {})
        self.figure.ground = dict(ground or {})
        lines = self.figure.names()
        _known(drawn, [*lines, *(bars or {})], "drawn")
        self.figure.draw(x, y, log, {k: v for k, v in drawn.items() if k in lines})
        self.bars = Bars(bars, labels, self.shape, drawn, truth, missing) if bars else None
        self.images = rasters(images or {}, self.shape)
        self.presets = {name: _with_sentence(given) for name, given in (presets or {}).items()}
        told = [self._sentence(says, index) for index in self.places]
        self.says = told[self._flat(self.at)]
        self.told = told
        _known(dict.fromkeys(buttons), self.axes, "buttons")
        self.buttons = buttons
        self.asks = listed(asks)
        self.asks_first = bool(self.asks)
        parts = [*lines, *(marks or {}), *(bars or {}), *self.images]
        self.data: dict[str, Any] = {
            "axes": self.words,
            "at": list(self.at),
            "says": shared(told),
            "asks": [self._question(question, parts) for question in self.asks],
            "presets": {name: self._indices(to, name) for name, (to, _) in self.presets.items()},
            **self.figure.data(),
            "bars": self.bars.data() if self.bars else None,
            "images": {name: image.tiles for name, image in self.images.items()},
        }
        _small_enough(self.data, sum(len(image.png) for image in self.images.values()))

    def _split(self, values: Mapping[str, Any]) -> tuple[dict[str, Array], dict[str, Array]]:
        """Return the numbers for sentences, and the curves."""
        cells, curves = {}, {}
        for name, given in values.items():
            array = plot.numbers(name, given)
            if array.shape[: len(self.shape)] != self.shape or array.ndim > len(self.shape) + 1:
                raise ValueError(f"{name} has shape {array.shape}; the sliders have {self.shape}")
            if array.shape == self.shape:
                finite(name, array)
                cells[name] = array
            else:
                curves[name] = array
        return cells, curves

    def _flat(self, index: Index) -> int:
        return self.places.index(index)

    def _indices(self, position: Mapping[str, Any], of: str) -> dict[str, int]:
        """Return places on sliders, by the slider's number, since JSON has only texts for names."""
        _known(position, self.axes, of)
        names = list(self.axes)
        return {
            str(names.index(name)): _place(name, self.axes[name], wanted)
            for name, wanted in position.items()
        }

    def _moved(self, index: Index, position: Mapping[str, Any], of: str) -> Index:
        places = list(index)
        for axis, place in self._indices(position, of).items():
            places[int(axis)] = place
        return tuple(places)

    def _fields(self, index: Index) -> dict[str, Any]:
        places = {name: axis[i] for i, (name, axis) in zip(index, self.axes.items(), strict=True)}
        return {**places, **{name: cells[index].item() for name, cells in self.cells.items()}}

    def _sentence(self, says: Words, index: Index) -> str:
        """Return what is said at a position, with what a preset has to say there."""
        fields = self._fields(index)
        texts = [filled(says, fields, "says")]
        for name, (position, sentence) in self.presets.items():
            if sentence and self._moved(index, position, name) == index:
                texts.append(filled(sentence, fields, name))
        return " ".join(texts)

    def _question(self, question: Question, parts: Sequence[str]) -> dict[str, Any]:
        _known(dict.fromkeys(question.hides), parts, "hides")
        asked, because, right = [], [], []
        for index in self.places:
            there = self._moved(index, question.goes, "a question")
            asked.append(question.asked(self._fields(index)))
            because.append(question.said(self._fields(there)))
            right.append(question.chosen(self._fields(there)))
        return {
            "asks": shared(asked),
            "because": shared(because),
            "right": right if len(set(right)) > 1 else right[0],
            "answers": list(question.answers),
            "goes": self._indices(question.goes, "a question"),
            "hides": list(question.hides),
        }

    def controls(self) -> str:
        """Return what a reader handles."""
        axes = list(enumerate(zip(self.words.items(), self.at, strict=True)))
        sliders = "".join(
            f'<label class="play-score">{escape(name)}<input type="range" data-axis="{i}" min="0" '
            f'max="{len(words) - 1}" value="{at}" aria-valuetext="{escape(words[at])}">'
            f'<span class="play-said" style="--play-letters: {max(map(len, words))}">'
            f"{escape(words[at])}</span></label>"
            for i, ((name, words), at) in axes
            if len(words) > 1 and name not in self.buttons
        )
        chosen = "".join(
            _choice(i, name, words, at) for i, ((name, words), at) in axes if name in self.buttons
        )
        return (f'<div class="play-sliders">{sliders}</div>' if sliders else "") + chosen

    def more(self) -> str:
        """Return the places to go to."""
        again = '<button type="button" class="play-reset">Start again</button></div>'
        if not self.presets:
            return f'<div class="play-bar">{again}' if len(self.places) > 1 else ""
        buttons = "".join(
            f'<button type="button" data-preset="{escape(name)}">{escape(name)}</button>'
            for name in self.presets
        )
        return (
            '<div class="play-bar play-places" role="group" aria-label="Settings to look at">'
            f"{buttons}{again}"
        )

    def picture(self) -> str:
        """Return the first state: images, bars and curves, whichever there are."""
        place = self._flat(self.at)
        images = "".join(image.picture(place) for image in self.images.values())
        bars = ""
        if self.bars:
            several = len(self.bars.values) > 1
            key = plot.legend(self.bars.drawn, (), bars=True) if several else ""
            bars = f'<div class="play-bars-of">{key}{self.bars.picture(place)}</div>'
        beside = f'<div class="play-row-of">{images}{bars}</div>' if images or bars else ""
        hides = any(question.hides for question in self.asks)
        return beside + self.figure.picture(place, hides)

    def numbers(self) -> str:
        """Return the numbers behind a summary."""
        rows = [
            [*(words[i] for i, words in zip(index, self.words.values(), strict=True)), text]
            for index, text in zip(self.places, self.told, strict=True)
        ]
        stride = -(-len(rows) // MOST_ROWS)
        caption = "Every position as a table"
        if stride > 1:
            caption = f"Positions as a table: {len(rows[::stride])} of {len(rows)}"
        return table(caption, [*self.axes, "result"], rows[::stride])


class _Figure:
    """Curves, points and marks of all positions, over two axes."""

    def __init__(
        self,
        shape: tuple[int, ...],
        curves: Mapping[str, Array],
        still: Mapping[str, Any],
        points: Mapping[str, tuple[Any, Any]],
        marks: Mapping[str, Any],
    ) -> None:
        self.shape = shape
        self.aims: dict[str, plot.Aim] = {}
        self.ground: plot.Ground = {}
        self.n_places = int(np.prod(shape, dtype=int))
        self.curves = {
            name: array.reshape(self.n_places, array.shape[-1]) for name, array in curves.items()
        }
        for name, given in still.items():
            array = plot.numbers(name, given)
            if array.ndim != 1:
                raise ValueError(f"{name} has shape {array.shape}; a still curve has one axis")
            self.curves[name] = np.broadcast_to(array, (self.n_places, len(array)))
        self.points = {
            name: (self._spread(name, x), self._spread(name, y)) for name, (x, y) in points.items()
        }
        self.marks = {name: self._spread(name, x) for name, x in marks.items()}
        if len(self.marks) > MOST_MARKS:
            raise ValueError(f"{len(self.marks)} marks; at most {MOST_MARKS}")
        every = [*curves, *still, *points, *marks]
        if len(set(every)) < len(every):
            raise ValueError(f"curves, points and marks are {every}; expected each name once")

    def names(self) -> list[str]:
        """Return what has a colour."""
        return [*self.curves, *self.points]

    def _spread(self, name: str, given: Any) -> Array:
        """Return a number for every position."""
        array = plot.numbers(name, given)
        if array.shape not in ((), self.shape):
            raise ValueError(f"{name} has shape {array.shape}; expected {self.shape} or a number")
        finite(name, array)
        return np.broadcast_to(array, self.shape).ravel()

    def draw(self, x: Any, y: Any, log: str, drawn: Mapping[str, str]) -> None:
        """Choose axes, and write every curve as a path."""
        if sorted(log) != sorted(set(log) & set("xy")):
            raise ValueError(f"log is {log!r}; expected x, y, xy or nothing")
        self.paths: dict[str, list[str]] = {}
        self.plot: plot.Plot | None = None
        if not self.names():
            if self.marks or self.ground or x is not None or y:
                raise ValueError("marks, ground, x and y need curves or points")
            return
        label, over, ends = _across(x)
        rights = {name: self._over(name, rows, over) for name, rows in self.curves.items()}
        up, limits = (y, None) if isinstance(y, str) else y
        lines = [np.array(line, float) for lines in self.ground.values() for line in lines]
        xs = [*rights.values(), *(a for a, _ in self.points.values()), *self.marks.values()]
        ys = [*self.curves.values(), *(b for _, b in self.points.values())]
        if lines:
            xs, ys = [line[0] for line in lines], [line[1] for line in lines]
        self.plot = plot.Plot(
            plot.scale(label, xs, log="x" in log, limits=ends),
            plot.scale(up, ys, log="y" in log, limits=limits),
            len(self.marks),
        )
        self.drawn = plot.quantities(self.names(), drawn)
        self.paths = {
            name: [self.plot.path(a, b) for a, b in zip(rights[name], rows, strict=True)]
            for name, rows in self.curves.items()
        }

    def _over(self, name: str, rows: Array, over: Array | None) -> Array:
        n_points = rows.shape[-1]
        if over is None:
            over = np.arange(n_points, dtype=float)
        if over.shape not in ((n_points,), (*self.shape, n_points)):
            raise ValueError(f"{name} has {n_points} points; x has shape {over.shape}")
        return np.broadcast_to(over.reshape(-1, n_points), rows.shape)

    def _dot(self, name: str) -> list[list[float]]:
        assert self.plot is not None
        x, y = self.points[name]
        places = np.column_stack([self.plot.x(x), self.plot.y(y)])
        return [[round(float(v), 1) for v in place] for place in places]

    def _told_apart(self) -> dict[str, str]:
        """Return what the legend has: a point in the colour of a curve is a place on it."""
        curves = {self.drawn[name] for name in self.curves}
        return {
            name: quantity
            for name, quantity in self.drawn.items()
            if name in self.curves or quantity not in curves
        }

    def data(self) -> dict[str, Any]:
        """Return what scripts need."""
        if self.plot is None:
            return {"paths": {}, "dots": {}, "marks": {}, "middle": 0}
        return {
            "paths": {name: shared(paths) for name, paths in self.paths.items()},
            "dots": {name: self._dot(name) for name in self.points},
            "marks": {
                name: [round(float(at), 1) for at in self.plot.x(x)]
                for name, x in self.marks.items()
            },
            "middle": self.plot.middle(),
        }

    def picture(self, place: int, hides: bool = False) -> str:
        """Return the curves of one position as SVG, with a legend where there are several.

        Where a question hides some of them, what to do first stands in the frame.
        """
        if self.plot is None:
            return ""
        curves = "".join(
            f'<path class="play-line is-{self.drawn[name]}" data-part="{escape(name)}" '
            f'data-curve="{escape(name)}" d="{paths[place]}"/>'
            for name, paths in self.paths.items()
        )
        marks = "".join(
            self.plot.mark(name, row, float(self.plot.x(x)[place]))
            for row, (name, x) in enumerate(self.marks.items())
        )
        dots = "".join(
            f'<circle class="play-dot is-{self.drawn[name]}" data-part="{escape(name)}" '
            f'data-dot="{escape(name)}" cx="{self._dot(name)[place][0]}" '
            f'cy="{self._dot(name)[place][1]}" r="7"/>'
            for name in self.points
        )
        ground = "".join(self.plot.ground(word, lines) for word, lines in self.ground.items())
        wait = self.plot.waiting("Answer first; then it is drawn.") if hides else ""
        shown = escape(", ".join(self.names()))
        over = f" over {escape(self.plot.across.label)}" if self.plot.across.label else ""
        aims = "".join(self.plot.aim(*aim) for aim in self.aims.values())
        several = len(self.names()) + len(self.aims) > 1
        key = plot.legend(self._told_apart(), list(self.points), self.aims) if several else ""
        return (
            f'<div class="play-plot"><svg viewBox="0 0 {plot.WIDTH} {plot.HEIGHT}" role="img" '
            f'aria-label="{shown}{over}">{self.plot.frame()}{ground}{marks}'
            f'<g clip-path="url(#{self.plot.region()})">{curves}</g>'
            f"{aims}{dots}{wait}</svg>{key}</div>"
        )


def _across(x: Any) -> tuple[str, Array | None, Any]:
    """Return label, places and limits of the axis to the right."""
    if x is None:
        return "", None, None
    if isinstance(x, str) or len(x) not in (2, 3):
        raise ValueError(f"x is {x!r}; expected a label and an array, and perhaps limits")
    label, places, *limits = x
    return label, plot.numbers("x", places), (limits or [None])[0]


def _choice(axis: int, name: str, words: Sequence[str], at: int) -> str:
    """Return the positions of one axis as buttons."""
    buttons = "".join(
        f'<button type="button" data-choice="{axis}" data-to="{place}" '
        f'aria-pressed="{str(place == at).lower()}">{escape(word)}</button>'
        for place, word in enumerate(words)
    )
    return (
        f'<div class="play-bar play-places" role="group" aria-label="{escape(name)}">'
        f'<span class="play-lead">{escape(name)}</span>{buttons}</div>'
    )


def _positions(name: str, places: Sequence[Any] | Array) -> list[Any]:
    listed_places = places.tolist() if isinstance(places, np.ndarray) else list(places)
    if not listed_places:
        raise ValueError(f"the slider {name} has no positions")
    return listed_places


def _place(name: str, places: list[Any], wanted: Any) -> int:
    if wanted not in places:
        raise ValueError(f"{name} goes to {wanted}; its slider has {places}")
    return places.index(wanted)


def _known(given: Mapping[str, Any], names: Any, of: str) -> None:
    for name in given:
        if name not in names:
            raise ValueError(f"{of} has {name!r}; expected one of {', '.join(names) or 'none'}")


def _with_sentence(given: Preset) -> tuple[Mapping[str, Any], str]:
    return (given, "") if isinstance(given, Mapping) else given


def _small_enough(data: Mapping[str, Any], n_bytes: int) -> None:
    text = json.dumps(data, allow_nan=False).encode()
    n_bytes += len(gzip.compress(text, mtime=0))
    if n_bytes > MOST_BYTES:
        raise ValueError(
            f"this grid takes {n_bytes // 1000} KB compressed, at most {MOST_BYTES // 1000} are "
            "sent: fewer positions, points or pixels"
        )
