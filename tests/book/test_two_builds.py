"""Two builds of the same sources give the same site apart from measured times, which are marked."""

import json
import os
import shutil
from pathlib import Path

import pytest
import yaml

from tests import built_site

from .conftest import ROOT, SmallBook, new_book
from .two_sites import UNLIKE, build_twice, differences, main

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


# Chapters of other kinds: what is played with, the functions of nnfs, terms, faults of others.
OTHER_KINDS = {
    "derive/relu": """
```{code-cell} ipython3
:tags: [remove-cell]
import numpy as np
from kit.cells import X_pencil, pencil, y_pencil
from kit.widgets.playing.cells import Grid, StepThrough, keep
keep("step", StepThrough(pencil, X_pencil, y_pencil, alpha=0.5))
loss = np.exp(-np.outer([0.1, 0.5], np.arange(3)))
keep("rates", Grid({"alpha": [0.1, 0.5]}, {"loss": loss}, says="With {alpha}.",
                   x=("step", [0, 1, 2]), y="loss"))
```

```{plaything} step
:name: fig-step
Stages.

Guess first.
```

```{plaything} rates
:name: fig-rates
Rates.

Guess first.
```

See {numref}`fig-step` and {numref}`fig-rates`.

```{marked-exercise} relu
```
""",
    "functions": """
```{eval-rst}
.. autofunction:: nnfs.load_mnist
.. autoclass:: nnfs.MNIST
.. autofunction:: nnfs.read_picture
.. autoexception:: nnfs.DataError
```
""",
    "terms": """
```{glossary}
weight
  What a {term}`unit` multiplies by, as {cite:t}`lecun1998` says.

unit
  What has {term}`weights <weight>`. {func}`nnfs.load_mnist` has none.
```
""",
    "faults": """
**No loss, no gradient.** A paper {cite:p}`stept` says “it works”. Each {term}`weight` moves:

```{code-cell} ipython3
:tags: [claim]
import subprocess
import sys

import numpy as np
import nnfs
from kit.cells import claim
start = nnfs.init_params(7, 5, 3, seed=0)
claim(len({weight.tobytes() for weight in start}) == 4, "all four differ")
told = subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, text=True)
```

```{code-cell} ipython3
print(told.stdout, np.linalg.norm(start.W1), {*"abc"} == {*"cba"})
start
```
""",
}


def book_in(folder: Path) -> SmallBook:
    folder.mkdir()
    book = new_book(folder)
    path = book.root / "book" / "_config.yml"
    settings = yaml.safe_load(path.read_text("utf8"))
    settings["sphinx"]["config"]["execute_alone"] = ["measures"]
    path.write_text(yaml.safe_dump(settings), "utf8")
    # Numbered pages have notebooks, and these a wheel.
    for name in ("pyproject.toml", "requirements.txt", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, book.root)
    path = book.root / "book" / "_toc.yml"
    toc = yaml.safe_load(path.read_text("utf8"))
    path.write_text(yaml.safe_dump({**toc, "defaults": {"numbered": True}}), "utf8")
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
    for book, environment in zip((one, other), UNLIKE.values(), strict=True):
        result = book.build(**environment)
        assert result.returncode == 0, result.stderr[-2000:]
    for name in ("measures.html", "measures.ipynb"):
        assert one.site()[name] != other.site()[name]
    assert differences(html(one), html(other)) == []


@pytest.mark.exhaustive(share=0)
def test_two_builds_of_a_book_with_chapters_of_all_kinds_differ_in_marked_times_only(tmp_path):
    books = []
    for name, environment in UNLIKE.items():
        book = book_in(tmp_path / name)
        (book.root / "book" / "derive").mkdir()
        for page, text in OTHER_KINDS.items():
            book.add(page, text)
        result = book.build(**environment)
        assert result.returncode == 0, result.stderr[-2000:]
        books.append(book)
    assert differences(*map(html, books)) == []
    one, other = (book.site() for book in books)
    unlike = {name for name in one.keys() & other.keys() if one[name] != other[name]}
    expected = {"measures.html", "measures.ipynb", "searchindex.js", "SHA256SUMS", ".buildinfo"}
    assert "measures.html" in unlike
    assert unlike <= expected | {"previews/measures.js"}


@pytest.fixture
def sites(tmp_path) -> tuple[Path, Path]:
    files = {
        "index.html": '<article><span class="pasted-text">1</span></article>',
        "page.html": '<article><div class="cell_output">1</div>x</article>'
        '<p class="edition measured-times">Times</p>',
        "searchindex.js": 'Search.setIndex({"docnames": ["index", "page"], '
        '"terms": {"17": 1, "a": [0, 1]}, "titleterms": {}})',
        "a.js": "x",
        "page.ipynb": json.dumps('It took <span class="measured">1</span> s, as before.'),
        "index.ipynb": json.dumps('It took <span class="measured">1</span> s.'),
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
        ("page.ipynb", ">1<", ">2 **ms**<"),
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
        ("page.ipynb", "before", "after"),
        ("index.ipynb", ">1<", ">2<"),
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


def test_the_command_builds_twice_and_lists_what_differs(sites, tmp_path, monkeypatch, capsys):
    built = []

    def build(site, clone, **environment):
        built.append((site, clone, environment["PYTHONHASHSEED"]))
        sites[len(built) - 1].rename(site)

    monkeypatch.setattr(built_site, "build", build)
    (sites[1] / "a.js").write_text("y", "utf8")
    assert main(["--build", str(tmp_path / "twice")]) == 1
    assert capsys.readouterr().out == "a.js: 'x' and 'y'\n"
    for one, other in zip(*built, strict=True):
        assert one != other
    with pytest.raises(FileExistsError):
        build_twice(tmp_path / "twice")


def test_the_command_compares_two_sites(sites, capsys):
    assert main(list(map(str, sites))) == 0
    assert capsys.readouterr().out == "no difference but measured times\n"
    with pytest.raises(SystemExit):
        main([str(sites[0])])


@pytest.mark.site
@pytest.mark.exhaustive(share=0)
@pytest.mark.skipif("BOOK_SITE" in os.environ, reason="a given site may be of other sources")
def test_two_builds_of_the_whole_book_differ_in_marked_times_only(site, tmp_path):
    again = tmp_path / "again"
    built_site.build(again, tmp_path / "clone", **UNLIKE["another name é"])
    assert differences(site, again) == []
