"""How exercises stand on a page, and how a book without solutions has none anywhere."""

import pytest
from bs4 import BeautifulSoup

from kit.exercises.engine.marking import exercises
from kit.exercises.pages.marked_exercises import answer_file, stub
from kit.exercises.pages.without_solutions import without
from sphinx_live_cells import bundle
from sphinx_live_cells.browser.names import read_pages_names
from sphinx_live_cells.browser.reach import writers

from .pages import all_pages, chapters

PAGE = """
```{code-cell} ipython3
3 + 4
```

```{marked-exercise} relu
```

## Exercises

```{exercise}
:label: ex-question
What is asked, asked-for-here.
```

```{solution-start} ex-question
:class: dropdown
```

In words, of a quagga.

```{code-cell} ipython3
from kit.cells import glue

computed_for_teachers = 6 * 7
glue(told_to_teachers=computed_for_teachers)
```

```{solution-end}
```

Words that follow.
"""
SECRETS = ("quagga", "computed_for_teachers", "told_to_teachers")


def published(book) -> str:
    """Return all text of a site: pages, search index, copies of sources, and what is zipped."""
    html = book.root / "book" / "_build" / "html"
    found = []
    for path in sorted(html.rglob("*")):
        if path.suffix == ".zip":
            files = bundle.unpack(path.read_bytes())
            found += [file.decode() for name, file in files.items() if name.endswith(".py")]
        elif path.suffix in (".html", ".js", ".md", ".json", ".txt", ".ipynb"):
            found.append(path.read_text("utf8"))
    return "\n".join(found)


@pytest.mark.exhaustive(share=1)
def test_the_book_is_built_with_solutions_and_without(small_book):
    (small_book.root / "book" / "derive").mkdir()
    small_book.write("Words.")
    small_book.add("derive/relu", PAGE)
    for setting, shown in (("1", True), ("0", False)):
        result = small_book.build(BOOK_SOLUTIONS=setting)
        assert result.returncode == 0, result.stderr
        text = published(small_book)
        plain = text.replace('<span class="n">', "").replace("</span>", "")
        assert "asked-for-here" in text
        assert "Words that follow." in text
        assert 'data-exercise="relu"' in text
        assert "def relu(Z):" in text, "what the reader starts from"
        page = (small_book.root / "book/_build/html/derive/relu.html").read_text("utf8")
        assert ("An answer" in page) == shown
        assert (page.count("maximum") > 1) == shown, "a hint has the word once"
        for secret in SECRETS:
            assert (secret in plain) == shown, secret
        index = (small_book.root / "book/_build/html/searchindex.js").read_text("utf8")
        assert ("quagga" in index) == shown
        assert "An answer to the exercise" not in text, "answers are never sent"


def test_an_exercise_belongs_on_one_page(small_book):
    small_book.write("```{marked-exercise} relu\n```\n\n```{marked-exercise} tanh\n```\n")
    result = small_book.build()
    assert result.returncode != 0
    assert "the exercise relu belongs on the page derive/relu" in result.stderr
    assert f"no exercise tanh; there are {', '.join(list(exercises())[:2])}" in result.stderr


def test_a_wrong_setting_ends_the_build(small_book):
    small_book.write("Words.")
    result = small_book.build(BOOK_SOLUTIONS="no")
    assert result.returncode != 0
    assert "BOOK_SOLUTIONS is 'no'; expected 0 or 1" in result.stderr


def test_every_exercise_stands_on_its_page_before_the_summary():
    pages = {page.docname: page.body for page in all_pages()}
    for exercise in exercises().values():
        place = f"```{{marked-exercise}} {exercise.name}\n```\n"
        before, _, after = pages[exercise.page].partition(place)
        assert after, exercise.name
        assert "\n## Write it yourself\n" in before
        assert "\n## Summary\n" in after or "\n## What we found\n" in after


def test_what_the_reader_starts_from_has_no_body():
    code = stub(answer_file("update"), "update")
    assert code == (
        "def update(params, gradients, alpha):\n"
        '    """Return new parameters, one step against the gradients; the old ones stay."""\n'
        "    ...\n"
    )


@pytest.mark.parametrize("page", chapters(), ids=lambda page: page.docname)
def test_no_cell_needs_one_of_a_solution(page):
    rest = without(page.text)
    assert "{solution" in page.text
    assert "{solution" not in rest
    kept = [cell.code for cell in type(page)(page.docname, rest).cells]
    everything = [cell.code for cell in page.cells]
    dropped = {i for i, code in enumerate(everything) if code not in kept}
    assert dropped
    for number, made_by in enumerate(writers(read_pages_names(everything))):
        if number not in dropped:
            assert not dropped & {cell for cells in made_by.values() for cell in cells}


def test_solutions_of_both_forms_are_taken_out_and_nothing_else():
    text = (
        "a\n```{solution} x\nb\n```\nc\n````{solution-start} y\n:class: z\n````\n\nd\n"
        "```{code-cell}\ne\n```\n\n````{solution-end}\n````\nf\n"
    )
    assert without(text) == "a\nc\nf\n"
    assert without(f"{text}{text}") == "a\nc\nf\n" * 2


TEACHERS = """
(guide-for-teachers)=
## Ask them, zebu-like

```{exercise}
:label: ex-of-exam
What is asked in the exam, of an okapi.
```
"""
LINKS = """
Words about {ref}`the exam <guide-for-teachers>` and {ref}`the first question <ex-of-exam>`.

```{with-solutions}
All has been solved, says the {ref}`guide <guide-for-teachers>`, by a tapir.
```

Words that follow.
"""


@pytest.mark.exhaustive(share=0)
def test_a_class_has_no_page_for_teachers_and_links_to_it_become_words(small_book):
    small_book.write(LINKS)
    (small_book.root / "book" / "appendices").mkdir()
    small_book.add("appendices/teaching", TEACHERS)
    for setting, shown in (("1", True), ("0", False)):
        result = small_book.build(BOOK_SOLUTIONS=setting)
        assert result.returncode == 0, result.stderr
        assert ("appendices/teaching.html" in small_book.site()) == shown
        page = BeautifulSoup(small_book.html(), "html.parser")
        article = page.select_one("article")
        words = " ".join(article.get_text(" ").split())
        assert "Words about the exam and the first question" in words
        assert "Words that follow." in words
        assert ("by a tapir" in words) == shown
        leads = [link["href"] for link in page.select("a[href*=teaching]")]
        assert bool(leads) == shown
        text = published(small_book)
        for secret in ("okapi", "zebu-like", "tapir"):
            assert (secret in text) == shown, secret
