"""Two builds of the same sources give the same site apart from measured times, which are marked."""

import os
import shutil
from pathlib import Path

import pytest
import yaml

from tests import built_site

from .conftest import SmallBook, new_book
from .two_sites import differences

PAGE = """
Of this {cite:p}`lecun1998` tells, and {numref}`fig-line` shows it.

$$
1 + 1 = 2
$$ (eq-two)

```{code-cell} ipython3
:tags: [set-up]
import numpy as np
from kit.cells import check, claim, figure_style, glue
figure_style()
```

```{code-cell} ipython3
---
tags: [check]
how: Sums of whole numbers, as {cite:t}`lecun1998` says.
---
check("eq-two", [1 + 1, 2 + 2], [2, 4], terms=0)
```

```{code-cell} ipython3
---
tags: [figure]
mystnb:
  image: {alt: "A line."}
  figure: {name: fig-line, caption: "A line."}
---
import matplotlib.pyplot as plt
fig, (left, right) = plt.subplots(1, 2)
left.plot([1, 2])
left.fill_between([0, 1], [1, 2], hatch="//")
right.imshow(np.eye(3))
right.scatter([0, 1], [1, 2], clip_on=True);
```

```{code-cell} ipython3
glue(words=" ".join(sorted({"one", "two", "three"})))
object
```

It is {glue:text}`words`.
"""
MEASURES = """
```{code-cell} ipython3
import os, time
from kit.cells import glue
glue(took=time.time() % 1000)
print(time.time())
```

It took {glue:text}`took:.3f` s.

```{nb-exec-table}
```
"""


def book_in(folder: Path) -> SmallBook:
    folder.mkdir()
    book = new_book(folder)
    path = book.root / "book" / "_config.yml"
    settings = yaml.safe_load(path.read_text("utf8"))
    settings["sphinx"]["config"]["execute_alone"] = ["measures"]
    path.write_text(yaml.safe_dump(settings), "utf8")
    book.write(PAGE)
    book.add("measures", MEASURES)
    book.add(
        "works", "See {ref}`there <sources>`.\n\n(sources)=\n## Sources\n\n```{bibliography}\n```"
    )
    return book


def html(book: SmallBook) -> Path:
    return book.root / "book" / "_build" / "html"


@pytest.mark.exhaustive(share=1)
def test_two_builds_of_a_small_book_in_two_places_differ_in_marked_times_only(tmp_path):
    one, other = book_in(tmp_path / "one"), book_in(tmp_path / "another name é")
    seeds = {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"}, {"PYTHONHASHSEED": "7", "TZ": "UTC"}
    for book, environment in zip((one, other), seeds, strict=True):
        result = book.build(**environment)
        assert result.returncode == 0, result.stderr[-2000:]
    assert one.site()["measures.html"] != other.site()["measures.html"]
    assert differences(html(one), html(other)) == []


@pytest.fixture
def sites(tmp_path) -> tuple[Path, Path]:
    files = {
        "index.html": '<article><span class="pasted-text">1</span></article>',
        "page.html": '<article><div class="cell_output">1</div>x</article>'
        '<p class="edition measured-times">Times</p>',
        "searchindex.js": 'Search.setIndex({"docnames": ["index", "page"], '
        '"terms": {"17": 1, "a": [0, 1]}, "titleterms": {}})',
        "a.js": "x",
        "previews/page.js": "1",
        "SHA256SUMS": "1",
    }
    for site in ("one", "other"):
        for name, text in files.items():
            path = tmp_path / site / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf8")
    return tmp_path / "one", tmp_path / "other"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("page.html", ">1<", ">2<"),
        ("searchindex.js", '"17": 1', '"18": 1'),
        ("previews/page.js", "1", "2"),
        ("SHA256SUMS", "1", "2"),
    ],
)
def test_measured_times_and_what_follows_from_them_may_differ(sites, name, old, new):
    path = sites[1] / name
    path.write_text(path.read_text("utf8").replace(old, new), "utf8")
    assert differences(*sites) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("index.html", ">1<", ">2<"),
        ("page.html", "x", "y"),
        ("page.html", "measured-times", ""),
        ("searchindex.js", '"a": [0, 1]', '"b": [0, 1]'),
        ("a.js", "x", "y"),
        ("new.js", "", "1"),
        ("_images/1.svg", "", "1"),
    ],
)
def test_any_other_difference_is_told(sites, name, old, new):
    path = sites[1] / name
    path.parent.mkdir(exist_ok=True)
    before = path.read_text("utf8") if path.exists() else ""
    path.write_text(before.replace(old, new) if old else new, "utf8")
    if name.startswith("_images/"):
        (sites[1] / "index.html").write_text("<img src='_images/1.svg'>", "utf8")
    assert any(name.removesuffix(".html") in line for line in differences(*sites))


@pytest.mark.site
@pytest.mark.exhaustive(share=0)
@pytest.mark.skipif("BOOK_SITE" in os.environ, reason="a given site may be of other sources")
def test_two_builds_of_the_whole_book_differ_in_marked_times_only(site, tmp_path):
    again = tmp_path / "again"
    built_site.build(again, tmp_path / "clone")
    assert differences(site, again) == []
    shutil.rmtree(tmp_path / "clone")
