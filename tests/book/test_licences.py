"""What others made is known with its licence; what is not known is found."""

import pytest

from kit.build.licences import WORKS, listed, text_of, unlisted, works_of
from tests.built_site import ROOT, files_of_the_repository


@pytest.mark.parametrize(
    "name",
    ["_static/new.js", "_static/styles/other.css", "a.woff2", "x/y.min.js"],
)
def test_a_file_of_nobody_known_is_found(name):
    names = ["index.html", "_static/book.css", "live/live-cells.js", "_static/live-cells.css"]
    assert unlisted([*names, name]) == [name]


def test_every_font_and_licence_in_the_repository_belongs_to_a_known_work():
    extra = "book/_extra/"
    names = [name.removeprefix(extra) for name in files_of_the_repository() if extra in name]
    fonts = [name for name in names if name.endswith((".woff2", "LICENSE"))]
    assert len(fonts) > 20
    for name in fonts:
        (work,) = works_of(name)
        assert work.text in names
    assert not [
        name
        for name in files_of_the_repository()
        if name.endswith((".woff2", ".woff", ".ttf", ".otf")) and not name.startswith(extra)
    ]


@pytest.mark.parametrize("work", [work for work in WORKS if "/" not in work.text])
def test_the_text_of_a_licence_is_found_in_the_installed_release(work):
    assert "opyright" in text_of(work, ROOT)


def test_the_digits_have_the_terms_that_stand_beside_them(tmp_path):
    told = " ".join(listed(tmp_path).split())
    beside = (ROOT / "mnist_data" / "README.md").read_text("utf8").partition("## Licence\n")[2]
    sentences = beside.partition("\n## ")[0].strip().split(". ")
    plain = [sentence for sentence in sentences if "](" not in sentence]
    assert len(plain) > 2
    for sentence in plain:
        assert sentence in told
    assert "CC BY-SA 3.0 <https://creativecommons.org/licenses/by-sa/3.0/>" in told
