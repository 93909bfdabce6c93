r"""Sphinx extension: formulas are rendered by KaTeX at build time, in this process.

`sphinxcontrib.katex` brings KaTeX and the HTML around a formula, and renders through a Node server.
Here the same file runs in an embedded JavaScript engine: nothing but pip is needed, and TeX that
KaTeX does not accept is a warning at its place, which fails the strict build.

``\sym{dZ2}{dZ_2}`` sets the second argument and says that it is the symbol of the first, by
``data-sym``, which the playthings' scripts look for. Nothing else that reaches beyond a formula is
let through.
"""

import atexit
from functools import lru_cache
from pathlib import Path
from typing import Any

from py_mini_racer import JSEvalException, MiniRacer
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

from kit import compat

logger = logging.getLogger(__name__)
_building: list[Sphinx] = []

# MathML that KaTeX writes and the standard does not know. Of some elements the children have a
# meaning by their place, so each is one element, but KaTeX has fragments of several: in
# `\lambda_{\max}`, "max" and the sign that it is applied. (A fragment is the node that has children
# and no type.) And signs and names hold text only, but `\bmod` is a sign that holds a name. What
# lies below the line has a height below nothing, of which CSS knows nothing and which it ignores.
RENDER = """
function render(latex, display) {
  const tied = ({ command, attributes }) =>
    command === "\\\\htmlData" && Object.keys(attributes).join() === "data-sym";
  const options = {
    displayMode: display, throwOnError: true, trust: tied,
    strict: (code) => (code === "htmlExtension" ? "ignore" : "error"),
    macros: { "\\\\sym": "\\\\htmlData{sym=#1}{#2}" },
  };
  const by_place = ["mfrac", "mroot", "msub", "msup", "msubsup", "munder", "mover", "munderover"];
  const of_text = ["mi", "mo", "mn", "mtext"];
  const joined = (node, parent) =>
    node.type || !node.children ? node
      : node.children.length === 1 ? joined(node.children[0], parent)
      : new parent.constructor("mrow", node.children);
  const is_element = (node) => node.type || (node.children || []).some(is_element);
  const mend = (node) => {
    for (const child of node.children || []) mend(child);
    if (by_place.includes(node.type)) {
      node.children = node.children.map((child) => joined(child, node));
    } else if (of_text.includes(node.type) && node.children.some(is_element)) {
      Object.assign(node, { type: "mrow", attributes: {} });
    }
  };
  const drop = ({ style, children }) => {
    if (style && (style.height || "").startsWith("-")) delete style.height;
    (children || []).forEach(drop);
  };
  const tree = katex.__renderToDomTree(latex, options);
  mend(tree.children[0]);
  drop(tree);
  return tree.toMarkup();
}
"""


@lru_cache(1)
def engine() -> MiniRacer:
    """Return the JavaScript engine with KaTeX loaded."""
    script = compat.katex_script().read_text(encoding="utf8")
    racer = MiniRacer()
    racer.eval("var window = this, self = this;" + script + RENDER)
    # Python would otherwise end first the engine's thread and then wait for it, for ever.
    atexit.register(racer.close)
    return racer


@lru_cache(None)
def _render(latex: str, display: bool) -> str:
    return str(engine().call("render", latex, display))


def render_latex(latex: str, options: dict[str, Any] | None = None) -> str:
    """Return the HTML and MathML of a formula; bad TeX is a warning and shows as its source."""
    try:
        return _render(latex, bool((options or {}).get("displayMode")))
    except JSEvalException as error:
        reason = next((line for line in str(error).splitlines() if "KaTeX" in line), "bad TeX")
        # KaTeX underlines what it does not know, which not every console can show.
        reason = reason.strip().replace("\u0332", "")
        logger.warning("%s in the formula: %s", reason, latex.strip(), location=_place(latex))
        return f"<code>{latex}</code>"


def _place(latex: str) -> tuple[str, int | None] | None:
    """Return page and line of a formula on the page that is being written."""
    if not _building:
        return None
    builder = _building[-1].builder
    docname = getattr(builder, "current_docname", None)
    if not docname:
        return None
    first = latex.strip().splitlines()[0].strip() if latex.strip() else "$"
    lines = Path(builder.env.doc2path(docname)).read_text(encoding="utf8").splitlines()
    return docname, next((n for n, line in enumerate(lines, 1) if first in line), None)


def render_here(app: Sphinx, config: Config) -> None:
    """Render formulas in this process from now on."""
    compat.render_formulas_by(render_latex)


def setup(app: Sphinx) -> dict[str, Any]:
    """Put the in-process renderer in place of the server."""
    app.setup_extension("sphinxcontrib.katex")
    app.connect("config-inited", render_here)
    _building[:] = [app]
    return {"parallel_read_safe": True, "parallel_write_safe": False}
