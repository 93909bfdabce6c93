"""The package as a whole: what it exports and imports."""

import ast
import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

import nnfs

ROOT = Path(nnfs.__file__).resolve().parents[1]
MODULES = sorted((ROOT / "nnfs").glob("*.py"))


def order() -> list[str]:
    """Return the modules from the lowest to the highest, as CONTRIBUTING.md has them."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf8")
    listed = re.search(r"imports only from those above it:([^.]*)\.", text)
    assert listed, "CONTRIBUTING.md has no order of the modules"
    return re.findall(r"\w+", listed[1])


def test_the_names_that_callers_rely_on_are_there():
    names = {"load_mnist", "one_hot", "relu", "relu_mask", "softmax", "log_softmax"}
    names |= {"cross_entropy", "Parameters", "init_params", "forward", "backward", "update"}
    names |= {"train", "predict", "accuracy", "check_gradients"}
    assert names <= set(nnfs.__all__)
    assert all(hasattr(nnfs, name) for name in nnfs.__all__)


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "nnfs":
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nnfs."):
            names.add(str(node.module).removeprefix("nnfs."))
    return names


def test_a_module_imports_only_from_those_above_it():
    names = [path.stem for path in MODULES if path.stem != "__init__"]
    assert sorted(order()) == names
    for path in MODULES:
        if path.stem != "__init__":
            allowed = order()[: order().index(path.stem)]
            assert imported(path) <= set(allowed), path.stem


def run(code: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf8", check=True
    )
    return result.stdout


@pytest.mark.parametrize("module", ["nnfs", "nnfs.cli"])
def test_heavy_libraries_wait_until_they_are_used(module):
    code = f"import {module}, sys; print(*sys.modules)"
    late = {"pandas", "matplotlib", "PIL", "tqdm", "threadpoolctl", "distributed", "dask"}
    assert not (late | {"asyncio", "logging", "multiprocessing"}) & set(run(code).split())


def test_only_plots_imports_matplotlib():
    users = [path.stem for path in MODULES if "matplotlib" in path.read_text("utf8")]
    assert users == ["plots"]


def test_every_public_function_says_what_it_takes():
    for path in MODULES:
        for node in ast.parse(path.read_text("utf8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path.stem}.{node.name}"


def test_an_installed_package_brings_its_digits(tmp_path):
    try:
        known = int(version("setuptools").split(".")[0]) >= 77
    except PackageNotFoundError:
        known = False
    if not known and not os.environ.get("CI"):
        pytest.skip("no setuptools from 77 on in this environment to build a wheel with")
    source = tmp_path / "source"
    source.mkdir()
    for name in ("nnfs", "mnist_data"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "book/nnfs_book.py"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    pip = [sys.executable, "-m", "pip", "--quiet", "wheel", "--no-build-isolation", "--no-deps"]
    subprocess.run([*pip, "-w", str(tmp_path), str(source)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    shutil.rmtree(source)
    code = "import nnfs; digits = nnfs.load_mnist(); print(nnfs.__file__, digits.y_train.size)"
    where = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=where, capture_output=True, encoding="utf8"
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.split() == [str(tmp_path / "site" / "nnfs" / "__init__.py"), "41000"]


def test_the_version_stands_in_one_place_and_the_changelog_speaks_of_it():
    settings = (ROOT / "pyproject.toml").read_text("utf8")
    assert 'dynamic = ["version"]' in settings
    assert not re.search(r"^version = \"", settings, re.MULTILINE)
    changes = (ROOT / "CHANGELOG.md").read_text("utf8")
    released = nnfs.__version__.partition(".dev")
    assert f"## [{'Unreleased' if released[1] else released[0]}]" in changes
    told = subprocess.run(
        [sys.executable, "-m", "nnfs", "--version"], capture_output=True, encoding="utf8", cwd=ROOT
    )
    assert told.stdout.split() == ["nnfs-book", nnfs.__version__]


def test_every_module_is_named_where_the_package_lists_them():
    listed = set(re.findall(r"`(\w+)`", nnfs.__doc__ or ""))
    assert listed == {path.stem for path in MODULES} - {"__init__", "__main__"}
