"""What was found in a file is kept until its text is another, or what finds it is."""

import pickle
from types import SimpleNamespace

import pytest

from kit.build import found_in_files

CALLS: list[str] = []


def words(text):
    CALLS.append(text)
    return set(text.split())


@pytest.fixture(autouse=True)
def _no_calls():
    CALLS.clear()


@pytest.fixture
def build(tmp_path):
    """Return a function that begins or ends a build of one version."""

    def app(version="1", name="html"):
        config = SimpleNamespace(book_machinery=version)
        return SimpleNamespace(
            doctreedir=tmp_path, config=config, builder=SimpleNamespace(name=name)
        )

    return app


def one_build(app, *files, exception=None):
    found_in_files.begin(app)
    found = [found_in_files.of(app)(words, file) for file in files]
    found_in_files.end(app, exception)
    return found


def test_a_file_is_looked_through_when_its_text_changes(tmp_path, build):
    one, two = tmp_path / "one.html", tmp_path / "two.html"
    one.write_bytes(b"a\r\nb")
    two.write_text("c", "utf8")
    assert one_build(build(), one, two, one) == [{"a", "b"}, {"c"}, {"a", "b"}]
    assert CALLS == ["a\nb", "c"]
    two.write_text("d", "utf8")
    assert one_build(build(), one, two) == [{"a", "b"}, {"d"}]
    assert CALLS == ["a\nb", "c", "d"]


def test_what_no_build_asks_for_any_more_is_forgotten(tmp_path, build):
    one, two = tmp_path / "one.html", tmp_path / "two.html"
    one.write_text("a", "utf8")
    two.write_text("b", "utf8")
    one_build(build(), one, two)
    one_build(build(), one)
    kept = pickle.loads((tmp_path / found_in_files.NAME).read_bytes())[1]
    assert list(kept.values()) == [{"a"}]


def test_another_version_finds_all_anew(tmp_path, build):
    one = tmp_path / "one.html"
    one.write_text("a", "utf8")
    one_build(build("1"), one)
    one_build(build("2"), one)
    assert CALLS == ["a", "a"]


@pytest.mark.parametrize("content", [b"", b"no pickle", pickle.dumps(3)])
def test_a_file_that_does_not_fit_is_no_fault(tmp_path, build, content):
    (tmp_path / found_in_files.NAME).write_bytes(content)
    one = tmp_path / "one.html"
    one.write_text("a", "utf8")
    assert one_build(build(), one) == [{"a"}]


def test_a_build_that_failed_keeps_nothing(tmp_path, build):
    one = tmp_path / "one.html"
    one.write_text("a", "utf8")
    one_build(build(), one, exception=ValueError())
    assert not (tmp_path / found_in_files.NAME).exists()
