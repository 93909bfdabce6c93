"""The cells that readers see hold what readers would write, on every page that is in this form."""

import pytest

from .pages import Page, all_pages
from .visible_cells import LONGEST, promises, seen

SUBJECT = {"appendices/how-checks-work"}
"""Pages whose subject the machinery is."""

PAGES = {page.docname: page for page in all_pages() if page.cells}
IN_FORM = sorted(set(PAGES) - SUBJECT)


def test_pages_that_are_left_out_are_pages_with_machinery():
    assert {name for name in SUBJECT if not seen(PAGES[name]).machinery} == set()


@pytest.mark.parametrize("name", IN_FORM)
def test_no_visible_cell_holds_machinery(name):
    assert [cell.code for cell in seen(PAGES[name]).machinery] == []


@pytest.mark.parametrize("name", IN_FORM)
def test_a_visible_cell_is_short(name):
    lengths = {
        cell.code: sum(bool(line.strip()) for line in cell.code.splitlines())
        for cell in seen(PAGES[name]).cells
    }
    assert {code: lines for code, lines in lengths.items() if lines > LONGEST} == {}


@pytest.mark.parametrize("name", IN_FORM)
def test_a_sentence_that_announces_a_cell_is_followed_by_one(name):
    assert promises(PAGES[name]) == []


def test_a_promise_that_is_not_kept_is_found():
    silent = cell("claim(True, 'x')", ":tags: [claim]\n") + "\n"
    for after in ("Prose.\n", "", "```{figure} x\n```\n"):
        assert promises(Page("x", f"One\ntwo:\n\n{silent}{silent}{after}")) == ["two:"]
    for after in (cell("a"), cell("a", ":tags: [hide-input]\n")):
        assert promises(Page("x", f"One\ntwo:\n\n{silent}{after}")) == []


@pytest.mark.parametrize("name", IN_FORM)
def test_every_check_says_how(name):
    for cell in PAGES[name].cells:
        assert ("check" in cell.tags) == ("how" in cell.options)


def cell(code: str, options: str = "") -> str:
    return f"```{{code-cell}} ipython3\n{options}{code}\n```\n"


@pytest.mark.parametrize(
    "code",
    [
        'check("eq-a", x, y, terms=1)',
        'for x in xs:\n    check_zero("eq-a", x)',
        "print(1)\nclaim(x < y, 'z')",
        "glue(a=1)",
        "N = size(10, browser=5)",
        "figure_style()",
    ],
)
def test_machinery_is_found_wherever_it_is_seen(code):
    assert len(seen(Page("x", cell(code))).machinery) == 1
    assert len(seen(Page("x", cell(code, ":tags: [scroll-output]\n"))).machinery) == 1
    for tag in ("check", "claim", "set-up", "figure", "remove-cell", "hide-input"):
        assert seen(Page("x", cell(code, f":tags: [{tag}]\n"))).cells == []


@pytest.mark.parametrize("code", ["nnfs.check_gradients(p)", "x.size()", "check_gradients(p)"])
def test_what_a_reader_would_write_is_no_machinery(code):
    assert seen(Page("x", cell(code))).machinery == []
