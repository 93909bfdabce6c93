"""Formulas in the titles of folds and in tables have names in words."""

import pytest
from bs4 import BeautifulSoup

from kit.build.katex_in_process import render_latex
from kit.build.named_formulas import in_words, named
from kit.build.take_away import epub

WORDS = {
    "Z_1": "Z 1",
    "A_2": "A 2",
    "w_{12}": "w 12",
    "p_k": "p sub k",
    "1/255": "1 over 255",
    r"\tfrac1m": "1 over m",
    "-0.7": "minus 0.7",
    "7{,}960": "7,960",
    r"(784, m)": "(784, m)",
    r"A^{\mathsf T} G": "A transposed G",
    r"\sigma^2": "sigma squared",
    "10^{-4}": "10 to the power minus 4",
    r"\nabla_{W_2} J": "gradient for W 2 of J",
    r"\mathrm{dZ2}": "d Z 2",
    r"\tilde X": "X tilde",
    "f''": "f double prime",
    r"\Lambda \lambda": "Lambda lambda",
    r"\sum_k z_k": "sum over k of z sub k",
    r"G \odot \dot Z": "G times entry by entry Z dot",
    r"\mathbf 1[z > 0]": "bold 1 [z is greater than 0]",
    r"o(\cdot)": "o (dot)",
    r"n \le c \text{ or } \binom{m}{r}": "n is at most c or (m choose r)",
    r"\sqrt{2 n}": "root of 2 n",
}


def rendered(latex):
    """Return a formula as it stands on a page."""
    return f'<span class="math notranslate nohighlight">{render_latex(latex)}</span>'


@pytest.mark.parametrize(("latex", "words"), WORDS.items())
def test_a_formula_can_be_said(latex, words):
    assert in_words(str(BeautifulSoup(rendered(latex), "html.parser").math)) == words


@pytest.mark.parametrize(
    "place",
    [
        "<summary class='a'><span>{}</span></summary>",
        "<summary>Does {} hold?</summary>",
        "<td><p>divided by {}</p></td>",
        "<td><p>{} stays</p></td>",
        "<td><p>{0}, {0}</p></td>",
        "<th>{}</th>",
    ],
)
def test_a_formula_in_the_title_of_a_fold_or_in_a_table_is_named(place):
    page = BeautifulSoup(named(f"<p>{rendered('b')}</p>{place.format(rendered('Z_1'))}"), "lxml")
    names = [formula.get("aria-label") for formula in page.find_all("math")]
    assert names == [None] + ["Z 1"] * (len(names) - 1)


def test_a_formula_that_is_a_whole_cell_or_stands_elsewhere_keeps_to_its_mathml():
    body = f"<p>Of {rendered('A')}</p><td><p>{rendered('W^2 + 1')}</p></td>"
    assert named(body) == body


def test_a_name_does_not_break_out_of_its_attribute():
    formula = rendered(r'\text{a "b" \& c} < 1')
    page = BeautifulSoup(named(f"<th>{formula}</th>"), "html.parser")
    assert page.math["aria-label"] == 'a "b" & c is less than 1'


def test_an_epub_has_the_words_as_alternative_text():
    page = BeautifulSoup(named(f"<th>{rendered('Z_1')}</th>{rendered('Z_2')}"), "html.parser")
    for math in page.select(".katex-mathml > math"):
        epub._math(math)
    formulas = page.find_all("math")
    assert [formula["alttext"] for formula in formulas] == ["Z 1", "Z_2"]
    assert not any(formula.has_attr("aria-label") for formula in formulas), "it is not valid there"
