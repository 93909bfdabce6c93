"""Playthings: what their scripts compute is nnfs's, and without scripts the figure is complete."""

import json
import re
from html import unescape

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py_mini_racer import MiniRacer

import nnfs
from kit.cells import X_pencil, pencil, y_pencil
from kit.widgets.playing.cells import Drawing, Grid, OneNudge, SoftmaxSliders, StepThrough, keep
from kit.widgets.playing.cells.kept import Plaything, number, signed
from kit.widgets.playing.cells.states import state
from kit.widgets.playing.directive import PlaythingFigure
from nnfs import functions

NETWORK_OF_TWO = (pencil, X_pencil, y_pencil)
CURVES = np.arange(24.0).reshape(2, 3, 4) ** 2
GRID = Grid(
    {"alpha": [0.1, 0.5], "width": [3, 5, 7]},
    {"curve": CURVES, "end": CURVES[..., -1]},
    says="alpha {alpha}, width {width}: {end:.1f}",
    start={"alpha": 0.5, "width": 5},
)
KINDS = {
    "drawing": Drawing(*NETWORK_OF_TWO, shows="backward"),
    "step": StepThrough(*NETWORK_OF_TWO),
    "nudge": OneNudge(*NETWORK_OF_TWO),
    "softmax": SoftmaxSliders([1.0, -2.0, 0.5], label=2, presets={"All <equal>": [0, 0, 0]}),
    "grid": GRID,
}


@pytest.fixture(scope="module")
def scripts():
    racer = MiniRacer()
    racer.eval((PlaythingFigure.folder / "network.js").read_text("utf8"))
    yield racer
    racer.close()


def asked(scripts, code, *arguments):
    texts = ", ".join(json.dumps(argument) for argument in arguments)
    return json.loads(scripts.eval(f"JSON.stringify({code}({texts}))"))


def random_network(rng, n, h, c, scale):
    shapes = (h, n), (h, 1), (c, h), (c, 1)
    return nnfs.Parameters(*(scale * rng.standard_normal(shape) for shape in shapes))


@pytest.mark.parametrize("widths", [(2, 2, 2), (7, 5, 3), (1, 4, 2), (3, 1, 4)])
def test_the_scripts_compute_what_nnfs_does(scripts, widths):
    """Fifty states each: every number of a forward and a backward pass."""
    rng = np.random.default_rng(5)
    for _ in range(50):
        params = random_network(rng, *widths, scale=rng.choice([0.3, 1.0, 4.0]))
        x, y = rng.standard_normal(widths[0]), int(rng.integers(widths[2]))
        there = asked(scripts, "playing.run", [P.tolist() for P in params], x.tolist(), y)
        here = state(params, x, y)
        assert there.keys() == here.keys()
        largest = max(1.0, *(abs(value) for value in here.values()))
        for name, value in here.items():
            assert abs(there[name] - value) <= 1e-12 * largest, name


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-800, 800), min_size=2, max_size=5), st.data())
def test_the_scripts_softmax_is_that_of_nnfs(scripts, scores, data):
    label = data.draw(st.integers(0, len(scores) - 1))
    there = asked(scripts, "playing.softmax", scores, label)
    Z = np.array(scores).reshape(-1, 1)
    Y = functions.one_hot(np.array([label]), n_classes=len(scores))
    np.testing.assert_allclose(there["shares"], functions.softmax(Z)[:, 0], atol=1e-14)
    loss = float(functions.cross_entropy(Z, Y))
    assert there["loss"] == pytest.approx(loss, rel=1e-12, abs=1e-12)


def test_a_step_of_the_scripts_goes_against_the_gradient(scripts):
    params = random_network(np.random.default_rng(3), 7, 5, 3, scale=1.0)
    x = np.linspace(-1, 1, 7)
    code = "((p, x, y, a) => playing.stepped(p, playing.run(p, x, y), a))"
    there = asked(scripts, code, [P.tolist() for P in params], x.tolist(), 2, 0.25)
    X, Y = x.reshape(-1, 1), functions.one_hot(np.array([2]), n_classes=3)
    slopes = nnfs.backward(params, nnfs.forward(params, X), X, Y)
    for new, old, slope in zip(there, params, slopes, strict=True):
        np.testing.assert_allclose(new, old - 0.25 * slope, atol=1e-13)


def test_a_number_put_on_a_sum_moves_the_loss_by_its_slope(scripts):
    found = state(pencil, X_pencil[:, 0], 0)
    code = "((p, x, y, add) => playing.run(p, x, y, add).J)"
    for name in ("Z1[0]", "Z1[1]", "Z2[0]", "Z2[1]"):
        up, down = (
            asked(
                scripts, code, [P.tolist() for P in pencil], X_pencil[:, 0].tolist(), 0, {name: h}
            )
            for h in (1e-5, -1e-5)
        )
        assert (up - down) / 2e-5 == pytest.approx(found[f"d{name}"], abs=1e-8)


def texts(html):
    """Return what stands in the elements with a key."""
    return dict(re.findall(r'data-key="([^"]+)"[^>]*>([^<]*)<', html))


@pytest.mark.parametrize("kind", ["drawing", "step"])
def test_the_drawing_has_every_number_of_the_network(kind):
    shown = texts(KINDS[kind]._repr_html_())
    expected = state(pencil, X_pencil[:, 0], 0)
    left_out = {name for name in expected if name.startswith("dA1")}
    assert shown.keys() == expected.keys() - left_out
    digits = {name: 0 if name[0] == "Y" else 3 if name == "J" else 2 for name in shown}
    write = {name: signed if name[0] == "d" else number for name in shown}
    assert shown == {name: write[name](expected[name], digits[name]) for name in shown}


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_is_complete_without_scripts(kind):
    html = KINDS[kind]._repr_html_()
    assert "<svg" in html
    assert "<table>" in html
    assert re.search(r'<p class="play-says">[^<]{10,}</p>', html)
    data = re.search(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    assert json.loads(data[1]) == json.loads(json.dumps(KINDS[kind].data))
    assert repr(KINDS[kind]) in unescape(html)


NAMES = {
    key: f"{'wbuazpxyl'[i]}{key[1:].strip('[]').replace('[', '_').replace(',', '')}"
    for i, start in enumerate(("W", "b", "Z1", "A1", "Z2", "A2", "X", "Y", "J"))
    for key in state(pencil, X_pencil[:, 0], 0)
    if key.startswith(start)
}
NUMPY = re.compile(r"\b(d?[WbZA][12]|[XY])\b(\[\d)?")


def seen(html):
    """Return what a reader sees or hears of markup, without what scripts read."""
    html = re.sub(r"<script.*?</script>", " ", html, flags=re.DOTALL)
    spoken = " ".join(re.findall(r'aria-label="([^"]*)"', html))
    return unescape(f"{re.sub('<[^>]*>', ' ', html)} {spoken}")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Drawing(*NETWORK_OF_TWO, names=NAMES, shows="backward"),
        lambda: OneNudge(*NETWORK_OF_TWO, names=NAMES),
        lambda: OneNudge(*NETWORK_OF_TWO, names=NAMES, back=False),
        lambda: SoftmaxSliders([1.0, 2.0], names={"Z2": "z", "A2": "p", "Y": "t"}),
    ],
)
def test_an_authors_names_stand_wherever_a_reader_looks(make):
    text = seen(make()._repr_html_())
    assert NUMPY.search(text) is None
    lit = re.findall(r'data-sym="([^"]*)"', make()._repr_html_())
    assert NUMPY.search(" ".join(lit).replace("dZ2", "")) is None


def test_parameters_are_shown_in_the_order_of_their_names():
    names = {"b2[1]": "last", "W1[0,1]": "second"}
    shown = re.findall(r"<option[^>]*>([^<]+)", OneNudge(*NETWORK_OF_TWO, names=names).controls())
    assert shown[:4] == ["last", "second", "W1[0,0]", "W1[1,0]"]
    assert len(shown) == 12


def test_a_list_names_all_parameters_and_the_slopes_with_them():
    listed = OneNudge(*NETWORK_OF_TWO, names=list("abcdefghijkl"), start="c").names
    assert [listed(key) for key in ("W1[1,0]", "b2[1]", "dW1[1,0]", "Z1[0]")] == [
        *"cl",
        "dc",
        "Z1[0]",
    ]


def test_without_the_way_back_no_slope_is_given_away():
    kept = OneNudge(*NETWORK_OF_TWO, back=False)
    html = kept._repr_html_()
    assert "slope" not in seen(html)
    slopes = {number(value, 4) for key, value in kept.values.items() if key[:2] in ("dW", "db")}
    assert not slopes & set(re.findall(r"[−\d.]+", seen(html)))
    assert number(kept.values["dW1[0,0]"], 4) in seen(KINDS["nudge"]._repr_html_())


@pytest.mark.parametrize("label", [0, 2])
def test_sliders_lead_to_interesting_places_of_themselves(label):
    places = SoftmaxSliders([0.3, 0.1, -2.0], label=label).data["presets"]
    shares = {
        name: functions.softmax(np.array(place["scores"]).reshape(-1, 1) / 2 ** place["heat"])
        for name, place in places.items()
    }
    np.testing.assert_allclose(shares["All equal"], 1 / 3)
    right, hot = (shares[name][label, 0] for name in ("Sure and right", "Sure and right, but hot"))
    assert right > 0.9 > hot > 1 / 3
    assert shares["Sure and wrong"][label, 0] < 0.05


def test_names_of_presets_are_text():
    assert "All &lt;equal&gt;" in KINDS["softmax"]._repr_html_()


@pytest.mark.parametrize("widths", [(4, 3, 4), (2, 4, 3), (1, 1, 2)])
def test_a_picture_of_any_small_network_has_all_its_units(widths):
    n, h, c = widths
    params = random_network(np.random.default_rng(0), n, h, c, scale=1.0)
    drawing = Drawing(params, np.ones((n, 1)), np.array([c - 1]), shows="backward")
    shown = texts(drawing._repr_html_())
    assert {f"A1[{j}]" for j in range(h)} | {f"dZ2[{k}]" for k in range(c)} <= shown.keys()
    assert drawing._repr_html_().count('data-edge="W') == n * h + h * c


@pytest.mark.parametrize(
    ("shows", "last"), [("weights", "b2[1]"), ("forward", "J"), ("backward", "dW1[1,1]")]
)
def test_a_picture_shows_what_is_asked_for(shows, last):
    shown = texts(Drawing(*NETWORK_OF_TWO, shows=shows)._repr_html_())
    assert last in shown
    assert ("Z1[0]" in shown) == (shows != "weights")
    assert ("dZ1[0]" in shown) == (shows == "backward")


def test_every_position_of_a_grid_has_its_sentence_and_curve():
    assert GRID.says == "alpha 0.5, width 5: 361.0"
    says, paths = GRID.data["says"]["all"], GRID.data["paths"]["curve"]["all"]
    assert len(says) == len(paths) == 6
    assert all(text in GRID._repr_html_() for text in says)
    assert paths[4] in GRID.picture()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: StepThrough(pencil, X_pencil, np.array([0, 2])), "classes from 0 to 1"),
        (lambda: StepThrough(pencil, X_pencil, np.array([0])), r"y has shape \(1,\)"),
        (lambda: StepThrough(pencil, X_pencil, y_pencil, alpha=0.0), "positive learning rate"),
        (lambda: OneNudge(pencil, X_pencil, y_pencil, start="W3[0,0]"), "expected one of W1"),
        (lambda: Drawing(pencil, X_pencil, y_pencil, shows="all"), "forward, backward"),
        (lambda: Drawing(pencil, X_pencil, y_pencil, example=2), "expected 0 to 1"),
        (lambda: Drawing(pencil, X_pencil * np.nan, y_pencil), "finite numbers"),
        (lambda: Drawing(pencil, X_pencil[:1], y_pencil), "shape"),
        (lambda: SoftmaxSliders([1.0, np.inf]), "finite numbers"),
        (lambda: SoftmaxSliders([1.0, 11.0]), "from -5 to 5"),
        (lambda: SoftmaxSliders([1.0]), "two to five"),
        (lambda: SoftmaxSliders([1.0, 2.0], label=2), "expected 0 to 1"),
        (lambda: SoftmaxSliders([1.0, 2.0], presets={"x": [0, 0, 0]}), "x has 3 scores"),
        (lambda: SoftmaxSliders([1, 2], presets={"x": {"temperature": 2}}), "x has temperature"),
        (lambda: SoftmaxSliders([1, 2], presets={"x": {"scores": [1, 2], "temperature": 9}}), "4"),
        (lambda: SoftmaxSliders([1, 2], names={"Z1": "z"}), "expected one of Z2, A2, Y"),
        (lambda: SoftmaxSliders([1, 2], names={"A2": "Y"}), "each name once"),
        (lambda: Drawing(*NETWORK_OF_TWO, names={"W1[2,0]": "w"}), "expected one of W1"),
        (lambda: Drawing(*NETWORK_OF_TWO, names={"W1[0,0]": "w 1"}), "without spaces"),
        (lambda: Drawing(*NETWORK_OF_TWO, names={"W1[0,0]": ""}), "without spaces"),
        (lambda: Drawing(*NETWORK_OF_TWO, names={"W1[0,0]": "J"}), "two numbers 'J'"),
        (lambda: OneNudge(*NETWORK_OF_TWO, names=["a", "b"]), "2 of them; expected 12"),
        (lambda: OneNudge(*NETWORK_OF_TWO, names="abcdefghijkl"), "expected 12"),
        (lambda: Grid({"a": [1, 2]}, {"loss": np.ones(3)}, says=""), r"the sliders have \(2,\)"),
        (lambda: Grid({"a": []}, {}, says=""), "no positions"),
        (lambda: Grid({"a": [1]}, {}, says="", start={"a": 2}), "its slider has"),
        (lambda: Grid({"a": [1]}, {"x": np.array([np.nan])}, says=""), "finite numbers"),
    ],
)
def test_what_cannot_be_played_is_said(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_network_that_is_too_wide_is_said():
    params = random_network(np.random.default_rng(0), 7, 5, 3, scale=1.0)
    with pytest.raises(ValueError, match="7-5-3 is too wide: at most 4"):
        Drawing(params, np.ones((7, 1)), np.array([0]))


def test_only_a_plaything_is_kept():
    with pytest.raises(TypeError, match="step is list"):
        keep("step", [1, 2])


@pytest.mark.parametrize("value", [-0.001, 0.0, -0.0])
def test_a_zero_has_no_minus(value):
    assert number(value) == signed(value) == "0.00"


def test_all_that_a_page_loads_for_playing_is_small():
    import gzip

    names = (*PlaythingFigure.scripts, *PlaythingFigure.styles)
    assert {path.name for path in PlaythingFigure.folder.iterdir()} == set(names)
    sizes = [len(gzip.compress((PlaythingFigure.folder / name).read_bytes())) for name in names]
    assert sum(sizes) < 60_000


def kinds_of(plaything=Plaything):
    """Yield every class of plaything that has a kind."""
    for one in plaything.__subclasses__():
        if hasattr(one, "kind"):
            yield one
        yield from kinds_of(one)


@pytest.mark.parametrize("one", [*kinds_of()], ids=lambda one: one.__name__)
def test_a_page_loads_what_its_playthings_use_and_no_more(one):
    names = PlaythingFigure.needed(
        f'<div class="play x" data-kind="x" data-scripts="{one.scripts}">'
    )
    texts = {name: (PlaythingFigure.folder / name).read_text("utf8") for name in names}
    begins = re.compile(rf"(?:playing\.kinds|\(playing\.kinds = [^)]*\))\.{one.kind} = ")
    assert sum(len(begins.findall(text)) for text in texts.values()) == (one is not Drawing)
    defined = {
        name: set(re.findall(r"^  (?:\()?playing\.(\w+) =", text, re.MULTILINE))
        for name, text in texts.items()
    }
    used = {name: set(re.findall(r"\bplaying\.(\w+)", text)) for name, text in texts.items()}
    everything = set().union(*defined.values())
    assert set().union(*used.values()) - everything == set()


def test_the_scripts_of_a_page_are_those_that_its_playthings_name_once_each():
    body = "".join(KINDS[kind]._repr_html_() for kind in ("grid", "step", "nudge"))
    needed = PlaythingFigure.needed(body)
    assert needed == (
        *("playing.js", "grid.js", "network.js", "drawing.js", "step.js", "nudge.js", "tied.js"),
    )
    assert set(needed) < set(PlaythingFigure.scripts)
    assert PlaythingFigure.needed("<p>no plaything</p>") == ("playing.js", "tied.js")


@pytest.mark.parametrize("kind", KINDS)
def test_a_label_is_for_one_control(kind):
    """Where it holds two elements that can be labelled, as ``output`` is one, HTML is not valid."""
    for label in re.findall(r"<label\b.*?</label>", KINDS[kind]._repr_html_(), re.DOTALL):
        assert (
            len(re.findall(r"<(?:button|input|meter|output|progress|select|textarea)\b", label)) < 2
        )
