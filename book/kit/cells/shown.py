"""What a page shows: numbers and words of this build, spreads, times, tables, figures' style.

The module imports no Sphinx, so kernels, tests and a browser can load it.
"""

import math
import platform
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.image import AxesImage

Array = NDArray[Any]


def glue(**values: object) -> None:
    """Make plain numbers and words of this build available to the sentences of the page.

    Raises
    ------
    ValueError
        If a value is empty, not finite, or neither a number nor a word.
    """
    plain = {name: _plain(name, value) for name, value in values.items()}
    try:
        from myst_nb import glue as glue_one
    except ImportError:  # a notebook that a reader has taken away: its sentences are written
        return
    for name, value in plain.items():
        glue_one(name, value, display=False)


class Words(str):
    """Text that a notebook shows as it is, without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _plain(name: str, value: object) -> int | float | str:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{name} is {type(value).__name__}; expected a number or a word")
    if value == "" or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError(f"{name} is {value!r}: nothing to print in a sentence")
    return Words(value) if isinstance(value, str) else value


def fewer(full: int, *, browser: int) -> int:
    """Return one number where the book is built, and another in a reader's browser."""
    return browser if sys.platform == "emscripten" else full


def size(full: int, *, browser: int) -> int:
    """Return how many images, steps or runs a page takes, as `fewer` does, and say so.

    The settings cell of a page asks for each of its sizes, so that no cell takes longer than
    twenty seconds in a browser, which has one slow thread and a part of the digits. There it
    prints both numbers.
    """
    here = fewer(full, browser=browser)
    if here != full:
        print(f"{here:,} here, {full:,} on the built page")
    return here


class Table:
    """A small table that a notebook shows as one; see `table`."""

    def __init__(self, head: list[str], rows: list[list[str]]) -> None:
        self._head, self._rows = head, rows

    def __repr__(self) -> str:
        lines = [self._head, *self._rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True))
            for line in lines
        )

    def _repr_html_(self) -> str:
        def row(first: str, rest: list[str], mark: str) -> str:
            return first + "".join(f"<{mark}>{escape(text)}</{mark}>" for text in rest)

        head = row("<td></td>", self._head[1:], "th")
        body = "</tr><tr>".join(
            row(f"<th>{escape(name)}</th>", cells, "td") for name, *cells in self._rows
        )
        return (
            f'<table class="dataframe"><thead><tr>{head}</tr></thead>'
            f"<tbody><tr>{body}</tr></tbody></table>"
        )


def table(
    columns: Mapping[str, Sequence[object] | Array],
    index: Sequence[object] | Array,
    *,
    digits: int = 3,
) -> Table:
    """Return a table for the page.

    Parameters
    ----------
    columns : dict from heading to entries
    index : what stands at the left of each row
    digits : int
        Decimals of entries that are not whole numbers.

    Raises
    ------
    ValueError
        If the columns differ in length from the index.

    Examples
    --------
    >>> table({"share": [0.25, 0.5]}, index=["zeros", "ones"], digits=2)
           share
    zeros   0.25
     ones   0.50
    """

    def text(entry: object) -> str:
        return f"{entry:.{digits}f}" if isinstance(entry, float | np.floating) else str(entry)

    for name, column in columns.items():
        if len(column) != len(index):
            raise ValueError(f"{name} has {len(column)} entries for {len(index)} rows")
    rows = [
        [str(name), *map(text, row)] for name, *row in zip(index, *columns.values(), strict=True)
    ]
    return Table(["", *columns], rows)


def spread(values: Sequence[float] | Array, scale: float = 1.0, digits: int = 9) -> str:
    """Return mean ± standard deviation, rounded to the first digit of the deviation.

    Parameters
    ----------
    values : at least two numbers, one for each seed
        Where the book is built, they must not all be the same.
    scale : float
        100 turns shares into per cent.
    digits : int
        The most decimals to show; a smaller deviation is rounded up to the last of them.

    Examples
    --------
    >>> print(spread([0.8731, 0.8702, 0.8764], scale=100))
    87.3 ± 0.3
    """
    numbers = np.asarray(values, float) * scale
    if numbers.size < 2 or not np.isfinite(numbers).all():
        raise ValueError(f"a spread needs at least two different values, got {values!r}")
    if np.ptp(numbers) == 0:
        # Seeds that all give one value are a mistake of the page, but not where images are few.
        if fewer(True, browser=False):
            raise ValueError(f"a spread needs at least two different values, got {values!r}")
        return f"{numbers[0]:.{min(digits, 3)}f}\u00a0±\u00a00"
    deviation = float(numbers.std(ddof=1))
    needed = max(0, -math.floor(math.log10(deviation)))
    if round(deviation, needed) >= 10.0 ** (1 - needed):
        needed = max(0, needed - 1)
    shown = min(needed, digits)
    deviation = max(deviation, 10.0**-shown if shown < needed else 0.0)
    return f"{numbers.mean():.{shown}f}\u00a0±\u00a0{deviation:.{shown}f}"


def pace(now: Sequence[float] | Array, before: Sequence[float] | Array, versus: str) -> str:
    """Say how long something takes beside another, in words that two samples of times choose.

    The two are told apart only if the middle halves of the samples do not overlap and the ratio
    of their medians, as it is shown, is not one. Nothing else may be said about times: which
    version is the quicker belongs to the machine and to the hour.

    Parameters
    ----------
    now, before : at least three times each, in the same unit
        With the change and without it.
    versus : str
        What it is compared with, such as "the plain form".

    Returns
    -------
    str
        Goes on after the name of what takes the time now.

    Raises
    ------
    ValueError
        If there are fewer than three times, or one is negative or not finite.

    Examples
    --------
    >>> pace([2.0, 2.1, 2.2], [4.0, 4.2, 4.4], versus="the plain form")
    'takes 0.50 times as long as the plain form'
    """
    samples = _times(now), _times(before)
    typical = [float(np.median(times)) for times in samples]
    if not all(typical):
        return f"takes as long as {versus}, as far as this clock can tell"
    ratio = typical[0] / typical[1]
    shown = _ratio(ratio)
    if shown == "1.00" or not (_quicker(*samples) or _quicker(*samples[::-1])):
        return f"takes as long as {versus}, to within the spread ({shown} times)"
    return f"takes {shown} times as long as {versus}"


def quickest(times: Mapping[str, Sequence[float] | Array]) -> str:
    """Name what took the least time, with all that cannot be told from it; see `pace`.

    Examples
    --------
    >>> quickest({"tiles": [2.0, 2.1, 2.2], "whole": [4.0, 4.2, 4.4], "parts": [2.1, 2.2, 2.3]})
    'tiles or parts'
    """
    samples = {name: _times(one) for name, one in times.items()}
    first = min(samples, key=lambda name: float(np.median(samples[name])))
    level = [name for name in samples if not _quicker(samples[first], samples[name])]
    names = [first, *(name for name in level if name != first)]
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _times(values: Sequence[float] | Array) -> Array:
    times = np.asarray(values, float)
    if times.ndim != 1 or times.size < 3 or not (np.isfinite(times) & (times >= 0)).all():
        raise ValueError(f"expected at least three times, finite and not negative, got {values!r}")
    return times


def _quicker(one: Array, other: Array) -> bool:
    return bool(np.quantile(one, 0.75) < np.quantile(other, 0.25))


def _ratio(ratio: float) -> str:
    if ratio < 0.1:
        return f"{ratio:.1g}"
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}"


def processors() -> int:
    """Return how many processors this process may use, by affinity and by a container's quota."""
    if sys.platform == "emscripten":
        return 1
    import joblib

    return int(joblib.cpu_count())


def machine() -> str:
    """Name what the times of a page depend on: processor, processors to use, library behind ``@``.

    What the system does not tell is said to be not known.

    Examples
    --------
    >>> machine()  # doctest: +SKIP
    'AMD EPYC 7B13 (2 processors to use; OpenBLAS 0.3.30, kernel Haswell)'
    """
    if sys.platform == "emscripten":
        return "Python in this browser"
    count = processors()
    many = "1 processor" if count == 1 else f"{count} processors"
    return f"{_processor() or 'a processor of unknown name'} ({many} to use; {_blas()})"


def _processor() -> str:
    """Return the processor's name, or an empty text if the system keeps it."""
    try:
        if sys.platform == "darwin":
            command = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
            told = subprocess.run(command, capture_output=True, encoding="utf8", check=True)
            return told.stdout.strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf8").splitlines():
            key, _, value = line.partition(":")
            if key.strip() in ("model name", "Model", "cpu") and value.strip():
                return value.strip()
    except (OSError, subprocess.SubprocessError):
        pass
    return platform.processor() or platform.machine()


def _blas() -> str:
    """Name the library that multiplies matrices; threadpoolctl does not know all of them."""
    from threadpoolctl import threadpool_info

    names = {"openblas": "OpenBLAS", "mkl": "MKL", "blis": "BLIS"}
    for library in threadpool_info():
        if library["user_api"] == "blas":
            name = names.get(library["internal_api"], library["internal_api"])
            version, kernel = library.get("version"), library.get("architecture")
            return " ".join(filter(None, [name, version])) + f", kernel {kernel or 'not known'}"
    built_with: Any = np.show_config(mode="dicts")
    name = built_with.get("Build Dependencies", {}).get("blas", {}).get("name")
    return f"{name or 'BLAS'}, kernel not known"


def figure_style(*, interpolation: str | None = None) -> None:
    """Set Matplotlib to the book's style: sharp vectors on white, legible at phone width.

    Parameters
    ----------
    interpolation : str, optional
        What becomes of the pixels of an image. ``"none"`` keeps each as it is,
        in a file of its own size.
    """
    import matplotlib as mpl
    from cycler import cycler

    from kit.cells.quantities import COLORS, QUIET

    if sys.platform != "emscripten":
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", metadata={"Date": None})  # type: ignore[no-untyped-call]
        _round_figures()
    mpl.rcParams.update(
        {
            "figure.figsize": (6.4, 3.6),
            "figure.facecolor": "white",
            # The edge of a figure is that of the text above it, and a phone's width is used.
            "savefig.pad_inches": 0.02,
            "font.size": 12,
            "axes.prop_cycle": cycler(color=[*COLORS.values(), QUIET]),
            "axes.edgecolor": QUIET,
            "axes.linewidth": 0.8,
            "axes.labelcolor": "#1d1d1f",
            "text.color": "#1d1d1f",
            "xtick.color": QUIET,
            "ytick.color": QUIET,
            "xtick.labelcolor": "#1d1d1f",
            "ytick.labelcolor": "#1d1d1f",
            "legend.handlelength": 2.6,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "lines.linewidth": 2,
            "legend.frameon": False,
            "svg.hashsalt": "nnfs",
            "image.cmap": "gray_r",
        }
    )
    if interpolation is not None:
        mpl.rcParams["image.interpolation"] = interpolation


PLACES = re.compile(r'(?<=\s)(?:d|x|y)="[^"]*"|translate\([^)]*\)')
LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")


def rounded_places(svg: str) -> str:
    """Return a drawing with its places to a hundredth of a point: a page has less to load.

    Examples
    --------
    >>> rounded_places('<path d="M 1.23456 7" transform="translate(0.125 9) scale(0.015625)"/>')
    '<path d="M 1.23 7" transform="translate(0.12 9) scale(0.015625)"/>'
    """

    def short(number: re.Match[str]) -> str:
        return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")

    return PLACES.sub(lambda places: LONG_NUMBER.sub(short, places[0]), svg)


def _round_figures() -> None:
    """Let the kernel show figures with rounded places, if there is a kernel."""
    from IPython.core.getipython import get_ipython
    from matplotlib.figure import Figure

    shell = get_ipython()
    if shell is None or shell.display_formatter is None:
        return
    formatter = shell.display_formatter.formatters["image/svg+xml"]
    draw = formatter.lookup_by_type(Figure)
    formatter.for_type(Figure, lambda figure: rounded_places(draw(figure)))


def write_in_cells(
    image: "AxesImage", texts: Sequence[Sequence[object]] | Array, **style: Any
) -> None:
    """Write a text into each cell of a picture, in black or in white, whichever is told better.

    Parameters
    ----------
    image : AxesImage
        What ``ax.imshow`` returned for an array of numbers or of colours.
    texts : as many rows and columns as the picture, of anything that ``str`` makes a text of
    **style
        Properties of all the texts, such as ``fontsize``.

    Raises
    ------
    ValueError
        If the texts are not as many as the cells.

    Notes
    -----
    The contrast of two colours is that of WCAG 2.1; the better of black and white has at least 4.5
    with every colour. A cell that lets the paper through is taken as it is seen on white paper.
    """
    values = image.get_array()
    if values is None:
        raise ValueError("the picture has no values yet: give it some by set_data")
    cells = image.to_rgba(values, alpha=image.get_alpha())
    rows = [list(row) for row in texts]
    if [len(row) for row in rows] != [cells.shape[1]] * cells.shape[0]:
        shape = f"{len(rows)} rows of {sorted({len(row) for row in rows})}"
        raise ValueError(f"{shape} texts for {cells.shape[0]} rows of {cells.shape[1]} cells")
    seen = cells[..., 3:] * cells[..., :3] + 1 - cells[..., 3:]
    linear = np.where(seen <= 0.04045, seen / 12.92, ((seen + 0.055) / 1.055) ** 2.4)
    luminance = linear @ (0.2126, 0.7152, 0.0722)
    # Contrast is (lighter + 0.05) / (darker + 0.05); white has the luminance 1 and black 0.
    dark = 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05
    left, right, bottom, top = image.get_extent()
    upper, lower = (top, bottom) if image.origin == "upper" else (bottom, top)
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            x = left + (right - left) * (j + 0.5) / cells.shape[1]
            y = upper + (lower - upper) * (i + 0.5) / cells.shape[0]
            ink = "white" if dark[i, j] else "black"
            image.axes.text(x, y, str(text), color=ink, ha="center", va="center", **style)
