"""The policy of a page names its own scripts by their text, and is written once."""

import base64
import hashlib
import html
import re

import pytest

from kit.build.content_policy import hashes, with_policy, write_into
from kit.build.found_in_files import Findings

PAGE = """<!DOCTYPE html>
<html><head>
    <meta charset="utf-8" />
    <script>a = 1 && "é";</script><SCRIPT data-src="false">b
</SCRIPT >
    <script src="c.js"></script><script type="application/json">{"d": 1}</script>
</head><body>x</body></html>"""


def named(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def rules(page: str) -> dict[str, str]:
    found = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)
    assert found
    return dict(rule.split(" ", 1) for rule in html.unescape(found[1]).split("; "))


def test_scripts_within_a_page_are_named_by_their_text_and_data_are_not():
    assert sorted(hashes(PAGE)) == sorted([named('a = 1 && "é";'), named("b\n")])


@pytest.mark.parametrize(
    ("attributes", "asked"),
    [
        ("", True),
        (' type="module"', True),
        (" type='text/javascript' async", True),
        (' type="importmap"', True),
        (' type="application/ld+json"', False),
        (" type=application/json", False),
        (' defer src="a.js"', False),
        (' data-type="a/b" data-src="x"', True),
    ],
)
def test_a_script_is_named_where_a_browser_asks_for_its_hash(attributes, asked):
    page = f"<head></head><script{attributes}>x</script>"
    assert hashes(page) == ([named("x")] if asked else [])


def test_the_policy_stands_first_and_once_however_often_it_is_written():
    once = with_policy(PAGE)
    assert with_policy(once) == once
    assert once.index("Content-Security-Policy") < once.index("<script>")
    changed = with_policy(once.replace("b\n", "c\n"))
    assert named("c\n") in changed
    assert named("b\n") not in changed
    assert changed.count("Content-Security-Policy") == 1


def test_no_script_runs_that_is_not_of_the_site():
    found = rules(with_policy(PAGE))
    assert found["default-src"] == found["base-uri"] == "'none'"
    scripts = set(found["script-src"].split())
    assert scripts == {"'self'", "file:", named('a = 1 && "é";'), named("b\n")}
    assert found["connect-src"] == found["worker-src"] == found["form-action"] == "'self' file:"
    assert not {"http:", "https:", "*", "'unsafe-eval'"} & set(" ".join(found.values()).split())


def test_a_page_without_a_named_encoding_has_its_policy_too():
    page = "<html><head><script>a</script></head></html>"
    assert with_policy(page).startswith("<html><head>\n  <meta http-equiv")


def test_what_is_no_page_stays_as_it_is(tmp_path):
    assert with_policy("{{ a template }}") == "{{ a template }}"
    for name in ("page.html", "part/page.html", "_static/part.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(PAGE, "utf8")
    write_into(tmp_path, Findings())
    assert (tmp_path / "_static/part.html").read_text("utf8") == PAGE
    for name in ("page.html", "part/page.html"):
        assert (tmp_path / name).read_text("utf8") == with_policy(PAGE)
