"""The teacher's guide: its lectures fit, its names are there, and a class sees no answers."""

import re

import pytest
import yaml

from kit.exercises.engine.marking import exercises
from kit.exercises.pages.without_solutions import without
from sphinx_live_cells import pyodide_files

from .pages import BOOK, all_pages

PAGES = {page.docname: page for page in all_pages()}
BODY = PAGES["appendices/teaching"].body
LECTURES = re.split(r"^### (?=\d\. )", BODY.partition("## Six problem sets")[0], flags=re.M)[1:]
README = (BOOK.parent / "README.md").read_text("utf8")


def test_there_are_six_lectures_in_the_order_of_the_book():
    named = [re.findall(r"\{ref\}`([\w-]+)`", text.partition("*Before")[0]) for text in LECTURES]
    assert len(named) == 6
    chapters = [name.rpartition("/")[2] for name in PAGES if name.startswith(("see/", "derive/"))]
    chapters += [name.rpartition("/")[2] for name in PAGES if name.startswith("train/")]
    assert [label for labels in named for label in labels] == chapters


@pytest.mark.parametrize("lecture", LECTURES, ids=lambda text: text[:1])
def test_a_lecture_takes_ninety_minutes_and_asks(lecture):
    steps = re.findall(r"^- \*\*(\d+) minutes, .*$", lecture, re.MULTILINE)
    assert sum(map(int, steps)) == 85, "five are left"
    chapters = re.findall(r"\{ref\}`([\w-]+)`", lecture.partition("*Before")[0])
    pages = [page.body for name, page in PAGES.items() if name.rpartition("/")[2] in chapters]
    for figure in re.findall(r"\{numref\}`(fig-[\w-]+)`", lecture):
        own = any(re.search(rf"name: {figure}\b", body) for body in pages)
        assert own or figure == "fig-scrambled", "of its own chapters, or the first lecture's"
    assert lecture.count("? (") >= 4


def test_problem_sets_have_the_functions_that_readers_write():
    sets = re.findall(r"^\*\*Set \d\.\*\* .*$", BODY, re.MULTILINE)
    assert len(sets) == 6
    for number, one in enumerate(sets):
        chapters = re.findall(r"\{ref\}`([\w-]+)`", LECTURES[number].partition("*Before")[0])
        for name in re.findall(r"`(\w+)`", one.partition("*Write it yourself:*")[2]):
            assert exercises()[name].page.rpartition("/")[2] in chapters
        for label in re.findall(r"\{ref\}`(ex-[\w-]+)`", one):
            place = [name for name, page in PAGES.items() if f":label: {label}\n" in page.body]
            assert [name.rpartition("/")[2] in chapters for name in place] == [True], label


def test_ten_questions_have_answers_and_marks_and_a_class_has_neither():
    questions = re.findall(r"^```\{exercise\} .+\n:label: (ex-exam-\w+)", BODY, re.MULTILINE)
    assert len(questions) == 10
    assert re.findall(r"^```\{solution-start\} (\S+)", BODY, re.MULTILINE) == questions
    assert BODY.count("\n**Marks.** ") == 10
    rest = without(BODY)
    assert "**Marks.**" not in rest
    assert "{glue:text}" not in rest
    assert len(re.findall(r"^```\{exercise\} ", rest, re.MULTILINE)) == 10


def test_the_commands_and_the_address_are_those_of_the_readme():
    for block in re.findall(r"^```sh\n(.*?)```", BODY, re.MULTILINE | re.DOTALL):
        for setting in re.findall(r"BOOK_\w+=\w+|python -m [\w.]+ \w+", block):
            assert setting in README
    (address,) = re.findall(r"public address, `([\w.]+)`", BODY)
    assert address in README
    assert address in pyodide_files.ADDRESS


def test_a_class_gets_no_page_for_teachers_and_no_sentence_about_it():
    settings = yaml.safe_load((BOOK / "_config.yml").read_text("utf8"))["sphinx"]["config"]
    assert settings["book_for_teachers"] == ["appendices/teaching"]
    labels = re.findall(r"^(?:\((\S+)\)=|:label: (\S+))$", BODY, re.MULTILINE)
    names = {name for found in labels for name in found if name}
    assert "teaching" in names
    for name, page in PAGES.items():
        if name not in settings["book_for_teachers"]:
            rest = without(page.text)
            # A link with words of its own becomes these words.
            assert not names & set(re.findall(r"\{(?:ref|numref|eq)\}`([\w-]+)`", rest)), name
            assert not re.search(r"exercises? has an? (?:executed )?solution", rest), name
