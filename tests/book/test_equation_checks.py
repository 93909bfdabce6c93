"""Equations know their checks, checks their equations, functions both, on a page of a test's own
and in the built site."""

import inspect
import json
import re
from pkgutil import resolve_name
from urllib.parse import urlparse

import pytest
from bs4 import BeautifulSoup

import nnfs
from nnfs import functions, network
from sphinx_equation_checks.evidence import PAGE_CLAIMS

from .pages import all_pages

PAGE = """
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
how: Whole numbers of {eq}`eq-two` are $x$.
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
    assert lines[0].get_text().startswith("(2) holds: no difference, and none allowed. Spoiled")
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
    assert [
        n.get_text().strip() for n in soup(small_book.html()).select("p.equation-note")
    ] == notes


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


def test_every_mark_of_the_site_opens_on_words_and_leads_to_the_explanation(site, record):
    folded = {name for name, page in record.items() if any(c["folded"] for c in page["checks"])}
    for name in folded:
        for mark in soup((site / f"{name}.html").read_text("utf8")).select("details.equation-mark"):
            assert len(mark.select(".equation-how")) == len(mark.select(".tag_check"))
            links = [link["href"] for link in mark.select(".equation-more a")]
            assert links[-1].endswith("how-checks-work")


def test_the_appendix_lists_every_equation(site, record):
    page = soup((site / "appendices" / "equations.html").read_text("utf8"))
    entries = page.select(".equation-entry")
    linked = {urlparse(entry.select_one(".equation-note a")["href"]).fragment for entry in entries}
    everything = [label for p in record.values() for label in p["results"] + p["unchecked"]]
    assert linked == {f"equation-{label}" for label in everything}
    assert len(entries) == len(everything)


def documented() -> dict[str, object]:
    """What the API page describes, by its dotted name."""
    page = next(page for page in all_pages() if page.docname == "appendices/api")
    names = re.findall(r"^\.\. auto\w+:: (\S+)", page.body, re.MULTILINE)
    return {name: resolve_name(name) for name in names}


def equations_of(thing: object) -> list[str]:
    return re.findall(r":eq:`([\w-]+)`", inspect.getdoc(thing) or "")


DOCUMENTED = documented()
CITING = {name: labels for name in DOCUMENTED if (labels := equations_of(DOCUMENTED[name]))}
WITHOUT_EQUATION = {
    "nnfs.load_mnist": "reads files",
    "nnfs.data.read_images": "reads a file",
    "nnfs.read_picture": "reads a file",
    "nnfs.prepare_picture": "is the preparation of MNIST",
    "nnfs.save_parameters": "writes a file",
    "nnfs.load_parameters": "reads a file",
    "nnfs.network.trained_on": "notes a range",
    "nnfs.network.with_activation": "notes an activation",
    "nnfs.network.named": "names blocks",
    "nnfs.activations.register": "keeps a name",
    "nnfs.predict": "takes the largest logit of forward",
    "nnfs.accuracy": "counts",
    "nnfs.train": "runs steps",
    "nnfs.tiles.takes_tiles": "marks a function",
    "nnfs.optimizers.sgd": "is update at every step",
    "nnfs.schedules.planned": "chooses one of three",
    "nnfs.autograd.gradient": "puts nodes together",
    "nnfs.batches.objective": "opens one of two others",
    "nnfs.early_stopping.stop_early": "compares scores",
    "nnfs.layers.gradient": "calls forward and backward",
    "nnfs.optimizers.adamw": "is decayed(adam())",
    "nnfs.schedules.constant": "is one number",
}


def test_every_public_name_is_on_the_api_page():
    assert {f"nnfs.{name}" for name in nnfs.__all__} <= set(DOCUMENTED)
    for module in (functions, network):
        own = {f"{module.__name__}.{name}" for name in functions_defined(module)}
        public = {f"{module.__name__}.{name}" for name in nnfs.__all__}
        assert own - public <= set(DOCUMENTED)


def functions_defined(module) -> set[str]:
    return {
        name
        for name, thing in vars(module).items()
        if inspect.isfunction(thing)
        and thing.__module__ == module.__name__
        and not name.startswith("_")
    }


@pytest.mark.parametrize(
    "name", [name for name in DOCUMENTED if inspect.isroutine(DOCUMENTED[name])]
)
def test_a_function_says_which_equation_it_is_unless_it_is_none(name):
    assert (name in CITING) != (name in WITHOUT_EQUATION)


@pytest.mark.parametrize("name", sorted(CITING))
def test_function_and_equation_link_to_each_other(site, name):
    api = soup((site / "appendices" / "api.html").read_text("utf8"))
    found = [term for term in api.select("dt.sig[id]") if term["id"] == name]
    assert len(found) == 1
    description = found[0].find_next_sibling("dd")
    there = [link["href"] for link in description.select('a[href*="#equation-"]')]
    assert {urlparse(href).fragment for href in there} == {f"equation-{x}" for x in CITING[name]}
    for href in there:
        address = urlparse(href)
        page = soup((site / "appendices" / address.path).resolve().read_text("utf8"))
        note = page.find(id=address.fragment).find_next(class_="equation-note")
        back = [link["href"] for link in note.select("a")]
        assert any(link.endswith(f"api.html#{found[0]['id']}") for link in back)
