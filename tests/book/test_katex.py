"""Formulas are rendered in the build's own process, which then comes to its end."""

import re
import subprocess
import sys
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kit.build.katex_in_process import engine, render_latex

BOOK = Path(__file__).resolve().parents[2] / "book"
RENDER = f"""
import sys
sys.path.insert(0, {str(BOOK)!r})
from kit.build.katex_in_process import render_latex
print(render_latex({{latex!r}}))
"""


def rendered(latex: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", RENDER.format(latex=latex)],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    return result.stdout


@pytest.mark.parametrize("attempt", range(4))
def test_the_process_ends_after_rendering(attempt):
    assert "katex-mathml" in rendered("W_1 X + b_1")


def test_bad_tex_shows_as_its_source():
    assert rendered("\\frac{1}{") == "<code>\\frac{1}{</code>\n"


NAMES = [
    r"\max",
    r"\min",
    r"\sup",
    r"\lim",
    r"\log",
    r"\det",
    r"\Pr",
    r"\limsup",
    r"\varlimsup",
    r"\operatorname{tr}",
    r"\operatorname*{tr}",
    r"\arg\max",
    r"\mathop{\mathrm{tr}}",
    r"\mathbin{\max}",
    r"\mathord{\max}",
    r"\bmod",
    r"\coloneqq",
    r"\text{tr}",
    r"\text{$\max$}",
    r"\sum",
    r"\int\nolimits",
    r"{}",
    r"\hspace{1em}",
    r"x",
]
PLACES = [
    r"\lambda_{%}",
    r"x^{%}",
    r"x_{%}^{%}",
    r"{%}_x",
    r"{%}^x",
    r"%_x",
    r"%_x^y",
    r"x_{y_{%}}",
    r"\frac{%}{%}",
    r"\sqrt{%}",
    r"\sqrt[%]{%}",
    r"\binom{%}{%}",
    r"{%\over{%}}",
    r"\underset{%}{x}",
    r"\overset{%}{x}",
    r"\stackrel{%}{x}",
    r"\sum_{%}^{%}",
    r"\lim_{%}",
    r"\hat{%}",
    r"\overline{%}",
    r"\overrightarrow{%}",
    r"\xrightarrow[%]{%}",
    r"\underbrace{%}_{%}",
    r"\overbrace{%}^{%}",
]
CHILDREN = {"msubsup": 3, "munderover": 3} | dict.fromkeys(
    ["mfrac", "mroot", "msub", "msup", "munder", "mover"], 2
)


def invalid(html: str) -> list[str]:
    """Return the elements of the MathML in a page that the standard does not allow as they are."""
    found = []
    for markup in re.findall(r"<math.*?</math>", html, re.DOTALL):
        for element in ElementTree.fromstring(markup).iter():
            name = element.tag.rpartition("}")[2]
            wanted = 0 if name in ("mi", "mo", "mn", "mtext") else CHILDREN.get(name)
            if wanted is not None and len(element) != wanted:
                found.append(f"<{name}> with {len(element)} elements in {markup}")
    return found


@pytest.mark.parametrize("place", PLACES)
def test_the_mathml_of_a_name_is_valid_wherever_it_stands(place):
    for name, display in product(NAMES, [False, True]):
        html = render_latex(place.replace("%", name), {"displayMode": display})
        assert "<math" in html, html
        assert invalid(html) == []


@pytest.mark.parametrize("latex", [r"\lambda_{\max}", r"a \bmod b", r"\frac12", "W_1 X + b_1"])
def test_what_is_seen_is_what_katex_draws(latex):
    drawn = engine().call("katex.renderToString", latex, {"strict": "error"})
    assert render_latex(latex).partition("katex-html")[2] == drawn.partition("katex-html")[2]


def test_all_mathml_of_the_site_is_valid(site):
    found = [fault for page in site.rglob("*.html") for fault in invalid(page.read_text("utf8"))]
    assert found == []


@pytest.mark.parametrize("symbol", ["dZ2", "W1", "J"])
def test_a_symbol_is_tied_by_its_name(symbol):
    tied = render_latex(f"\\sym{{{symbol}}}{{x_2}} + 1")
    assert f'data-sym="{symbol}"' in tied
    untied = render_latex("{x_2} + 1")
    assert re.findall("<math.*?<annotation", tied) == re.findall("<math.*?<annotation", untied)


@pytest.mark.parametrize(
    "latex",
    [
        r"\htmlId{x}{y}",
        r"\htmlClass{x}{y}",
        r"\htmlStyle{color: red}{y}",
        r"\htmlData{sym=x, other=z}{y}",
        r"\htmlData{other=z}{y}",
        r"\href{https://example.org}{y}",
    ],
)
def test_nothing_else_reaches_beyond_a_formula(latex):
    rendered_here = render_latex(latex)
    assert not re.search(
        r'<[^>]* (id|class="x"|href|data-\w+)=?', rendered_here.split("</math>")[-1]
    )


@pytest.mark.parametrize("display", [False, True])
def test_what_hangs_low_has_no_height_below_nothing_and_keeps_its_depth(display):
    shown = render_latex(r"f \Big|_{x = 0}", {"displayMode": display})
    heights = re.findall(r"[; \"]height:(-?[\d.]+)em", shown)
    assert heights
    assert all(float(height) >= 0 for height in heights)
    assert "vertical-align:-" in shown
