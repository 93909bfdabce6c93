"""Rules for light and dark hold for the reader's choice, the system's and on paper."""

from types import SimpleNamespace

import pytest

from kit.build import color_schemes
from kit.build.color_schemes import following

DARK = '@media screen{html[data-theme="dark"] a{color:red}}'
DARK_SYSTEM = '@media screen and (prefers-color-scheme:dark){html[data-theme="auto"] a{color:red}}'
LIGHT = 'html[data-theme="light"] a{color:red}'
PAPER = "@media print{html[data-theme] a{color:red}}"
LIGHT_SYSTEM = '@media (prefers-color-scheme:light){html[data-theme="auto"] a{color:red}}'


def squeezed(styles):
    return styles.strip().replace("\n", "")


@pytest.mark.parametrize("quote", ['"', "'", ""])
def test_a_rule_for_one_scheme_gets_its_twins(quote):
    for theme, twins in (("dark", [DARK, DARK_SYSTEM]), ("light", [LIGHT, PAPER, LIGHT_SYSTEM])):
        found = squeezed(following(f"html[data-theme={quote}{theme}{quote}] a{{color:red}}"))
        own = twins[0].replace(f'"{theme}"', f"{quote}{theme}{quote}")
        assert found == "".join([own, *twins[1:]])


def test_selectors_of_a_list_go_their_own_ways():
    found = squeezed(following("b,html[data-theme=dark] :is(i,u){color:red}"))
    assert found.startswith("b{color:red}@media screen{html[data-theme=dark] :is(i,u){color:red}}")


def test_rules_within_queries_are_followed():
    found = following("@media (max-width:9em){html[data-theme=dark] a{color:red}}p{margin:0}")
    assert found.startswith("@media (max-width:9em){")
    assert "(prefers-color-scheme:dark)" in found
    assert found.endswith("}p{margin:0}")


def test_the_systems_dark_stays_off_the_paper():
    found = following("/* why */@media (prefers-color-scheme: dark) {p{color:#fff}}")
    assert (
        squeezed(found) == "/* why */@media screen and (prefers-color-scheme: dark){p{color:#fff}}"
    )
    assert "print" in following("@media (prefers-color-scheme: light){p{color:#000}}")


@pytest.mark.parametrize(
    "styles",
    [
        'p::after{content:"} [data-theme=dark] {"}',
        "/* html[data-theme=dark] { */p{color:red}",
        "@font-face{src:url(data:font/woff;base64,AA{{==)}",
        '@charset "utf-8";@import url(a.css);p{background:url("a;b{.png")}',
        "@keyframes turn{from{opacity:0}to{opacity:1}}",
        "p{}\n",
        "",
    ],
)
def test_everything_else_stays_as_it_was(styles):
    assert following(styles) == styles


def test_a_block_that_is_not_closed_is_named():
    with pytest.raises(ValueError, match="counterpart: p "):
        following("p {color:red")


def test_a_style_sheet_is_rewritten_once_however_often_the_site_is_built(tmp_path):
    app = SimpleNamespace(outdir=tmp_path, builder=SimpleNamespace(format="html"))
    (tmp_path / "a.css").write_text("html[data-theme=dark]{color:red}", "utf8")
    (tmp_path / "b.css").write_text("p{color:red}", "utf8")
    color_schemes.write(app, None)
    first = (tmp_path / "a.css").read_text("utf8")
    color_schemes.write(app, None)
    assert (tmp_path / "a.css").read_text("utf8") == first != ""
    assert first.count("prefers-color-scheme") == 1
    assert (tmp_path / "b.css").read_text("utf8") == "p{color:red}"
