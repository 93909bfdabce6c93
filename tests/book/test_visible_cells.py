"""The cells that readers see hold what readers would write, on every page that is in this form."""

import pytest

from .pages import Page, all_pages
from .visible_cells import seen

CONVERTED = [
    *("see/one-page", "see/digits", "see/slopes"),
    *("derive/matrices", "derive/softmax", "derive/layer-gradients", "derive/relu"),
    *("beyond/optimisers", "beyond/deeper", "beyond/machine", "beyond/fast"),
    "appendices/corrections",
]
"""Pages that are held to the form."""

PAGES = {page.docname: page for page in all_pages()}


@pytest.mark.parametrize("name", CONVERTED)
def test_no_visible_cell_holds_machinery(name):
    assert [cell.code for cell in seen(PAGES[name]).machinery] == []


@pytest.mark.parametrize("name", CONVERTED)
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
