"""What the search knows of equations: their symbols as a reader would type them."""

import json
from types import SimpleNamespace

import pytest

from kit.build import formula_search
from kit.build.formula_search import Equation, equations, symbols

FORMULAS = {
    r"dZ_2 = A_2 - Y": "dZ2 = A2 - Y",
    r"d Z_{2} = \mathbf{A}_2 - Y": "dZ2 = A2 - Y",
    r"\sym{dW1}{dW_1} = \tfrac{1}{m} \, dZ_1 X^\top": "dW1 = 1 m dZ1 X ᵀ",
    r"\nabla_{W_1} J = W_2^{\mathsf T} \odot \dot W_1": "nabla dW1 J = W2 ᵀ odot W1dot",
    r"\operatorname{softmax}(z) = \frac{e^{z_k}}{\sum_l e^{z_l}}": "softmax z = e zk sum l e zl",
    r"\begin{aligned} \alpha &= \lambda_{\max}^2 \\ x' &\le 0.5 \end{aligned}": (
        "alpha = lambdamax 2 x le 0.5"
    ),
    r"w_{jp} \text{ of unit } j": "wjp of unit j",
    r"\theta_{\text{from}} \text{} \text{ with replacement}": "thetafrom with replacement",
    r"\sum_{\text{paths } v \to J} \prod_{\text{steps of it}}": "sum paths v to J prod steps of it",
    r"1/m \text{loss}_1": "1 m loss1",
}


@pytest.mark.parametrize(("tex", "expected"), FORMULAS.items())
def test_a_formula_is_a_row_of_symbols(tex, expected):
    assert " ".join(symbols(tex)) == expected


def math(place, tex, number="(1)"):
    return (
        f'<div class="math notranslate" id="{place}">\n<span class="eqno">{number}</span>'
        f'<math><annotation encoding="application/x-tex">{tex}</annotation></math></div>'
    )


def test_only_equations_with_a_number_are_kept_each_with_its_place():
    inline = '<annotation encoding="application/x-tex">q</annotation>'
    unnumbered = f'<div class="math notranslate">{inline}</div>'
    html = inline + math("equation-eq-a", "a &lt; b") + unnumbered + math("equation-eq-b", "c")
    assert equations("part/page", html) == [
        Equation("part/page", "equation-eq-a", "a < b"),
        Equation("part/page", "equation-eq-b", "c"),
    ]


def test_the_search_page_gets_them_as_a_script(tmp_path, monkeypatch):
    (tmp_path / "index.html").write_text(math("equation-eq-a", r"\alpha"), "utf8")
    monkeypatch.setattr(formula_search, "in_order", lambda env: ["index"])
    app = SimpleNamespace(builder=SimpleNamespace(name="html"), outdir=str(tmp_path), env=None)
    formula_search.write(app, None)
    text = (tmp_path / formula_search.FILE).read_text("utf8")
    data = json.loads(text.removeprefix("Search.formulas = ").removesuffix(";\n"))
    assert data == [["index", "equation-eq-a", "alpha"]]
