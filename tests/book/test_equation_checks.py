"""Equations know their checks, and checks their equations, in the built site."""

import json
import re
from urllib.parse import urlparse

import pytest
from bs4 import BeautifulSoup

from .pages import all_pages


@pytest.fixture(scope="module")
def record(site) -> dict:
    return json.loads((site / "equation-checks.json").read_text("utf8"))


def test_every_result_of_the_book_has_a_check_that_was_seen_to_fail(record):
    checks = 0
    for page in record.values():
        assert set(page["results"]) <= {check["label"] for check in page["checks"]}
        for check in page["checks"]:
            checks += 1
            assert check["error"] <= check["bound"]
            assert len(check["noticed"]) >= (1 if check["kind"] == "zero" else 2)
            assert check["bound"] < 1e-4
    assert checks >= 60


def test_the_record_knows_every_labelled_equation_of_the_sources(record):
    for page in all_pages():
        labels = re.findall(r"^\$\$ \(([\w-]+)\)", page.body, re.MULTILINE)
        known = record.get(page.docname, {"results": [], "unchecked": []})
        assert sorted(labels) == sorted(known["results"] + known["unchecked"])


def test_every_mark_of_the_site_opens_on_words_and_leads_to_the_explanation(site, record):
    folded = {name for name, page in record.items() if any(c["folded"] for c in page["checks"])}
    for name in folded:
        page = BeautifulSoup((site / f"{name}.html").read_text("utf8"), "html.parser")
        for mark in page.select("details.equation-mark"):
            assert len(mark.select(".equation-how")) == len(mark.select(".tag_check"))
            links = [link["href"] for link in mark.select(".equation-more a")]
            assert links[-1].endswith("how-checks-work")


def test_the_appendix_lists_every_equation(site, record):
    text = (site / "appendices" / "equations.html").read_text("utf8")
    page = BeautifulSoup(text, "html.parser")
    entries = page.select(".equation-entry")
    linked = {urlparse(entry.select_one(".equation-note a")["href"]).fragment for entry in entries}
    everything = [label for p in record.values() for label in p["results"] + p["unchecked"]]
    assert linked == {f"equation-{label}" for label in everything}
    assert len(entries) == len(everything)
