"""Sphinx extension: a plain build is a strict build, and says last what is wrong.

Any warning fails the build with exit code 1: a failing cell, a reference without target, a glue
value that no cell computed. So does a page with code cells that were not executed, which MyST-NB
publishes in silence when a page lacks its notebook header.

Warnings are kept back until the build ends. Then each fault is told once, with page and line, and
nothing else is printed after that. What only follows from a page that was not executed to its end,
such as its missing glue values and the labels that other pages do not find, is not told. The next
build reports the same again, since `staged_site` lets nothing of a failed one stay.
"""

import errno
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError, SphinxError
from sphinx.util import logging
from sphinx.util.console import color_terminal, colorize, nocolor

from kit import compat
from kit.build import staged_site
from kit.build.notebook_runs import failure
from kit.faults import Fault, KeepBack, StrictSphinx
from kit.folders import KIT, ROOT, packages

logger = logging.getLogger(__name__)
_told: list[BaseException] = []
EMPTY = ("", "nan", "None", "[]", "inf")
TEX_AS_TEXT = re.compile(r"\$\$|\\(?:begin|end)\{\w+\*?\}")
NO_PROSE = (nodes.literal, nodes.math, nodes.FixedTextElement, nodes.Invisible)
CODE_CELL = re.compile(r"^\s*(?:`{3,}|:{3,}|~{3,})\s*\{code-cell\}", re.MULTILINE)
NOTEBOOK_CELL = re.compile(r"(?:`{3,}|:{3,}|~{3,})\s*\{code-cell\}")
MISSING = re.compile(
    r"(?:undefined label|not found|not assigned|is assigned for \w+|unknown document|No key)"
    r":?\s+['\"]?([^\s'\"]+)"
)
NO_SPACE = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
NO_ACCESS = {errno.EACCES, errno.EPERM, errno.EROFS}
BAD_OPTIONS = re.compile(
    r"Code cell \d+ at line (?P<line>\d+) could not be read: "
    r"(?:ParseWarnings\(msg=)?(?P<quote>['\"]?)(?P<words>.+?)(?P=quote)(?:, lineno.*)?\Z",
    re.DOTALL,
)
LINES, WIDTH = 12, 400
NOT_EXECUTED, CODE = "not-executed", "\nin line "
UNTOUCHED = "code cells were not executed"


class StrictAndStagedSphinx(StrictSphinx, staged_site.StagedSphinx):
    """The application, with what this extension and `staged_site` keep on it."""


def require_known_settings(app: Sphinx, config: Config) -> None:
    """Warn of every setting in _config.yml that Jupyter Book would pass over in silence."""
    path = Path(app.srcdir) / "_config.yml"
    if not path.is_file():
        return
    for line, name, near in unknown_settings(_text(str(path))):
        hint = f"; perhaps {near} is meant" if near else ""
        logger.warning("Jupyter Book has no setting %s%s", name, hint, location=f"{path}:{line}")


def unknown_settings(text: str) -> list[tuple[int, str, str]]:
    """Return line, name and the nearest known name of settings that nothing reads.

    Parameters
    ----------
    text : str
        Of a _config.yml. What stands below ``sphinx: config`` is Sphinx's.
    """
    defaults, schema = compat.known_settings()
    known: dict[str, Any] = yaml.safe_load(defaults.read_text(encoding="utf8"))
    for name, value in schema["properties"].items():
        inner = value.get("properties")
        known[name] = {**(known.get(name) or {}), **inner} if inner else known.get(name)
    given = yaml.safe_load(text) or {}
    found = [("", name, known) for name in given if name not in known]
    for name, value in given.items():
        section = known.get(name)
        if isinstance(value, dict) and isinstance(section, dict):
            found += [(name, key, section) for key in value if key not in section]
    lines = text.splitlines()

    def place(key: str, after: int = 0) -> int:
        start = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*:""")
        return next((n for n, line in enumerate(lines[after:], after) if start.match(line)), after)

    return [
        (
            place(str(key), place(section) if section else 0) + 1,
            f"{section}: {key}" if section else str(key),
            next(iter(get_close_matches(str(key), map(str, names), 1)), ""),
        )
        for section, key, names in found
    ]


def require_execution(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of every page with code cells that was not executed, or not to its end."""
    for docname in sorted(env.found_docs):
        try:
            source = Path(env.doc2path(docname)).read_text(encoding="utf8")
        except UnicodeDecodeError as error:
            logger.warning("the page is not text in UTF-8: %s", error, location=docname)
            continue
        cells = CODE_CELL.findall(source)
        record = compat.execution_record(env, docname)
        if cells and not record.get("succeeded"):
            line, words = told(str(record.get("traceback") or ""), source)
            logger.warning(
                "%s", words, location=(docname, line), type="strict_build", subtype=NOT_EXECUTED
            )


def require_readable_cells(app: Sphinx, docname: str, source: list[str]) -> None:
    """Warn of a page whose cells cannot be told apart, and read the other pages all the same.

    MyST-NB ends the build at the first such page.
    """
    env = app.env
    try:
        reader = compat.reader_of(env, Path(env.doc2path(docname)), source[0])
        if reader is not None:
            reader.read(source[0])
    except Exception as error:
        bad = BAD_OPTIONS.match(str(error))
        words = f"the page cannot be read as a notebook: {error}"
        if bad:
            words = (
                f"the options of this code cell cannot be read: {bad['words']}; they are lines "
                "such as `:tags: [hide-input]`, or YAML between two lines of `---`"
            )
        logger.warning(
            "%s",
            words,
            location=(docname, int(bad["line"]) if bad else None),
            type="strict_build",
            subtype=NOT_EXECUTED,
        )
        # The parser must not meet it again.
        source[0] = f"# {docname}\n"


def told(traceback: str, source: str) -> tuple[int, str]:
    """Return line and words for a page that was not executed to its end.

    Parameters
    ----------
    traceback : str
        As `notebook_runs.run` gives it; empty if nothing was executed at all.
    source : str
        The page.

    Returns
    -------
    tuple of int and str
        The failing line in the source and the error, with the line's code and its cell.
    """
    lines = source.splitlines()
    fences = [n for n, line in enumerate(lines) if NOTEBOOK_CELL.match(line)]
    if not traceback:
        first = next((n for n, line in enumerate(lines) if CODE_CELL.match(line)), 0)
        return first + 1, (
            f"{len(CODE_CELL.findall(source))} {UNTOUCHED}: the page has no "
            "notebook header that can be read (jupytext and kernelspec)"
        )
    found = failure(traceback)
    if not 1 <= found.cell <= len(fences):
        return 0, found.error
    fence = fences[found.cell - 1]
    if not found.line:
        return fence + 1, found.error
    place = min(_first_line_of_code(lines, fence) + found.line - 1, len(lines) - 1)
    where = f"{CODE}{found.line} of the cell that begins at line {fence + 1}:"
    return place + 1, f"{found.error}{where}\n  {lines[place].strip()}"


def _first_line_of_code(lines: list[str], fence: int) -> int:
    """Return where the code of a cell begins: after its options and the empty lines."""
    place = fence + 1
    if place < len(lines) and lines[place].strip() == "---":
        ends = (n for n in range(place + 1, len(lines)) if lines[n].strip() in ("---", "..."))
        place = next(ends, place) + 1
    else:
        while place < len(lines) and re.match(r"\s*:\w", lines[place]):
            place += 1
    while place < len(lines) - 1 and not lines[place].strip():
        place += 1
    return place


def require_silence(app: Sphinx, doctree: nodes.document) -> None:
    """Say what a cell has printed as a warning, where MyST-NB only says that it has."""
    for output in doctree.findall(nodes.literal_block):
        if "stderr" in output["classes"] and output.astext().strip():
            logger.warning(
                "a cell writes to stderr: %s",
                output.astext().strip(),
                location=output,
                type="strict_build",
                subtype="stderr",
            )


def require_formulas(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of a formula that stands on the page as text, since it has no end."""
    for text in doctree.findall(nodes.Text):
        mark = TEX_AS_TEXT.search(text)
        if mark and not isinstance(text.parent, NO_PROSE):
            words = "a formula without its end is left as text: %s"
            logger.warning(words, mark[0], location=text.parent)


def require_values(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Warn of every glued value that puts no number and no word into its sentence."""
    for inline in doctree.findall(nodes.inline):
        if compat.is_glued(inline) and inline.astext().strip("'\" ") in EMPTY:
            logger.warning(
                "a glued value is empty: %r", inline.astext(), location=(docname, inline.line)
            )


def causes(faults: list[Fault]) -> list[Fault]:
    """Return the faults that do not follow from others, each once, pages with failed cells first.

    A page that was not executed to its end has no other fault than that. A name that other pages
    do not find is no fault of theirs if such a page would define it. When the disk is full, every
    page fails to be written.
    """
    full = [fault for fault in faults if _errno(fault.error) in NO_SPACE]
    if full:
        return full[:1]
    failed = [fault for fault in faults if fault.subtype == NOT_EXECUTED]
    paths = {fault.path for fault in failed}
    sources = "\n".join(_text(path) for path in sorted(paths))
    others = (
        fault
        for fault in faults
        if fault.path not in paths and not _defined(fault.message, sources)
    )
    kept = [fault for fault in dict.fromkeys([*failed, *others]) if not _is_told(fault, faults)]
    ordered = sorted(kept, key=lambda fault: (fault not in failed, fault.path, fault.line))
    return list({(fault.place, fault.message): fault for fault in ordered}.values())


def _is_told(fault: Fault, faults: list[Fault]) -> bool:
    """Whether another fault at the same place says the same with more words."""
    if fault.subtype == NOT_EXECUTED and UNTOUCHED in fault.message:
        return any(
            other.path == fault.path and UNTOUCHED not in other.message
            for other in faults
            if other.subtype == NOT_EXECUTED
        )
    if fault.message.startswith("undecodable source characters"):
        return any(
            other.path == fault.path and other.message.startswith("the page is not text in UTF-8")
            for other in faults
        )
    return fault.message.startswith("stderr was found") and any(
        other.place == fault.place and other.message.startswith("a cell writes") for other in faults
    )


def _defined(message: str, sources: str) -> bool:
    missing = MISSING.search(message)
    name = missing and rf"(?<![\w-]){re.escape(missing[1])}(?![\w-])"
    return bool(name and re.search(name, sources))


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf8", errors="replace")
    except OSError:
        return ""


def _errno(error: BaseException | None) -> int | None:
    return error.errno if isinstance(error, OSError) else None


def finish(app: StrictAndStagedSphinx, exception: Exception | None) -> None:
    """Tell what is wrong and end the process with exit code 1, if anything is."""
    faults = causes(app.kept_back.faults)
    if exception is not None:
        faults = [fault_of(app, exception)]
    elif not faults:
        try:
            staged_site.end(app, succeeded=True)
        except OSError as error:
            faults = [Fault("", f"the site is built and could not be put into place: {error}")]
    if faults:
        app.statuscode = 1
        staged_site.end(app, succeeded=False)
        tell(app, faults)
        # An exception would be followed by Jupyter Book's own words, a code by its advice to look
        # above.
        raise SystemExit(1)


def fault_of(app: Sphinx, error: BaseException) -> Fault:
    """Return what an exception says, and the page that was read when it was raised."""
    error = _first(error)
    page = app.env.temp_data.get("docname") if getattr(app, "env", None) else None
    place = str(app.env.doc2path(page)) if page else ""
    root = _root(error)
    if isinstance(root, OSError):
        written = root.filename2 or root.filename
        where = f"{staged_site.in_place(app, written)}: " if written else ""
        return Fault(place, f"{where}{root.strerror or root}", error=root)
    if isinstance(error, SphinxError):
        return Fault(place, str(error))
    saved = compat.saved_traceback(app, error)
    return Fault(place, f"{type(error).__name__}: {error}\nthe traceback is in {saved}")


def _first(error: BaseException) -> BaseException:
    """Return what an extension raised, and the first of two.

    Of a failure at the end of a build Sphinx tells every extension once more, and one that has
    cleared up already fails in its turn.
    """
    raised: BaseException | None = error
    while raised is not None:
        if isinstance(raised, ExtensionError) and raised.orig_exc is not None:
            error = raised.orig_exc
        raised = raised.__context__
    return error


def _root(error: BaseException) -> BaseException:
    seen = error
    while (cause := seen.__cause__ or getattr(seen, "orig", None)) is not None:
        seen = cause
    if "disk is full" in str(seen) or "disk I/O error" in str(seen):
        return OSError(errno.ENOSPC, f"No space left on device ({seen})")
    return seen


def tell(app: Sphinx, faults: list[Fault]) -> None:
    """Print the faults as the last lines on the screen."""
    stream = logging.SafeEncodingWriter(compat.error_stream(app))
    pages = {fault.path for fault in faults if fault.path}
    count = f", on {len(pages)} pages" if len(pages) > 1 else ""
    stream.write("\n" + colorize("red", f"The book was not built. What is wrong{count}:") + "\n\n")
    for text in _texts(faults):
        stream.write(text + "\n\n")
    stream.write(_advice(app, faults) + "\n")
    stream.flush()


def _texts(faults: list[Fault]) -> Iterator[str]:
    """Yield a paragraph for each fault; pages that fail in the same words share one."""
    same: dict[str, list[tuple[Fault, str]]] = {}
    for fault in faults:
        words, found, where = fault.message.strip().rpartition(CODE)
        if not found or fault.subtype != NOT_EXECUTED:
            words, where = fault.message.strip(), ""
        same.setdefault(words, []).append((fault, found + where if where else ""))
    for words, found_in in same.items():
        first, *more = _short(words)
        if len(found_in) == 1:
            fault, code = found_in[0]
            place = _relative(fault)
            first = f"{place}: {first}" if place else first
            more += code.splitlines()[1:]
        else:
            more += [_relative(fault) for fault, _ in found_in]
        yield "\n  ".join([first, *more])


def _short(message: str) -> list[str]:
    lines = [line if len(line) <= WIDTH else line[:WIDTH] + " ..." for line in message.splitlines()]
    if len(lines) > LINES:
        lines = [*lines[:LINES], f"... and {len(lines) - LINES} more lines"]
    return lines or ["(no message)"]


def _relative(fault: Fault) -> str:
    if not Path(fault.path).is_absolute():
        return fault.place.rstrip(":")
    try:
        path = os.path.relpath(fault.path)
    except ValueError:  # on another drive of Windows
        path = fault.path
    return f"{path}:{fault.line}" if fault.line else path


def _advice(app: Sphinx, faults: list[Fault]) -> str:
    site = Path(getattr(app, "site", app.outdir))
    try:
        place = os.path.relpath(site)
    except ValueError:
        place = str(site)
    kept = f" The last site is as it was: {place}." if site.is_dir() else ""
    if any(_is_library(fault.error) for fault in faults):
        return (
            f"Install what the book needs and run the same command again.{kept}\n"
            "  pip install -r requirements.txt"
        )
    codes = {_errno(fault.error) for fault in faults}
    if codes & NO_SPACE:
        todo = f"Make room on the disk of {Path(place).parent}"
    elif codes & NO_ACCESS:
        todo = "Give yourself the right to read and write there"
    else:
        todo = "Mend this"
    return f"{todo} and run the same command again.{kept}"


def of_start(app: StrictAndStagedSphinx) -> Callable[[BaseException], None]:
    """Return what tells an error before any page is read.

    An extension or `nnfs` that cannot be imported, data that cannot be read, a folder that cannot
    be written, a library without what the build relies on.
    """

    def tell_error(error: BaseException) -> None:
        if hasattr(app, "stage"):
            staged_site.end(app, succeeded=False)
        tell(app, [fault_at_start(app, error)])
        _told.append(error)

    return tell_error


def fault_at_start(app: Sphinx, error: BaseException) -> Fault:
    """Return what an exception says, with the line of this repository that raised it."""
    error = _first(error)
    if isinstance(error, SyntaxError):
        words = f"{type(error).__name__}: {error.msg}\n{(error.text or '').strip()}".rstrip()
        return Fault(f"{error.filename}:{error.lineno}", words, error=error)
    if isinstance(error, SphinxError | OSError):
        return fault_of(app, error)
    if type(error).__module__.startswith("pybtex."):
        name = " ".join(app.config.bibtex_bibfiles)
        return Fault(f"{Path(app.srcdir, name)}:{getattr(error, 'lineno', '')}", str(error))
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _is_ours(Path(frame.filename))]
    # What the package says of data names the file.
    place = f"{ours[-1].filename}:{ours[-1].lineno}" if ours and not _says(error) else ""
    return Fault(place, f"{type(error).__name__}: {error}", error=error)


def _is_ours(path: Path) -> bool:
    return any(path.is_relative_to(folder) for folder in (KIT, ROOT / "packages", ROOT / "nnfs"))


def _says(error: BaseException) -> bool:
    return isinstance(error, ValueError) and type(error).__module__.startswith("nnfs.")


def _is_library(error: BaseException | None) -> bool:
    """Whether something is missing that is not of this repository."""
    module = (getattr(error, "name", None) or "").partition(".")[0]
    ours = {"nnfs", "kit", *(package.name for package in packages())}
    return isinstance(error, ImportError) and module not in ours


def without_traceback(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Print nothing more for what has been told already, and a traceback for the rest.

    Jupyter Book raises an error of its own when Sphinx could not start, as for an extension that
    cannot be imported. Playwright, which prints the book as PDF, says how to get its browser.
    """
    if kind.__module__.startswith("playwright"):
        print(f"The PDF was not made. {error}", file=sys.stderr)
    elif error.__cause__ is None or error.__cause__ not in _told:
        sys.__excepthook__(kind, error, trace)


def setup(app: StrictAndStagedSphinx) -> dict[str, Any]:
    """Register with Sphinx, and take charge of what is printed."""
    if not color_terminal():
        nocolor()
    sys.excepthook = without_traceback
    compat.tell_errors_by(of_start(app))
    app.kept_back = KeepBack()
    for handler in compat.warning_handlers():
        handler.addFilter(app.kept_back)
    app.setup_extension("kit.build.notebook_runs")
    app.setup_extension("kit.build.staged_site")
    app.connect("config-inited", require_known_settings)
    # Last, when no other extension changes the page any more.
    app.connect("source-read", require_readable_cells, priority=900)
    app.connect("doctree-read", require_silence)
    app.connect("env-check-consistency", require_execution)
    app.connect("doctree-read", require_formulas)
    app.connect("doctree-resolved", require_values)
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
