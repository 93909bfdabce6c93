"""A table of the checks behind the numbered results of some pages."""

import json
import re
from pathlib import Path
from typing import Any

from kit.build.take_away.prints import place_of

NUMBER = re.compile(
    r'<span class="eqno">\(([\d.]+)\)<a class="headerlink" href="#(equation-([^"]+))"'
)
KINDS = {"equal": "two ways", "symbols": "all symbols", "zero": "cancels", "bound": "a bound"}
INTRODUCTION = """\
<h1>How the results were checked</h1>
<p>Each numbered result was compared with what it speaks of, by a program that reaches the two
sides by different routes: {results} results in {checks} comparisons. The table has for each the
largest difference found, relative to the largest entry, and the difference that rounding, and the
truncation of a difference quotient, could cause. Every comparison was also given false formulas,
such as one with a flipped sign or a factor of 1.0001, and noticed them. In the table, <em>two
ways</em> are two computations, <em>all symbols</em> is algebra by a program, <em>cancels</em> is a
sum that should be zero, and <em>a bound</em> is an inequality whose exceptions were looked for.
What was compared with what is told beside each equation in the book, where those results are that
are not printed here. {defined}</p>"""


def _power(value: float) -> str:
    digits, _, power = f"{value:.1e}".partition("e")
    return f"{digits} · 10<sup>{power.replace('-', '−').replace('−0', '−')}</sup>"


def _row(number: str, place: str, checks: list[dict[str, Any]]) -> str:
    kinds = ", ".join(dict.fromkeys(KINDS[check["kind"]] for check in checks))
    measured = [check for check in checks if check["kind"] in ("equal", "zero")]
    found = allowed = "–"
    if measured:
        # The one that comes closest to what it may be.
        last = max(measured, key=lambda one: one["error"] / one["bound"] if one["bound"] else 0.0)
        found = _power(last["error"]) if last["error"] else "0"
        allowed = _power(last["bound"]) if last["bound"] else "0"
    return (
        f'<tr><td><a href="#{place}">({number})</a></td><td>{kinds}</td>'
        f"<td>{found}</td><td>{allowed}</td></tr>"
    )


def table(site: Path, pages: tuple[str, ...]) -> str:
    """Return what a paper says of its checks, as HTML, or nothing where a site has no record.

    Parameters
    ----------
    site : Path
    pages : tuple of str
        Their results are listed in their order.
    """
    record = site / "equation-checks.json"
    if not record.is_file():
        return ""
    known = json.loads(record.read_text(encoding="utf8"))
    rows, defined, total = [], [], 0
    for page in pages:
        here = known.get(page, {})
        by_label: dict[str, list[dict[str, Any]]] = {}
        for check in here.get("checks", []):
            by_label.setdefault(check["label"], []).append(check)
        html = (site / f"{page}.html").read_text(encoding="utf8")
        for number, place, label in NUMBER.findall(html):
            if label in by_label:
                rows.append(_row(number, place_of(page, place), by_label[label]))
                total += len(by_label[label])
            elif label in here.get("unchecked", []):
                defined.append(f'<a href="#{place_of(page, place)}">({number})</a>')
    if not rows:
        return ""
    there = f"Definitions and assumptions have no check: {', '.join(defined)}." if defined else ""
    head = "<tr><th>result</th><th>checked</th><th>difference</th><th>allowed</th></tr>"
    words = INTRODUCTION.format(results=len(rows), checks=total, defined=there)
    return (
        f'<div class="printed-part" id="{place_of("checks")}">{words}'
        f'<table class="printed-checks"><thead>{head}</thead><tbody>{"".join(rows)}</tbody>'
        "</table></div>"
    )
