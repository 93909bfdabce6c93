"""The plain command is strict: what is wrong on a page fails the build, every time."""

import pytest

CELL = "```{{code-cell}} ipython3\n{}\n```\n"

WRONG = {
    "a failing cell": (CELL.format("1 / 0"), "ZeroDivisionError"),
    "a failing check": (
        CELL.format(
            "import numpy as np\nfrom checked import check\n"
            "check('eq-wrong', np.arange(3.0), np.arange(3.0) + 1, terms=3)"
        ),
        "eq-wrong fails",
    ),
    "a claim that is not so": (
        CELL.format("from checked import claim\nclaim(False, 'two is more than three')"),
        "not so: two is more than three",
    ),
    "a RuntimeWarning": (CELL.format("import numpy as np\nnp.log(np.zeros(2))"), "RuntimeWarning"),
    "another warning": (CELL.format("import warnings\nwarnings.warn('odd')"), "stderr"),
    "an unexecuted cell": (
        "````{dropdown} Hidden\n" + CELL.format("print('never run')") + "````\n",
        "code-cell",
    ),
    "a glue value that no cell computes": (
        CELL.format("x = 1") + "\nIt is {glue:text}`nothing_here`.",
        "nothing_here",
    ),
    "an empty glue value": (
        CELL.format("from shown import glue\nglue(word='')") + "\nIt is {glue:text}`word`.",
        "nothing to print",
    ),
    "a glue value that is not a number": (
        CELL.format("from shown import glue\nglue(share=float('nan'))"),
        "nothing to print",
    ),
    "an empty value glued by other means": (
        CELL.format("from myst_nb import glue\nglue('word', '', display=False)")
        + "\nIt is {glue:text}`word`.",
        "a glued value is empty",
    ),
    "a missing reference": (CELL.format("x = 1") + "\nSee {ref}`no-such-label`.", "no-such-label"),
    "a missing equation": (CELL.format("x = 1") + "\nBy {eq}`eq-none`.", "eq-none"),
    "a missing page": (CELL.format("x = 1") + "\nSee [there](nowhere.md).", "nowhere"),
    "a result without a check": (
        CELL.format("x = 1") + "\n$$\n1 + 1 = 2\n$$ (eq-unchecked)\n",
        "the equation eq-unchecked has no check on its page",
    ),
    "a check of no equation": (
        CELL.format("from checked import check\ncheck('eq-none', [1, 2], [1, 2], terms=0)"),
        "the check of eq-none names no equation of its page",
    ),
    "a check that never failed": (
        CELL.format(
            "from IPython.display import HTML\n"
            'HTML(\'<p class="equation-check" data-label="eq-x" data-kind="equal" \'\n'
            '     \'data-error="0.0" data-bound="1.0" data-finding="fine" \'\n'
            "     'data-noticed=\"a turned sign\">fine</p>')"
        )
        + "\n$$\n1 + 1 = 2\n$$ (eq-x)\n",
        "the check of eq-x has no record of noticing a factor 1 + 1e-4",
    ),
    "code of a function that is not there": (
        CELL.format("x = 1") + "\n```{function-source} nnfs.network.nothing\n```\n",
        "defines no function nothing",
    ),
    "bad TeX": (CELL.format("x = 1") + "\n$$\n\\frac{1}{\n$$ (eq-bad)", "KaTeX"),
    "an unknown command of TeX": (CELL.format("x = 1") + "\nHere is $\\nosuch{x}$.", "nosuch"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_on_a_page_fails_the_plain_build_twice(small_book, name):
    page, message = WRONG[name]
    small_book.write(page)
    for _ in range(2):
        result = small_book.build()
        assert result.returncode != 0, result.stdout[-2000:]
        assert message in result.stdout + result.stderr


def test_a_failing_cell_is_shown_with_its_error(small_book):
    without_code = CELL.format(":tags: [remove-input]\n\nprint(x)")
    small_book.write(CELL.format("x = 1") + CELL.format("y = x / 0\nprint(y)") + without_code)
    result = small_book.build()
    message = (
        "3 code cells were not all executed: ZeroDivisionError: division by zero\n"
        "in the cell\ny = x / 0\nprint(y)"
    )
    assert message in result.stdout + result.stderr
    assert "page.md" in result.stdout + result.stderr
    assert "Handler <function" not in result.stdout + result.stderr, "an extension's own error"


def test_a_page_without_notebook_header_fails_the_build(small_book):
    small_book.write(CELL.format("print('never run')"), header="")
    for _ in range(2):
        result = small_book.build()
        assert result.returncode != 0
        assert "notebook header" in result.stderr


def test_a_page_outside_the_contents_fails_the_build(small_book):
    small_book.write("Nothing to run.")
    (small_book.root / "book" / "stray.md").write_text("# Stray\n", "utf8")
    assert small_book.build().returncode != 0


def test_a_repaired_page_builds(small_book):
    small_book.write(CELL.format("1 / 0"))
    assert small_book.build().returncode != 0
    small_book.write(
        CELL.format("from shown import glue\nglue(third=1 / 3)")
        + "\nA third is {glue:text}`third:.2f`.\n\n$$\n\\tfrac13 + \\tfrac23 = 1\n$$ (def-one)\n"
        + CELL.format("try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    print(error)")
    )
    result = small_book.build()
    assert result.returncode == 0, result.stderr
    html = small_book.html()
    assert "0.33" in html
    assert "katex-mathml" in html
    assert "division by zero" in html
