"""The cache knows what a result depends on, and nothing else makes a page execute again."""

import re

import pytest

from .conftest import new_book

PAGE = """```{code-cell} ipython3
import uuid
import nnfs
from kit.cells import pencil, X_pencil
print("run", uuid.uuid4())
print("a1", nnfs.relu(-1.0), "file", nnfs.__file__)
```
"""


def run(html: str) -> str:
    found = re.search(r"run ([0-9a-f-]{36})", html)
    assert found
    return found.group(1)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return a book that has been built; each test changes it and leaves it built."""
    book = new_book(tmp_path_factory.mktemp("kept"))
    book.write(PAGE)
    result = book.build()
    assert result.returncode == 0, result.stderr
    return book


def test_a_change_of_prose_executes_nothing(built):
    first = run(built.html())
    built.write(PAGE + "\nAnother sentence.")
    assert built.build().returncode == 0
    assert "Another sentence." in built.html()
    assert run(built.html()) == first


def test_a_change_of_nnfs_is_not_served_from_the_cache(built):
    assert "a1 0.0" in built.html()
    functions = built.root / "nnfs" / "functions.py"
    source = functions.read_text("utf8")
    assert "np.maximum(Z, 0)" in source
    functions.write_text(source.replace("np.maximum(Z, 0)", "np.maximum(Z, 7)"), "utf8")
    assert built.build().returncode == 0
    assert "a1 7.0" in built.html()


CELLS = "book/kit/cells/running_example.py"
CHECKS = "packages/sphinx-equation-checks/sphinx_equation_checks/cells/statements.py"


@pytest.mark.exhaustive(share=1 / 3, of="file")
@pytest.mark.parametrize("path", [CHECKS, CELLS, "constraints.txt"])
def test_a_change_of_what_cells_depend_on_executes_again(built, path):
    first, caches = run(built.html()), built.caches()
    with (built.root / path).open("a", encoding="utf8") as file:
        file.write("\n# changed\n")
    assert built.build().returncode == 0
    assert run(built.html()) != first
    assert len(built.caches()) == 1, "the older cache is pruned"
    assert built.caches() != caches


@pytest.mark.exhaustive(share=1 / 3, of="file")
def test_a_foreign_package_of_the_same_name_is_not_used(small_book, tmp_path_factory):
    foreign = tmp_path_factory.mktemp("foreign")
    (foreign / "nnfs").mkdir()
    (foreign / "nnfs" / "__init__.py").write_text("raise RuntimeError('the foreign nnfs')\n")
    small_book.write(PAGE)
    result = small_book.build(PYTHONPATH=str(foreign))
    assert result.returncode == 0, result.stderr
    assert str(small_book.root / "nnfs" / "__init__.py") in small_book.html()


@pytest.mark.exhaustive(share=1 / 3, of="file")
def test_trained_networks_are_kept_for_the_digest(small_book):
    small_book.write(
        "```{code-cell} ipython3\n"
        "import os\nfrom kit.cells import trained\n"
        "calls = []\n"
        "twice = trained.memory.cache(lambda seed: calls.append(seed) or 2 * seed)\n"
        "print(twice(3), twice(3), 'calls', len(calls))\n"
        "print(trained.memory.location == os.environ['BOOK_TRAINED_CACHE'])\n"
        "```\n"
    )
    result = small_book.build()
    assert result.returncode == 0, result.stderr
    assert "True" in small_book.html()
    assert "6 6 calls 1" in small_book.html()
    (cache,) = small_book.caches()
    assert (small_book.root / "book" / "_build" / ".jupyter_cache" / cache / "trained").is_dir()


@pytest.mark.exhaustive(share=1 / 3, of="file")
def test_a_change_of_an_extension_writes_every_page_again_and_executes_none(built):
    first = run(built.html())
    extension = built.root / "book" / "kit" / "build" / "page_quality.py"
    source = extension.read_text("utf8")
    changed = source.replace('context["body"] = body', 'context["body"] = body + "<!-- new -->"')
    assert changed != source
    extension.write_text(changed, "utf8")
    assert built.build().returncode == 0
    assert "<!-- new -->" in built.html()
    assert run(built.html()) == first


@pytest.mark.exhaustive(share=1 / 3, of="file")
def test_the_list_of_fonts_is_the_builds_own(small_book):
    small_book.write(
        "```{code-cell} ipython3\nimport matplotlib\nprint(matplotlib.get_configdir())\n```\n"
    )
    assert small_book.build().returncode == 0
    (cache,) = small_book.caches()
    folder = small_book.root / "book" / "_build" / ".jupyter_cache" / cache / "matplotlib-"
    assert str(folder) in small_book.html()
    assert list(folder.parent.glob("matplotlib-*/fontlist-*.json"))
