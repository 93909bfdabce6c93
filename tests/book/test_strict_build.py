"""The plain command is strict: what is wrong on a page fails each build, and is said last."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kit.build import strict_build
from kit.build.strict_build import CODE, NOT_EXECUTED, Fault, causes, told

from .conftest import HEADER, ROOT, new_book

CELL = "```{{code-cell}} ipython3\n{}\n```\n"
LAST = "Mend this and run the same command again."

WRONG = {
    "a failing cell": (CELL.format("1 / 0"), "ZeroDivisionError"),
    "a failing check": (
        CELL.format(
            "import numpy as np\nfrom kit.cells import check\n"
            "check('eq-wrong', np.arange(3.0), np.arange(3.0) + 1, terms=3)"
        ),
        "eq-wrong fails",
    ),
    "a claim that is not so": (
        CELL.format("from kit.cells import claim\nclaim(False, 'two is more than three')"),
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
        CELL.format("from kit.cells import glue\nglue(word='')") + "\nIt is {glue:text}`word`.",
        "nothing to print",
    ),
    "a glue value that is not a number": (
        CELL.format("from kit.cells import glue\nglue(share=float('nan'))"),
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
        CELL.format(
            "from kit.cells import check\ncheck('eq-none', [1 + 0, 1 + 1], [1, 2], terms=0)"
        ),
        "the check of eq-none names no equation of its page",
    ),
    "a check that never failed": (
        CELL.format(
            "from IPython.display import HTML\n"
            'HTML(\'<p class="equation-check" data-label="eq-x" data-kind="equal" \'\n'
            '     \'data-error="0.0" data-bound="1.0" data-finding="fine" \'\n'
            "     'data-noticed=\"a flipped sign\">fine</p>')"
        )
        + "\n$$\n1 + 1 = 2\n$$ (eq-x)\n",
        "the check of eq-x has no record of noticing a factor of 1.0001",
    ),
    "code of a function that is not there": (
        CELL.format("x = 1") + "\n```{function-source} nnfs.network.nothing\n```\n",
        "defines no function nothing",
    ),
    "a formula without its end": (
        CELL.format("x = 1") + "\n$$\nx = 1\n\nWords.\n",
        "a formula without its end is left as text: $$",
    ),
    "bad TeX": (CELL.format("x = 1") + "\n$$\n\\frac{1}{\n$$ (eq-bad)", "KaTeX"),
    "an unknown command of TeX": (CELL.format("x = 1") + "\nHere is $\\nosuch{x}$.", "nosuch"),
    "an error of several lines with markup and percent signs": (
        CELL.format(
            "raise ValueError('100 % of %s\\n<b>{x}</b> [3;1m `y` *z*\\n' + 'long ' * 300)"
        ),
        "ValueError: 100 % of %s\n  <b>{x}</b> [3;1m `y` *z*\n  long long",
    ),
    "an error in a hidden cell": (
        CELL.format(":tags: [remove-cell]\n\nraise KeyError('hidden')"),
        "KeyError: 'hidden'",
    ),
    "code that is no Python": (CELL.format("x = 1\nif x\n    y"), "SyntaxError: expected ':'"),
    "a module that is not there": (
        CELL.format("import numpy\nimport no_such_module"),
        "ModuleNotFoundError: No module named 'no_such_module'",
    ),
    "data that are not there": (
        CELL.format("open('no_such_file.gz')"),
        "FileNotFoundError: [Errno 2] No such file or directory: 'no_such_file.gz'",
    ),
    "a cell that ends Python": (CELL.format("import sys\nx = 1\nsys.exit(2)"), "SystemExit: 2"),
    "a magic command used wrongly": (
        CELL.format("x = 1\n%matplotlib nosuch"),
        "'nosuch' is not a recognised GUI loop or backend name",
    ),
    "a question": (
        CELL.format("x = 1\nname = input('Who? ')"),
        "nobody can answer input() while a page is built: assign the value",
    ),
    "options that are no YAML": (
        CELL.format(":tags: [remove-cell\n\nx = 1") + "\n```{code-cell}\ny = x\n```\n",
        "the options of this code cell cannot be read: ",
    ),
    "options between lines that are no YAML": (
        CELL.format("---\ntags: [remove-cell\n---\nx = 1"),
        "the options of this code cell cannot be read: ",
    ),
    "a kernel that dies": (
        CELL.format("import os\nos._exit(3)"),
        "the Python that ran this cell ended",
    ),
    "a cell that takes too long": (
        CELL.format("import time\ntime.sleep(600)"),
        "longer than the 3 seconds that `timeout` under `execute` in _config.yml allows",
    ),
}
"""Pages with a fault each, and what the build says of it."""

CELLS = {
    name
    for name, (_, message) in WRONG.items()
    if re.match(
        r"\w+(Error|Warning|Exit)|eq-wrong|not so|nothing to print|the Python|longer|'no|nobody"
        "|the options",
        message,
    )
}
"""Those whose cells fail, so that nothing else is said of the page."""

ONCE_MORE = {
    "a failing check",
    "a RuntimeWarning",
    "options that are no YAML",
    "code that is no Python",
    "a kernel that dies",
}
"""Those of the CELLS, one for each way to fail, that are executed again in the second build."""


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> list[str]:
    """What two builds of one book with these pages say, from the line that begins it."""
    book = new_book(tmp_path_factory.mktemp("faulty"))
    book.write(CELL.format("print('never run')"), header="")
    for name, (page, _) in WRONG.items():
        book.add(file_of(name), page)
    slow = book.root / "book" / f"{file_of('a cell that takes too long')}.md"
    limit = HEADER.replace("kernelspec:", "execution:\n  timeout: 3\nkernelspec:")
    slow.write_text(slow.read_text("utf8").replace(HEADER, limit), "utf8")
    (book.root / "book" / "stray.md").write_text("# Stray\n", "utf8")
    results = [book.build()]
    # All cells that fail are executed again alike, each in a Python of its own: some are enough.
    for name in sorted(CELLS - ONCE_MORE):
        book.remove(file_of(name))
    results.append(book.build())
    assert [result.returncode for result in results] == [1, 1], results[0].stderr[-2000:]
    assert not (book.root / "book" / "_build" / "html").exists(), "a site with faults"
    return [report(result) for result in results]


def file_of(name: str) -> str:
    return re.sub(r"\W+", "-", name)


def report(result: subprocess.CompletedProcess[str]) -> str:
    """Return what a failed build says last."""
    _, begin, said = result.stderr.partition("The book was not built.")
    assert begin, result.stderr[-2000:] + result.stdout[-2000:]
    return begin + said


def of_page(said: str, name: str) -> list[str]:
    return [text for text in said.split("\n\n") if f"book/{name}.md" in text.replace("\\", "/")]


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_on_a_page_is_said_of_it_twice(reports, name):
    for said in reports[: 1 if name in CELLS - ONCE_MORE else 2]:
        texts = of_page(said, file_of(name))
        assert any(WRONG[name][1] in text for text in texts), said
        assert len(texts) == 1 or name not in CELLS


def test_the_last_lines_are_the_faults_and_what_to_do(reports):
    for said in reports:
        assert said.rstrip().splitlines()[-1] == LAST
        assert "Traceback" not in said
        assert "\x1b" not in said, "colour where there is no terminal"
        assert max(map(len, said.splitlines())) < 600, "a message without end"


def test_a_page_without_notebook_header_and_a_page_outside_the_contents_are_faults(reports):
    for said in reports:
        assert "notebook header" in of_page(said, "page")[0]
        assert of_page(said, "stray")


def test_the_failing_line_is_named(reports):
    (text,) = of_page(reports[0], file_of("a failing check"))
    assert re.search(r"a-failing-check\.md:17: AssertionError: eq-wrong fails: worst", text)
    assert "in line 3 of the cell that begins at line 14:\n    check('eq-wrong'" in text
    (text,) = of_page(reports[0], file_of("code that is no Python"))
    assert re.search(r"\.md:16: SyntaxError", text)
    assert text.endswith("    if x")
    (text,) = of_page(reports[0], file_of("a cell that ends Python"))
    assert re.search(r"\.md:14: ", text), "where no line is known, the cell is named"
    (text,) = of_page(reports[0], file_of("a question"))
    assert re.search(r"\.md:16: ", text)
    assert "site-packages" not in text
    assert "stderr: " in of_page(reports[0], file_of("another warning"))[0]
    for name in ("bad TeX", "an unknown command of TeX"):
        assert re.search(r"\.md:\d+: .*KaTeX", "\n".join(of_page(reports[0], file_of(name))))


@pytest.mark.exhaustive(share=1 / 4, of="file")
def test_a_link_that_sphinx_does_not_see_fails_the_build_and_so_does_one_to_a_page_that_went(
    small_book,
):
    small_book.write('See <a href="other.html#there">there</a>.')
    small_book.add("other", '<a id="there"></a>\n\nThere.')
    good = small_book.build()
    assert good.returncode == 0, good.stderr
    small_book.write('See <a href="other.html#nowhere">there</a>.')
    said = report(small_book.build())
    assert "page.md: the link 'other.html#nowhere' leads to no anchor of other.html" in said
    small_book.write('See <a href="other.html">there</a>.')
    small_book.remove("other")
    assert "the link 'other.html' leads to no file of the site" in report(small_book.build())


FIGURE = CELL.format(
    "---\nmystnb:\n  figure:\n    name: fig-line\n    caption: A line.\n---\n"
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"
)
CONSEQUENT = (
    CELL.format("from kit.cells import check\nfrom kit.cells import glue\nglue(half=0.5)")
    + CELL.format("check('eq-sum', [1 + 1, 2 + 2], [2, 4], terms=0)")
    + FIGURE
    + "\nHalf is {glue:text}`half`.\n\n$$\n1 + 1 = 2\n$$ (eq-sum)\n"
)


@pytest.mark.exhaustive(share=1 / 4, of="file")
def test_what_follows_from_a_failed_page_is_not_said_and_the_last_site_stays(small_book):
    small_book.write(CONSEQUENT)
    small_book.add("other", "See {ref}`fig-line`, {numref}`fig-line` and {eq}`eq-sum`.")
    good = small_book.build()
    assert good.returncode == 0, good.stderr
    before = small_book.site()
    small_book.write(CELL.format("x = 1\n1 / (x - 1)") + CONSEQUENT)
    small_book.add("third", "See {ref}`no-such-label`.")
    for _ in range(2):
        said = report(small_book.build())
        assert len(said.split("\n\n")) == 4, said
        assert "page.md:16: ZeroDivisionError: division by zero\n" in said
        assert re.search(r"third\.md:\d+: undefined label: 'no-such-label'", said)
        assert "last site is as it was" in said.rstrip().splitlines()[-1]
        assert small_book.site() == before
    small_book.write(CONSEQUENT + "\nMended.")
    (small_book.root / "book" / "third.md").write_text("# Third\n", "utf8")
    assert small_book.build().returncode == 0
    assert "Mended." in small_book.html()


@pytest.mark.exhaustive(share=1 / 4, of="file")
def test_a_repaired_page_builds(small_book):
    small_book.write(CELL.format("1 / 0"))
    assert small_book.build().returncode != 0
    small_book.write(
        CELL.format("from kit.cells import glue\nglue(third=1 / 3)")
        + "\nA third is {glue:text}`third:.2f`.\n\n$$\n\\tfrac13 + \\tfrac23 = 1\n$$ (def-one)\n"
        + CELL.format("try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    print(error)")
    )
    result = small_book.build()
    assert result.returncode == 0, result.stderr
    html = small_book.html()
    assert "0.33" in html
    assert "katex-mathml" in html
    assert "division by zero" in html


def library(root: Path) -> str:
    path = root / "book" / "kit" / "build" / "icon_font.py"
    path.write_text("import no_such_library\n", "utf8")
    return "ModuleNotFoundError: No module named 'no_such_library'"


def syntax(root: Path) -> str:
    path = root / "nnfs" / "layers.py"
    number = len(path.read_text("utf8").splitlines()) + 1
    path.write_text(path.read_text("utf8") + "def f(:\n", "utf8")
    return f"nnfs/layers.py:{number}: SyntaxError: invalid syntax\n  def f(:\n"


def renamed(root: Path) -> str:
    path = root / "nnfs" / "network.py"
    path.write_text(path.read_text("utf8").replace("def backward(", "def backwards("), "utf8")
    return "ImportError: cannot import name 'backward' from 'nnfs.network'"


def without_data(root: Path) -> str:
    (root / "mnist_data" / "t10k-labels-idx1-ubyte.gz").unlink()
    return "t10k-labels-idx1-ubyte.gz: no such file"


def pointer(root: Path) -> str:
    path = root / "mnist_data" / "train-images-idx3-ubyte.gz"
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n", "utf8")
    return "train-images-idx3-ubyte.gz: "


def bibliography(root: Path) -> str:
    path = root / "book" / "references.bib"
    text = path.read_text("utf8")
    path.write_text(text + "\n@article{x, title = {unclosed\n", "utf8")
    return "book/references.bib:"


@pytest.mark.exhaustive(share=1 / 4, of="file")
@pytest.mark.parametrize(
    "spoil",
    [library, syntax, renamed, without_data, pointer, bibliography],
    ids=lambda spoil: spoil.__name__,
)
def test_what_is_wrong_before_a_page_is_read_is_said_as_all_else(small_book, spoil):
    expected = spoil(small_book.root)
    result = small_book.build()
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "<function" not in result.stderr
    said = report(result)
    assert expected in said.replace("\\", "/")
    if spoil is library:
        assert said.rstrip().endswith("pip install -r requirements.txt")
    else:
        assert said.rstrip().splitlines()[-1] == LAST
        assert "pip install" not in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("author:", "autor:", ("autor", "author")),
        ("  timeout:", "  time_out:", ("execute: time_out", "timeout")),
        ("  recursive_update:", "  zzz:", ("sphinx: zzz", "")),
        ("execute:", "executed:", ("executed", "execute")),
    ],
)
def test_a_setting_that_nothing_reads_is_named(old, new, said):
    text = (ROOT / "book" / "_config.yml").read_text("utf8")
    assert strict_build.unknown_settings(text) == []
    lines = text.splitlines()
    line = next(n for n, words in enumerate(lines, 1) if words.startswith(old))
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    assert strict_build.unknown_settings("\n".join(lines)) == [(line, *said)]


@pytest.mark.exhaustive(share=1 / 4, of="file")
def test_an_error_in_an_extension_is_said_with_its_page(small_book):
    extension = small_book.root / "book" / "kit" / "build" / "function_source.py"
    source = extension.read_text("utf8")
    extension.write_text(source.replace("shown = []", "shown = []\n        1 / 0"), "utf8")
    small_book.write("```{function-source} nnfs.network.backward\n```\n")
    said = report(small_book.build())
    assert "page.md: ZeroDivisionError: division by zero\n  the traceback is in " in said
    assert said.rstrip().splitlines()[-1] == LAST


def test_of_what_fails_at_the_end_of_a_build_the_first_is_said(small_book):
    # KaTeX removes a folder when a build ends, and cannot do so again when it is told of a failure.
    extension = small_book.root / "book" / "kit" / "build" / "notebooks.py"
    source = extension.read_text("utf8")
    start = "    if exception is None"
    assert start in source
    extension.write_text(source.replace(start, f'    open("no such file")\n{start}'), "utf8")
    small_book.write("Words.")
    said = report(small_book.build())
    assert "no such file: No such file or directory" in said
    assert "tmp" not in said.partition("no such file")[0]


PAGE = (
    "---\nhead: 1\n---\n\n# Title\n\n```{code-cell} ipython3\n:tags: [a]\n\nx = 1\n\ny = x.z\n```\n"
)


@pytest.mark.parametrize(
    ("page", "cell", "line", "place", "code"),
    [
        (PAGE, 1, 3, 12, "y = x.z"),
        (PAGE.replace(":tags: [a]\n", "---\ntags: [a]\n---"), 1, 1, 11, "x = 1"),
        (PAGE.replace(":tags: [a]\n\n", ""), 1, 1, 8, "x = 1"),
        (PAGE + "\n:::{code-cell} ipython3\nz\n:::\n", 2, 1, 16, "z"),
    ],
)
def test_a_line_of_a_cell_is_found_in_the_page(page, cell, line, place, code):
    words = f"in code cell {cell}, line {line}:\nError: wrong"
    found, said = told(words, page)
    assert found == place
    assert said.startswith(f"Error: wrong{CODE}{line} of the cell")
    assert said.endswith(f"\n  {code}")


def test_pages_that_fail_in_the_same_words_are_said_together():
    faults = [
        Fault(f"{Path.cwd() / name}.md:{line}", f"Error: no data{CODE}1:\n  x", NOT_EXECUTED)
        for line, name in enumerate("abc", 1)
    ]
    (said,) = strict_build._texts(causes(faults))
    assert said == "Error: no data\n  a.md:1\n  b.md:2\n  c.md:3"


def test_of_a_full_disk_one_line_is_said():
    faults = [
        Fault(f"p{number}.md", "error writing", error=OSError(28, "No space left on device"))
        for number in range(9)
    ]
    assert causes([Fault("q.md", "another"), *faults]) == faults[:1]


def test_a_page_in_another_encoding_is_one_fault():
    one = Fault("p.md", "the page is not text in UTF-8: byte 0xfc")
    other = Fault("p.md:3", "undecodable source characters, replacing with ?")
    assert causes([other, one]) == [one]


def test_the_same_warning_of_one_place_is_said_once():
    fault = Fault("p.md:3", "undefined label: 'x'")
    assert causes([fault, fault]) == [fault]


@pytest.mark.exhaustive(share=1 / 4, of="file")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.skipif(sys.platform == "win32", reason="signals of other processes end them at once")
def test_an_interrupted_build_ends_with_its_kernels_and_says_so(small_book, number):
    small_book.write(
        CELL.format("import pathlib, time\npathlib.Path('begun').touch()\ntime.sleep(600)")
    )
    build = small_book.start()
    begun = small_book.root / "book" / "begun"
    while not begun.exists() and build.poll() is None:
        time.sleep(0.1)
    build.send_signal(number)
    _, errors = build.communicate(timeout=600)
    assert build.returncode == 128 + number
    assert errors.rstrip().splitlines()[-1].startswith(f"Interrupted ({number.name})")
    assert "Traceback" not in errors
    assert not small_book.processes()
