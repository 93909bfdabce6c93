"""The figures: what is drawn, with units, and readable without colour."""

import numpy as np
import pytest

from nnfs import plots


def test_curves_have_units_and_a_mean_with_its_band():
    runs = np.array([[3.0, 2.0, 1.0], [5.0, 4.0, 3.0]])
    figure = plots.curves({"one": runs, "two": runs[0]}, "loss (nats)", chance=2.3)
    (axes,) = figure.axes
    assert axes.get_xlabel() == "iteration"
    assert axes.get_ylabel() == "loss (nats)"
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), [4, 3, 2])
    assert len(axes.collections) == 1
    assert axes.get_title() == ""
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["one", "two", "chance"]


def test_curves_differ_without_colour():
    figure = plots.curves({name: np.arange(3.0) for name in "abc"}, "loss (nats)")
    assert len({line.get_linestyle() for line in figure.axes[0].lines}) == 3


def test_predictions_show_answer_probability_and_mistakes():
    X = np.random.default_rng(0).random((784, 5))
    A2 = np.full((10, 5), 0.05)
    A2[[3, 1, 4, 1, 5], range(5)] = 0.55
    figure = plots.predictions(X, A2, [3, 1, 4, 7, 5])
    titles = [axes.get_title() for axes in figure.axes]
    assert titles[:3] == ["3 · 55 %", "1 · 55 %", "4 · 55 %"]
    assert titles[3] == "✗ 1 · 55 %"
    assert figure.axes[3].get_xlabel() == "it is a 7"
    widths = [axes.spines["left"].get_linewidth() for axes in figure.axes[:5]]
    assert widths[3] > max(widths[:3])
    np.testing.assert_array_equal(
        figure.axes[2].images[0].get_array(), X[:, 2].astype(float).reshape(28, 28)
    )
    assert not figure.axes[5].axison


@pytest.mark.parametrize(
    ("X", "A2", "y", "message"),
    [
        (np.zeros((101, 2)), np.zeros((10, 2)), [0, 1], "101 pixels are not square"),
        (np.zeros((784, 2)), np.zeros((10, 3)), [0, 1], r"\(10, 3\)"),
        (np.zeros((784, 2)), np.zeros((10, 2)), [0, 1, 2], "3 labels for 2"),
    ],
)
def test_predictions_refuse_what_does_not_fit(X, A2, y, message):
    with pytest.raises(ValueError, match=message):
        plots.predictions(X, A2, y)
