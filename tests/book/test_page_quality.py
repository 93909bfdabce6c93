"""What the pages' constructs become: lines of programs, numbers that are not broken."""

import pytest
from bs4 import BeautifulSoup
from docutils import frontend, nodes, utils
from docutils.parsers.rst import Parser
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from kit.build.page_quality import DEEPEST, EXPONENT, PROGRAM, TitlesOfFoldsWithoutLinks, in_lines

PROGRAMS = [
    "a = 1\n",
    "for i in range(3):\n    for j in x:\n        f(i,\n          j)\n\n\nb = 2\n",
    'def f():\n    """Two\n\n    lines."""\n    return f"""{a}\n  <b>\n"""\n',
    "x = [\n" + "    " * 9 + "1,\n]\n# <&>\n\n",
]


@pytest.mark.parametrize("box", ["highlight-python", "exercise-start highlight-ipython3"])
@pytest.mark.parametrize("code", PROGRAMS)
def test_each_line_of_a_program_is_an_element_and_the_program_is_the_same(code, box):
    inner = highlight(code, PythonLexer(), HtmlFormatter())
    before = f'<div class="{box} notranslate">{inner}</div>'
    after = PROGRAM.sub(lambda found: found[1] + found[2] + in_lines(found[3]) + found[4], before)
    pages = [BeautifulSoup(html, "html.parser") for html in (before, after)]
    assert pages[0].get_text() == pages[1].get_text()
    lines = pages[1].select("pre > .code-line")
    whole = pages[0].pre.get_text().removesuffix("\n")
    assert "".join(line.get_text() for line in lines) == whole
    assert [line.get_text().removesuffix("\n") for line in lines] == whole.split("\n")
    for line in lines:
        spaces = len(line.get_text()) - len(line.get_text().lstrip(" "))
        assert line["class"][1] == f"code-depth-{min(spaces // 4, DEEPEST)}"


@pytest.mark.parametrize("kind", ["none", "myst-ansi", "text"])
def test_what_a_program_has_printed_stays_as_it_is(kind):
    inner = '<div class="highlight"><pre>1\n</pre></div>'
    assert PROGRAM.search(f'<div class="highlight-{kind} notranslate">{inner}</div>') is None
    assert PROGRAM.search(f'<div class="output stream highlight-{kind}">{inner}</div>') is None


@pytest.mark.parametrize("number", ["1.4e-16", "0.0e+00", "1e-8", "-2.5e-01", "−3e-05"])
def test_numbers_with_exponents_are_found_whole(number):
    assert EXPONENT.findall(f"below {number}, at ({number})") == [number, number]


@pytest.mark.parametrize("text", ["eq-1e-two", "se-1", "v1.2e-3x", "e-mail", "the-1e3", "2e3"])
def test_what_only_resembles_such_a_number_is_left_alone(text):
    assert EXPONENT.findall(text) == []


@pytest.mark.parametrize(
    ("words", "classes"), [("What holds? ", ["mine", "question"]), ("Where digits come", ["mine"])]
)
def test_a_fold_whose_title_asks_is_a_question(words, classes):
    document = utils.new_document("page", frontend.get_default_settings(Parser))
    title = nodes.rubric("", "", nodes.Text(words))
    fold = nodes.container("", title, design_component="dropdown", container_classes=["mine"])
    document += [fold]
    TitlesOfFoldsWithoutLinks(document).run()
    assert fold["container_classes"] == classes


def test_a_number_in_the_title_of_a_fold_is_no_link_and_one_inside_is():
    document = utils.new_document("page", frontend.get_default_settings(Parser))
    link = nodes.reference("", "", nodes.inline("", "Fig. 4.6"), refuri="#fig-blame")
    title = nodes.rubric("", "", link, nodes.Text(" in words"))
    inside = nodes.paragraph("", "", link.deepcopy())
    alone = nodes.rubric("", "", link.deepcopy())
    document += [nodes.container("", title, inside, design_component="dropdown"), alone]
    TitlesOfFoldsWithoutLinks(document).run()
    assert title.astext() == "Fig. 4.6 in words"
    links = [len(list(part.findall(nodes.reference))) for part in (title, inside, alone)]
    assert links == [0, 1, 1]
