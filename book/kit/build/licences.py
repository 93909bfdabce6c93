"""Sphinx extension: ``licences.txt`` in the site, with what others made of it and on which terms.

Each work of others has the paths of its files in a site, its licence, and where the licence's text
lies: in the installed distribution that brought the files, or beside them in this repository. The
texts of the installed releases are put into the list, as most of the licences ask.
"""

import re
import textwrap
from fnmatch import fnmatchcase
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from sphinx.application import Sphinx

from kit.folders import BOOK, KIT, ROOT, packages

NAME = "licences.txt"
LICENCE = re.compile(r"\.dist-info/(?:licenses/)?LICEN[CS]E[^/]*$")
RULE = "=" * 78
OWN = """\
Neural Networks from Scratch: the licences of what this site is made of

The text and the figures are under CC BY 4.0, https://creativecommons.org/licenses/by/4.0/, and the
code is under the MIT licence. Neither covers the digits, which lie in the package for notebooks
(take-away/*.whl) and, in part, in what cells read (live/*.zip). They are MNIST, by Yann LeCun,
Corinna Cortes and Christopher J. C. Burges.

{digits}

Files of others, under their own licences:
"""


class Work(NamedTuple):
    """What others made.

    Attributes
    ----------
    name, licence : str
        The licence by its SPDX name.
    files : tuple of str
        Patterns of paths in a site, in which ``*`` stands for anything.
    text : str
        The distribution whose licence it is, or the place of the text in the site.
    """

    name: str
    licence: str
    files: tuple[str, ...]
    text: str


_THEME = "pydata-sphinx-theme"
WORKS = (
    Work("KaTeX and its fonts", "MIT", ("katex/*",), "katex/LICENSE"),
    Work("Source Serif, cut to the letters of this book", "OFL-1.1", ("type/*",), "type/LICENSE"),
    Work("CodeMirror", "MIT", ("live/code-editor*",), "live/code-editor.LICENSE"),
    Work(
        "Pyodide, with CPython and the packages whose wheels lie beside it",
        "MPL-2.0; CPython PSF-2.0; each wheel has its own licence within",
        ("live/pyodide/*",),
        "https://github.com/pyodide/pyodide/blob/0.27.7/LICENSE",
    ),
    Work(
        "Font Awesome Free",
        "OFL-1.1 (fonts), CC-BY-4.0 (icons), MIT (code)",
        ("_static/vendor/fontawesome/*", "_static/scripts/fontawesome.js*"),
        "_static/scripts/fontawesome.js.LICENSE.txt",
    ),
    Work(
        "Bootstrap",
        "MIT",
        ("_static/scripts/bootstrap.js*", "_static/styles/pydata-sphinx-theme.css*"),
        "_static/scripts/bootstrap.js.LICENSE.txt",
    ),
    Work(
        "PyData Sphinx Theme",
        "BSD-3-Clause",
        (
            *(f"_static/scripts/{name}.js*" for name in (_THEME, "bootstrap", "fontawesome")),
            f"_static/styles/{_THEME}.css*",
            "_static/styles/theme.css",
            "_static/webpack-macros.html",
            "_static/images/logo_*",
        ),
        _THEME,
    ),
    Work(
        "Sphinx Book Theme",
        "BSD-3-Clause",
        (
            *(f"_static/s*s/sphinx-book-theme.{kind}*" for kind in ("js", "css")),
            "_static/sbt-webpack-macros.html",
            "_static/images/logo_*",
            "_static/locales/*",
        ),
        "sphinx-book-theme",
    ),
    Work(
        "Sphinx; in language_data.js the Snowball stemmer, BSD-3-Clause",
        "BSD-2-Clause",
        (
            *("_static/basic.css", "_static/*doctools.js", "_static/sphinx_highlight.js"),
            *("_static/documentation_options.js", "_static/language_data.js"),
            *("_static/searchtools.js", "_static/file.png", "_static/minus.png"),
            "_static/plus.png",
        ),
        "sphinx",
    ),
    Work(
        "Sphinx-copybutton; in it clipboard.js by Zeno Rocha and Tabler's icons, both MIT",
        "MIT",
        (
            *("_static/copybutton*", "_static/clipboard.min.js", "_static/copy-button.svg"),
            "_static/check-solid.svg",
        ),
        "sphinx-copybutton",
    ),
    Work(
        "Sphinx Design",
        "MIT",
        ("_static/design-tabs.js", "_static/sphinx-design.min.css"),
        "sphinx-design",
    ),
    Work("Sphinx-togglebutton", "MIT", ("_static/togglebutton.*",), "sphinx-togglebutton"),
    Work("MyST-NB", "BSD-3-Clause", ("_static/mystnb.*.css",), "myst-nb"),
    Work("Sphinx-exercise", "MIT", ("_static/exercise.css",), "sphinx-exercise"),
    Work("sphinxcontrib-katex", "MIT", ("_static/katex-math.css",), "sphinxcontrib-katex"),
    Work("Pygments, its colours of code", "BSD-2-Clause", ("_static/pygments.css",), "pygments"),
    Work("A11y Pygments", "BSD-3-Clause", ("_static/pygments.css",), "accessible-pygments"),
)


def of_the_digits() -> str:
    """Return what is known of the licence of the digits, as the file beside them says it."""
    said = (ROOT / "mnist_data" / "README.md").read_text(encoding="utf8")
    (section,) = re.findall(r"^## Licence\n(.*?)(?=^## |\Z)", said, re.MULTILINE | re.DOTALL)
    return textwrap.fill(re.sub(r"\[(.+?)\]\((.+?)\)", r"\1 <\2>", section.strip()), 100)


def works_of(name: str) -> list[Work]:
    """Return the works of others that a file of a site comes from, by its path in the site."""
    return [work for work in WORKS if any(fnmatchcase(name, one) for one in work.files)]


def unlisted(names: list[str]) -> list[str]:
    """Return the files that are neither the book's own nor in `WORKS`.

    What others made lies in ``_static`` or has a kind that the book makes none of, such as fonts.

    Parameters
    ----------
    names : list of str
        Paths in a site.
    """
    folders = [BOOK / "_static", KIT, *packages()]
    own = {path.name for folder in folders for path in folder.rglob("*") if path.is_file()}
    made_here = re.compile(r"(?:.*\.html|searchindex\.js|objects\.inv)")

    def is_own(name: str) -> bool:
        if name.endswith((".woff2", ".woff", ".ttf", ".otf", ".wasm", ".whl")):
            return False
        if name.startswith("_static/"):
            return name.rpartition("/")[2] in own
        return made_here.fullmatch(name) is not None or not name.endswith(".min.js")

    return [name for name in names if not works_of(name) and not is_own(name)]


def text_of(work: Work, site: Path) -> str:
    """Return the text of a licence as it lies in the site or in the installed distribution."""
    if work.text.startswith("https:"):
        return f"The text: {work.text}\n"
    if "/" in work.text:
        return (site / work.text).read_text(encoding="utf8")
    for file in metadata.files(work.text) or []:
        if LICENCE.search(file.as_posix()):
            return file.locate().read_text(encoding="utf8")  # type: ignore[attr-defined,no-any-return]
    return f"The text comes with the distribution {work.text} on PyPI.\n"


def listed(site: Path) -> str:
    """Return the list for a site, with the works that it has files of."""
    names = (p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file())
    there = {work for name in names for work in works_of(name)}
    found = [work for work in WORKS if work in there]
    lines = [OWN.format(digits=of_the_digits())]
    lines += [f"  {work.name}\n    {work.licence}\n    {', '.join(work.files)}\n" for work in found]
    for work in found:
        text = "\n".join(line.rstrip() for line in text_of(work, site).strip().splitlines())
        lines.append(f"{RULE}\n{work.name}\n{RULE}\n\n{text}\n")
    return "\n".join(lines)


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the list into the site."""
    if exception is None and app.builder.name == "html":
        site = Path(app.outdir)
        (site / NAME).write_text(listed(site), encoding="utf8", newline="\n")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx, after all that puts files of others into the site."""
    app.connect("build-finished", write, priority=880)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
