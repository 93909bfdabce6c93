"""Runs the cells of a page in the reader's browser, in the place of a notebook's kernel.

`start` prepares a Python that has only a few packages: what else cells import for the sake of a
notebook gets a stand-in. A `Kernel` then runs cells, those above them first, and sends what they
show as plain dictionaries with a ``kind``:

=========  =====================================================================================
started    ``cell``, ``step``, ``steps``: a cell begins, as one of several
stream     ``text``: printed; ``over``: in the place of the line that was printed last
text       ``text``: the representation of the last expression
html       ``html``: an object that has one, such as a check or a table
svg        ``svg``: a figure
glue       ``values``: numbers and words that the cell has for the text
clear      everything shown so far goes
note       ``text``: what a reader should know of the result
error      ``text``, ``summary``: a traceback, without the kernel's own lines
event      ``name``, ``value``: what code has passed to `send_event`
finished   ``succeeded``
=========  =====================================================================================

Each has the number of its ``cell`` as well, or None for code that belongs to none.

As Matplotlib's backend the module shows each figure once, at ``plt.show()`` or at the end of the
code. What a notebook has besides Python is in `notebook`.
"""

import ast
import asyncio
import base64
import builtins
import functools
import importlib
import importlib.util
import inspect
import io
import json
import linecache
import logging
import os
import re
import sys
import time
import tokenize
import traceback
import types
import warnings
from collections.abc import Callable, Collection, Coroutine, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sphinx_live_cells.browser.history import MODULES, History, Settings
from sphinx_live_cells.browser.names import read_pages_names
from sphinx_live_cells.browser.notebook import (
    OUTPUT_LEFT_OUT,
    PageError,
    Shell,
    about_character,
    plain_python,
    stand_in,
    without_prompts,
)
from sphinx_live_cells.browser.origins import derived
from sphinx_live_cells.browser.reach import left_out

Send = Callable[[dict[str, Any]], None]


@dataclass
class Session:
    """What the configuration of a book says of its pages' Python; see the README.

    Attributes
    ----------
    available : str
        What can be imported, in words.
    absent : dict of str
        Modules that can be imported and not used, with their names in words.
    folders : dict of str
        For each top-level module of the book, where its files are.
    less : list of str
        Names whose results come from less data, or fewer steps, than those of the built page.
    less_note : str
        What a reader is told of such results.
    startup : str
        A module that is imported before the first cell.
    quiet : list of str
        Modules of the book whose lines a reader's traceback leaves out.
    """

    available: str = "NumPy, Matplotlib"
    absent: dict[str, str] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    less: list[str] = field(default_factory=list)
    less_note: str = "Computed from less data than on the built page, so the numbers differ."
    startup: str = ""
    quiet: list[str] = field(default_factory=list)


session = Session()


MOST_SHOWN = 200_000
"""Characters that one piece of code can show before the rest is left out."""

MOST_FIGURES = 100
CUT = f"… output cut: a cell shows at most {MOST_SHOWN:,} characters and {MOST_FIGURES} figures."
LINE_BY_LINE = 200  # lines that are shown at once each; later ones every tenth of a second
COLOURS = re.compile("\x1b\\[[0-9;]*m")  # of a terminal
PAGE = "page"
KEPT = 50  # results that `Out` remembers

NOT_FINITE = (
    "A result holds nan or inf. Python in a browser gives no warning of a division by zero or an "
    "overflow, as NumPy does elsewhere."
)


class NewPythonError(RuntimeError):
    """The page cannot go back to where it was: what runs the cells has to begin in a new Python."""


class Kernel:
    """One Python session of a page.

    Parameters
    ----------
    send : function of a dict
        Gets what is shown, as it comes.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._cell: int | None = None
        self._spaces: dict[str, dict[str, Any]] = {}
        self._mains: dict[str, types.ModuleType] = {}
        self._runs = 0
        self._characters = self._figures = 0
        self._cut = False
        self._displayed: set[int] = set()
        self._history: dict[str, tuple[list[str], dict[int, Any]]] = {}
        self._told_not_finite = False
        self.names: dict[str, Any] = {}
        self._page = History(self._names_of(PAGE))

    def show(self, kind: str, **content: Any) -> None:
        """Send something to where the running cell shows its results."""
        self._send({"kind": kind, "cell": self._cell, **content})

    def plan(
        self, sources: Sequence[str], target: int, *, aside: Collection[int] = ()
    ) -> list[int] | None:
        """Return the numbers of the cells that will run, in order; None if it takes a new Python.

        Parameters
        ----------
        sources : sequence of str
            The code of all cells of the page; of those that cannot run here, nothing.
        target : int
            The cell that is asked for.
        aside : collection of int
            Cells that only draw or check: above the target they run only if it needs them.
        """
        plain = self._without(self._plain(sources), target, aside)
        first = self._page.start(plain, target)
        if first is None:
            return None
        return [n for n in range(first, target + 1) if plain[n] or n == target]

    def _without(self, plain: list[str], target: int, aside: Collection[int]) -> list[str]:
        """Return the cells' code without that of those that need not run for a target."""
        nothing = left_out(plain, target, set(aside) - self._page.ran(plain))
        return ["" if number in nothing else source for number, source in enumerate(plain)]

    @staticmethod
    def _plain(sources: Sequence[str]) -> list[str]:
        return [plain_python(without_prompts(source)[0]) for source in sources]

    def run_cells(
        self,
        sources: Sequence[str],
        target: int,
        *,
        may_fail: Collection[int] = (),
        aside: Collection[int] = (),
    ) -> bool:
        """Run a cell of the page, and before it those above it that have to; say whether all did.

        Parameters
        ----------
        sources, target, aside
            As for `plan`.
        may_fail : collection of int
            Cells that are meant to raise an error, after which the page goes on.

        Raises
        ------
        NewPythonError
            If `plan` says so.
        """
        plain = self._without(self._plain(sources), target, aside)
        first = self._page.start(plain, target)
        if first is None:
            raise NewPythonError("a cell has changed what cannot be put back")
        self._go_back(first)
        on_less = derived(plain[: target + 1], set(session.less))
        order = [cell for cell in range(first, target + 1) if plain[cell] or cell == target]
        for cell in range(first, target + 1):
            self._cell = cell
            steps = {"step": order.index(cell) + 1, "steps": len(order)} if cell in order else {}
            if steps:
                self.show("started", **steps)
            code = sources[cell] if cell in order else ""
            action = partial(self._run_cell, code, cell, cell in may_fail)
            succeeded = self._page.run(plain[cell], action)
            if succeeded and on_less[cell]:
                self.show("note", text=session.less_note)
            if steps:
                self.show("finished", succeeded=succeeded)
            self._cell = None
            if not succeeded:
                return False
        return True

    def _run_cell(self, source: str, cell: int, may_fail: bool) -> bool:
        return self._execute(source, f"cell {cell + 1}", PAGE) or may_fail

    def _go_back(self, first: int) -> None:
        """Make names, results and settings what they were before a cell."""
        self._page.go_back(first)
        sources, results = self._history[PAGE]
        del sources[first + 1 :]
        for number in [number for number in results if number > first]:
            del results[number]

    def _names_of(self, space: str) -> dict[str, Any]:
        if space not in self._spaces:
            # A module, since pickle, doctest and dataclasses look for what a cell defines in one.
            self._mains[space] = types.ModuleType("__main__")
            names = self._spaces[space] = self._mains[space].__dict__
            names.update(__builtins__=__builtins__, display=display, get_ipython=lambda: shell)
            self._history[space] = names["In"], names["Out"] = [""], {}
        return self._spaces[space]

    def run(
        self,
        source: str,
        *,
        name: str = "code",
        space: str = PAGE,
        variables: dict[str, Any] | None = None,
    ) -> bool:
        """Run code that is no cell of the page, show what it prints, draws and returns.

        Parameters
        ----------
        source : str
        name : str
            What tracebacks call the code.
        space : str
            Code of one space shares its names. "page" is that of the page's cells.
        variables : dict, optional
            Names that the code finds bound.

        Returns
        -------
        bool
            Whether the code succeeded.
        """
        names = self._names_of(space)
        action = partial(self._execute, source, name, space)
        if space == PAGE:
            names.update(variables or {})
            return self._page.run(self._plain([source])[0], action, cell=False)
        names.update(variables or {})
        settings = Settings()
        MODULES.look()
        try:
            return action()
        finally:
            settings.put_back()
            if MODULES.patched():
                self._page.forget()

    def _execute(self, source: str, name: str, space: str) -> bool:
        """Run code in a space and show its results; return whether it succeeded."""
        names = self._names_of(space)
        source, output_left_out = without_prompts(source)
        self._runs += 1
        self._characters, self._figures, self._cut = MOST_SHOWN, MOST_FIGURES, False
        filename = f"<{name}, run {self._runs}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        if "matplotlib" in source:
            _keep_our_backend()
        printed = _Stream(self)
        before, self.names = self.names, names
        main, sys.modules["__main__"] = sys.modules["__main__"], self._mains[space]
        with redirect_stdout(printed), redirect_stderr(printed), _within(self):
            try:
                value = _value_of(plain_python(source), filename, names)
                shell.end()
                if value is not None:
                    self.display(value)
                self.draw(again=False)
                if output_left_out:
                    self.show("note", text=OUTPUT_LEFT_OUT)
                self._remember(source, value, *self._history[space])
                self._tell_of_not_finite(source, value)
            except BaseException as error:
                printed.flush()
                shell.drop()
                _close_figures()
                self.show("error", text=_readable(error, name), summary=_summary(error))
                return False
            finally:
                printed.flush()
                self._displayed.clear()
                self.names = before
                sys.modules["__main__"] = main
        return True

    def display(self, value: Any) -> None:
        """Show an object in the richest form that it has."""
        sys.stdout.flush()
        if isinstance(value, type | types.ModuleType):
            self.show_text("text", "text", repr(value))
        elif hasattr(value, "savefig"):
            self._figures -= 1
            self._displayed.add(id(value))
            if self._figures < 0:
                self._say_cut()
            else:
                self.show("svg", svg=_svg(value))
        elif callable(getattr(value, "_ipython_display_", None)):
            value._ipython_display_()
        elif (markup := _markup(value)) is not None:
            self.show_text("html", "html", markup)
        else:
            self.show_text("text", "text", repr(value))

    def show_text(self, kind: str, key: str, text: str, **content: Any) -> None:
        """Show text as long as there is room for it; markup only whole."""
        left = self._characters
        self._characters = max(left - len(text), 0)
        if len(text) > left:
            text = "" if kind == "html" else text[:left]
        if text:
            self.show(kind, **{key: text}, **content)
        if self._characters == 0:
            self._say_cut()

    def _say_cut(self) -> None:
        if not self._cut:
            self._cut = True
            self.show("note", text=CUT)

    def draw(self, *, again: bool = True) -> None:
        """Show every open figure and close it; without `again` only those not yet shown."""
        pyplot: Any = sys.modules.get("matplotlib.pyplot")
        for number in pyplot.get_fignums() if pyplot else ():
            figure = pyplot.figure(number)
            if again or id(figure) not in self._displayed:
                self.display(figure)
            pyplot.close(figure)

    def _remember(
        self, source: str, value: Any, sources: list[str], results: dict[int, Any]
    ) -> None:
        """Keep code and result as a notebook does, in `In`, `Out`, `_` and `__`."""
        sources.append(source)
        if value is None:
            return
        names = self.names
        # A `_` that is the code's own stays.
        if "_" not in names or any(names["_"] is result for result in results.values()):
            if "_" in names:
                names["__"] = names["_"]
            names["_"] = value
        results[len(sources) - 1] = value
        while len(results) > KEPT:
            del results[next(iter(results))]

    def _tell_of_not_finite(self, source: str, value: Any) -> None:
        """Say once that nothing has warned of nan and inf, where that is so."""
        if self._told_not_finite or "numpy" not in sys.modules or not _silent_about_infinity():
            return
        made = read_pages_names([plain_python(source)])[0]
        if any(map(_not_finite, [value, *(self.names.get(n) for n in made.bound | made.touched)])):
            self._told_not_finite = True
            self.show("note", text=NOT_FINITE)


def _markup(value: Any) -> str | None:
    """Return an object as markup, if it offers any."""
    for form in ("_repr_html_", "_repr_svg_", "_repr_png_"):
        method = getattr(value, form, None)
        content = method() if callable(method) else None
        if isinstance(content, bytes):
            code = base64.b64encode(content).decode()
            return f'<img alt="A picture that this cell made." src="data:image/png;base64,{code}">'
        if content is not None:
            return str(content)
    return None


@functools.cache
def _silent_about_infinity() -> bool:
    """Return whether this processor hides from NumPy that a division was by zero."""
    np = sys.modules["numpy"]
    try:
        with np.errstate(all="raise"):
            np.divide(np.ones(1), np.zeros(1))
    except FloatingPointError:
        return False
    return True


def _not_finite(value: Any) -> bool:
    np = sys.modules["numpy"]
    if isinstance(value, tuple | list):
        return any(_not_finite(part) for part in value if not isinstance(part, tuple | list))
    number = isinstance(value, float | np.ndarray | np.inexact)
    return (
        number
        and np.issubdtype(np.asarray(value).dtype, np.inexact)
        and not np.isfinite(value).all()
    )


class _Stream(io.TextIOBase):
    """Collects what is printed, and shows it line by line; a flood of lines in larger pieces."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._waiting: list[str] = []
        self._lines = 0
        self._last = 0.0

    def write(self, text: str) -> int:
        self._waiting.append(text)
        if "\n" in text:
            self._lines += 1
            now = time.monotonic()
            if self._lines <= LINE_BY_LINE or now - self._last > 0.1:
                self._last = now
                self.flush()
        return len(text)

    def flush(self) -> None:
        text = "".join(self._waiting)
        self._waiting.clear()
        text = COLOURS.sub("", text)
        # A carriage return goes back to the beginning of the line, as a line of progress does.
        over = text.startswith("\r") and not text.startswith("\r\n")
        if "\r" in text:
            lines = text.replace("\r\n", "\n").split("\n")
            text = "\n".join(line.rpartition("\r")[2] for line in lines)
        if text:
            self._kernel.show_text("stream", "text", text, **({"over": True} if over else {}))


running: list[Kernel] = []
"""The kernel whose code runs, innermost last."""


@contextmanager
def _within(kernel: Kernel) -> Iterator[None]:
    running.append(kernel)
    try:
        yield
    finally:
        running.pop()


class Handle:
    """What `display` returns if it is given a `display_id`: it shows another object in addition."""

    @staticmethod
    def update(value: Any, **_: object) -> None:
        """Show an object."""
        display(value)


def display(*values: Any, display_id: object = None, **_: object) -> Handle | None:
    """Show objects below the running cell."""
    for value in values:
        running[-1].display(value)
    return None if display_id is None else Handle()


def clear_output(wait: bool = False) -> None:
    """Take away what the running cell has shown so far."""
    sys.stdout.flush()
    running[-1].show("clear")


shell = Shell(
    note=lambda text: running[-1].show("note", text=text),
    display=display,
    names=lambda: running[-1].names,
    available=lambda: session.available,
)


def send_event(name: str, value: Any = None) -> None:
    """Send numbers, words, lists, dictionaries or arrays to the page's own script."""
    running[-1].show("event", name=name, value=value)


def _value_of(source: str, filename: str, names: dict[str, Any]) -> Any:
    """Run code and return the value of its last expression, unless a semicolon follows it."""
    tree = compile(source, filename, "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    for transformer in shell.ast_transformers:
        tree = ast.fix_missing_locations(transformer.visit(tree))
    assert isinstance(tree, ast.Module)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        tree.body.pop()
        _evaluate(compile(tree, filename, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)
        expression = ast.Expression(last.value)
        code = compile(expression, filename, "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        value = _evaluate(code, names)
        return None if _ends_with_semicolon(source) else value
    return _evaluate(compile(tree, filename, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)


def _evaluate(code: types.CodeType, names: dict[str, Any]) -> Any:
    value = eval(code, names)
    return _finish(value) if code.co_flags & inspect.CO_COROUTINE else value


def _ends_with_semicolon(source: str) -> bool:
    passed_over = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER}
    tokens = [*tokenize.generate_tokens(io.StringIO(source).readline)]
    rest = [token for token in tokens if token.type not in passed_over]
    return bool(rest) and rest[-1].string == ";"


class _Loop(asyncio.BaseEventLoop):
    """Waits for time and for nothing else: a page has no sockets, and its Python one thread."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = types.SimpleNamespace(select=self._wait, close=lambda: None)

    @staticmethod
    def _wait(timeout: float | None) -> list[Any]:
        if timeout is None:
            raise PageError("what is awaited here never comes: a page waits for time only")
        time.sleep(max(timeout, 0))
        return []

    def _process_events(self, events: list[Any]) -> None:
        pass

    def _write_to_self(self) -> None:
        pass


def _finish(coroutine: Coroutine[Any, Any, Any], **_: object) -> Any:
    """Run a coroutine to its end."""
    outside = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    loop = _Loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()
        asyncio._set_running_loop(outside)


def __getattr__(name: str) -> Any:
    """Make the canvas that Matplotlib asks its backend for, since that loads Matplotlib."""
    if name != "FigureCanvas":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from matplotlib.backend_bases import FigureManagerBase
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    class Manager(FigureManagerBase):
        """Shows figures below the running cell."""

        @classmethod
        def pyplot_show(cls, *_: object, **__: object) -> None:
            running[-1].draw()

        def show(self) -> None:
            running[-1].display(self.canvas.figure)

    class FigureCanvas(FigureCanvasAgg):
        """Draws as Agg does."""

        manager_class = Manager

    globals()[name] = FigureCanvas
    return FigureCanvas


@functools.cache
def _keep_our_backend() -> None:
    """Let code ask Matplotlib for any backend: figures are shown below the cell all the same."""
    if os.environ.get("MPLBACKEND") == BACKEND and importlib.util.find_spec("matplotlib"):
        import matplotlib

        matplotlib.use = lambda *_, **__: None


BACKEND = "module://sphinx_live_cells.browser.kernel"


def _svg(figure: Any) -> str:
    text = io.StringIO()
    figure.savefig(text, format="svg", bbox_inches="tight")
    return text.getvalue()


def _close_figures() -> None:
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


ADVICE = (
    (
        ImportError,
        "_multiprocessing|sem_open|synchronize",
        "A page has one process: call the function itself.",
    ),
    (
        ModuleNotFoundError,
        "",
        "A page has {available} and Python's own library, and installs nothing else.",
    ),
    (RuntimeError, "start new thread", "A page has no threads: call the function itself."),
    (
        OSError,
        "emscripten does not support processes|\\[Errno (52|138)\\]",
        "A page starts no other programs or processes.",
    ),
    (
        FileNotFoundError,
        "",
        "A page does not see your files: write the data into the cell, "
        "or take the code to a notebook of your own.",
    ),
    (
        OSError,
        "urlopen|unknown url type|Host is unreachable|Name or service|socket|resolution",
        "A page loads nothing from other hosts: write the data into the cell.",
    ),
    (
        MemoryError,
        "",
        "A page has less memory than a machine: take less data.",
    ),
)
"""What to do where Python's own error would mislead in a page: its kind, a pattern, a sentence."""


def _advice(error: BaseException) -> str:
    for kind, pattern, sentence in ADVICE:
        if isinstance(error, kind) and re.search(pattern, str(error)):
            return sentence.format(available=session.available)
    return about_character(error)


def _readable(error: BaseException, name: str) -> str:
    """Return a traceback with the frames of the reader's code and the book's, and advice below."""
    told = traceback.TracebackException.from_exception(error)
    quiet = [frame for frame in told.stack if _is_own(frame.filename)]
    _keep_own_frames(told)
    if told.stack is None and quiet:
        told.stack = traceback.StackSummary.from_list(quiet)
    text = "".join(told.format())
    for name, folder in session.folders.items():
        text = text.replace(f'File "{folder}', f'File "{name}')
    text = text.replace('File "<', 'In "<').rstrip()
    return "\n\n".join(filter(None, [text, _advice(error)]))


def _keep_own_frames(told: traceback.TracebackException) -> None:
    own = [frame for frame in told.stack if _is_shown(frame.filename)]
    # Without frames there is no "Traceback" to announce: a syntax error names its own line.
    told.stack = traceback.StackSummary.from_list(own) if own else None  # type: ignore[assignment]
    for inner in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if inner is not None:
            _keep_own_frames(inner)
    if told.__context__ is not None and told.__context__.stack is None:
        told.__context__ = None


def _is_shown(filename: str) -> bool:
    quiet = [session.folders[name] for name in session.quiet if name in session.folders]
    return _is_own(filename) and not _below(filename, quiet)


def _is_own(filename: str) -> bool:
    by_reader = re.fullmatch(r"<.*, run \d+>|<your \w+>", filename)
    return bool(by_reader) or _below(filename, session.folders.values())


def _below(filename: str, places: Collection[str]) -> bool:
    """Return whether a file is one of these modules or in one of these packages."""
    return any(re.match(rf"{re.escape(place)}(\.py$|[/\\])", filename) for place in places)


def _summary(error: BaseException) -> str:
    words = traceback.format_exception_only(error)[-1].strip()
    advice = _advice(error)
    # Pyodide's own words for a missing module go on about installing it.
    return f"{words.splitlines()[0]} {advice}" if advice else words


def _no_input(prompt: object = "", *_: object, **__: object) -> str:
    asked = str(prompt).strip(" :?>") or "answer"
    raise PageError(f'a page cannot ask ({asked}); assign the value, for example answer = "3"')


class _NoInput(io.TextIOBase):
    """Standard input: nobody can type into it."""

    def read(self, *_: object) -> str:
        return _no_input()

    readline = read  # type: ignore[assignment]

    def __iter__(self) -> Any:
        return _no_input()


def start(folder: Path, page: str = "") -> None:
    """Prepare this Python for the cells of a page.

    Parameters
    ----------
    folder : Path
        Where the packed modules and data of the book are, and their settings.
    page : str
        The page's name, such as ``part/chapter``: its cells run in the folder of the page.
    """
    settings = json.loads((folder / "live-session.json").read_text(encoding="utf8"))
    for name, value in settings.items():
        setattr(session, name, value)
    os.environ["MPLBACKEND"] = BACKEND
    warnings.filterwarnings("always", category=RuntimeWarning)
    warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
    # It says in the first figure's output that the list of fonts is being made.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    builtins.input, sys.stdin = _no_input, _NoInput()
    asyncio.run = _finish  # type: ignore[assignment]
    stand_in(shell, display, clear_output)
    _stand_in("myst_nb", glue=_glue)
    for module, words in session.absent.items():
        _stand_in(module, __getattr__=partial(_absent, words))
    place = folder.joinpath(page).parent if page else folder
    place.mkdir(parents=True, exist_ok=True)
    os.chdir(place)
    if session.startup:
        importlib.import_module(session.startup)


def _stand_in(name: str, **content: Any) -> None:
    module = types.ModuleType(name, "A stand-in, for a page in a browser.")
    module.__dict__.update(content)
    sys.modules[name] = module


def _absent(package: str, name: str) -> Any:
    """Let a page import what only cells need that it does not run."""
    if name.startswith("__"):
        raise AttributeError(name)
    raise ImportError(f"{package} is not among the packages that the page loads")


def _glue(name: str, value: Any, display: bool = True) -> None:
    running[-1].show("glue", values={name: value})
