"""What becomes of pages: equations and their checks, numbers that are not broken.

The pages of all tests here are built together.
"""

import json
import re

import pytest
from bs4 import BeautifulSoup

from kit.build.page_quality import EXPONENT

from .conftest import SmallBook, new_book

PAGE = """
$$
x = y
$$ (def-x)

$$
1 + 1 = 2
$$ (eq-two)

```{code-cell} ipython3
from kit.cells import check, check_bound
check("eq-two", [1 + 1, 2 + 2], [2, 4], terms=0)
check_bound("eq-two", [1.0, 1.0], [2.0, 4.0], terms=1)
```

```{eval-rst}
.. py:function:: double

   Implements :eq:`eq-two`.
```

```{equation-list}
```
"""


NUMBERS = """
```{code-cell} ipython3
from kit.cells import glue
glue(far=1.5e-16)
```

It is {glue:text}`far:.1e`, not `1e-8`; *about 3e-05*.
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> SmallBook:
    book = new_book(tmp_path_factory.mktemp("pages"))
    book.write(PAGE)
    book.add("numbers", NUMBERS)
    result = book.build()
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    return book


def soup(book: SmallBook, name: str) -> BeautifulSoup:
    html = book.root / "book" / "_build" / "html" / f"{name}.html"
    return BeautifulSoup(html.read_text("utf8"), "html.parser")


def test_a_page_shows_its_checks_links_them_and_lists_them(book):
    page = soup(book, "page")

    notes = [note.get_text().strip() for note in page.select(".equation-note")]
    assert notes[0] == "Definition."
    assert notes[1] == (
        "Checked as equal: no error, and none allowed. "
        "Checked as a bound: slack 2.5e-01, bound 4.4e-16. In code: double"
    )
    assert notes[2:] == [f"(2) {notes[0]}".replace("(2)", "(1)"), f"(2) {notes[1]}"]
    links = [link["href"] for link in page.select(".equation-note")[1].select("a")]
    assert links == ["#check-eq-two", "#check-eq-two-2", "#double"]

    lines = page.select("p.equation-check")
    assert lines[0].get_text() == "(2) holds: no error, and none allowed; 2 disturbances noticed"
    assert lines[0].a["href"] == "#equation-eq-two"
    assert [line["id"] for line in lines] == ["check-eq-two", "check-eq-two-2"]

    record = book.root / "book" / "_build" / "html" / "equation-checks.json"
    known = json.loads(record.read_text("utf8"))["page"]
    assert known["results"] == ["eq-two"]
    assert known["unchecked"] == ["def-x"]
    assert [check["kind"] for check in known["checks"]] == ["equal", "bound"]

    parts = page.select(".equation-list-part")
    assert [part.h2.a.get_text() for part in parts] == ["A page"]
    contents = page.select_one(".equation-list-contents")
    assert contents.get_text().strip() == "A page, 2 equations"
    assert contents.a["href"] == f"#{parts[0]['id']}"
    assert len(page.select('script[src*="equation-filter.js"]')) == 1

    again = book.build()
    assert again.returncode == 0
    page = soup(book, "page")
    assert [note.get_text().strip() for note in page.select(".equation-note")] == notes


@pytest.mark.parametrize(("name", "found"), [("page", 3), ("numbers", 2)])
def test_a_number_is_one_element_wherever_it_stands_in_a_sentence(book, name, found):
    article = soup(book, name).article
    whole = [part.extract().get_text() for part in article.select(".whole-number")]
    assert len(whole) >= found
    assert all(EXPONENT.fullmatch(number) for number in whole)
    for part in article.select("pre, script, code"):
        part.decompose()
    assert not re.search(r"\de-", article.get_text())
