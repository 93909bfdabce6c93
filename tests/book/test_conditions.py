"""The script that measures what claims have to spare under other conditions."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "benchmarks"))

import conditions  # noqa: E402

import nnfs  # noqa: E402
from nnfs import data  # noqa: E402

PAGE = """```{code-cell} ipython3
import json, os
from kit.cells import check, claim
x = float(json.loads(os.environ["BOOK_CONDITION"]).get("noise", 0))
```

```{code-cell} ipython3
claim(3.0 > 1.0, "steady")
claim([8.0 > 1.0, 2.0 > x], "flips")
claim(10.0 > x, "wide")
claim(x < 4.0, "thin")
claim(3 == 3, "equal")
claim(bool([x]), "bare")
for bound in 30.0, 40.0:
    claim(bound > x, "loop")
check("eq-x", [0.5 + 0.5, 1.0 + 1.0], [1.0, 2.0], terms=1)
```

```{code-cell} ipython3
1 / 0
```
"""


@pytest.mark.exhaustive(share=1)
def test_what_flips_moves_or_breaks_is_told_and_the_rest_goes_on(small_book):
    (small_book.root / "benchmarks").mkdir()
    script = shutil.copy(ROOT / "benchmarks" / "conditions.py", small_book.root / "benchmarks")
    small_book.write(PAGE)
    under = "noise=3", "blas=NEOVERSEV1", "blas=Prescott"
    result = subprocess.run(
        [sys.executable, script, "--every", "page", "--under", *under],
        cwd=small_book.root,
        capture_output=True,
        text=True,
        encoding="utf8",
        timeout=600,
        check=False,
    )
    assert result.returncode == 1, result.stderr
    assert result.stderr == ""
    _, table, listed = result.stdout.split("\n\n")
    rows = {line.split()[0]: line for line in table.splitlines()}
    assert "all 9 hold, 1 pages ended early" in rows["built"]
    assert "1 of 9 fail, 1 pages ended early" in rows["noise=3"]
    skipped = [line for line in rows.values() if "skipped" in line]
    assert skipped, "no processor is of both kinds"
    assert all("lacks" in line or "ran instead" in line for line in skipped)
    early = [line for line in table.splitlines() if line.startswith("ended early: built: page.md:")]
    assert early[0].endswith("ZeroDivisionError: division by zero")
    assert listed.startswith("9 statements, 2 without room to spare")
    assert "of 1 the sides are not known" in listed
    expected = (
        "fails  page: flips",
        "2 > 3  margin -1 (-33 %)  FAILS, 1 of 2",
        "0.33  page: thin",
        "2.33  page: wide",
        "9.00  page: loop",
        "12.33  page: loop (2)",
        "-  page: steady",
    )
    places = [listed.index(words) for words in expected]
    assert places == sorted(places), "thinnest first"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["trian/learned"], "trian/learned: no page or folder of the book; pages are index, see/"),
        (["--under", "nose=1"], "'nose=1' is no condition; expected blas=NAME"),
        (["--under", "noise"], "'noise' is no condition"),
        (["--under", "noise=x"], "'noise=x': expected a whole number of at least 0"),
        (["--under", "threads=0"], "'threads=0': expected a whole number of at least 1"),
        (["--under", "blas=Pentium"], "'blas=Pentium': no such kernel of OpenBLAS"),
        (["--under", "python=/nowhere/python"], "'python=/nowhere/python': no such interpreter"),
        (["--under", "python={0}+newest={0}"], "names more than one Python"),
        (["--report"], "nothing has been measured"),
    ],
)
def test_what_is_not_understood_is_said_in_one_line(
    arguments, words, tmp_path, monkeypatch, capsys
):
    arguments = [text.format(sys.executable) for text in arguments]
    monkeypatch.setattr(sys, "argv", ["conditions", "--folder", str(tmp_path), *arguments])
    monkeypatch.setattr(sys, "path", list(sys.path))
    with pytest.raises(SystemExit) as end:
        conditions.main()
    assert end.value.code == 2
    error = capsys.readouterr().err
    assert words in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize(
    ("asked", "pages"),
    [
        (["train/learned"], ["train/learned"]),
        (["book/train/learned.md"], ["train/learned"]),
        (["index", "see"], ["index", "see/digits", "see/one-page", "see/slopes"]),
    ],
)
def test_pages_are_named_as_an_author_may_name_them(asked, pages):
    found = conditions.named(asked)
    assert (found[0], sorted(found)) == (pages[0], sorted(pages))


def records(*margins, sign="<"):
    one = {"of": 1, "sign": sign, "relative": 0.5}
    return {
        f"condition {number}": one | {"holds": int(margin > 0), "margin": margin}
        for number, margin in enumerate(margins)
    }


@pytest.mark.parametrize(
    ("margins", "sign", "ratio", "thin"),
    [
        ((4.0, 3.0, 5.0), "<", 1.5, True),
        ((4.0, 5.0), "<", 4.0, False),
        ((4.0, 4.0), "<", np.inf, False),
        ((np.inf, np.inf), "<", np.inf, False),
        ((1.0, np.nan), "<", np.nan, True),
        ((1.0, np.inf), "<", np.nan, True),
        ((1.0, -1.0), "<", -0.5, True),
        ((-1.0, -1.0), "<", -np.inf, True),
    ],
)
def test_room_is_the_smallest_margin_in_units_of_the_shift(margins, sign, ratio, thin):
    one = conditions.Statement(("page", "claim", "words", 0), records(*margins, sign=sign))
    assert one.ratio == pytest.approx(ratio, nan_ok=True)
    assert one.thin == thin


def test_a_margin_of_a_few_images_is_thin_even_if_it_never_moves():
    same = records(0.0004, 0.0004)
    claim = "page", "claim", "Adam ends above plain", 0
    assert not conditions.Statement(claim, same).thin
    close = {name: one | {"relative": 0.0004} for name, one in same.items()}
    assert conditions.Statement(claim, close).thin


def test_an_equality_that_holds_everywhere_is_not_thin():
    for sign, thin in (("==", False), (">=", False), (">", True)):
        met = {"holds": 1, "relative": 0.0}
        same = {name: one | met for name, one in records(0.0, 0.0, sign=sign).items()}
        assert conditions.Statement(("page", "claim", "words", 0), same).thin == thin


@pytest.mark.parametrize(
    ("needed", "lowest"),
    [
        (["numpy>=2.0,<3"], "numpy~=2.0.0"),
        (["pandas>=2.2", "numpy>=1.26.4,<3", "numpy>=2.1"], "numpy~=2.1.0"),
        (["numpy==2.3.1"], "numpy~=2.3.1"),
    ],
)
def test_the_lowest_series_follows_from_the_ranges(needed, lowest):
    assert conditions.lowest_series(needed, "numpy") == lowest


def test_a_range_without_a_lower_end_is_refused():
    with pytest.raises(conditions.UsageError, match="expected a range with a lower end"):
        conditions.lowest_series(["numpy<3"], "numpy")


def test_the_ranges_are_those_of_the_repository():
    lowest = conditions.requirements("lowest")
    assert lowest[-1].startswith("numpy~=")
    assert set(conditions.requirements("newest")) == set(lowest[:-1])
    assert not any(line.startswith("-") for line in lowest)


def test_noise_moves_grey_pixels_by_one_unit_in_the_last_place(monkeypatch):
    rng = np.random.default_rng(0)
    x = np.float32(rng.integers(0, 4, (50, 784)) / 3).T
    labels = np.zeros(50, np.intp)
    turned = x[:, ::-1]
    digits = data.MNIST(x, labels, turned, labels)
    monkeypatch.setattr(data, "load_mnist", lambda *arguments, **settings: digits)
    monkeypatch.setattr(nnfs, "load_mnist", data.load_mnist)
    conditions.disturb(3)
    moved = nnfs.load_mnist("bundled").x_train
    assert moved.dtype == x.dtype
    assert moved.T.flags.c_contiguous
    grey = (x > 0) & (x < 1)
    np.testing.assert_array_equal(moved[~grey], x[~grey])
    np.testing.assert_array_equal(np.abs(moved - x)[grey], np.spacing(x)[grey])
    assert 0.4 < (moved > x)[grey].mean() < 0.6
    np.testing.assert_array_equal(nnfs.load_mnist().x_train, moved)
    # An image is moved alike wherever a draw puts it.
    np.testing.assert_array_equal(nnfs.load_mnist().x_test[:, ::-1], moved)


def test_kernels_inherit_the_condition_and_nothing_else(tmp_path, monkeypatch):
    for name in ("OPENBLAS_CORETYPE", "MPLBACKEND", "BOOK_SOLUTIONS", "PYTHONPATH"):
        monkeypatch.setenv(name, "something")
    as_built = conditions.Place(tmp_path, conditions.Condition.parse("built")).environment()
    assert as_built["OPENBLAS_NUM_THREADS"] == "1"
    assert "something" not in as_built.values()
    name = "blas=haswell+threads=2"
    other = conditions.Place(tmp_path, conditions.Condition.parse(name)).environment()
    assert other["OPENBLAS_CORETYPE"] == "Haswell"
    assert other["OPENBLAS_NUM_THREADS"] == "2"
    assert other["BOOK_TRAINED_CACHE"] != as_built["BOOK_TRAINED_CACHE"]
    assert json.loads(other[conditions.SETTINGS]) == {"blas": "Haswell", "threads": "2"}
    assert os.environ["BOOK_SOLUTIONS"] == "something"
