"""Cells that are evidence: they fold into marks and lists, in books in which no cell runs.

The directive ``cell`` makes what MyST-NB makes of a cell with outputs.
"""

import pickle

import pytest
from docutils import nodes
from docutils.parsers.rst import Directive, directives
from sphinx.errors import ConfigError
from test_equation_pages import Book, checked, equation, output

from sphinx_equation_checks.cells.record import Confirmed
from sphinx_equation_checks.evidence import LEADS, PAGE_CLAIMS, PART_CLAIMS


class Cell(Directive):
    """A cell with tags, perhaps with `how`, and outputs."""

    has_content = True
    optional_arguments = 9
    option_spec = {"how": directives.unchanged}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        metadata = {"tags": self.arguments, **self.options}
        cell = nodes.container(nb_element="cell_code", cell_metadata=metadata, classes=["cell"])
        cell["exec_count"] = 1
        cell.source, cell.line = self.state.document.current_source, self.lineno
        code = nodes.container(nb_element="cell_code_source", classes=["cell_input"])
        code += nodes.literal_block("", "code" + "".join(self.arguments))
        shown = nodes.container(nb_element="cell_code_output", classes=["cell_output"])
        self.state.nested_parse(self.content, self.content_offset, shown)
        cell += [code, shown] if shown.children else [code]
        return [cell]


directives.register_directive("cell", Cell)


@pytest.fixture
def book(tmp_path):
    book = Book(tmp_path)
    book.settings["extensions"] = ["myst_parser", "sphinx_equation_checks"]
    book.settings["myst_enable_extensions"] = ["dollarmath"]
    return book


def cell(*tags: str, outputs: str = "", how: str = "") -> str:
    option = f"   :how: {how}\n" if how else ""
    body = outputs.replace("\n", "\n   ")
    return f"\n.. cell:: {' '.join(tags)}\n{option}\n{body}\n"


def check_cell(*labels: str, how: str = "Both are counted.", **record) -> str:
    return cell("check", outputs="".join(checked(x, **record) for x in labels), how=how)


def claimed(*texts: str) -> str:
    return "".join(output(Confirmed(text)._repr_html_()) for text in texts)


def marks(book, name="page"):
    return book.page(name).select("details.equation-mark")


def test_a_check_moves_into_the_mark_of_its_equation(book):
    book.write(page=equation("eq-a") + "\nProse.\n" + check_cell("eq-a") + "\nMore.\n")
    book.build()
    assert book.warnings == ""
    (mark,) = marks(book)
    assert mark.find_previous("div", class_="math")["id"] == "equation-eq-a"
    assert mark.find_next_sibling("p") is None
    assert [text.get_text() for text in book.page("page").select("section > p")] == [
        "Prose.",
        "More.",
    ]
    assert mark.summary.get_text() == "checked"
    assert mark.summary["aria-label"] == "Check of equation (1): checked"
    assert mark.select_one(".equation-how").get_text().strip() == f"{LEADS[0]} Both are counted."
    assert mark.select_one(".cell pre").get_text() == "codecheck\n"
    assert "holds: no difference" in mark.select_one("#check-eq-a").get_text()
    assert book.dangling() == []


def test_what_an_author_says_is_markdown_with_formulas_and_references(book):
    how = "The *sum* of $x^2$, see {eq}`eq-b` and `code`."
    text = equation("eq-a") + check_cell("eq-a", how=how) + equation("eq-b") + check_cell("eq-b")
    book.write(page=text)
    book.build()
    assert book.warnings == ""
    said = marks(book)[0].select_one(".equation-how")
    assert said.select("em")[1].get_text() == "sum"
    assert "x^2" in said.select_one(".math").get_text()
    assert said.a["href"] == "#equation-eq-b"
    assert said.code.get_text() == "code"


def test_several_checks_of_an_equation_share_its_mark(book):
    book.write(
        page=equation("eq-a") + check_cell("eq-a") + "\nText.\n" + check_cell("eq-a", how="Twice.")
    )
    book.build()
    (mark,) = marks(book)
    assert [how.em.get_text() for how in mark.select(".equation-how")] == list(LEADS)
    assert [line["id"] for line in mark.select(".equation-check")] == ["check-eq-a", "check-eq-a-2"]


def test_a_cell_of_several_equations_stands_under_the_last_and_the_others_link_there(book):
    first, last = equation("eq-a"), equation("eq-b")
    book.write(page=first + check_cell("eq-b", "eq-a") + "\nText.\n" + last + equation("def-c"))
    book.build()
    assert book.warnings == ""
    (mark,) = marks(book)
    assert mark.find_previous("div", class_="math")["id"] == "equation-eq-b"
    link = book.page("page").select_one(".equation-note p.checked a")
    assert (link.get_text(), link["href"]) == ("checked with (2)", "#check-eq-a")
    assert book.dangling() == []


def test_an_equation_with_a_mark_of_its_own_names_the_others(book):
    text = equation("eq-a") + check_cell("eq-a") + equation("eq-b") + check_cell("eq-b", "eq-a")
    book.write(page=text + cell(outputs=checked("eq-a")))
    book.build()
    assert book.warnings == ""
    more = marks(book)[0].select_one(".equation-more").get_text()
    assert more.strip() == "Also checked with (2), checked."
    assert book.dangling() == []


def test_a_check_without_the_tag_stays_where_it_is(book):
    book.write(page=equation("eq-a") + cell("other", outputs=checked("eq-a")))
    book.build()
    assert marks(book) == []
    assert book.text("page", ".equation-note")[0].startswith("Checked as equal: no difference")


def test_a_check_of_another_page_is_folded_at_its_place(book):
    book.settings["equation_checks_elsewhere"] = True
    book.write(theory=equation("eq-a"), numbers="\nText.\n" + check_cell("eq-a"))
    book.build()
    assert book.warnings == ""
    (mark,) = marks(book, "numbers")
    assert mark.summary.get_text() == "checked: (1)"
    assert "difference" in book.text("theory", ".equation-note")[0]
    assert book.dangling() == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (equation("eq-a") + check_cell("eq-a", how=""), "the check of eq-a does not say how"),
        (cell("check", how="It is."), "a cell with the tag check checks nothing"),
        (equation("eq-a") + check_cell("eq-a", how="See {eq}`eq-none`."), "eq-none"),
        (
            output('<p class="claim-confirmed" data-claim="a">x</b>'),
            "a claim has no readable record",
        ),
    ],
)
def test_evidence_that_is_not_whole_is_a_warning_with_its_page(book, text, words):
    book.write(page=text)
    book.build()
    assert words in book.warnings
    assert "/page.rst:" in book.warnings
    assert book.warnings.count("WARNING") == 1


FAILED = "\n.. code-block:: text\n   :class: output traceback\n\n   AssertionError: eq-a fails\n"


def test_of_a_check_that_failed_is_not_said_that_it_checks_nothing(book):
    idle = cell("check", how="It is.")
    book.write(page=equation("eq-a") + cell("check", outputs=FAILED, how="Counted."), other=idle)
    book.build()
    assert book.warnings.count("WARNING") == 1
    assert "/other.rst:4: WARNING: a cell with the tag check checks nothing" in book.warnings


def test_claims_are_silent_and_listed_at_the_end(book):
    text = "\nOne.\n" + cell("claim", outputs=claimed("a < b", "c is d", "a < b"))
    text += "\nPart\n----\n\nTwo.\n" + cell(outputs=claimed("seen")) + "\nLast.\n"
    book.write(page=text)
    book.build()
    assert book.warnings == ""
    page = book.page("page")
    (claims,) = page.select("details.claims")
    assert claims.summary.get_text() == PAGE_CLAIMS
    assert [item.get_text() for item in claims.select("li")] == ["a < b", "c is d", "seen"]
    assert claims.find_next("p", string="Last.") is None
    code = claims.select_one("details.claim-code")
    assert code.summary["aria-label"] == "The code: a < b"
    assert code.select_one("pre").get_text() == "codeclaim\n"
    (elsewhere,) = [link for link in claims.select("a") if link.get_text() == "In its cell"]
    target = page.find(id=elsewhere["href"].removeprefix("#"))
    assert target.find("pre").get_text() == "code\n"
    assert not page.select(".cell .claim-confirmed")
    assert not page.select(".cell_output")


def test_claims_within_a_directive_are_listed_at_its_end(book):
    inner = cell("claim", outputs=claimed("the answer")).replace("\n", "\n   ")
    book.write(
        page=f"\n.. note::\n\n   Solved.\n{inner}\n\nText.\n" + cell("claim", outputs=claimed("a"))
    )
    book.build()
    assert book.warnings == ""
    note = book.page("page").select_one("div.note")
    assert note.select_one("details.claims > summary").get_text() == PART_CLAIMS
    assert [item.get_text() for item in note.select("li")] == ["the answer"]
    last = book.page("page").select("section > details.claims li")
    assert [item.get_text() for item in last] == ["a"]


def test_a_mark_links_to_the_page_that_explains_checks_if_the_book_has_it(book):
    book.settings["equation_checks_explained"] = "How-Checks"
    text = equation("eq-a") + check_cell("eq-a")
    book.write(page=text)
    book.build()
    assert book.warnings == ""
    assert not marks(book)[0].select(".equation-more")
    book.write(page=text, about="\n.. _how-checks:\n\nChecks\n------\n\nThey check.\n")
    book.build()
    link = marks(book)[0].select_one(".equation-more a")
    assert (link.get_text(), link["href"]) == ("How checks work", "about.html#how-checks")
    assert book.dangling() == []


PRINTED = equation("eq-a") + check_cell("eq-a") + cell("claim", outputs=claimed("a claim"))


@pytest.mark.parametrize("printed", ["folded", "open"])
def test_evidence_is_printed_or_not(book, printed):
    book.settings["equation_checks_print"] = printed
    book.write(page=PRINTED)
    book.build()
    folds = book.page("page").select("details.fold")
    assert len(folds) == 3
    assert {fold.get("data-print") for fold in folds} == {"open" if printed == "open" else None}


@pytest.mark.parametrize("builder", ["latex", "text", "man", "epub"])
@pytest.mark.parametrize("printed", ["folded", "open"])
def test_other_builders_tell_what_was_found_and_the_rest_if_asked(book, builder, printed):
    book.settings |= {"equation_checks_print": printed, "epub_show_urls": "no"}
    book.write(page=PRINTED + "\n.. equation-list::\n")
    book.build(builder)
    assert "page.rst" not in book.warnings
    files = (book.folder / "_build" / builder).rglob("*")
    endings = (".tex", ".txt", ".1", ".xhtml")
    text = " ".join(p.read_text("utf8") for p in files if p.suffix in endings)
    text = " ".join(text.split())
    shown = printed == "open" or builder == "epub"
    assert "Checked as equal" in text
    for evidence in ("codecheck", "Both are counted", "a claim", "codeclaim"):
        assert (evidence in text) == shown, evidence


def test_a_way_of_printing_that_is_none_is_refused(book):
    book.settings["equation_checks_print"] = "closed"
    book.write(page="")
    with pytest.raises(ConfigError, match="must be one of folded, open; got 'closed'"):
        book.build()


def test_the_search_finds_what_is_folded(book):
    book.write(page=equation("eq-a") + check_cell("eq-a", how="Marzipan decides."))
    book.build()
    index = (book.folder / "_build" / "html" / "searchindex.js").read_text("utf8")
    assert "marzipan" in index


def test_the_record_for_programs_tells_what_is_folded(book):
    book.write(page=equation("eq-a") + check_cell("eq-a") + cell("claim", outputs=claimed("x")))
    book.build()
    text = (book.folder / "_build" / "html" / "equation-checks.json").read_text("utf8")
    assert '"folded": true' in text
    assert '"claims": [\n   "x"\n  ]' in text


def test_what_is_kept_of_a_page_holds_its_words_and_no_other_page(book):
    book.write(page=equation("eq-a") + check_cell("eq-a", how="Both are *counted*."))
    book.build()
    kept = pickle.loads((book.folder / "_build/doctrees/page.doctree").read_bytes())
    (said,) = [node for node in kept.findall(nodes.emphasis) if node.astext() == "counted"]
    assert said.document is kept
    assert {node.document for node in kept.findall()} == {kept}
