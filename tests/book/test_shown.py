"""What a page shows: glued values, spreads, sizes, tables."""

import sys

import numpy as np
import pytest

from shown import glue, size, spread, table


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


def test_a_spread_never_shows_more_digits_than_asked_for():
    assert spread([0.906891, 0.90683, 0.90677], scale=100, digits=1) == "90.7\u00a0±\u00a00.1"
    assert spread([0.8731, 0.8702, 0.8764], scale=100, digits=1) == "87.3\u00a0±\u00a00.3"


def test_a_browser_takes_the_smaller_size_and_says_so(monkeypatch, capsys):
    assert size(10_000, browser=300) == 10_000
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(sys, "platform", "emscripten")
    assert size(10_000, browser=300) == 300
    assert capsys.readouterr().out == "300 here, 10,000 on the built page\n"


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
