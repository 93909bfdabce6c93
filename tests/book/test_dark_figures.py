"""Figures get the colours of dark paper; what stands on a picture within one stays legible."""

import re
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.build import dark_figures
from kit.build.dark_figures import darkened, in_the_dark, pairs
from kit.cells.quantities import COLORS, QUIET
from tests.built_site import ROOT

STYLES = (ROOT / "book" / "_static" / "colors.css").read_text("utf8")
KNOWN = pairs(STYLES)
WORD = '<g style="fill: #1d1d1f" transform="translate({} 50) scale(0.12 -0.12)"></g>'
DRAWING = """<svg xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 200 100">
 <defs><path id="letter" d="M 60 60 L 70 70"/></defs>
 <path d="M 0 100 L 200 100" style="fill: #ffffff"/>
 <use xlink:href="#m1" x="150" y="50" style="fill: #5b5a57; stroke: #0068A8"/>
 <rect fill="#1f77b4" width="3" height="4"/>{picture}
{words}
</svg>""".replace("{words}", WORD.format(70) + WORD.format(170))
UPRIGHT = '<image x="40" y="30" width="60" height="50"/>'
FLIPPED = '<image transform="scale(1 -1) translate(0 -50)" x="40" y="-30" width="60" height="50"/>'
SCALED = '<image width="6" height="10" transform="matrix(10 0 0 5 40 30)"/>'


def luminance(color):
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("color", [*COLORS.values(), QUIET, "#1d1d1f", "#000000"])
def test_the_books_colours_are_read_on_dark_paper(color):
    paper = in_the_dark("#ffffff", KNOWN)
    assert luminance(paper) < 0.02
    assert contrast(in_the_dark(color, KNOWN), paper) >= 4.5


@given(st.integers(0, 255), st.integers(0, 255))
def test_greys_change_their_order(one, other):
    first, second = (in_the_dark(f"#{grey:02x}{grey:02x}{grey:02x}", {}) for grey in (one, other))
    assert (luminance(first) - luminance(second)) * (one - other) <= 0


def test_every_painted_colour_has_its_rule_and_the_drawing_is_otherwise_the_same():
    drawing = DRAWING.format(picture="")
    dark = darkened(drawing, KNOWN)
    style = re.search(r"<style>.*?</style>\s*", dark, re.DOTALL)
    assert style
    assert dark.replace(style[0], "") == drawing
    for selector, color in (
        ('[style*="fill: #ffffff"]', KNOWN["#ffffff"]),
        ('[style*="stroke: #0068A8"]', KNOWN["#0068a8"]),
        ('[fill="#1f77b4"]', in_the_dark("#1f77b4", KNOWN)),
    ):
        rule = next(line for line in style[0].splitlines() if line.startswith(selector))
        assert color in rule
    assert "prefers-color-scheme: dark" in style[0]


@pytest.mark.parametrize("picture", [UPRIGHT, FLIPPED, SCALED])
def test_words_on_a_picture_keep_their_colour_and_others_do_not(picture):
    dark = darkened(DRAWING.format(picture=picture), KNOWN)
    assert "turned-picture" not in dark.replace("</style>", "<style>").split("<style>")[2]
    kept = re.findall(r'<g class="on-picture"[^>]*>', dark)
    assert len(kept) == 1
    assert "translate(70 50)" in kept[0]
    assert '<path id="letter"' in dark


@pytest.mark.parametrize("picture", [UPRIGHT, FLIPPED, SCALED])
def test_a_picture_on_which_nothing_is_written_is_turned_over_beside_one_that_is_kept(picture):
    elsewhere = '<image x="100" y="60" width="20" height="20"/>'
    dark = darkened(DRAWING.format(picture=picture + elsewhere), KNOWN)
    turned = re.findall(r'<image class="turned-picture"[^>]*>', dark)
    assert len(turned) == 1
    assert 'x="100"' in turned[0]
    assert dark.count("<filter ") == 1


def of(color):
    return [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]


@pytest.mark.parametrize("color", ["#000000", "#ffffff", "#7f7f7f", "#b35806", "#542788"])
def test_a_turned_picture_has_the_ink_and_paper_of_the_page_and_its_hues(color):
    dark = darkened(DRAWING.format(picture="").replace(WORD.format(70), UPRIGHT), KNOWN)
    values = re.search(r'<feColorMatrix values="([^"]+)"', dark)[1]
    rows = [list(map(float, values.split()[5 * i : 5 * i + 5])) for i in range(4)]
    assert rows[3] == [0, 0, 0, 1, 0]
    shown = [sum(a * b for a, b in zip(row, [*of(color), 0, 1], strict=True)) for row in rows[:3]]
    if color == "#7f7f7f":
        assert max(shown) - min(shown) < 0.1
    elif color in ("#000000", "#ffffff"):
        assert shown == pytest.approx(of(in_the_dark(color, KNOWN)), abs=0.005)
    else:
        order = sorted(range(3), key=lambda channel: of(color)[channel])
        assert sorted(range(3), key=lambda channel: shown[channel]) == order
        assert sum(shown) > sum(of(color))


@pytest.mark.parametrize("drawing", ["", "<svg/>", "<svg><path d='M 0 0'/></svg>"])
def test_what_is_no_drawing_of_matplotlibs_stays_as_it_is(drawing):
    assert darkened(drawing, KNOWN) == drawing


def test_styles_without_a_dark_scheme_are_named():
    with pytest.raises(ValueError, match='data-theme="dark"'):
        pairs('html[data-theme="light"] {\n --ink: #000000;\n}')


def test_figures_are_written_once_and_only_for_pages(tmp_path):
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static" / "colors.css").write_text(STYLES, "utf8")
    (tmp_path / "_images").mkdir()
    path = tmp_path / "_images" / "a.svg"
    path.write_text(DRAWING.format(picture=UPRIGHT), "utf8")
    before = path.read_text("utf8")

    def app(name):
        return SimpleNamespace(
            outdir=tmp_path, confdir=tmp_path, builder=SimpleNamespace(name=name)
        )

    dark_figures.write(app("epub"), None)
    assert path.read_text("utf8") == before
    dark_figures.write(app("html"), None)
    once = path.read_text("utf8")
    dark_figures.write(app("html"), None)
    assert path.read_text("utf8") == once != before
    assert len(once) - len(before) < 2000
