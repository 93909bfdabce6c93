"""Cards for sharing: a title and a figure of the page, drawn again only when something changed."""

import io
import os
import subprocess
import sys
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from kit.build import card_picture, cards
from kit.build.address import CARD_SIZE
from kit.build.drawing import Sheet

WORDS = cards.Card("A book", "Chapter 2 of 9 · A part", "A title of a page", "")


def svg(figure):
    written = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "1"}):
        figure.savefig(written, format="svg")
    return written.getvalue()


@pytest.fixture(scope="module")
def figure():
    """Lines, dashes, letters, areas that are half transparent, clips and pictures of two kinds."""
    figure = Figure(figsize=(6, 3), dpi=100)
    left, middle, right = figure.subplots(1, 3)
    left.plot([0, 1, 3], [2, 0, 5], "--", lw=3, color="#a34700")
    left.fill_between([0, 3], [0, 4], [1, 5], color="#0068a8", alpha=0.4)
    left.set(xlim=(0.2, 2.5), ylim=(0.5, 4), title="words $W_1$")
    middle.imshow(np.arange(12.0).reshape(3, 4), cmap="viridis", interpolation="none")
    middle.scatter([0, 2], [1, 2], s=90, color="#a32a78", edgecolor="#000000")
    right.bar([1, 2, 5], [3, 2, 4], color="#006b4c")
    right.set_ylabel("turned")
    return figure


def test_a_drawing_has_the_pixels_that_matplotlib_gives_it(figure):
    direct = io.BytesIO()
    figure.savefig(direct, format="png", dpi=100)
    expected = np.asarray(Image.open(direct).convert("RGB")).astype(float)
    sheet = Sheet(600, 300)
    sheet.drawing(svg(figure), 0, 0, 600, 300)
    found = sheet.pixels().astype(float)
    paper = np.abs(255 - expected).mean()
    assert paper > 10, "there is something to see"
    assert np.abs(found - expected).mean() < 0.12 * paper
    for columns in np.split(np.arange(600), 3):
        apart = np.abs(found - expected)[:, columns].mean()
        assert apart < 0.2 * np.abs(255 - expected[:, columns]).mean()


def test_a_drawing_lies_in_its_box(figure):
    sheet = Sheet(500, 400)
    sheet.drawing(svg(figure), 100, 50, 300, 300)
    rows, columns = np.nonzero((sheet.pixels() < 250).any(axis=2))
    assert 100 <= columns.min() < columns.max() < 400
    assert 125 <= rows.min() < rows.max() < 275


def pixels(png):
    image = Image.open(io.BytesIO(png))
    assert image.size == CARD_SIZE
    assert len(png) < 100_000
    return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("size", [(6, 1.5), (6, 3), (4, 4), (2, 5)])
def test_title_and_drawing_both_have_room(size):
    black = Figure(figsize=size, facecolor="#a34700")
    title = "A title that is long enough to be broken into some lines of a card"
    found = pixels(cards.png(WORDS._replace(title=title, drawing=svg(black)))).astype(int)
    drawn = (np.abs(found - [0xA3, 0x47, 0x00]).sum(axis=2) < 60).sum()
    assert drawn > 80_000
    ink = (found.sum(axis=2) < 150).sum()
    alone = pixels(cards.png(WORDS._replace(title=title))).astype(int)
    assert ink > 2_000
    assert (alone.sum(axis=2) < 150).sum() > ink


def test_no_line_is_wider_than_its_room():
    text = "Regularise, widen, deepen and A2 − Y, or why $5 is not mathematics"
    for width in (420, 900):
        lines = card_picture.lines_of(text, 60, "STIXGeneralBol", width)
        assert " ".join(lines) == text
        assert len(lines) > 1
        assert max(card_picture.width_of(line, 60, "STIXGeneralBol") for line in lines) <= width


@pytest.fixture
def app(tmp_path, monkeypatch):
    (tmp_path / "_images").mkdir()
    (tmp_path / "part").mkdir()
    (tmp_path / "_images" / "a.svg").write_text(svg(Figure(figsize=(2, 1), facecolor="#a34700")))
    (tmp_path / "part" / "one.html").write_text(
        '<figure id="f">\n<img alt="" src="../_images/a.svg" />'
    )
    (tmp_path / "index.html").write_text("<p>None.</p>")
    titles = {name: SimpleNamespace(astext=lambda n=name: n) for name in ("index", "part/one")}
    env = SimpleNamespace(titles=titles, config=SimpleNamespace(root_doc="index"))
    monkeypatch.setattr(cards, "in_order", lambda env: ["index", "part/one"])
    monkeypatch.setattr(cards, "numbers", lambda env: {"part/one": 1})
    monkeypatch.setattr(cards, "parts", lambda env: {"part/one": "A part"})
    return SimpleNamespace(
        builder=SimpleNamespace(name="html"),
        config=SimpleNamespace(html_baseurl="https://a.b/", html_title="A book"),
        outdir=str(tmp_path),
        env=env,
    )


def test_only_a_card_of_which_something_changed_is_drawn_again(app, tmp_path):
    cards.write(app, None)
    files = [tmp_path / "cards" / "index.png", tmp_path / "cards" / "part" / "one.png"]
    for file in files:
        os.utime(file, (1, 1))
    cards.write(app, None)
    assert [file.stat().st_mtime for file in files] == [1, 1]
    (tmp_path / "_images" / "a.svg").write_text(svg(Figure(figsize=(2, 1), facecolor="#0068a8")))
    before = files[1].read_bytes()
    cards.write(app, None)
    assert files[0].stat().st_mtime == 1
    assert files[1].read_bytes() != before


def test_the_card_of_a_page_that_is_gone_goes_too(app, tmp_path):
    gone = tmp_path / "cards" / "part" / "two.png"
    gone.parent.mkdir(parents=True)
    gone.write_bytes(b"")
    cards.write(app, None)
    assert not gone.exists()
    assert len(list((tmp_path / "cards").rglob("*.png"))) == 2


def test_without_an_address_there_are_no_cards(app, tmp_path):
    cards.write(app, None)
    app.config.html_baseurl = ""
    cards.write(app, None)
    assert not (tmp_path / "cards").exists()


def test_two_cards_of_the_same_have_the_same_bytes():
    assert cards.png(WORDS) == cards.png(WORDS)


def test_matplotlib_is_not_loaded_before_a_card_is_drawn():
    code = "import kit.build.cards, sys; print('matplotlib' in sys.modules)"
    folders = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(
        [sys.executable, "-c", code], env=folders, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"
