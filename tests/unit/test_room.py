"""What does not fit into memory is told with its size, whatever the system promises."""

import numpy as np
import pytest

import nnfs
from nnfs import functions, room

X, Y = np.ones((7, 4)), np.array([0, 1, 2, 1])
HUGE = [10**12, 10**19, 10**30]


@pytest.fixture(params=["the machine says its memory", "the machine does not say it"])
def _machine(request, monkeypatch):
    if "not" in request.param:
        monkeypatch.setattr(room, "_memory", lambda: np.inf)


@pytest.mark.usefixtures("_machine")
@pytest.mark.parametrize("size", HUGE)
@pytest.mark.parametrize("name", ["hidden", "n_classes"])
def test_a_network_that_no_memory_holds_is_told_with_its_size(name, size):
    widths = {"hidden": "7-{}-3", "n_classes": "7-10-{}"}[name].format(size)
    with pytest.raises(ValueError, match=f"^a network of widths {widths} takes .* [PTE]B, more"):
        nnfs.train(X, Y, iterations=1, **{name: size})


def test_a_network_as_large_as_one_may_wish_names_its_ends():
    with pytest.raises(ValueError, match=f"widths 7-{10**12}-1-1-...-1-1-3 takes 72 TB"):
        nnfs.init_params(7, [10**12, 1, 1, 1, 1, 1, 1, 1], 3)


@pytest.mark.usefixtures("_machine")
@pytest.mark.parametrize("size", HUGE)
def test_a_one_hot_matrix_that_no_memory_holds_is_told(size):
    with pytest.raises(ValueError, match=f"^a one-hot matrix of {size} classes takes"):
        functions.one_hot(Y, size)


def test_what_the_system_refuses_later_is_told_as_well():
    told = "^this takes 7 bytes, more memory than there is: stop$"
    with pytest.raises(ValueError, match=told), room.needed(7, "this", "stop"):
        raise MemoryError


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (6_280_000_000_000, "6.28 TB"),
        (10**20, "100 EB"),
        (10**400, "more than 1000 EB"),
    ],
)
def test_a_size_as_people_say_it(size, told):
    assert room.told(size) == told
