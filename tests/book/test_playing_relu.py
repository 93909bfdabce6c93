"""The plaything of the chapter on ReLU: what it says at its positions is what nnfs computes."""

import numpy as np
import pytest

import nnfs
from kit.widgets.playing import cells as playing

from .pages import all_pages

PAGE = next(page for page in all_pages() if page.docname == "derive/relu")


@pytest.fixture(scope="module")
def tent():
    code = next(cell.code for cell in PAGE.cells if 'keep(\n    "tent"' in cell.code)
    kept = {}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(playing, "keep", kept.__setitem__)
        exec(code, {"np": np, "nnfs": nnfs})
    return kept["tent"]


@pytest.mark.parametrize(
    ("begins", "weight"), [(2.0, 0), (1.0, -2), (1.5, -4), (0.0, -1), (0.5, 1)]
)
def test_each_position_is_a_network_of_nnfs(tent, begins, weight):
    at = tent.axes["begins"].index(begins), tent.axes["weight"].index(weight)
    params = nnfs.Parameters(
        np.ones((2, 2)),
        np.array([[0.0], [-begins]]),
        np.array([[1.0, weight], [0.0, 0.0]]),
        np.zeros((2, 1)),
    )
    corners = np.array([[0.0, 1.0, 1.0], [0.0, 0.0, 1.0]])
    scores = nnfs.forward(params, corners).Z2[0]
    said = [float(tent.cells[name][at]) for name in ("none", "one", "both")]
    np.testing.assert_allclose(said, scores, atol=1e-13)
    line = tent.data["says"][int(np.ravel_multi_index(at, tent.shape))]
    assert all(f"{score:.2f}" in line for score in scores)


def test_the_two_answers_light_the_lamp_and_no_other_position_does(tent):
    ends = np.stack([tent.cells[name] for name in ("none", "one", "both")])
    right = np.argwhere((ends == np.array([0, 1, 0])[:, None, None]).all(axis=0))
    found = [(tent.axes["begins"][i], tent.axes["weight"][j]) for i, j in right]
    assert found == [(1.0, -2), (1.5, -4)]
