"""Sphinx extension: each page says what a browser may load and run on it.

The policy stands in a ``meta`` element, since a host of static files sends no headers for a book.
It is made of what the page holds when nothing changes it any more, and allows

- scripts of the site itself, and those within the page whose text is the one that was built, which
  it knows by SHA-256. What something injects, an attribute ``onclick`` among it, does not run, and
  no text is run as a program (``eval``);
- a worker of the site itself, in which Python runs. A worker is held to the headers of its own file
  and not to the page's policy, so WebAssembly and the address of Pyodide are not in this one;
- styles of the site and within the page: formulas, drawings and the editor of cells have them;
- pictures of the site, those within its styles (``data:``), and those that a cell has just drawn
  (``blob:``);
- fonts of the site and those within its styles (the theme's has one); requests and forms that stay
  within the site.

A page that was opened as a file keeps to the same: the files are its site, and ``file:`` says so to
browsers that do not take ``'self'`` that way.

Source: W3C, Content Security Policy Level 3 (2025), section 4.2.2 for hashes and 7.8 for workers.
"""

import base64
import hashlib
import html
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from kit.build import found_in_files
from kit.build.found_in_files import Findings

BEGIN, END = '<meta http-equiv="Content-Security-Policy" content="', '">'
POLICY = re.compile(f'\n *{re.escape(BEGIN)}[^"]*{re.escape(END)}')
HEAD = re.compile(r"<head>(?:\s*<meta charset=[^>]*>)?", re.IGNORECASE)
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
SOURCE = re.compile(r"(?<![\w-])src\s*=", re.IGNORECASE)
TYPE = re.compile(r"""(?<![\w-])type\s*=\s*["']?([\w+./-]*)""", re.IGNORECASE)
WITHIN = "'self' file:"


def runs(attributes: str) -> bool:
    """Return whether a browser asks the policy about the text of a script with these attributes.

    It does not where the text is that of a file, nor where the type is one of data, such as
    ``application/json``. Types without a slash (``module``, ``importmap``) are none of data.
    """
    kind = TYPE.search(attributes)
    data = kind is not None and "/" in kind[1] and "javascript" not in kind[1].lower()
    return not data and not SOURCE.search(attributes)


def hashes(page: str) -> list[str]:
    """Return the hashes of the scripts within a page, as a policy names them, in order.

    Parameters
    ----------
    page : str
        With line ends as a browser reads them, a line feed each.
    """
    found = {
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        for attributes, script in SCRIPT.findall(page)
        if runs(attributes)
    }
    return [f"'sha256-{digest}'" for digest in sorted(found)]


def policy(page: str) -> str:
    """Return the policy of a page."""
    rules = {
        "default-src": "'none'",
        "script-src": " ".join([WITHIN, *hashes(page)]),
        "style-src": f"{WITHIN} 'unsafe-inline'",
        "img-src": f"{WITHIN} data: blob:",
        "font-src": f"{WITHIN} data:",
        "connect-src": WITHIN,
        "worker-src": WITHIN,
        "form-action": WITHIN,
        "base-uri": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


def with_policy(page: str) -> str:
    """Return a page with its policy, before anything that the policy is about."""
    page = POLICY.sub("", page, count=1)
    head = HEAD.search(page)
    if not head:
        return page
    element = f"\n  {BEGIN}{html.escape(policy(page), quote=True)}{END}"
    return page[: head.end()] + element.replace("&#x27;", "'") + page[head.end() :]


def has_policy(page: str) -> bool:
    """Return whether a page has its policy already, or can have none."""
    return with_policy(page) == page


def write_into(site: Path, findings: Findings) -> None:
    """Give every page of a site its policy; the theme's templates below ``_static`` are none."""
    for path in sorted(site.rglob("*.html")):
        is_template = path.relative_to(site).parts[0] == "_static"
        if not is_template and not findings(has_policy, path):
            path.write_text(with_policy(path.read_text(encoding="utf8")), encoding="utf8")
            findings(has_policy, path)  # for the next build


def write(app: Sphinx, exception: Exception | None) -> None:
    """Give every page its policy, when nothing changes the page any more."""
    if exception is None and app.builder.name == "html":
        write_into(Path(app.outdir), found_in_files.of(app))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx: after all that changes pages, before their SHA-256 are written."""
    app.connect("build-finished", write, priority=885)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
