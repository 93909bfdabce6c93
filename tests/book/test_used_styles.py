"""A sheet of others keeps what the site has, and is otherwise as it was."""

from types import SimpleNamespace

import pytest

from kit.build import used_styles
from kit.build.found_in_files import Findings

SHEET = """@charset "UTF-8";/*! A licence; see a.b/c{d} */
:root{--icon:url(data:image/svg+xml;base64,ab{}cd)}
.here,.gone{color:red}
.here:not(.gone):is(.gone,p){top:0}
p[class^=".gone"]/* .gone */,.here>.gone{top:1px}
.gone .here{top:2px}
@media (min-width:1px){.gone{top:3px}.here{content:"} .gone{"}}
@media print{.gone{top:4px}}
.set-by-1\\.5,.bs-auto{top:5px}
@keyframes gone{from{top:0}to{top:6px}}
/* A mark: see x.gone */
@font-face{font-family:"A"}"""
LEFT = """@charset "UTF-8";/*! A licence; see a.b/c{d} */
:root{--icon:url(data:image/svg+xml;base64,ab{}cd)}
.here{color:red}
.here:not(.gone):is(.gone,p){top:0}
p[class^=".gone"]/* .gone */{top:1px}
@media (min-width:1px){.here{content:"} .gone{"}}
.set-by-1\\.5,.bs-auto{top:5px}
@keyframes gone{from{top:0}to{top:6px}}
/* A mark: see x.gone */
@font-face{font-family:"A"}"""
HAS = used_styles.asks({"here", "set-by-1.5", "bs-"})


def lines(sheet):
    return [line.strip() for line in sheet.splitlines() if line.strip()]


def test_selectors_with_a_class_that_is_not_there_are_left_out():
    found = used_styles.without_unused(SHEET, HAS)
    assert lines(found) == lines(LEFT)
    assert used_styles.without_unused(found, HAS) == found


def test_a_sheet_all_of_which_is_used_stays_as_it_is():
    assert used_styles.without_unused(SHEET, lambda name: True) == SHEET


@pytest.mark.parametrize("end", ["", ";", "/* not closed", ".gone"])
def test_what_is_no_whole_rule_is_kept(end):
    assert used_styles.without_unused(f".here{{top:0}}{end}", HAS) == f".here{{top:0}}{end}"


@pytest.fixture
def site(tmp_path):
    for folder in ("_static/styles", "previews", "live"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "page.html").write_text(
        '<p class="a b-c">d</p><script>e.className = "f"</script><script src="g.js"></script>'
    )
    (tmp_path / "live" / "cells.js").write_text("one.classList.add(`item-${i}`, 'j')")
    (tmp_path / "previews" / "page.js").write_text("k")
    for name in used_styles.SHEETS:
        (tmp_path / "_static" / name).write_text(".a{}.b{}.b-c{}.d{}.f{}.item-1{}.j{}.k{}")
    return tmp_path


def test_pages_and_scripts_say_what_a_site_has(site):
    names = used_styles.named(site, Findings())
    assert {"a", "b-c", "f", "item-", "j"} <= names
    assert not {"b", "d", "g", "k"} & names
    app = SimpleNamespace(outdir=str(site), builder=SimpleNamespace(format="html"))
    used_styles.write(app, None)
    for name in used_styles.SHEETS:
        sheet = (site / "_static" / name).read_text()
        assert sheet == ".a{}.b-c{}.f{}.item-1{}.j{}"
