"""What the search knows of the numbers of a book."""

import json
from types import SimpleNamespace

from kit.build import number_search
from kit.build.number_search import numbers

ENV = SimpleNamespace(
    toc_secnumbers={"part/page": {"": (3,), "#why": (3, 1), "#deep": (3, 1, 2)}, "index": {}},
    toc_fignumbers={
        "part/page": {
            "figure": {"fig-a": (3, 1)},
            "displaymath": {"equation-eq-a": (3, 1), "equation-eq-b": (3, 12)},
            "exercise": {"ex-a": (3, 2)},
            "code-block": {"listing": (3, 1)},
        }
    },
)
FOUND = {
    "part/page": {
        "chapter": {"3": ""},
        "section": {"3.1": "why", "3.1.2": "deep"},
        "figure": {"3.1": "fig-a"},
        "equation": {"3.1": "equation-eq-a", "3.12": "equation-eq-b"},
        "exercise": {"3.2": "ex-a"},
    }
}


def test_a_number_leads_to_its_place(monkeypatch):
    monkeypatch.setattr(number_search, "in_order", lambda env: ["index", "part/page"])
    assert numbers(ENV) == FOUND


def test_the_search_page_gets_them_as_a_script(tmp_path, monkeypatch):
    monkeypatch.setattr(number_search, "in_order", lambda env: ["index", "part/page"])
    app = SimpleNamespace(builder=SimpleNamespace(name="html"), outdir=str(tmp_path), env=ENV)
    number_search.write(app, None)
    text = (tmp_path / number_search.FILE).read_text("utf8")
    assert json.loads(text.removeprefix("Search.numbers = ").removesuffix(";\n")) == FOUND
