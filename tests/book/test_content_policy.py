"""The policy of a page names its own scripts by their text, and is written once."""

import base64
import hashlib
import html
import re

import pytest

from kit.build.content_policy import hashes, hosts_of, policy, with_policy

PAGE = """<!DOCTYPE html>
<html><head>
    <meta charset="utf-8" />
    <script>a = 1 && "é";</script><SCRIPT data-x="false">b
</SCRIPT>
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


def test_the_policy_stands_first_and_once_however_often_it_is_written():
    once = with_policy(PAGE, [])
    assert with_policy(once, []) == once
    assert once.index("Content-Security-Policy") < once.index("<script>")
    changed = with_policy(once.replace("b\n", "c\n"), [])
    assert named("c\n") in changed
    assert named("b\n") not in changed
    assert changed.count("Content-Security-Policy") == 1


def test_no_script_runs_that_is_not_of_the_site():
    found = rules(with_policy(PAGE, ["https://cdn.example"]))
    assert found["default-src"] == found["base-uri"] == "'none'"
    assert not {"'unsafe-inline'", "'unsafe-eval'", "data:", "blob:", "https:", "*"} & set(
        found["script-src"].split()
    )
    assert found["connect-src"] == "'self' file: https://cdn.example"
    assert "https" not in policy(PAGE, [])


@pytest.mark.parametrize(
    ("pyodide", "hosts"),
    [
        ("https://cdn.jsdelivr.net/pyodide/v0.27.7/full/", ["https://cdn.jsdelivr.net"]),
        ("/a/folder", []),
        ("", []),
    ],
)
def test_the_host_of_python_is_named_unless_the_site_carries_it(pyodide, hosts):
    assert hosts_of(pyodide) == hosts


def test_what_is_no_page_stays_as_it_is():
    assert with_policy("{{ a template }}", []) == "{{ a template }}"
