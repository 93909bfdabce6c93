"""The widget "Draw a digit": networks on their way into the page, and the widget's arithmetic.

The scripts that do arithmetic use no page, so a bare JavaScript engine runs them here.
"""

import json
import re
import sys
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from py_mini_racer import MiniRacer

import nnfs
from kit.widgets.draw_a_digit import directive
from kit.widgets.draw_a_digit.cells import networks as digit_networks
from nnfs import functions

SCRIPTS = directive.DrawADigit.folder
ATOB = """
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
function atob(text) {
  let bytes = "", held = 0, bits = 0;
  for (const letter of text.replace(/=/g, "")) {
    held = ((held << 6) | letters.indexOf(letter)) & 0xffff;
    bits += 6;
    if (bits >= 8) { bits -= 8; bytes += String.fromCharCode((held >> bits) & 255); }
  }
  return bytes;
}
"""
RUN = """
function run(widths, weights, image) {
  const network = drawADigit.network(widths, weights);
  const found = drawADigit.forward(network, image);
  const pixels = drawADigit.contributions(network, found, image);
  const list = (numbers) => Array.from(numbers);
  return JSON.stringify({
    hidden: found.hidden.map(list), logits: list(found.logits),
    probabilities: list(found.probabilities), answer: found.answer, pixels: list(pixels),
  });
}
function prepare(ink, width, height) {
  return JSON.stringify(Array.from(drawADigit.prepare(ink, width, height) || []));
}
"""


@pytest.fixture(scope="module")
def javascript():
    engine = MiniRacer()
    engine.eval(ATOB)
    for name in ("network.js", "preparation.js"):
        engine.eval((SCRIPTS / name).read_text("utf8"))
    engine.eval(RUN)
    return engine


@pytest.fixture(scope="module")
def digits():
    return nnfs.load_mnist("bundled", split="official")


def network(widths: list[int], seed: int = 0) -> list[np.ndarray]:
    """Return weights of the size that training leaves, for any number of layers."""
    rng = np.random.default_rng(seed)
    params = []
    for n, k in pairwise(widths):
        params += [rng.normal(size=(k, n)) / np.sqrt(n), rng.normal(size=(k, 1))]
    return params


def run(javascript, params, image):
    widths, weights = digit_networks.widths(params), digit_networks.encoded(params)
    return json.loads(javascript.call("run", widths, weights, image.tolist()))


def test_javascript_agrees_with_nnfs_on_500_test_images(javascript, digits):
    params = nnfs.train(digits.x_train[:, :2000], digits.y_train[:2000], iterations=60).params
    images = digits.x_test[:, :500]
    expected = nnfs.forward(digit_networks.rounded(params), images.astype(np.float64))
    found = [run(javascript, params, image) for image in images.T]
    for name, matrix in [("logits", expected.Z2), ("probabilities", expected.A2)]:
        assert np.abs(np.array([f[name] for f in found]).T - matrix).max() < 1e-5
    hidden = np.array([f["hidden"][0] for f in found]).T
    assert np.abs(hidden - expected.A1).max() < 1e-5
    assert [f["answer"] for f in found] == expected.A2.argmax(axis=0).tolist()


def logits(params: list[np.ndarray], x: np.ndarray) -> np.ndarray:
    """Return the logits of a network of any depth, by nnfs' own functions."""
    for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        x = functions.relu(functions.affine(W, b, x))
    return functions.affine(params[-2], params[-1], x)


@pytest.mark.parametrize("widths", [[7, 3], [7, 5, 3], [7, 5, 4, 3]])
def test_any_depth_and_the_contributions_of_the_inputs(javascript, widths):
    params = network(widths, seed=3)
    exact = digit_networks.rounded(params)
    for seed in range(5):
        x = np.random.default_rng(seed).uniform(size=7)
        found = run(javascript, params, x)
        np.testing.assert_allclose(found["logits"], logits(exact, x[:, None])[:, 0], atol=1e-12)

        def lead(x, answer=found["answer"]):
            z = logits(exact, x[:, None])[:, 0]
            return z[answer] - z.mean()

        step = 1e-6 * np.eye(7)
        slopes = [(lead(x + e) - lead(x - e)) / 2e-6 for e in step]
        np.testing.assert_allclose(found["pixels"], slopes * x, atol=1e-7)


def test_every_half_precision_number_survives(javascript):
    bits = np.arange(65536, dtype=np.uint16).view(np.float16)
    finite = bits[np.isfinite(bits)]
    W = finite.astype(np.float64).reshape(1, -1)
    text = digit_networks.encoded([W, np.zeros((1, 1))])
    sizes = json.dumps([W.size, 1])
    read = f"JSON.stringify(Array.from(drawADigit.network({sizes}, '{text}').layers[0].W))"
    assert json.loads(javascript.eval(read)) == W[0].tolist()


@pytest.mark.parametrize("value", [np.nan, np.inf, 7e4])
def test_what_half_precision_cannot_hold_is_refused(value):
    with pytest.raises(ValueError, match="finite and at most 65504"):
        digit_networks.encoded([np.full((2, 3), value), np.zeros((2, 1))])


def test_weights_that_do_not_fit_the_widths_are_refused(javascript):
    text = digit_networks.encoded(network([7, 5, 3]))
    with pytest.raises(Exception, match="58 weights; 7-5-4 has 62"):
        javascript.eval(f"drawADigit.network([7, 5, 4], '{text}')")


def test_the_cell_hands_over_the_small_network_and_names_the_script_of_the_good(digits):
    small, good = nnfs.init_params(seed=1), nnfs.init_params(n_hidden=12, seed=2)
    x, y = digits.x_test[:, :200], digits.y_test[:200]
    html = digit_networks.Networks(small, good, x, y)._repr_html_()
    content = re.fullmatch(
        r'<script type="application/json" class="draw-a-digit-networks">(.*)</script>', html
    )
    first, second = json.loads(content[1])
    assert first["widths"] == [784, 10, 10]
    assert first["weights"] == digit_networks.encoded(small)
    assert first["accuracy"] == nnfs.accuracy(digit_networks.rounded(small), x, y)
    assert second["widths"] == [784, 12, 10]
    assert second["script"] == "good-network.js"
    assert "weights" not in second
    assert second["described"] == "12 hidden units"
    assert second["tested"] == "200 test images"


def test_the_cell_says_what_networks_learned_and_were_judged_by(digits):
    deep = [P for n, m in ((6, 784), (5, 6), (10, 5)) for P in (np.ones((n, m)), np.ones((n, 1)))]
    x, y = digits.x_test[:, :1200], digits.y_test[:1200]
    sizes = {"trained_on": (41_000, 60_000), "called": "images </of> mine"}
    made = digit_networks.Networks(nnfs.init_params(), deep, x, y, **sizes)
    first, second = made.described
    assert first["described"] == "10 hidden units, trained on 41,000 images"
    assert second["described"] == "6 and 5 hidden units, trained on 60,000 images"
    assert first["tested"] == second["tested"] == "1,200 images </of> mine"
    assert made._repr_html_().count("</") == 1


def prepared(javascript, ink):
    height, width = ink.shape
    found = json.loads(javascript.call("prepare", ink.ravel().tolist(), width, height))
    return np.reshape(found, (28, 28)) if found else None


def test_an_enlarged_mnist_image_comes_back_as_it_was(javascript, digits):
    """The three images in 10,000 whose ink spans 19 pixels are not among these."""
    for image in digits.x_test[:, :60].T.reshape(-1, 28, 28).astype(np.float64):
        enlarged = np.kron(image, np.ones((5, 5)))
        moved = np.roll(np.pad(enlarged, ((3, 20), (30, 4))), (2, -25), axis=(0, 1))
        np.testing.assert_allclose(prepared(javascript, moved), image, atol=1e-12)


@pytest.mark.parametrize(("height", "width"), [(137, 41), (23, 90), (9, 9), (1, 1), (1, 150)])
def test_ink_fits_the_box_in_its_proportions_and_is_centred(javascript, height, width):
    ink = np.zeros((160, 170))
    ink[5 : 5 + height, 11 : 11 + width] = 1
    picture = prepared(javascript, ink)
    rows, columns = (np.flatnonzero(picture.any(axis=axis)) for axis in (1, 0))
    scale = 20 / max(height, width)
    assert (rows.size, columns.size) == tuple(max(1, round(n * scale)) for n in (height, width))
    assert max(rows.size, columns.size) == 20
    for places in (rows, columns):
        assert 13.5 <= places.mean() <= 14.5
    np.testing.assert_allclose(picture[picture > 0], 1)


def test_edges_become_greys_and_the_mean_is_kept(javascript):
    ink = (np.random.default_rng(4).uniform(size=(50, 50)) > 0.5).astype(float)
    ink[[0, -1]] = ink[:, [0, -1]] = 1
    picture = prepared(javascript, ink)
    assert picture.sum() / 400 == pytest.approx(ink.mean())
    assert ((picture > 0.2) & (picture < 0.8)).sum() > 100


def test_heavy_ink_at_one_end_keeps_the_digit_in_the_picture(javascript):
    ink = np.zeros((100, 100))
    ink[:, 50] = 1
    ink[90:, 40:61] = 1
    picture = prepared(javascript, ink)
    assert np.flatnonzero(picture.any(axis=1)).tolist() == list(range(20))
    upright = prepared(javascript, ink.T)
    assert np.flatnonzero(upright.any(axis=0)).tolist() == list(range(20))


def test_a_blank_pad_has_no_picture(javascript):
    assert prepared(javascript, np.zeros((30, 40))) is None


@pytest.mark.parametrize(("warnings", "trained"), [([], ["good"]), (["a fault"], [])])
def test_the_good_network_is_trained_unless_the_build_has_failed(
    monkeypatch, tmp_path, warnings, trained
):
    asked = []

    def good_network(start):
        asked.append("good")
        return SimpleNamespace(training=SimpleNamespace(params=nnfs.init_params(seed=start)))

    module = SimpleNamespace(good_network=good_network)
    monkeypatch.setitem(sys.modules, "kit.cells.trained", module)
    (tmp_path / "digit").mkdir()
    app = SimpleNamespace(
        kept_back=SimpleNamespace(faults=warnings),
        env=SimpleNamespace(metadata={"index": {directive.DrawADigit.mark: True}}),
        builder=SimpleNamespace(format="html"),
        outdir=tmp_path,
    )
    directive.write_good_network(app, None)
    assert asked == trained
    assert len(list((tmp_path / "digit").iterdir())) == len(trained)
