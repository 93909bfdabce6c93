"""The network in one file: it is that of nnfs, in every gradient and after training on digits."""

import ast
import gzip
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nnfs
from kit.cells.one_file import network as one_file
from nnfs import network

from .pages import BOOK, read

FILE = Path(one_file.__file__)
FOLDER = BOOK.parent / "mnist_data"
rng = np.random.default_rng(0)
X, Y_LABELS = rng.normal(size=(7, 4)), np.array([0, 2, 1, 2])
Y = np.eye(3)[:, Y_LABELS]


def run(*arguments, cwd=None):
    """Run the file by itself, as its reader does."""
    return subprocess.run(
        [sys.executable, "-I", str(FILE), *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        encoding="utf8",
        check=False,
    )


def test_it_starts_where_nnfs_starts():
    for ours, theirs in zip(one_file.start(), nnfs.init_params(dtype=np.float64), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("seed", range(5))
def test_every_gradient_and_the_loss_are_those_of_nnfs(seed):
    params = one_file.start(7, 5, 3, seed=seed)
    kept = one_file.forward(params, X)
    J, correct, slopes = network.gradient(params, X, Y_LABELS)
    assert one_file.loss(kept[2], Y) == pytest.approx(J, rel=1e-13)
    assert one_file.accuracy(params, X, Y_LABELS) == correct / 4
    for ours, theirs in zip(kept, nnfs.forward(params, X), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-13, atol=1e-15)
    for ours, theirs in zip(one_file.backward(params, kept, X, Y), slopes, strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-15)


def test_scores_that_would_overflow_are_told_apart():
    Z2 = np.array([[4000.0, 0.0], [0.0, -4000.0], [0.0, -4000.0]])
    assert one_file.loss(Z2, np.eye(3)[:, [0, 0]]) == 0
    np.testing.assert_array_equal(np.exp(one_file.log_softmax(Z2)), np.eye(3)[:, [0, 0]])


def test_it_learns_real_digits_as_nnfs_does(capsys):
    x, y = one_file.digits(FOLDER)
    digits = nnfs.load_mnist("bundled")
    np.testing.assert_array_equal(y[:1000], digits.y_test)
    np.testing.assert_array_equal(y[1000:], digits.y_train)
    np.testing.assert_allclose(x[:, :1000], digits.x_test, rtol=1e-6)
    few = x[:, 1000:3000], y[1000:3000]
    ours = one_file.train(one_file.start(), *few, steps=60)
    theirs = nnfs.train(*few, iterations=60, params=one_file.start(), alpha=0.1)
    for P, Q in zip(ours, theirs.params, strict=True):
        np.testing.assert_allclose(P, Q, rtol=0, atol=1e-11)
    printed = re.findall(r"loss ([\d.]+)", capsys.readouterr().out)
    assert printed == [f"{J:.3f}" for J in theirs.history.loss[[0, 50]]]
    unseen = x[:, :1000], y[:1000]
    assert one_file.accuracy(ours, *unseen) == nnfs.accuracy(theirs.params, *unseen) > 0.4


def test_it_runs_by_itself_and_says_how_many_unseen_images_are_right():
    result = run(FOLDER, 2)
    assert result.returncode == 0, result.stderr
    assert re.fullmatch(
        r"step   0  loss 2\.\d{3}\n\d+\.\d% of 1,000 validation images are read correctly\n",
        result.stdout,
    )


def test_files_that_are_not_gzipped_are_read_as_well(tmp_path):
    (tmp_path / "a").mkdir()
    for path in FOLDER.glob("train-*.gz"):
        shutil.copy(path, tmp_path / "a")
    for path in (tmp_path / "a").iterdir():
        (tmp_path / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
    for name, header in (("train-images-idx3-ubyte", 16), ("train-labels-idx1-ubyte", 8)):
        packed, plain = (one_file.read(at, name, header) for at in (tmp_path / "a", tmp_path))
        np.testing.assert_array_equal(packed, plain)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "python network.py FOLDER [STEPS]: name a folder with MNIST's training files"),
        (["."], ". has no train-images-idx3-ubyte, gzipped or not: name a folder with MNIST's "),
    ],
)
def test_what_is_missing_is_said_in_one_line(tmp_path, arguments, said):
    result = run(*arguments, cwd=tmp_path)
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith(said)


def test_it_needs_numpy_and_nothing_of_the_book():
    tree = ast.parse(FILE.read_text("utf8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {getattr(node, "module", None) or node.names[0].name for node in imports}
    assert names == {"gzip", "sys", "pathlib", "typing", "numpy", "numpy.typing"}


def test_it_can_be_read_from_top_to_bottom():
    """A hundred lines with words in them; no function is called in the code of one above it."""
    text = FILE.read_text("utf8")
    tree = ast.parse(text)
    assert sum(bool(line.strip()) for line in text.splitlines()) <= 100
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    made = set()
    for function in functions:
        used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
        assert used & {f.name for f in functions} <= made
        made.add(function.name)


def test_it_has_the_six_lines_of_the_sheet():
    page = read(BOOK / "derive" / "backpropagation.md")
    blocks = re.findall(r"^```python\n(.*?)^```$", page.body, re.MULTILINE | re.DOTALL)
    sheet = [re.sub(r"\s+#.*", "", line) for line in blocks[1].splitlines()]
    lines = [line.strip() for line in FILE.read_text("utf8").splitlines()]
    assert len(sheet) == 6
    assert [line for line in lines if line in sheet] == sheet


def test_the_page_shows_every_line_of_it_once():
    page = read(BOOK / "appendices" / "one-file.md")
    includes = re.findall(
        r"\{literalinclude\} \.\./kit/cells/one_file/network\.py\n((?:^:.*\n)+)",
        page.text,
        re.MULTILINE,
    )
    lines = FILE.read_text("utf8").splitlines()
    shown = []
    for options in includes:
        given = dict(re.findall(r"^:([\w-]+): '?(.*?)'?$", options, re.MULTILINE))
        first = next(i for i, line in enumerate(lines) if given["start-at"] in line)
        end = given.get("end-at", lines[-1])
        last = next(i for i in range(first, len(lines)) if end in lines[i])
        shown += range(first, last + 1)
    assert sorted(set(shown)) == shown
    assert [i for i, line in enumerate(lines) if line and i not in shown] == []
    assert "{download}`network.py <../kit/cells/one_file/network.py>`" in page.text
