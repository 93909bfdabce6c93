"""The plain command gives the same site in every environment, and other entrances lead to it."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from html import unescape
from importlib import metadata
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

import nnfs_book
from kit.build import execution_cache, own_environment

from .conftest import HEADER, ROOT, SmallBook

PAGE = r"""```{code-cell} ipython3
import sys, time
import matplotlib, pandas, threadpoolctl
import nnfs
from kit.cells import figure_style, glue, linear
names = [module.__file__.replace("\\", "/").split("/") for module in (linear, nnfs)]
folders = [names[0][-3], names[1][-2]]
print(folders, nnfs.softmax.__module__, hasattr(__builtins__, "hostile"))
print(time.strftime("%H:%M", time.localtime(0)), {"a", "b", "c"}, sys.flags.optimize)
print(all(pool["num_threads"] == 1 for pool in threadpoolctl.threadpool_info()))
print(matplotlib.get_backend(), "é ∑")
```

```{code-cell} ipython3
1 + 1
2 + 2
```

```{code-cell} ipython3
---
mystnb: {image: {alt: A line}, figure: {name: fig-line, caption: A line}}
---
import matplotlib.pyplot as plt
figure_style()
plt.plot([1, 2, 3])
plt.title("é");
```

See {numref}`fig-line`. "Words" and {glue:text}`third:.2f` -- it's a third.

```{code-cell} ipython3
glue(third=1 / 3)
pandas.DataFrame({f"column {number}": [1.5] * 2 for number in range(12)})
```

```{eval-rst}
.. autofunction:: nnfs.accuracy
```
"""

FOREIGN = ("nnfs", "kit", "checked", "shown", "linear", "trained", "sphinx_equation_checks")


def tool(name: str) -> str:
    """Return the path of a command of this environment."""
    return str(shutil.which(name, path=str(Path(sys.executable).parent)))


def run(book, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [tool(command[0]), *command[1:]],
        cwd=book.root,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf8",
        errors="replace",
        stdin=subprocess.DEVNULL,
        check=False,
    )


def site(book, folder: str = "book/_build/html") -> dict[str, bytes]:
    html = book.root / folder
    found = (path for path in html.rglob("*") if path.is_file())
    return {path.relative_to(html).as_posix(): path.read_bytes() for path in found}


def built(book, **environment: str) -> dict[str, bytes]:
    book.write(PAGE)
    result = run(book, "jupyter-book", "build", "book", **environment)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-3000:]
    return site(book)


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def copied(book: SmallBook, root: Path) -> SmallBook:
    """Return the same book in another folder."""
    shutil.copytree(book.root, root, symlinks=True)
    return SmallBook(root)


@pytest.fixture(scope="module")
def kept() -> dict[str, bytes]:
    return {}


@pytest.fixture
def usual(kept, small_book, tmp_path_factory) -> dict[str, bytes]:
    """Return the files of the site as it is built where nothing is set, built once."""
    if not kept:
        kept.update(built(copied(small_book, tmp_path_factory.mktemp("usual") / "clone")))
    found = kept
    page = unescape(found["page.html"].decode("utf8"))
    assert "['kit', 'nnfs'] nnfs.functions False" in page
    assert "inline" in page
    assert "\nTrue\n" in page, "one thread for BLAS"
    return found


def settings_of_a_reader(folder: Path) -> dict[str, str]:
    """Write what readers have in their homes, and return variables that lead to it."""
    foreign = folder / "foreign"
    for name in FOREIGN:
        (foreign / name).mkdir(parents=True)
        (foreign / name / "__init__.py").write_text(f"raise RuntimeError('foreign {name}')\n")
    # pandas uses it where it is.
    (foreign / "numexpr.py").write_text("raise RuntimeError('foreign numexpr')\n")
    (foreign / "sitecustomize.py").write_text("import builtins\nbuiltins.hostile = True\n")
    styles = folder / "matplotlib" / "matplotlibrc"
    styles.parent.mkdir()
    styles.write_text("lines.linewidth: 9\nfont.family: serif\nsvg.fonttype: none\n")
    profile = folder / "ipython" / "profile_default"
    (profile / "startup").mkdir(parents=True)
    (profile / "startup" / "00.py").write_text("print('a startup file')\n")
    (profile / "ipython_config.py").write_text(
        "c.InteractiveShell.ast_node_interactivity = 'all'\n"
        "c.InteractiveShellApp.exec_lines = ['print(1)']\n"
    )
    kernel = folder / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    other = {"argv": ["no-such-python"], "display_name": "Another", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(other))
    home = folder / "home"
    shutil.copytree(folder / "ipython", home / ".ipython")
    shutil.copytree(folder / "jupyter", home / ".local" / "share" / "jupyter")
    shutil.copytree(folder / "matplotlib", home / ".config" / "matplotlib")
    docutils = home / ".docutils"
    docutils.write_text("[general]\nsmart_quotes: yes\nraw_enabled: no\n")
    (folder / "start.py").write_text("raise RuntimeError('a startup file of Python')\n")
    return {
        "HOME": str(home),
        "PYTHONPATH": str(foreign),
        "PYTHONSTARTUP": str(folder / "start.py"),
        "MATPLOTLIBRC": str(styles),
        "MPLCONFIGDIR": str(styles.parent),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_PATH": str(folder / "jupyter"),
        "JUPYTER_DATA_DIR": str(folder / "jupyter"),
        "JUPYTER_CONFIG_DIR": str(folder),
        "DOCUTILSCONFIG": str(docutils),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
    }


VALUES = {
    "MPLBACKEND": "pdf",
    "PYTHONWARNINGS": "error",
    "PYTHONHASHSEED": "7",
    "PYTHONOPTIMIZE": "1",
    "PYTHONINSPECT": "",
    "TZ": "Asia/Kolkata",
    "OMP_NUM_THREADS": "2",
    "OPENBLAS_NUM_THREADS": "2",
    "MKL_NUM_THREADS": "2",
    "SOURCE_DATE_EPOCH": "0",
    "NO_COLOR": "1",
    "FORCE_COLOR": "1",
    "COLUMNS": "20",
    "SPHINXOPTS": "-b latex",
    "JUPYTER_PLATFORM_DIRS": "1",
    "TQDM_DISABLE": "1",
}
ANOTHER_LANGUAGE = {
    "LANG": "C",
    "LC_ALL": "C",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONIOENCODING": "ascii:backslashreplace",
}


@pytest.mark.exhaustive(share=1 / 8, of="file")
def test_what_a_reader_has_set_changes_nothing(usual, small_book, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reader")
    found = built(small_book, **VALUES, **settings_of_a_reader(folder))
    assert differing(found, usual) == []


@pytest.mark.exhaustive(share=1 / 8, of="file")
def test_neither_home_nor_language_matters(usual, small_book, tmp_path):
    a_file = tmp_path / "file"
    a_file.touch()
    home = {name: str(a_file / "home") for name in ("HOME", "USERPROFILE", "APPDATA")}
    assert differing(built(small_book, **ANOTHER_LANGUAGE, **home), usual) == []


@pytest.mark.exhaustive(share=1 / 8, of="file")
def test_the_name_of_the_folder_does_not_matter(usual, small_book, tmp_path_factory):
    book = copied(small_book, tmp_path_factory.mktemp("Bücher #1 é") / "a b")
    assert differing(built(book, LANG="C", LC_ALL="C"), usual) == []


def test_a_folder_that_python_cannot_read_is_named_in_a_line():
    with pytest.raises(SystemExit, match="set PYTHONUTF8=1") as error:
        nnfs_book.require_readable(Path("B\udcff"))
    assert str(error.value).isascii()
    nnfs_book.require_readable(Path("Bücher"))


STRAY = (".DS_Store", "Thumbs.db", "page.md~", ".page.md.swp", "._page.md", ".#layout.html")


@pytest.mark.exhaustive(share=1 / 8, of="file")
def test_stray_files_change_nothing(usual, small_book):
    folders = ["nnfs", "book", *(f"book/{name}" for name in ("_static", "kit/cells", "_templates"))]
    folders += ["book/_build", "book/_build/.jupyter_cache"]
    for name in folders:
        folder = small_book.root / name
        for checkpoints in (folder, folder / ".ipynb_checkpoints"):
            checkpoints.mkdir(parents=True, exist_ok=True)
            for file in (*STRAY, "._functions.py", "._book.css", "._book.js", ".#page.md"):
                (checkpoints / file).write_bytes(b"\x00\xff not for anyone\n")
        try:
            (folder / ".#functions.py").symlink_to("author@machine.1234")
            (folder / ".#index.md").symlink_to("author@machine.1234")
        except OSError:  # Not everyone may make links on Windows, where editors make none.
            pass
    assert differing(built(small_book), usual) == []
    assert (small_book.root / "book" / "_build" / ".jupyter_cache" / ".DS_Store").exists()


def with_carriage_returns(root: Path) -> None:
    for path in root.rglob("*"):
        if path.is_file() and path.suffix in (".py", ".md", ".yml", ".txt", ".html", ".bib"):
            path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


@pytest.mark.exhaustive(share=1 / 8, of="file")
def test_line_ends_change_neither_the_pages_nor_what_is_kept(usual, small_book):
    small_book.write(PAGE)
    for folder in ("nnfs", "book"):
        with_carriage_returns(small_book.root / folder)
    with_carriage_returns(small_book.root / "constraints.txt")
    result = small_book.build()
    assert result.returncode == 0, result.stderr
    found = site(small_book)
    assert found["page.html"] == usual["page.html"]
    assert found["live/live.json"] == usual["live/live.json"]


def test_line_ends_are_not_part_of_what_a_text_says(tmp_path):
    for number, ends in enumerate((b"\n", b"\r\n")):
        (tmp_path / f"{number}.py").write_bytes(b"a = 1" + ends + b"b = 2" + ends)
        (tmp_path / f"{number}.gz").write_bytes(b"\x1f\x8b" + ends)
    text, same, data, other = (
        execution_cache.bytes_of(tmp_path / name) for name in ("0.py", "1.py", "0.gz", "1.gz")
    )
    assert text == same
    assert data != other


def test_no_variable_passes_that_is_not_named():
    given = ("PATH", "Path", "HOME", "SystemRoot", "BOOK_URL", "OPENBLAS_CORETYPE", "https_proxy")
    given += ("EQUATION_CHECKS_MARGINS",)
    kept_out = ("PYTHONPATH", "PYTHONSTARTUP", "MPLBACKEND", "OMP_NUM_THREADS", "TZ", "LC_ALL")
    kept_out += ("JUPYTER_PATH", "IPYTHONDIR", "XDG_DATA_HOME", "NOT_YET_INVENTED")
    environment = dict.fromkeys((*given, *kept_out), "1")
    assert set(own_environment.passed(environment)) == set(given)


def test_folders_of_pythonpath_are_kernels_last_and_only_if_libraries_lie_there(
    tmp_path, monkeypatch
):
    cluster, foreign = tmp_path / "cluster", tmp_path / "foreign"
    for folder in (cluster, foreign):
        (folder / "pencils").mkdir(parents=True)
        (folder / "pencils" / "__init__.py").touch()
    monkeypatch.setattr(own_environment, "LIBRARIES", ("pencils", "numpy"))
    monkeypatch.syspath_prepend(str(cluster))
    given = os.pathsep.join(["", "nowhere", str(foreign), str(cluster)])
    own = own_environment.own(tmp_path, {"PYTHONPATH": given})
    assert own["PYTHONPATH"].split(os.pathsep) == own_environment.FOLDERS
    assert own["BOOK_LAST_ON_PATH"] == str(cluster)


@pytest.mark.exhaustive(share=1 / 8, of="file")
def test_who_tests_the_book_can_put_a_folder_before_the_kernels_modules(small_book, tmp_path):
    folder = tmp_path / "first"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text("import builtins\nbuiltins.first = 'it ran'\n")
    small_book.write("```{code-cell} ipython3\nprint(first)\n```\n")
    result = small_book.build(BOOK_KERNEL_PATH=str(folder))
    assert result.returncode == 0, result.stderr
    assert "it ran" in small_book.html()
    assert small_book.build().returncode != 0, "its results are not those of the plain command"


def test_what_cells_import_is_part_of_the_caches_name(tmp_path, monkeypatch):
    known = {line.split()[0].lower() for line in execution_cache.libraries()}
    wanted = {"numpy", "pandas", "matplotlib", "sympy", "joblib", "threadpoolctl", "ipykernel"}
    assert wanted | {"mpmath", "pillow"} <= known
    assert "hypothesis" not in known
    cell = "```{code-cell} ipython3\n:tags: [x]\n\nfrom hypothesis import given\n```\n"
    (tmp_path / "page.md").write_text(f"{HEADER}# A page\n\n{cell}", "utf8")
    monkeypatch.setattr(execution_cache, "BOOK", tmp_path)
    assert "hypothesis" in {line.split()[0] for line in execution_cache.libraries()}


def test_the_kind_of_processor_is_part_of_the_caches_name(monkeypatch):
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    usual = execution_cache.digest()
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")
    assert execution_cache.digest() != usual


def test_building_in_the_root_names_the_command(small_book):
    for name in ("_config.yml", "_toc.yml", "README.md"):
        assert not (ROOT / name).is_symlink()
        shutil.copy(ROOT / name, small_book.root)
    result = run(small_book, "jupyter-book", "build", ".")
    assert result.returncode != 0
    assert result.stderr.strip().endswith(f"In {small_book.root} run: jupyter-book build book")
    assert "Traceback" not in result.stderr


@pytest.mark.exhaustive(share=1 / 8, of="file")
def test_sphinx_builds_the_same_book_and_disturbs_no_later_build(usual, small_book):
    small_book.write(PAGE)
    assert run(small_book, "jupyter-book", "config", "sphinx", "book").returncode == 0
    result = run(small_book, "sphinx-build", "-b", "html", "book", "out/html")
    assert result.returncode == 0, result.stderr
    found = site(small_book, "out/html")
    # Sphinx's own command keeps what it has read beside the pages.
    differ = [name for name in differing(found, usual) if not name.startswith(".doctrees/")]
    assert differ == []
    assert (small_book.root / "book" / "conf.py").exists()
    assert differing(built(small_book), usual) == []


@pytest.mark.exhaustive(share=1 / 8, of="file")
def test_cleaning_keeps_what_was_executed_and_trained(small_book):
    small_book.write("```{code-cell} ipython3\nimport uuid\nprint('run', uuid.uuid4())\n```\n")
    assert small_book.build().returncode == 0
    first = re.search(r"run [0-9a-f-]{36}", small_book.html())
    result = run(small_book, "jupyter-book", "clean", "book")
    assert result.returncode == 0
    assert not (small_book.root / "book" / "_build" / "html").exists()
    other = small_book.root / "book" / "_build" / ".jupyter_cache" / "another-python3.99-0123"
    other.mkdir()
    assert small_book.build().returncode == 0
    again = re.search(r"run [0-9a-f-]{36}", small_book.html())
    assert first
    assert again
    assert first[0] == again[0]
    assert other.exists(), "what another Python has kept is not removed"


@pytest.mark.exhaustive(share=1 / 8, of="file")
def test_kernels_say_nothing_of_encryption(small_book):
    small_book.write("```{code-cell} ipython3\nx = 1\n```\n")
    result = small_book.build()
    assert "encryption" not in result.stdout + result.stderr


def promised() -> list[str]:
    """Return the first releases of the Python versions that the README names, as 3.11.0."""
    readme = (ROOT / "README.md").read_text("utf8")
    line = re.search(r"^Python ((?:3\.\d+(?:, | or ))+3\.\d+)", readme, re.MULTILINE)
    assert line
    return [f"{version}.0" for version in re.findall(r"3\.\d+", line[1])]


def pins() -> list[tuple[str, str]]:
    text = (ROOT / "constraints.txt").read_text("utf8")
    return [
        (name, version) for name, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)
    ]


def test_the_lowest_python_is_one_that_the_readme_names():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    assert SpecifierSet(project["requires-python"]).contains(promised()[0])
    assert project["requires-python"] == f">={promised()[0].removesuffix('.0')}"


def test_every_pin_can_be_installed_on_the_first_release_of_every_python_promised():
    too_new = []
    for name, version in pins():
        try:
            installed = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        needs = SpecifierSet(installed.get("Requires-Python") or "")
        if installed["Version"] == version:
            too_new += [(name, version, str(needs)) for p in promised() if not needs.contains(p)]
    assert too_new == []


def test_modules_are_found_in_the_distributions_that_python_names():
    of_module = metadata.packages_distributions()
    for module in ("numpy", "yaml", "six", "sklearn", "mpl_toolkits", "no_such_module"):
        expected = set(of_module.get(module, ()))
        assert set(execution_cache._distributions_of({module})) == expected
