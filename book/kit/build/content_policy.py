"""Sphinx extension: each page says what a browser may load and run on it.

The policy stands in a ``meta`` element, since a host of static files sends no headers for a book.
Scripts come from the site itself; those within a page run if their text is the one that was built,
which the policy knows by SHA-256. What something injects, an attribute ``onclick`` among it, does
not run. Python runs in a worker, which is held to the policy of its own file and not to the page's.
Styles may stand in attributes, as those of formulas do.

A page that was opened as a file keeps to the same: the files are its site, and ``file:`` says so to
browsers that do not take ``'self'`` that way.
"""

import base64
import hashlib
import html
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sphinx.application import Sphinx

BEGIN, END = '<meta http-equiv="Content-Security-Policy" content="', '">'
POLICY = re.compile(f'\n *{re.escape(BEGIN)}[^"]*{re.escape(END)}')
HEAD = re.compile(r"<head>\s*<meta charset=[^>]*>", re.IGNORECASE)
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)
DATA = re.compile(r'\bsrc=|\btype="(?!text/javascript|module)')
WITHIN = "'self' file:"


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
        if not DATA.search(attributes)
    }
    return [f"'sha256-{digest}'" for digest in sorted(found)]


def policy(page: str, hosts: list[str]) -> str:
    """Return the policy of a page.

    Parameters
    ----------
    page : str
    hosts : list of str
        Origins that Python may be fetched from, where a browser holds workers to the page's policy.
    """
    others = "".join(f" {host}" for host in hosts)
    rules = {
        "default-src": "'none'",
        "script-src": " ".join([WITHIN, *hashes(page)]),
        "style-src": f"{WITHIN} 'unsafe-inline'",
        "img-src": f"{WITHIN} data: blob:",
        "font-src": f"{WITHIN} data:",
        "media-src": f"{WITHIN} data: blob:",
        "connect-src": f"{WITHIN}{others}",
        "worker-src": f"{WITHIN} blob:",
        "form-action": WITHIN,
        "base-uri": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


def with_policy(page: str, hosts: list[str]) -> str:
    """Return a page with its policy, before anything that the policy is about."""
    page = POLICY.sub("", page, count=1)
    head = HEAD.search(page)
    if not head:
        return page
    element = f"\n  {BEGIN}{html.escape(policy(page, hosts), quote=True)}{END}"
    return page[: head.end()] + element.replace("&#x27;", "'") + page[head.end() :]


def hosts_of(pyodide: str) -> list[str]:
    """Return the origin that Python comes from, unless that is the site itself."""
    parts = urlsplit(pyodide)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.scheme in ("http", "https") else []


def write(app: Sphinx, exception: Exception | None) -> None:
    """Give every page its policy, when nothing changes the page any more."""
    if exception is not None or app.builder.name != "html":
        return
    site = Path(app.outdir)
    hosts = hosts_of(str(app.config.live_cells_pyodide))
    for path in sorted(site.rglob("*.html")):
        page = path.read_text(encoding="utf8")
        changed = with_policy(page, hosts)
        if changed != page:
            path.write_text(changed, encoding="utf8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx: after all that changes pages, before their SHA-256 are written."""
    app.connect("build-finished", write, priority=885)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
