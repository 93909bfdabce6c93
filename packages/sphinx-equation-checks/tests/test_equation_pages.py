"""Pages and their checks, in books of plain Sphinx in which the outputs of checks are written down.

No cell runs here; `Check` writes the records as it does in a notebook.
"""

import io
import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError, ExtensionError
from sphinx.util.docutils import docutils_namespace, patch_docutils

from sphinx_equation_checks import compat, writer
from sphinx_equation_checks.cells.record import MUST_NOTICE, Check

EQUATION = """
.. math:: {formula}
   :label: {label}
"""


def equation(label: str, formula: str = "1 + 1 = 2") -> str:
    return EQUATION.format(label=label, formula=formula)


def output(html: str) -> str:
    return f"\n.. raw:: html\n\n   {html}\n"


def checked(label: str, kind: str = "equal", error: float = 0.0, bound: float = 1e-15) -> str:
    """Return the output of a check that held and noticed what it must."""
    return output(Check(label, kind, error, bound, MUST_NOTICE[kind])._repr_html_())


def failed(*tags: str) -> str:
    """Return a cell with the output of an error, as MyST-NB marks them."""
    classes = " ".join(["cell", *(f"tag-{tag}" for tag in tags)])
    block = "   .. code-block:: text\n      :class: output traceback\n\n      ZeroDivisionError\n"
    return f"\n.. container:: {classes}\n\n{block}"


class Book:
    """A book of a few pages in reStructuredText."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings: dict[str, object] = {}
        self.warnings = ""

    def write(self, **pages: str) -> None:
        names = "\n   ".join(pages)
        contents = f"A book\n======\n\n.. toctree::\n\n   {names}\n"
        for name, text in {"index": contents, **pages}.items():
            title = "" if name == "index" else f"{name}\n{'=' * len(name)}\n"
            (self.folder / f"{name}.rst").write_text(title + text, encoding="utf8")

    def build(self, builder: str = "html", *, processes: int = 1) -> None:
        settings = {"extensions": ["sphinx_equation_checks"], **self.settings}
        said = io.StringIO()
        with patch_docutils(str(self.folder)), docutils_namespace():
            app = Sphinx(
                str(self.folder),
                None,
                str(self.folder / "_build" / builder),
                str(self.folder / "_build" / "doctrees"),
                builder,
                confoverrides=settings,
                status=io.StringIO(),
                warning=said,
                parallel=processes,
            )
            app.build()
        self.warnings = re.sub(r"\x1b\[[\d;]*m", "", said.getvalue().replace(str(self.folder), ""))

    def page(self, name: str) -> BeautifulSoup:
        path = self.folder / "_build" / "html" / f"{name}.html"
        return BeautifulSoup(path.read_text("utf8"), "html.parser")

    def text(self, name: str, selector: str) -> list[str]:
        return [found.get_text().strip() for found in self.page(name).select(selector)]

    def dangling(self) -> list[str]:
        """Return the links within the book that lead to no place."""
        missing = []
        html = self.folder / "_build" / "html"
        for path in html.glob("*.html"):
            for link in self.page(path.stem).select(".equation-note a, .equation-check a"):
                file, _, anchor = link["href"].partition("#")
                target = self.page(Path(file).stem if file else path.stem)
                if anchor and target.find(id=anchor) is None:
                    missing.append(link["href"])
        return missing


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def test_what_is_lacking_because_a_cell_failed_is_not_told_again(book):
    book.write(page=equation("eq-a") + failed("hide-input"), other=equation("eq-b"))
    book.build()
    assert "eq-a has no check" not in book.warnings
    assert "eq-b has no check" in book.warnings


def test_where_checks_may_stand_elsewhere_a_failed_cell_may_be_that_of_any(book):
    book.settings["equation_checks_elsewhere"] = True
    book.write(page=equation("eq-a"), other=equation("eq-b") + failed())
    book.build()
    assert "has no check" not in book.warnings


def test_a_failure_that_all_pages_are_allowed_excuses_nothing(book, monkeypatch):
    # The setting is MyST-NB's, which is not at work here.
    monkeypatch.setattr(Config, "nb_execution_allow_errors", True, raising=False)
    book.write(page=equation("eq-a") + failed())
    book.build()
    assert "eq-a has no check" in book.warnings


def test_a_failure_that_is_expected_excuses_nothing(book, monkeypatch):
    # In this book's language a class has no underscore.
    monkeypatch.setattr(compat, "EXPECTED", "tag-raises-exception")
    book.write(page=equation("eq-a") + failed("raises-exception"))
    book.build()
    assert "eq-a has no check" in book.warnings


def test_an_equation_says_what_its_checks_found_and_both_link(book):
    book.write(
        page=equation("eq-two") + checked("eq-two", error=1e-16) + checked("eq-two", "bound")
    )
    book.build()
    assert book.warnings == ""
    found = (
        "largest difference 1.0e-16, relative to the largest entry; rounding alone could cause "
        "1.0e-15. "
    )
    assert book.text("page", ".equation-note") == [
        f"Checked as equal: {found}Checked as a bound: the tightest entry has 0.0e+00 to spare."
    ]
    assert book.text("page", "p.equation-check")[0] == (
        f"(1) holds: {found}"
        "We also spoiled it on purpose (a factor of 1.0001, a flipped sign), and it failed each "
        "time."
    )
    assert book.dangling() == []


def test_of_several_checks_of_a_kind_the_tightest_is_told(book):
    loose, tight = checked("eq-a", error=1e-17), checked("eq-a", error=9e-16)
    book.write(page=equation("eq-a") + loose + tight + checked("eq-a", bound=0.0))
    book.build()
    note = book.page("page").select_one(".equation-note")
    assert "largest difference 9.0e-16" in note.get_text()
    assert note.get_text().endswith(", 3 checks. ")
    assert note.a["href"] == "#check-eq-a-2"


def test_a_label_may_have_any_letters(book):
    labels = ["eq:two_sides", "eq.Dots.And_More", "Energie-Erhaltung", "a b"]
    texts = [
        equation(x) + checked(x) + f"\nBy :eq:`{labels[n - 1]}`.\n" for n, x in enumerate(labels)
    ]
    pages = {f"p{n}": text for n, text in enumerate(texts)}
    book.write(**pages, last=equation("式") + checked("式") + "\n.. equation-list::\n")
    book.build()
    assert book.warnings == ""
    assert book.dangling() == []
    index = {link["href"] for link in book.page("genindex").select("table a")}
    equations = {
        f"{name}.html#{book.page(name).select_one('div.math[id]')['id']}"
        for name in (*pages, "last")
    }
    assert index == equations


def test_labels_that_differ_in_signs_alone_and_headings_get_places_of_their_own(book):
    first, second = equation("eq-a") + checked("eq-a"), equation("x-a") + checked("x:a")
    book.settings["equation_checks_required"] = False
    book.write(page=first + second + "\nCheck x a\n---------\n\n" + checked("eq-a"))
    book.build()
    ids = [tag["id"] for tag in book.page("page").select("[id]")]
    assert len(ids) == len(set(ids))
    assert ids.count("check-x-a") == 1
    assert "check-x-a-2" in ids


def test_other_html_that_mentions_the_class_is_left_as_it_is(book):
    others = [
        '<div><br>Write <code>class="equation-check"</code> & so on</div>',
        f"<div>{Check('eq-a', 'equal', 0.0, 1.0, MUST_NOTICE['equal'])._repr_html_()}</div>",
        '<p class="equation-check">Not one of ours.</p>',
        '<!-- class="equation-check" -->',
        '<p class="equation-check"><script>if (1 < 2 && 3) {}</script><br>',
        "<p",
    ]
    book.write(page=equation("def-x") + "".join(map(output, others)))
    book.build()
    assert book.warnings == ""
    html = (book.folder / "_build" / "html" / "page.html").read_text("utf8")
    assert [other for other in others if other not in html] == []


GOOD = Check("eq-a", "equal", 0.0, 1.0, MUST_NOTICE["equal"])._repr_html_()


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (GOOD[:-6], "its HTML is broken"),
        (GOOD.replace("0.0", "much"), "could not convert"),
        (GOOD.replace("data-bound", "data-other"), "it has no data-bound"),
        (GOOD.replace("eq-a", "a &nbsp; b"), "its HTML is broken"),
    ],
)
def test_a_record_that_cannot_be_read_is_a_warning_with_its_page(book, broken, words):
    book.write(page=output(broken))
    book.build("dummy")
    assert "/page.rst:4: WARNING: a check has no readable record: " + words in book.warnings


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (equation("eq-a"), "page.rst:4: WARNING: the equation eq-a has no check on its page"),
        (checked("eq-none"), "the check of eq-none names no equation of its page"),
        (
            equation("eq-a") + output(Check("eq-a", "equal", 0.0, 1.0, ("x",))._repr_html_()),
            "the check of eq-a has no record of noticing a factor of 1.0001, a flipped sign",
        ),
        (
            equation("eq-a") + output(Check("eq-a", "magic", 0.0, 1.0, ("x",))._repr_html_()),
            "the check of eq-a has no record of noticing what a check of the kind 'magic' must",
        ),
        (equation("eq-a") + checked("eq-a", error=2.0), "no record of noticing its own error"),
        (equation("eq-a") + checked("eq-a", error=float("nan")), "noticing its own error"),
    ],
)
def test_what_is_not_checked_is_a_warning(book, text, words):
    book.write(page=text)
    book.build("dummy")
    assert words in book.warnings
    assert book.warnings.count("WARNING") == 1


def test_definitions_and_numbers_given_by_a_machine_need_no_check(book):
    unlabelled = "\n.. math:: x = y\n"
    random = equation("3f2504e0-4f89-41d3-9a0c-0305e82c3301")
    book.settings |= {"math_number_all": True, "equation_checks_unchecked": {"law:": "Law"}}
    book.write(page=equation("law:first") + unlabelled + random)
    book.build()
    assert book.warnings == ""
    assert book.text("page", ".equation-note") == ["Law."]
    assert "3f2504e0" not in book.page("genindex").get_text()


def test_a_book_may_begin_with_a_few_checks(book):
    book.settings["equation_checks_required"] = False
    book.write(page=equation("a") + equation("b") + checked("b"))
    book.build()
    assert book.warnings == ""
    assert [bool(text) for text in book.text("page", ".equation-note")] == [False, True]


def test_a_check_may_stand_on_another_page_if_the_book_says_so(book):
    pages = {"theory": equation("eq-a"), "numbers": checked("eq-a")}
    book.write(**pages)
    book.build()
    assert "theory.rst:4: WARNING: the equation eq-a has no check on its page" in book.warnings
    assert "the check of eq-a names no equation of its page" in book.warnings
    book.settings["equation_checks_elsewhere"] = True
    book.build()
    assert book.warnings == ""
    assert book.page("theory").select_one(".equation-note a")["href"] == "numbers.html#check-eq-a"
    assert book.dangling() == []
    book.write(theory=pages["theory"], numbers=checked("eq-a", error=1e-16))
    book.build()
    assert "difference 1.0e-16" in book.text("theory", ".equation-note")[0]
    book.write(theory=pages["theory"], numbers=checked("eq-b"))
    book.build()
    assert "the equation eq-a has no check\n" in book.warnings
    assert "the check of eq-b names no equation of the book" in book.warnings


def test_the_list_has_every_page_in_order_and_knows_what_changes(book):
    listed = "\n.. equation-list::\n"
    book.write(all=listed, zoo=equation("eq-z") + checked("eq-z"), ape=equation("def-a"))
    book.build()
    assert book.text("all", ".equation-list-part h2") == ["zoo¶", "ape¶"]
    assert book.text("all", ".equation-list-contents li") == ["zoo, 1 equation", "ape, 1 equation"]
    assert len(book.page("all").select('script[src*="equation-filter.js"]')) == 1
    assert len(book.page("zoo").select('script[src*="equation-filter.js"]')) == 0
    assert book.dangling() == []
    book.write(all=listed, zoo=equation("eq-z") + checked("eq-z", error=1e-16), ape="\nNone.\n")
    book.build()
    assert book.text("all", ".equation-list-part h2") == ["zoo¶"]
    assert "difference 1.0e-16" in book.text("all", ".equation-entry .equation-note")[0]


def test_objects_that_refer_to_an_equation_are_linked_from_it(book):
    described = "\n.. py:function:: double\n\n   By :eq:`eq-a`.\n"
    book.write(page=equation("eq-a") + checked("eq-a"), api=described)
    book.build()
    assert book.text("page", ".equation-note")[0].endswith("In code: double")
    assert book.dangling() == []


def test_the_record_for_programs(book):
    found = "no difference at all; rounding alone could cause 1.0e-15"
    book.write(page=equation("def-x") + equation("eq-a") + checked("eq-a"))
    book.build()
    record = json.loads((book.folder / "_build/html/equation-checks.json").read_text("utf8"))
    assert record == {
        "page": {
            "results": ["eq-a"],
            "unchecked": ["def-x"],
            "checks": [
                {
                    "label": "eq-a",
                    "kind": "equal",
                    "error": 0.0,
                    "bound": 1e-15,
                    "noticed": ["a factor of 1.0001", "a flipped sign"],
                    "finding": found,
                    "id": "check-eq-a",
                    "folded": False,
                }
            ],
            "claims": [],
        }
    }


def test_in_latex_links_lead_to_checks_on_every_page(book):
    listed = "\n.. equation-list::\n"
    book.write(page=equation("eq:two_sides") + checked("eq:two_sides"), all=listed)
    book.build("latex")
    assert book.warnings == ""
    latex = next((book.folder / "_build" / "latex").glob("*.tex")).read_text("utf8")
    assert latex.count(r"\label{\detokenize{page:check-eq-two-sides}}") == 1
    assert latex.count(r"\hyperref[\detokenize{page:check-eq-two-sides}]") == 2


def test_in_latex_what_is_on_another_document_is_named_without_a_link(book):
    book.settings["latex_documents"] = [("page", "part.tex", "Part", "Nobody", "howto")]
    book.settings["equation_checks_elsewhere"] = True
    text = equation("eq-a") + "\n.. equation-list::\n"
    book.write(page=text, other=equation("eq-b") + checked("eq-b") + checked("eq-a"))
    book.build("latex")
    assert "eq-a" not in book.warnings
    latex = (book.folder / "_build" / "latex" / "part.tex").read_text("utf8")
    assert latex.count("Checked as equal") == 3
    assert "page:check" not in latex


@pytest.mark.parametrize("builder", ["singlehtml", "text", "man", "epub"])
def test_other_builders_show_notes_and_checks(book, builder):
    book.settings["epub_show_urls"] = "no"
    book.write(page=equation("eq-a") + checked("eq-a") + "\n.. equation-list::\n")
    book.build(builder)
    assert "equation" not in book.warnings
    files = (book.folder / "_build" / builder).rglob("*")
    text = "".join(
        p.read_text("utf8") for p in files if p.suffix in (".html", ".txt", ".1", ".xhtml")
    )
    assert "Checked as equal" in text.replace("\n", " ")


def test_processes_that_read_pages_side_by_side_find_the_same(tmp_path):
    found = []
    for processes in (1, 2):
        book = Book(tmp_path / str(processes))
        book.folder.mkdir()
        pages = {
            f"p{n}": equation(f"eq-{n}") + checked(f"eq-{n}", error=n * 1e-17) for n in range(9)
        }
        book.write(**pages, bad=equation("eq-bad"), all="\n.. equation-list::\n")
        book.build(processes=processes)
        assert book.warnings.count("WARNING") == 1
        assert "the equation eq-bad has no check" in book.warnings
        found.append([book.text("all", ".equation-entry"), book.text("p7", ".equation-note")])
    assert found[0] == found[1]
    assert len(found[0][0]) == 10


def test_a_page_that_is_gone_is_forgotten(book):
    book.write(page=equation("eq-a") + checked("eq-a"), other=equation("eq-b"))
    book.build("dummy")
    assert "eq-b" in book.warnings
    (book.folder / "other.rst").unlink()
    book.write(page=equation("eq-a") + checked("eq-a"))
    book.build("dummy")
    assert "eq-b" not in book.warnings


@pytest.mark.parametrize("marks", [{"": "Anything"}, {"def-": ""}, {"def-": 1}])
def test_a_setting_that_would_mark_everything_or_nothing_is_refused(book, marks):
    book.settings["equation_checks_unchecked"] = marks
    book.write(page="")
    with pytest.raises(ConfigError, match="must map prefixes of labels to words"):
        book.build()


def test_another_sphinx_is_an_error_of_one_line_with_the_remedy(book, monkeypatch):
    monkeypatch.setitem(compat.OF_ENVIRONMENT, "titles_of_pages", dict)
    book.write(page="")
    with pytest.raises(
        ExtensionError, match=r"dict `titles_of_pages`; sphinx [\d.]+ is another.*pip"
    ):
        book.build()


def test_another_myst_nb_is_an_error_of_one_line_with_the_remedy(book, monkeypatch):
    book.settings["extensions"] = ["myst_nb", "sphinx_equation_checks"]
    monkeypatch.setattr(compat, "OUTPUT", ("nb_element", "another_bundle"))
    book.write(page="")
    with pytest.raises(
        ExtensionError, match=r'nb_element="another_bundle"; myst-nb [\d.]+ is another'
    ):
        book.build()


def test_every_kind_of_check_has_its_words():
    assert set(writer.WORDS) == set(MUST_NOTICE)
