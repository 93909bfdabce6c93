"""What a page shows: glued values, spreads, sizes, tables."""

import sys

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from kit.cells import shown
from kit.cells.shown import (
    glue,
    machine,
    pace,
    processors,
    quickest,
    rounded_places,
    size,
    spread,
    table,
    write_in_cells,
)


@pytest.mark.parametrize("value", ["", np.nan, np.inf, None, True, [1.0], np.ones(2)])
def test_only_numbers_and_words_are_glued(value):
    with pytest.raises(ValueError, match="word"):
        glue(word=value)


def test_a_spread_is_rounded_to_its_first_digit():
    assert spread([0.8731, 0.8702, 0.8764], scale=100) == "87.3\u00a0±\u00a00.3"
    assert spread([1.0, 3.0, 5.0]) == "3\u00a0±\u00a02"
    assert spread([0.1, 0.100096]) == "0.10005\u00a0±\u00a00.00007"
    assert spread([10.0, 11.37]) == "11\u00a0±\u00a01"


@pytest.mark.parametrize("values", [[0.5], [0.5, 0.5], [], [0.5, np.nan]])
def test_a_spread_needs_different_values(values):
    with pytest.raises(ValueError, match="at least two different values"):
        spread(values)


def test_seeds_that_agree_on_few_images_stop_no_page_in_a_browser(monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    assert spread([0.762, 0.762], scale=100, digits=1) == "76.2\u00a0±\u00a00"
    with pytest.raises(ValueError, match="at least two different values"):
        spread([0.762])


def test_a_spread_never_shows_more_digits_than_asked_for():
    assert spread([0.906891, 0.90683, 0.90677], scale=100, digits=1) == "90.7\u00a0±\u00a00.1"
    assert spread([0.8731, 0.8702, 0.8764], scale=100, digits=1) == "87.3\u00a0±\u00a00.3"


def test_a_browser_takes_the_smaller_size_and_says_so(monkeypatch, capsys):
    assert size(10_000, browser=300) == 10_000
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(sys, "platform", "emscripten")
    assert size(10_000, browser=300) == 300
    assert capsys.readouterr().out == "300 here, 10,000 on the built page\n"


SLOW, FAST = [8.0, 8.1, 8.2, 8.3], [4.0, 4.1, 4.2, 4.3]


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (FAST, SLOW, "takes 0.51 times as long as it"),
        (SLOW, FAST, "takes 1.96 times as long as it"),
        (FAST, FAST, "takes as long as it, to within the spread (1.00 times)"),
        # The medians differ by a half, and so do the times of each sample.
        ([2, 4, 9], [3, 6, 8], "takes as long as it, to within the spread (0.67 times)"),
        ([3, 6, 8], [2, 4, 9], "takes as long as it, to within the spread (1.50 times)"),
        # Told apart by the clock, but not by the number that is shown.
        (
            [1.001] * 3,
            [1.0] * 3,
            "takes as long as it, to within the spread (1.00 times)",
        ),
        (
            [1.0] * 3,
            [1.001] * 3,
            "takes as long as it, to within the spread (1.00 times)",
        ),
        (np.multiply(FAST, 0.001), SLOW, "takes 0.0005 times as long as it"),
        (np.multiply(SLOW, 1000), FAST, "takes 1,964 times as long as it"),
        ([0, 0, 0], FAST, "takes as long as it, as far as this clock can tell"),
        (FAST, [0, 0, 0], "takes as long as it, as far as this clock can tell"),
    ],
)
def test_words_about_time_are_chosen_by_the_times(now, before, words):
    assert pace(now, before, versus="it") == words


@pytest.mark.parametrize(
    "times", [[], [1, 2], [1, 2, np.nan], [1, 2, -3], [1, 2, np.inf], [[1, 2, 3]]]
)
def test_a_comparison_needs_times_and_a_few_of_them(times):
    for pair in ((times, FAST), (FAST, times)):
        with pytest.raises(ValueError, match="at least three times"):
            pace(*pair, versus="it")
    with pytest.raises(ValueError, match="at least three times"):
        quickest({"a": FAST, "b": times})


def test_the_quickest_is_named_with_what_cannot_be_told_from_it():
    assert quickest({"a": SLOW, "b": FAST}) == "b"
    assert quickest({"a": FAST, "b": SLOW, "c": [3.9, 4.15, 4.4]}) == "a or c"
    assert quickest({"a": SLOW, "b": SLOW, "c": SLOW}) == "a, b or c"


def test_the_machine_is_named_and_what_is_not_known_is_said(monkeypatch):
    assert machine()
    assert processors() >= 1
    monkeypatch.setattr(shown, "_processor", lambda: "")
    monkeypatch.setattr("joblib.cpu_count", lambda: 1)
    monkeypatch.setattr("threadpoolctl.threadpool_info", list)
    text = machine()
    assert text.startswith("a processor of unknown name (1 processor to use; ")
    assert text.endswith(", kernel not known)")


@pytest.mark.parametrize(
    ("library", "words"),
    [
        (
            {"internal_api": "openblas", "version": "0.3.30", "architecture": "Zen"},
            "OpenBLAS 0.3.30, kernel Zen",
        ),
        ({"internal_api": "mkl", "version": "2025.0"}, "MKL 2025.0, kernel not known"),
        (
            {"internal_api": "blis", "version": None, "architecture": "haswell"},
            "BLIS, kernel haswell",
        ),
    ],
)
def test_the_library_of_products_is_named(monkeypatch, library, words):
    listed = [{"user_api": "openmp"}, {"user_api": "blas", **library}]
    monkeypatch.setattr("threadpoolctl.threadpool_info", lambda: listed)
    assert words in machine()


def test_a_browser_names_itself_and_has_one_processor(monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setitem(sys.modules, "joblib", None)
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    assert processors() == 1
    assert machine() == "Python in this browser"


def test_a_table_is_text_and_html():
    shown = table(
        {"loss": np.array([0.25, 1.5], np.float32), "shape": [(7, 5), "<none>"], "n": [12, 3]},
        index=["a", 2],
        digits=2,
    )
    assert repr(shown).splitlines() == [
        "   loss   shape   n",
        "a  0.25  (7, 5)  12",
        "2  1.50  <none>   3",
    ]
    assert shown._repr_html_() == (
        '<table class="dataframe"><thead><tr><td></td><th>loss</th><th>shape</th><th>n</th></tr>'
        "</thead><tbody><tr><th>a</th><td>0.25</td><td>(7, 5)</td><td>12</td></tr>"
        "<tr><th>2</th><td>1.50</td><td>&lt;none&gt;</td><td>3</td></tr></tbody></table>"
    )


def test_a_table_refuses_columns_of_other_lengths():
    with pytest.raises(ValueError, match="b has 1 entries for 2 rows"):
        table({"a": [1, 2], "b": [1]}, index=["x", "y"])


def luminance(colour) -> float:
    """By WCAG 2.1, of a colour between 0 and 1."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colours", ["PuOr", "Oranges", "Blues", "gray_r", "viridis", "turbo"])
@pytest.mark.parametrize("origin", ["upper", "lower"])
def test_a_text_in_a_cell_can_be_read_on_its_colour(colours, origin):
    ax = Figure().add_subplot()
    numbers = np.linspace(-1, 1, 60).reshape(12, 5)
    image = ax.imshow(numbers, cmap=colours, vmin=-0.9, vmax=1.4, origin=origin)
    write_in_cells(image, numbers.round(2), fontsize=7)
    assert len(ax.texts) == 60
    for text in ax.texts:
        j, i = text.get_position()
        assert float(text.get_text()) == numbers[int(i), int(j)].round(2)
        assert contrast(text.get_color(), image.to_rgba(numbers[int(i), int(j)])[:3]) >= 4.5


def test_the_ink_is_that_for_the_colour_on_white_paper():
    ax = Figure().add_subplot()
    image = ax.imshow([[1.0, 1.0]], cmap="gray_r", vmin=0, vmax=1, alpha=0.3)
    write_in_cells(image, [["a", "b"]])
    assert [text.get_color() for text in ax.texts] == ["black", "black"]
    colours = ax.imshow([[[0.0, 0.0, 0.5], [1.0, 1.0, 0.6]]])
    write_in_cells(colours, [["on blue", "on yellow"]])
    assert [text.get_color() for text in ax.texts[2:]] == ["white", "black"]


def test_texts_stand_in_the_middle_of_cells_of_any_size():
    ax = Figure().add_subplot()
    image = ax.imshow(np.zeros((2, 4), bool), extent=(0, 8, 0, 6), aspect="auto")
    write_in_cells(image, [["a", "b", "c", "d"], ["e", "f", "g", "h"]])
    places = {text.get_text(): text.get_position() for text in ax.texts}
    assert places["a"] == (1, 4.5)
    assert places["h"] == (7, 1.5)


@pytest.mark.parametrize("texts", [[["a", "b"]], [["a"], ["b"]], [["a", "b"], ["c"]]])
def test_every_cell_has_its_text(texts):
    image = Figure().add_subplot().imshow(np.zeros((2, 2)))
    with pytest.raises(ValueError, match="texts for 2 rows of 2 cells"):
        write_in_cells(image, texts)


def test_a_drawing_loses_digits_of_its_places_and_nothing_else():
    svg = (
        '<path id="a.12345" d="M 1.23456 -7.0001 L 2 3" style="stroke-width: 0.12345"/>'
        '<use x="10.999999" y="0.004" transform="translate(0.125 9.5) scale(0.015625)"/>'
        '<image width="1.23456" xlink:href="data:image/png;base64,d1.2345"/>'
    )
    kept = (
        '<path id="a.12345" d="M 1.23 -7 L 2 3" style="stroke-width: 0.12345"/>'
        '<use x="11" y="0" transform="translate(0.12 9.5) scale(0.015625)"/>'
        '<image width="1.23456" xlink:href="data:image/png;base64,d1.2345"/>'
    )
    assert rounded_places(svg) == kept
