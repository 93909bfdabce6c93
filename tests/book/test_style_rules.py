"""A style sheet is cut into its rules and is whole when they are put together again."""

import pytest

from kit.build.style_rules import rules, selectors

SHEET = """@charset "utf-8";/* a{b} */
p , q{color:red}@media (min-width:9em){p{top:0}q{left:0}}
p::after{content:"} {"}.a\\;b{top:1px} /* c */ r{background:url(a;b{.png)}/* d"""


def joined(sheet):
    return "".join(head if body is None else f"{head}{{{body}}}" for head, body in rules(sheet))


@pytest.mark.parametrize("sheet", [SHEET, "", "p{}", "p{}\n", "a;b"])
def test_the_rules_are_the_sheet(sheet):
    assert joined(sheet) == sheet


def test_what_stands_before_and_within_the_braces():
    assert list(rules(SHEET)) == [
        ('@charset "utf-8";', None),
        ("/* a{b} */", None),
        ("\np , q", "color:red"),
        ("@media (min-width:9em)", "p{top:0}q{left:0}"),
        ("\np::after", 'content:"} {"'),
        (".a\\;b", "top:1px"),
        (" /* c */", None),
        (" r", "background:url(a;b{.png)"),
        ("/* d", None),
    ]


@pytest.mark.parametrize("sheet", ["p{", "}", "@media print{p{top:0}", "p{top:0}}"])
def test_a_brace_without_counterpart_is_a_fault(sheet):
    with pytest.raises(ValueError, match="brace without counterpart"):
        list(rules(sheet))


def test_commas_within_brackets_separate_no_selectors():
    assert selectors('a,:is(b,c) [d="e,f"],g') == ["a", ':is(b,c) [d="e,f"]', "g"]
