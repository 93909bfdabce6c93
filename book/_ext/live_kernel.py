"""Runs the cells of a page in the reader's browser, in the place of a notebook's kernel.

`start` prepares a Python that has only NumPy and Matplotlib: what else the cells of the book import
for the sake of a notebook gets a stand-in. A `Kernel` then runs cells, the earlier ones that they
need first, and sends what they show as plain dictionaries with a ``kind``:

=========  =====================================================================================
started    ``cell``, ``step``, ``steps``: a cell begins, as one of several
stream     ``text``: printed
text       ``text``: the representation of the last expression
html       ``html``: an object that has one, such as a check or a table
svg        ``svg``: a figure
glue       ``values``: numbers and words that the cell has for the text
note       ``text``: what a reader should know of the result
error      ``text``, ``summary``: a traceback, without the kernel's own lines
event      ``name``, ``value``: what code has passed to `send_event`
finished   ``succeeded``
=========  =====================================================================================

Each has the number of its ``cell`` as well, or None for code that belongs to none.
"""

import ast
import functools
import io
import json
import linecache
import os
import sys
import traceback
import types
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from cell_order import Ledger, derived

Send = Callable[[dict[str, Any]], None]

ON_LESS = {"load_mnist", "nnfs.load_mnist", "original_job", "linear_job", "size"}
"""Names whose results come from fewer images, or fewer steps, than those of the built page."""

LESS = (
    "Computed in your browser on a part of the digits, so the numbers differ from the page's own."
)


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
        self._ledger = Ledger()
        self._spaces: dict[str, dict[str, Any]] = {}
        self._runs = 0

    def show(self, kind: str, **content: Any) -> None:
        """Send something to where the running cell shows its results."""
        self._send({"kind": kind, "cell": self._cell, **content})

    def plan(self, sources: Sequence[str], target: int) -> list[int]:
        """Return the numbers of the cells that have to run for this one."""
        return self._ledger.plan(sources, target)

    def run_cells(self, sources: Sequence[str], target: int) -> bool:
        """Run a cell of the page, and before it those that it needs; say whether all succeeded."""
        order = self.plan(sources, target)
        on_less = derived(sources[: target + 1], ON_LESS)
        for step, cell in enumerate(order):
            self._cell = cell
            self.show("started", step=step + 1, steps=len(order))
            succeeded = self.run(sources[cell], name=f"cell {cell + 1}")
            self._ledger.note(sources, cell, succeeded=succeeded)
            if succeeded and on_less[cell]:
                self.show("note", text=LESS)
            self.show("finished", succeeded=succeeded)
            self._cell = None
            if not succeeded:
                return False
        return True

    def run(
        self,
        source: str,
        *,
        name: str = "code",
        space: str = "page",
        variables: dict[str, Any] | None = None,
    ) -> bool:
        """Run code, show what it prints, draws and returns, and say whether it succeeded.

        Parameters
        ----------
        source : str
        name : str
            What tracebacks call the code.
        space : str
            Code of one space shares its names. "page" is that of the page's cells.
        variables : dict, optional
            Names that the code finds bound.
        """
        names = self._spaces.setdefault(
            space, {"__name__": "__main__", "__builtins__": __builtins__}
        )
        names.update(variables or {})
        self._runs += 1
        filename = f"<{name}, run {self._runs}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        printed = _Stream(self)
        with redirect_stdout(printed), redirect_stderr(printed), _within(self):
            try:
                value = _execute(source, filename, names)
                if value is not None:
                    self.display(value)
                self._draw()
            except BaseException as error:
                printed.flush()
                _close_figures()
                self.show("error", text=_readable(error, name), summary=_summary(error))
                return False
            finally:
                printed.flush()
        return True

    def display(self, value: Any) -> None:
        """Show an object in the richest form that it has."""
        sys.stdout.flush()
        if hasattr(value, "savefig"):
            self.show("svg", svg=_svg(value))
            if "matplotlib.pyplot" in sys.modules:
                sys.modules["matplotlib.pyplot"].close(value)
        elif callable(getattr(value, "_repr_html_", None)):
            self.show("html", html=value._repr_html_())
        else:
            self.show("text", text=repr(value))

    def _draw(self) -> None:
        pyplot = sys.modules.get("matplotlib.pyplot")
        for number in pyplot.get_fignums() if pyplot else ():
            self.display(pyplot.figure(number))


MOST_PRINTED = 50_000
"""Characters that one piece of code can print before the rest is left out."""


class _Stream(io.TextIOBase):
    """Collects what is printed, and shows it line by line."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._waiting = ""
        self._left = MOST_PRINTED

    def write(self, text: str) -> int:
        self._waiting += text
        if "\n" in text:
            self.flush()
        return len(text)

    def flush(self) -> None:
        shown, self._waiting = self._waiting[: max(self._left, 0)], ""
        if shown:
            self._kernel.show("stream", text=shown)
            self._left -= len(shown)
            if self._left == 0:
                self._kernel.show("note", text="More was printed than a page can show.")


running: list[Kernel] = []
"""The kernel whose code runs, innermost last."""


@contextmanager
def _within(kernel: Kernel) -> Iterator[None]:
    running.append(kernel)
    try:
        yield
    finally:
        running.pop()


def display(*values: Any) -> None:
    """Show objects below the running cell."""
    for value in values:
        running[-1].display(value)


def send_event(name: str, value: Any = None) -> None:
    """Send numbers, words, lists, dictionaries or arrays to the page's own script."""
    running[-1].show("event", name=name, value=value)


def _execute(source: str, filename: str, names: dict[str, Any]) -> Any:
    tree = ast.parse(source, filename)
    if "compared" in sys.modules:  # a cell has loaded `checked`: its claims show their sides
        tree = sys.modules["compared"].visible(tree)
    last = tree.body[-1] if tree.body else None
    silent = source.rstrip().endswith(";")
    if not isinstance(last, ast.Expr) or silent:
        exec(compile(tree, filename, "exec"), names)
        return None
    tree.body.pop()
    exec(compile(tree, filename, "exec"), names)
    return eval(compile(ast.Expression(last.value), filename, "eval"), names)


def _svg(figure: Any) -> str:
    text = io.StringIO()
    figure.savefig(text, format="svg", bbox_inches="tight")
    return text.getvalue()


def _close_figures() -> None:
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def _readable(error: BaseException, name: str) -> str:
    """Return a traceback that begins in the reader's code."""
    lines = traceback.TracebackException.from_exception(error)
    parts: traceback.TracebackException | None = lines
    while parts is not None:
        parts.stack = traceback.StackSummary.from_list(
            [frame for frame in parts.stack if frame.filename != __file__]
        )
        parts = parts.__cause__ or parts.__context__
    text = "".join(lines.format())
    here = str(Path(__file__).resolve().parent) + os.sep
    return text.replace(f'File "{here}', 'File "').replace('File "<', 'In "<').rstrip()


def _summary(error: BaseException) -> str:
    return traceback.format_exception_only(error)[-1].strip()


def start(folder: Path) -> None:
    """Prepare this Python for the cells of the book.

    Parameters
    ----------
    folder : Path
        Where the packed package, the cells' modules and the part of the digits are.
    """
    hashes = json.loads((folder / "digits.json").read_text(encoding="utf8"))
    os.environ["MPLBACKEND"] = "agg"
    warnings.filterwarnings("always", category=RuntimeWarning)
    _stand_in("myst_nb", glue=_glue)
    _stand_in("joblib", Memory=_Memory)
    for package in ("pandas", "sympy"):
        _stand_in(package, __getattr__=functools.partial(_absent, package))
    from nnfs import data

    data.BUNDLED_SHA256.update(hashes)


def _stand_in(name: str, **content: Any) -> None:
    module = types.ModuleType(name, "A stand-in, for a page in a browser.")
    module.__dict__.update(content)
    sys.modules[name] = module


def _absent(package: str, name: str) -> Any:
    """Let a page import what only cells need that it does not run."""
    if name.startswith("__"):
        raise AttributeError(name)
    raise ImportError(f"{package} is not among the packages that the page loads")


class _Memory:
    """Remembers results as long as the page is open, as joblib's does between builds."""

    def __init__(self, *arguments: object, **settings: object) -> None:
        pass

    @staticmethod
    def cache(function: Callable[..., Any]) -> Callable[..., Any]:
        return functools.cache(function)


def _glue(name: str, value: Any, display: bool = True) -> None:
    running[-1].show("glue", values={name: value})
