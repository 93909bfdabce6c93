"""Code on a page is the package's own."""

import pytest

from kit.source_code import module_file, source


def test_a_function_is_shown_without_its_docstring(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(
        'def first(x):\n    """Say what.\n\n    More.\n    """\n    # why\n    return x + 1\n\n\n'
        "@mark\ndef second():\n    return 2\n",
        "utf8",
    )
    assert source(path, "first") == "def first(x):\n    # why\n    return x + 1"
    assert source(path, "second") == "@mark\ndef second():\n    return 2"


def test_a_class_is_shown_without_the_docstrings_of_its_methods(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(
        'class Pair:\n    """Two."""\n\n    def swap(self):\n'
        '        """Turn.\n\n        Round.\n        """\n'
        '        return "b", "a"\n',
        "utf8",
    )
    assert source(path, "Pair") == 'class Pair:\n    def swap(self):\n        return "b", "a"'


def test_modules_are_found_in_the_package_and_beside_the_extension():
    assert module_file("nnfs.network").name == "network.py"
    assert module_file("kit.cells.linear").name == "linear.py"
    assert "Parameters(dW1, db1, dW2, db2)" in source(module_file("nnfs.network"), "backward")


def test_what_is_not_there_is_an_error(tmp_path):
    with pytest.raises(LookupError, match="no module"):
        module_file("nnfs.nothing")
    with pytest.raises(LookupError, match="defines no function nothing"):
        source(module_file("kit.cells.linear"), "nothing")
