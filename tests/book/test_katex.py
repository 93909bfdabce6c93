"""Formulas are rendered in the build's own process, which then comes to its end."""

import subprocess
import sys
from pathlib import Path

import pytest

EXTENSIONS = Path(__file__).resolve().parents[2] / "book" / "_ext"
RENDER = f"""
import sys
sys.path.insert(0, {str(EXTENSIONS)!r})
from katex_in_process import render_latex
print(render_latex({{latex!r}}))
"""


def rendered(latex: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", RENDER.format(latex=latex)],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    return result.stdout


@pytest.mark.parametrize("attempt", range(4))
def test_the_process_ends_after_rendering(attempt):
    assert "katex-mathml" in rendered("W_1 X + b_1")


def test_bad_tex_shows_as_its_source():
    assert rendered("\\frac{1}{") == "<code>\\frac{1}{</code>\n"
