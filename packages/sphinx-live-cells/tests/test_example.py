"""The example builds with plain Sphinx and with Jupyter Book, and its settings reach its pages."""

import json
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from sphinx_live_cells import bundle

EXAMPLE = Path(__file__).resolve().parents[1] / "example"


def build(tmp_path, name, *options):
    ignored = shutil.ignore_patterns("_build", "built", "__pycache__")
    folder = shutil.copytree(EXAMPLE, tmp_path / "an example", ignore=ignored)
    result = subprocess.run(
        [shutil.which(name, path=sysconfig.get_path("scripts")), *options],
        cwd=folder,
        capture_output=True,
        encoding="utf8",
        errors="replace",
        check=False,
    )
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-4000:]
    return folder


def listed(html):
    text = re.search(r'id="live-cells">(.*?)</script>', html.read_text("utf8"))[1]
    return json.loads(text)


def check(site):
    page = listed(site / "fit.html")
    assert page["name"] == "fit"
    assert page["key"] == "live-cells"
    assert [cell.get("packages") for cell in page["cells"]] == [
        *(["matplotlib", "numpy"], None, None, None, None)
    ]
    assert page["cells"][4]["away"] == "it tells of the machine that built the page"
    settings = json.loads((site / "live" / "live.json").read_text("utf8"))
    assert settings["pyodide"].startswith("https://")
    assert settings["first"] == []
    files = bundle.unpack((site / "live" / settings["bundle"]).read_bytes())
    names = set(files)
    session = json.loads(files["live-session.json"])
    assert {"springs.py", "data/springs.csv", "sphinx_live_cells/browser/kernel.py"} <= names
    assert not {name for name in names if "extension" in name}
    assert session["available"] == "numpy, matplotlib, springs"
    assert (site / "_static" / "live-cells.css").is_file()
    assert "live-cells.css" in (site / "index.html").read_text("utf8")
    assert {path.name for path in (site / "live").iterdir()} >= {"live-worker.js", "code-editor.js"}


@pytest.mark.exhaustive(share=1 / 2, of="file", fewest=1)
def test_plain_sphinx(tmp_path):
    folder = build(tmp_path, "sphinx-build", "-q", "-W", "-j", "2", ".", "built")
    check(folder / "built")


@pytest.mark.exhaustive(share=1 / 2, of="file", fewest=1)
def test_jupyter_book(tmp_path):
    folder = build(tmp_path, "jupyter-book", "build", "-W", "-q", ".")
    check(folder / "_build" / "html")
