"""The plaything of many machines: times by the page's own model, for networks of `nnfs`."""

import re

import numpy as np
import pytest

import kit.widgets.playing.cells as playing
import nnfs
from kit.widgets.playing.cells import Grid

from .pages import BOOK, read

PAGE = read(BOOK / "beyond/many-machines.md")
T_1, LATENCY, FIXED = 0.04, 1e-3, 0.011
M = 60_000


@pytest.fixture(scope="module")
def kept():
    """Run the cells of the model and of the plaything, on a machine of known speed."""
    given = {}

    def recorded(axes, values, **more):
        given.update(axes=axes, values=values, **more)
        return Grid(axes, values, **more)

    names = {"np": np, "n": 784, "m": M, "T_1": T_1, "mean_message": LATENCY}
    names["fixed_part"] = FIXED
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(playing, "Grid", recorded)
        patch.setattr(playing, "keep", lambda name, plaything: given.update({name: plaything}))
        for cell in PAGE.cells:
            if cell.code.startswith("LAMBDA") or 'keep(\n    "machines"' in cell.code:
                exec(cell.code, names)
    assert "machines" in given
    return given


def test_the_plaything_is_on_the_page():
    assert re.search(r"^```\{plaything\} machines$", PAGE.body, re.MULTILINE)


@pytest.mark.parametrize(
    ("width", "images", "line", "latency"),
    [(10, M, 2, 0), (10, 10 * M, 1, 1), (1000, 6_000, 0, 0), (100, 100, 1, 0)],
)
def test_a_position_is_the_time_of_computing_and_sending(kept, width, images, line, latency):
    axes, values = kept["axes"], kept["values"]
    at = (axes["width"].index(width), axes["images a step"].index(images), line, latency)
    size = sum(P.nbytes for P in nnfs.init_params(n_hidden=width))
    message = [50e-6, LATENCY][latency] + size / [12.5e6, 125e6, 1.25e9][line]
    in_any_case = [0, FIXED][latency]
    work = T_1 * images / M * (2 * 784 * width + 30 * width) / (2 * 784 * 10 + 300)
    assert values["alone"][at] == pytest.approx(1e3 * work)
    assert kept["x"][1][:8].tolist() == [1, 2, 3, 4, 7, 8, 15, 16]
    for place, K in enumerate([1, 2, 3, 4, 7, 8, 15, 16]):
        divided = in_any_case + work / K
        star = divided + 2 * K * message
        rounds = K.bit_length()
        assert values["star"][at][place] == pytest.approx(1e3 * star)
        assert values["tree"][at][place] == pytest.approx(1e3 * (divided + 2 * rounds * message))
        one = [50e-6, LATENCY][latency] + size / K / [12.5e6, 125e6, 1.25e9][line]
        assert values["ring"][at][place] == pytest.approx(1e3 * (divided + 2 * (K - 1) * one))


@pytest.mark.parametrize("at", [(0, 2, 1, 0), (1, 2, 1, 0), (2, 2, 1, 0), (1, 1, 2, 1)])
def test_the_best_number_is_that_of_all_whole_numbers(kept, at):
    axes, values = kept["axes"], kept["values"]
    latency, bandwidth = [50e-6, LATENCY][at[3]], [12.5e6, 125e6, 1.25e9][at[2]]
    byte_time = sum(P.nbytes for P in nnfs.init_params(n_hidden=axes["width"][at[0]])) / bandwidth
    work = 1e-3 * values["alone"][at]
    star = np.sqrt(work / (2 * (latency + byte_time)))
    ring = np.sqrt((work - 2 * byte_time) / (2 * latency))
    assert abs(values["best"][at] - star) < 1
    assert abs(values["best_ring"][at] - ring) < 1


def test_the_quickest_is_no_slower_than_anything_drawn(kept):
    values = kept["values"]
    drawn = min(values[way][0, 2, 1, 0].min() for way in ("star", "tree", "ring"))
    assert values["quickest"][0, 2, 1, 0] <= drawn


def test_every_question_has_an_answer_whatever_the_machine(kept):
    told = kept["machines"]
    chosen = [question.chosen(told._fields(told.at)) for question in told.asks]
    assert chosen[:2] == [2, 0], "the width cancels in a star and not in a ring"
    assert chosen[2] in (0, 1, 2)


def test_the_fixed_part_lifts_every_step_and_moves_no_minimum(kept):
    values, measured = kept["values"], (0, 2, 2, 1)
    tau = LATENCY + sum(P.nbytes for P in nnfs.init_params()) / 1.25e9
    assert abs(values["best"][measured] - np.sqrt(T_1 / (2 * tau))) < 1
    assert values["quickest"][measured] > 1e3 * FIXED
    assert values["alone"][measured] == pytest.approx(1e3 * T_1), "one machine has no such part"
    assert kept["axes"]["latency"][1] == "1.0 ms + 11.0 ms a step"
