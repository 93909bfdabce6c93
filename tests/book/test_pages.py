"""What the source of every page must have, and must not."""

import ast
import re
from collections.abc import Iterator

import pytest

from .numbers_in_prose import typed_numbers
from .pages import BOOK, LONGEST_ALT, Page, all_pages, chapters, read

PAGES = {page.docname: page for page in all_pages()}
CHAPTERS = {page.docname: page for page in chapters()}
every_page = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
every_chapter = pytest.mark.parametrize("page", CHAPTERS.values(), ids=CHAPTERS.keys())

IN_WORDS = re.compile(r"^:::\{dropdown\} \{numref\}`([\w-]+)` in words$", re.MULTILINE)


def test_the_contents_list_every_page():
    written = {read(path).docname for path in BOOK.rglob("*.md") if "_" not in path.parts[-2][:1]}
    assert {name for name in written if not name.startswith("_")} == set(PAGES)


@every_page
def test_a_page_with_cells_has_the_notebook_header(page: Page):
    if page.cells:
        assert page.header["kernelspec"]["name"] == "python3"
        assert page.header["jupytext"]["text_representation"]["format_name"] == "myst"


@every_chapter
def test_a_chapter_is_executed(page: Page):
    assert "kernelspec" in page.header
    assert page.cells


@every_page
def test_a_page_has_a_description_for_search(page: Page):
    assert 40 <= len(page.header["myst"]["html_meta"]["description"]) <= 160


@every_page
def test_every_labelled_equation_is_checked_by_a_cell_of_its_page(page: Page):
    checked = re.findall(r"check(?:_\w+)?\(\s*\"(eq-[\w-]+)\"", page.code)
    assert sorted(set(checked)) == sorted(page.equations)


@every_page
def test_every_figure_has_a_name_a_caption_and_words_for_what_is_seen(page: Page):
    for cell in page.cells:
        if re.search(r"plt\.|plots\.", re.sub(r"^.*import.*$", "", cell.code, flags=re.MULTILINE)):
            figure, image = (cell.options["mystnb"][key] for key in ("figure", "image"))
            assert figure["name"].startswith("fig-")
            assert len(figure["caption"]) > 10
            assert 60 < len(image["alt"]) <= LONGEST_ALT
            assert image["alt"].endswith(".")


@every_page
def test_every_figure_is_spoken_of(page: Page):
    for cell in page.cells:
        name = cell.options.get("mystnb", {}).get("figure", {}).get("name")
        sentences = re.sub(r"^:{3,}\{dropdown\}.*$", "", page.body, flags=re.MULTILINE)
        assert name is None or f"{{numref}}`{name}`" in sentences


@every_page
def test_a_description_stands_below_the_figure_whose_number_it_bears(page: Page):
    assert not re.search(r"\{dropdown\} The figure in words", page.body)
    for fold in IN_WORDS.finditer(page.body):
        above = page.body[: fold.start()]
        assert re.findall(r"figure: \{name: ([\w-]+)", above)[-1] == fold[1]
        between = above[above.rindex(f"name: {fold[1]}") :].partition("\n```\n")[2]
        assert Page("between", between).prose.strip() == ""


@every_page
def test_no_heading_of_a_table_is_a_formula_alone(page: Page):
    # A checker of accessibility takes such a heading for empty.
    headings = re.findall(r"^(\|.*\|)\n\|[-:| ]+\|$", page.body, re.MULTILINE)
    cells = [cell.strip() for heading in headings for cell in heading.strip("|").split("|")]
    assert [cell for cell in cells if re.fullmatch(r"\$[^$]*\$", cell)] == []


@every_page
def test_no_number_of_a_result_is_typed(page: Page):
    options = [cell.options.get("mystnb", {}) for cell in page.cells]
    captions = [option["figure"]["caption"] for option in options if "figure" in option]
    alternatives = [option["image"]["alt"] for option in options if "image" in option]
    for text in [page.prose, *captions, *alternatives]:
        assert typed_numbers(text) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "It reaches 87.7 % on the test set.",
        "It reaches 88% of them.",
        "accuracy of $91\\%$ here",
        "about 90 per cent",
        "about 90 percent of all",
        "The loss ends at 0.512, which is low.",
        "an accuracy of .858 at the end",
        "It falls from 2,3 to less.",
        "Between 87.2–87.6 on two seeds.",
    ],
)
def test_typed_decimals_and_percentages_are_found(sentence):
    assert typed_numbers(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "There are 41,000 images and 7,960 parameters in 784-10-10.",
        "The learning rate is $\\alpha = 0.1$, and the box is $20 \\times 20$.",
        "Version 3.11.7 of Python, chapter 2 of 18.",
        "It reaches ROLE % on ROLE images.",
    ],
)
def test_counts_settings_versions_and_glued_numbers_are_left_alone(sentence):
    assert typed_numbers(sentence) == []


def test_what_is_quoted_glued_or_code_is_not_prose():
    page = Page(
        "x",
        "It says “87.7%” and {glue:text}`x:.1f` % by `0.5`.\n\n$$\n1.5\n$$ (eq-x)\n\n"
        "```{exercise}\n:label: ex-1\nIt is 12.5 here.\n```\n",
    )
    assert typed_numbers(page.prose) == ["12.5"]


@every_page
def test_the_prose_keeps_the_tone(page: Page):
    prose = re.sub(r"!\[", "[", page.prose)
    assert "!" not in prose
    assert not re.search(r"\b(simply|obviously|trivially|of course)\b", prose, re.IGNORECASE)


@every_page
def test_pages_are_referred_to_by_label(page: Page):
    assert chapters_by_number(page.prose.replace("Chapters 4 and 8 of Good", "")) == []


def chapters_by_number(prose: str) -> list[str]:
    """References to chapters of this book by their numbers; after a citation they are another's."""
    return re.findall(r"(?<!ROLE, )\b[Cc]hapters? \d\w*", prose)


def test_a_chapter_of_another_book_has_a_number_and_one_of_this_book_has_not():
    assert chapters_by_number("See chapter 4, and ROLE. Chapters 2 and 3 say more.") == [
        *("chapter 4", "Chapters 2")
    ]
    assert chapters_by_number("- ROLE, chapter 6, and this chapter") == []


@every_chapter
def test_a_chapter_has_the_form_of_a_chapter(page: Page):
    body = page.body
    parts = ["## What we found", "## Exercises"]
    if "## What we found" not in body:
        parts = ["**You will learn**", "**Shapes in play**", "## Summary", "## Exercises"]
    missing = [part for part in [*parts, "## Further reading"] if part not in body]
    assert missing == [], "a chapter has these parts; see another one"
    assert body.rindex("## Further reading") > body.rindex("## Exercises")
    exercises = re.findall(r"^```\{exercise\}\n:label: (\S+)", body, re.MULTILINE)
    solutions = re.findall(r"^```\{solution-start\} (\S+)\n:class: dropdown", body, re.MULTILINE)
    assert 2 <= len(exercises) <= 5, "two to five exercises"
    assert exercises == solutions, "a solution-start with :class: dropdown for each exercise"
    for solution in re.findall(r"\{solution-start\}.*?\{solution-end\}", body, re.DOTALL):
        assert "{code-cell}" in solution


@every_page
def test_a_line_of_code_fits_a_laptop(page: Page):
    for cell in page.cells:
        if cell.visible:
            assert max(map(len, cell.code.splitlines()), default=0) <= 80


@every_page
def test_texts_on_colours_are_written_in_an_ink_that_can_be_read(page: Page):
    for cell in page.cells:
        if re.search(r"\.(?:imshow|matshow|pcolor|pcolormesh)\(", cell.code):
            assert not re.search(r"\.(?:text|annotate)\(", cell.code)


@every_chapter
def test_data_are_asked_for_by_name(page: Page):
    for call in re.findall(r"load_mnist\(([^)]*)\)", page.code):
        assert call.startswith('"bundled"')


@every_page
def test_the_book_keeps_out_of_private_names(page: Page):
    assert not re.search(
        r"\b(nnfs|network|training|engine|data|plots|functions)\._[a-z]", page.code
    )


@every_page
def test_no_line_of_prose_turns_into_a_comment(page: Page):
    assert not re.search(r"^\s*%", page.prose, re.MULTILINE)


LAYOUT = {"begin", "end", "text", "textstyle", "left", "right", "quad", "qquad", "dots", "cdots"}
LAYOUT |= {"bigl", "bigr", "Bigl", "Bigr", "frac", "tfrac", "sqrt", "operatorname", "cdot", "times"}
LAYOUT |= {"mathrm", "mathbf", "mathsf", "le", "ge", "ne", "in", "iff", "mapsto", "sum", "prod"}
LAYOUT |= {"approx", "ll", "gg", "infty", "to", "pm", "ldots", "neq"}
LAYOUT |= {"biggl", "biggr", "Longrightarrow"}


def symbols(formulas: list[str]) -> set[str]:
    """The letters and operators of formulas, without the words of the typesetting."""
    found: set[str] = set()
    for formula in formulas:
        bare = re.sub(r"\\(?:text|begin|end)\{[^}]*\}|\\\\", " ", formula)
        words = re.findall(r"\\(?:operatorname|mathrm)\{(\w+)\}|\\([a-zA-Z]+)", bare)
        found |= {name or macro for name, macro in words} - LAYOUT
        found |= set(re.findall(r"[a-zA-Z]", re.sub(r"\\[a-zA-Z]+(?:\{\w+\})?", " ", bare)))
    return found


def formulas(page: Page) -> list[str]:
    text = re.sub(r"^```\{code-cell\}.*?^```$", "", page.body, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"`[^`\n]*`", "", text)
    return [a or b for a, b in re.findall(r"\$\$(.*?)\$\$|\$([^$]+)\$", text, re.DOTALL)]


@pytest.mark.parametrize("name", [name for name in CHAPTERS if not name.startswith("beyond")])
def test_every_symbol_is_in_the_table_of_notation(name):
    known = symbols(formulas(PAGES["appendices/notation"]))
    assert symbols(formulas(CHAPTERS[name])) - known == set()


def test_symbols_are_letters_and_operators_of_a_formula():
    formula = r"\operatorname{vec}(A) \otimes \mathrm{dZ}_1 \text{ for all } \tfrac1m \varepsilon"
    assert symbols([formula]) == {"vec", "A", "otimes", "dZ", "m", "varepsilon"}


ASKS_FOR_A_SCREEN = re.compile(
    r"\bPress (?:Write|Check)\b|\b[Tt]he sliders?\b|\b[Dd]rag\b|[Oo]pen the mark\b|in your browser"
)
ABOUT_THE_SITE = {"appendices/how-checks-work", "appendices/teaching"}


def asked_of_any_reader(text):
    """What a page says in every form of it, but for code and what to do with a plaything."""
    text = re.sub(r"^(`{3,})\{code-cell\}.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    guide = r"^(`{3,}\{plaything\}.*?\n\n).*?^`{3,}$"
    text = re.sub(guide, r"\1", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^\{\.on-screen\}\n(?:.+\n)+", "", text, flags=re.MULTILINE)
    return re.sub(r"\[(?:[^\[\]]|\[[^\[\]]*\])*\]\{\.on-screen\}", "", text)


@every_page
def test_what_only_a_screen_can_do_is_marked(page: Page):
    if page.docname not in ABOUT_THE_SITE:
        assert ASKS_FOR_A_SCREEN.findall(asked_of_any_reader(page.body)) == []


def test_what_is_marked_is_found():
    text = "Use [Press Check [1].]{.on-screen} now.\n\n{.on-screen}\n- Drag.\n\nDrag it."
    assert ASKS_FOR_A_SCREEN.findall(text) == ["Press Check", "Drag", "Drag"]
    assert ASKS_FOR_A_SCREEN.findall(asked_of_any_reader(text)) == ["Drag"]


def test_no_two_figures_have_the_same_name():
    options = [cell.options.get("mystnb", {}) for page in PAGES.values() for cell in page.cells]
    names = [option["figure"]["name"] for option in options if "figure" in option]
    assert len(names) == len(set(names))


def test_the_page_runs_the_lines_that_stand_on_the_sheet():
    page = PAGES["derive/backpropagation"]
    blocks = re.findall(r"^```python\n(.*?)^```$", page.body, re.MULTILINE | re.DOTALL)
    sheet = [re.sub(r"\s+#.*", "", line) for block in blocks for line in block.splitlines()]
    run = [line for cell in page.cells if cell.visible for line in cell.code.splitlines()]
    assert len(sheet) == 11
    assert [line for line in run if line in sheet][:11] == sheet


def kept_names(code: str) -> Iterator[str]:
    """Yield the names under which the code of a page keeps values and playthings for its text."""
    for call in (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Name) and call.func.id == "glue":
            yield from (one.arg for one in call.keywords if one.arg)
        if isinstance(call.func, ast.Name) and call.func.id == "keep":
            yield from (one.value for one in call.args[:1] if isinstance(one, ast.Constant))


def test_names_of_values_and_playthings_are_read_from_the_code():
    assert list(kept_names("glue(depth=20, **more)\nkeep('depth', x)")) == ["depth", "depth"]


@every_page
def test_what_a_page_keeps_under_a_name_is_one_thing(page: Page):
    # The later would take the place of the earlier, a number that of a plaything, and say nothing.
    names = list(kept_names(page.code))
    assert sorted(names) == sorted(set(names))
