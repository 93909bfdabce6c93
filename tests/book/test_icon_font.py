"""The smaller font has the icons that the pages show, and only those."""

import io
from types import SimpleNamespace

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from kit.build import icon_font
from kit.build.found_in_files import Findings

CSS = """.fa-bars:before,.fa-navicon:before{content:"\\f0c9"}
.fa-list:before{content:"\\f03a"}.fa-bug:before{content:"\\f188"}
html{--pst-icon-bell:"\uf0f3"}.toggle:after{content:"\\f107"}"""
SHOWN = {0xF0C9, 0xF03A, 0xF0F3, 0xF107}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / icon_font.STYLES).parent.mkdir(parents=True)
    (tmp_path / icon_font.STYLES).write_text(CSS, "utf8")
    (tmp_path / "page.html").write_text(
        '<i class="fa-solid fa-navicon"></i><i class="fa-list"></i>', "utf8"
    )
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((500, 0))
    pen.lineTo((0, 500))
    pen.closePath()
    characters = [*sorted(SHOWN), 0xF188]
    names = [".notdef", *(f"u{code:04x}" for code in characters)]
    builder = FontBuilder(1000)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(dict(zip(characters, names[1:], strict=True)))
    builder.setupGlyf(dict.fromkeys(names, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({})
    builder.setupOS2()
    builder.setupPost()
    (tmp_path / icon_font.FONT).parent.mkdir(parents=True)
    builder.save(tmp_path / icon_font.FONT)
    return tmp_path


def test_icons_are_found_by_class_and_in_style_sheets(folder):
    assert icon_font.shown_icons(folder, Findings()) == SHOWN


def test_the_smaller_font_has_the_shown_icons_only(folder):
    content, found = icon_font.smaller_font(folder / icon_font.FONT, SHOWN | {0xF2DB})
    assert found == sorted(SHOWN)
    assert set(TTFont(io.BytesIO(content)).getBestCmap()) == SHOWN


def test_the_font_is_written_once_however_often_the_site_is_built(folder):
    app = SimpleNamespace(outdir=folder, builder=SimpleNamespace(format="html"))
    icon_font.write(app, None)
    first = (folder / icon_font.STYLES).read_text("utf8")
    icon_font.write(app, None)
    assert (folder / icon_font.STYLES).read_text("utf8") == first
    assert first.startswith(CSS.replace('.fa-bug:before{content:"\\f188"}', ""))
    assert "unicode-range:U+f03a,U+f0c9,U+f0f3,U+f107}" in first


def test_rules_of_icons_that_nothing_names_are_left_out(folder):
    (folder / "page.js").write_text('button.className = "fa-bug"', "utf8")
    assert icon_font.named_icons(folder, Findings()) == {
        "fa-solid",
        "fa-navicon",
        "fa-list",
        "fa-bug",
    }
    assert icon_font.without_unused(CSS, {"fa-navicon", "fa-list", "fa-bug"}) == CSS
    first, _, last = CSS.splitlines(keepends=True)
    assert icon_font.without_unused(CSS, {"fa-bars"}) == first + last
    sized = ".fa-lg{font-size:2em}.fa-spin:before{animation:x}@media print{.fa-x .y{color:red}}"
    assert icon_font.without_unused(sized, set()) == sized
