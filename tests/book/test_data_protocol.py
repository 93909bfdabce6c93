"""One protocol of data: the official test images are scored on one page, choices use others."""

import re

import numpy as np
import pytest

import nnfs
from kit.cells import trained

from .pages import all_pages

SCORED_ON = "train/evaluate"
LOOKS = {"see/digits"}
"""Pages that count or show official test images, and score nothing on them."""
REPEATS = {"index"}
"""Pages that repeat scores of that page: the landing page says how well its two networks read."""

OFFICIAL = re.compile(r"(\w+)\s*=\s*nnfs\.load_mnist\(\s*\"bundled\",\s*split=\"official\"\s*\)")
PAGES = {page.docname: page for page in all_pages() if page.cells}


def opens(code: str) -> bool:
    """Say whether a page's code takes the official test images."""
    names = set(OFFICIAL.findall(code))
    return any(re.search(rf"\b{name}\.[xy]_test\b", code) for name in names)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('a = nnfs.load_mnist("bundled", split="official")\nx = a.x_test', True),
        ('a = nnfs.load_mnist("bundled", split="official")\nx = a.x_train', False),
        ('a = nnfs.load_mnist("bundled")\nx = a.x_test', False),
    ],
)
def test_taking_the_official_test_images_is_found(code, found):
    assert opens(code) == found


def test_the_official_test_images_are_scored_on_one_page():
    assert opens(PAGES[SCORED_ON].code)
    opened = {name for name, page in PAGES.items() if opens(page.code)} - {SCORED_ON} - LOOKS
    assert opened == REPEATS, "choose on validation images: see kit/cells/trained.py"


@pytest.mark.parametrize("split", [0, 2])
def test_validation_images_are_those_that_a_job_was_not_trained_on(split):
    drawn = nnfs.load_mnist("bundled", seed=split)
    every = nnfs.load_mnist("bundled", split="official")
    X, y = trained.validation_digits(split)
    assert X.shape == (784, 19_000)
    np.testing.assert_array_equal(X[:, :1000], drawn.x_test)
    np.testing.assert_array_equal(y[:1000], drawn.y_test)
    # With the images that the job trained on, they are MNIST's training part: each image once.
    together = np.append(X.sum(axis=0, dtype=float), drawn.x_train.sum(axis=0, dtype=float))
    np.testing.assert_allclose(np.sort(together), np.sort(every.x_train.sum(axis=0, dtype=float)))
    counts = np.bincount(np.append(y, drawn.y_train))
    np.testing.assert_array_equal(counts, np.bincount(every.y_train))
