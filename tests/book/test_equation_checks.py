"""Equations know their checks, and checks their equations, on a page of a test's own and in the
built site."""

import json
import re
from urllib.parse import urlparse

import pytest
from bs4 import BeautifulSoup

from .pages import all_pages

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


def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def test_a_page_shows_its_checks_links_them_and_lists_them(small_book):
    small_book.write(PAGE)
    result = small_book.build()
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    page = soup(small_book.html())

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

    record = small_book.root / "book" / "_build" / "html" / "equation-checks.json"
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

    again = small_book.build()
    assert again.returncode == 0
    assert [n.get_text().strip() for n in soup(small_book.html()).select(".equation-note")] == notes


@pytest.fixture(scope="module")
def record(site) -> dict:
    return json.loads((site / "equation-checks.json").read_text("utf8"))


def test_every_result_of_the_book_has_a_check_that_was_seen_to_fail(record):
    checks = 0
    for page in record.values():
        assert set(page["results"]) <= {check["label"] for check in page["checks"]}
        for check in page["checks"]:
            checks += 1
            assert check["error"] <= check["bound"]
            assert len(check["noticed"]) >= (1 if check["kind"] == "zero" else 2)
            assert check["bound"] < 1e-4
    assert checks >= 60


def test_the_record_knows_every_labelled_equation_of_the_sources(record):
    for page in all_pages():
        labels = re.findall(r"^\$\$ \(([\w-]+)\)", page.body, re.MULTILINE)
        known = record.get(page.docname, {"results": [], "unchecked": []})
        assert sorted(labels) == sorted(known["results"] + known["unchecked"])


def test_the_appendix_lists_every_equation(site, record):
    page = soup((site / "appendices" / "equations.html").read_text("utf8"))
    entries = page.select(".equation-entry")
    linked = {urlparse(entry.select_one(".equation-note a")["href"]).fragment for entry in entries}
    everything = [label for p in record.values() for label in p["results"] + p["unchecked"]]
    assert linked == {f"equation-{label}" for label in everything}
    assert len(entries) == len(everything)
