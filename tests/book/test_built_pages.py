"""What becomes of pages: equations and their checks, numbers that are not broken.

The pages of all tests here are built together.
"""

import json
import re

import pytest
from bs4 import BeautifulSoup

from kit.build.content_policy import hashes
from kit.build.licences import NAME as LICENCES
from kit.build.licences import WORKS, unlisted
from kit.build.manifest import NAME, manifest
from kit.build.page_quality import EXPONENT
from sphinx_equation_checks.evidence import PAGE_CLAIMS

from .conftest import SmallBook, new_book

PAGE = """
Of all this {cite:p}`lecun1998` tells, and {cite:p}`cauchy1847`.

$$
x = y
$$ (def-x)

$$
1 + 1 = 2
$$ (eq-two)

```{code-cell} ipython3
:tags: [set-up]
from kit.cells import check, check_bound, claim, figure_style
figure_style()
```

```{code-cell} ipython3
---
tags: [check]
how: Whole numbers of {eq}`eq-two` are $x$, as {cite:t}`lecun1998` says.
---
check("eq-two", [1 + 1, 2 + 2], [2, 4], terms=0)
check_bound("eq-two", [1.0, 1.0], [2.0, 4.0], terms=1)
```

```{code-cell} ipython3
---
tags: [figure]
mystnb:
  image: {alt: "A line."}
  figure: {name: fig-line, caption: "A line."}
---
import matplotlib.pyplot as plt
plt.plot([1, 2]);
```

```{code-cell} ipython3
---
tags: [hide-input]
mystnb:
  image: {alt: "Another line."}
  figure: {name: fig-other-line, caption: "Another line."}
---
plt.plot([2, 1]);
```

```{code-cell} ipython3
:tags: [claim]
claim([1 < 2, 2 < 3], "one is less than two")
print(1)
```

```{eval-rst}
.. py:function:: double

   Implements :eq:`eq-two`.

   :returns: * **a** -- One.
             * **b** -- Two.
```

```{code-cell} ipython3
:tags: [hide-input]
from IPython.display import HTML
HTML("<style scoped>th { color: red; }</style><table class='dataframe'><tr><th>A</th></tr></table>")
```

```{equation-list}
```

```{bibliography}
```
"""


NUMBERS = """
```{code-cell} ipython3
from kit.cells import glue
glue(far=1.5e-16, share=87.2)
```

It is {glue:text}`far:.1e`, not `1e-8`; *about 3e-05*.

Of these {glue:text}`share:.1f` % are read, of those {glue:text}`share:.0f` % or
3 % of all, **12 %**, $p$ %, and `7 % 3` is 1.

````{tab-set}
```{tab-item} One
1
```
````

```{exercise}
:label: ex-one
One.
```

```{solution} ex-one
One.
```

```{exercise}
:label: ex-two
Two.
```

```{solution} ex-two
Two.
```
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


def test_titles_of_hidden_code_lists_of_results_and_tables_are_valid_html(book):
    page = soup(book, "page")
    titles = [title.get_text() for title in page.select("details.hide > summary > span")]
    assert titles == ["Show code cell source", "Hide code cell source"]
    assert page.select("summary p") == []
    results = page.select_one("dd.field-odd > ul")
    assert [item.get_text() for item in results("li")] == ["a – One.", "b – Two."]
    assert page.select("p ul") == []
    assert page.select_one("table.dataframe th").get_text() == "A"
    assert page.select("article style") == []


def test_the_script_of_tabs_is_only_where_there_are_tabs(book):
    loaded = [soup(book, name).select('script[src*="design-tabs"]') for name in ("page", "numbers")]
    assert [len(scripts) for scripts in loaded] == [0, 1]


def test_a_title_in_another_language_says_so_and_the_others_do_not(book):
    languages = soup(book, "page").select(".citation [lang]")
    assert [(title["lang"], title.get_text()[:16]) for title in languages] == [
        ("fr", "Méthode générale")
    ]


def test_the_manifest_is_that_of_the_site_as_it_was_built(book):
    html = book.root / "book" / "_build" / "html"
    listed = (html / NAME).read_text("utf8")
    assert listed == manifest(html)
    assert len(listed.splitlines()) == len(book.site()) - 2


def test_every_page_has_the_policy_of_its_scripts(book):
    pages = {name: text.decode() for name, text in book.site().items() if name.endswith(".html")}
    pages = {name: text for name, text in pages.items() if not name.startswith("_static")}
    assert len(pages) > 3
    for name, page in pages.items():
        assert page.count("Content-Security-Policy") == 1, name
        assert all(digest in page for digest in hashes(page))


def test_what_others_made_is_in_the_list_of_licences(book):
    assert unlisted(sorted(book.site())) == []
    text = book.site()[LICENCES].decode()
    assert all(work.name in text for work in WORKS if not work.name.startswith("Pyodide"))
    assert "comes with the distribution" not in text, "a licence's text was not found"


def test_a_page_shows_its_checks_links_them_and_lists_them(book):
    page = soup(book, "page")

    notes = [note.get_text().strip() for note in page.select("p.equation-note")]
    found = (
        "Checked as equal: no difference, and none allowed. "
        "Checked as a bound: the tightest entry has 2.5e-01 to spare. In code: double"
    )
    assert notes == ["Definition.", "(1) Definition.", f"(2) {found}"]
    listed = page.select(".equation-entry .equation-note")[1]
    links = [link["href"] for link in listed.select("a")]
    assert links == ["#equation-eq-two", "#check-eq-two", "#check-eq-two-2", "#double"]

    (below,) = page.select("div.equation-note")
    mark = below.select_one("details.equation-mark")
    assert mark.find_previous(class_="math")["id"] == "equation-eq-two"
    assert mark.summary["aria-label"] == "Check of equation (2): checked"
    assert mark.select_one(".equation-how .katex")
    assert mark.select_one(".equation-how a")["href"] == "#equation-eq-two"
    assert mark.select_one(".live-controls")["data-cell"] == "1"
    assert below.select_one(":scope > p a")["href"] == "#double"
    lines = page.select("p.equation-check")
    assert (
        lines[0]
        .get_text()
        .startswith("(2) holds: no difference, and none allowed. We also spoiled")
    )
    assert lines[0].a["href"] == "#equation-eq-two"
    assert [line["id"] for line in lines] == ["check-eq-two", "check-eq-two-2"]

    folds = page.select("article section > details.fold, article section > .cell > details.fold")
    names = [fold.summary.get_text() for fold in folds]
    assert names == ["Set-up", *["How this figure was drawn"] * 2, PAGE_CLAIMS]
    cells = [fold.select_one(".live-controls")["data-cell"] for fold in folds]
    assert cells == ["0", "2", "3", "4"]
    for code in folds[1:3]:
        assert code.parent.figure.find_next("details") == code
        assert code.select_one(".cell_input pre")
        assert not code.select("figure")
    claims = folds[3]
    assert [claim.get_text() for claim in claims.select("li")] == ["one is less than two"]
    assert claims.select_one(".cell_output").get_text().strip() == "1"
    assert not [
        cell for cell in page.select("div.cell > .cell_input") if not cell.find_parent("details")
    ]

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
    assert [note.get_text().strip() for note in page.select("p.equation-note")] == notes


@pytest.mark.parametrize(("name", "found"), [("page", 3), ("numbers", 2)])
def test_a_number_is_one_element_wherever_it_stands_in_a_sentence(book, name, found):
    article = soup(book, name).article
    whole = [part.extract().get_text() for part in article.select(".whole-number")]
    assert len(whole) >= found
    assert all(EXPONENT.fullmatch(number) for number in whole)
    for part in article.select("pre, script, code"):
        part.decompose()
    assert not re.search(r"\de-", article.get_text())


def test_a_per_cent_sign_stays_with_its_number(book):
    article = soup(book, "numbers").article
    assert "7 % 3" in article.get_text()
    (sentence,) = (p for p in article.select("p") if "Of these" in p.get_text())
    for hidden in sentence.select(".katex"):
        hidden.replace_with("p")
    words = sentence.get_text()
    for whole in ("87.2\u00a0% are", "87\u00a0% or", "3\u00a0% of", "12\u00a0%,", "p\u00a0%,"):
        assert whole in words
