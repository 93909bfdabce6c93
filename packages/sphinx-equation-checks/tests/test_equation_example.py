"""The example and the README, as those who have only them would use them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from sphinx_equation_checks.evidence import LEADS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf8")


def run(*command: str, cwd: Path) -> None:
    result = subprocess.run(
        [str(Path(sys.executable).parent / command[0]), *command[1:]],
        cwd=cwd,
        capture_output=True,
        encoding="utf8",
        errors="replace",
        check=False,
    )
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]


@pytest.mark.exhaustive(share=1 / 2, of="file", fewest=1)
@pytest.mark.parametrize(
    ("command", "site"),
    [
        (("sphinx-build", "-W", "a book", "a book/_build/html"), "a book/_build/html"),
        (("jupyter-book", "build", "a book", "-W", "--keep-going"), "a book/_build/html"),
    ],
    ids=["plain Sphinx", "Jupyter Book"],
)
def test_the_example_builds_without_a_warning(tmp_path, command, site):
    if not shutil.which(command[0], path=str(Path(sys.executable).parent)):
        pytest.skip(f"{command[0]} is not installed")
    shutil.copytree(ROOT / "example", tmp_path / "a book")
    run(*command, cwd=tmp_path)
    pages = {
        path.stem: BeautifulSoup(path.read_text("utf8"), "html.parser")
        for path in (tmp_path / site).glob("*.html")
    }
    slopes = pages["slopes"]
    assert slopes.select_one(".equation-note").get_text().strip() == "Definition."
    mark = slopes.select_one("details.equation-mark")
    assert re.fullmatch(r"Check of equation \([\d.]+\): checked", mark.summary["aria-label"])
    assert [how.em.get_text() for how in mark.select(".equation-how")] == list(LEADS)
    assert mark.select(".equation-how .math")
    assert [cell.parent for cell in slopes.select(".tag_check")] == [mark, mark]
    claims = slopes.select_one("details.claims")
    assert [claim.get_text() for claim in claims.select("li")] == [
        "the slope is nowhere larger than a quarter",
        "it is largest in the middle",
    ]
    assert claims.select_one("details .tag_claim")
    assert "confirmed" not in slopes.select_one(".tag_claim").get_text()
    visible = [cell for cell in slopes.select("div.cell") if not cell.find_parent("details")]
    assert len(visible) == 1
    assert len(pages["equations"].select(".equation-entry")) == 4
    for name, page in pages.items():
        for link in page.select(".equation-note a, .equation-check a"):
            file, _, anchor = link["href"].partition("#")
            assert pages[Path(file).stem if file else name].find(id=anchor)


@pytest.mark.exhaustive(share=1 / 2, of="file", fewest=1)
def test_where_pages_cannot_fold_the_evidence_is_left_out_or_stands_there(tmp_path):
    shutil.copytree(ROOT / "example", tmp_path / "a book")
    found = {}
    for builder, shown in (("text", "folded"), ("text", "open"), ("latex", "open")):
        out = f"{builder}-{shown}"
        options = ("-b", builder, "-d", "read", "-D", f"equation_checks_print={shown}")
        run("sphinx-build", "-W", *options, "a book", out, cwd=tmp_path)
        (path,) = (tmp_path / out).glob("slopes.txt" if builder == "text" else "*.tex")
        words = re.sub(r"\\sphinxhyphen\{\}|\\", "", path.read_text("utf8"))
        found[builder, shown] = " ".join(words.split())
    for (_, shown), words in found.items():
        assert "Checked as equal" in words
        assert "Its slope needs no more than its value" in words
        for evidence in (LEADS[0], LEADS[1], "the second derivative", "it is largest in the mid"):
            assert (evidence.lower() in words.lower()) == (shown == "open")


def test_the_first_check_of_the_readme_is_that_of_the_example():
    page = (ROOT / "example" / "index.md").read_text("utf8")
    formula = re.search(r"\\sum.*", README)
    call = re.search(r"check\(\"eq-odd\".*", README)
    assert formula[0] in page
    assert call[0] in page
    assert README.count("import check\n") == 1


def test_the_readme_names_every_setting_and_function():
    from sphinx_equation_checks import cells

    extension = (ROOT / "sphinx_equation_checks" / "extension.py").read_text("utf8")
    settings = re.findall(r'add_config_value\(\s*"(\w+)"', extension)
    assert len(settings) == 5
    for name in [*settings, *cells.__all__]:
        assert f"`{name}" in README


def test_the_pictures_of_the_readme_are_there_and_light():
    pictures = re.findall(r"!\[.+\]\((.+)\)", README)
    assert pictures
    for name in pictures:
        assert (ROOT / name).stat().st_size < 60_000


def test_what_cells_import_needs_no_sphinx(tmp_path):
    code = (
        "import sys\n"
        "for name in ('sphinx', 'docutils', 'myst_nb', 'sympy', 'IPython'):\n"
        "    sys.modules[name] = None\n"
        "from sphinx_equation_checks.cells import check\n"
        "check('eq-a', [1.0 + 1.0, 2.0 + 1.0], [2.0, 3.0], terms=1)\n"
    )
    script = tmp_path / "script.py"
    script.write_text(code, encoding="utf8")
    result = subprocess.run(
        [sys.executable, script], capture_output=True, encoding="utf8", check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == (
        "eq-a: equal, no difference at all; rounding alone could cause 4.4e-16\n"
    )
