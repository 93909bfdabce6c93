"""Sphinx extension: cells are executed so that a failure can be told, and a build can be stopped.

MyST-NB and `side_by_side` both execute notebooks by `run`. It reports every way in which a page can
fail as the result of that page: a cell's error, a kernel that dies or does not start, a cell that
takes too long. A page that has failed is not executed again in the same build.

A build that is interrupted (Ctrl-C, SIGTERM, a closed terminal) ends its kernels and itself at
once, with one line. Nothing has to be cleaned up: site and caches are whole at any moment.
"""

import os
import re
import signal
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread, current_thread, main_thread
from time import perf_counter
from typing import Any, NamedTuple

import psutil
from jupyter_cache.executors.utils import ExecutionResult
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from sphinx.application import Sphinx
from sphinx.config import Config

from kit import compat
from kit.build import font_list

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
CELL_LINE = re.compile(r"^\s*Cell In\[(\d+)\], line (\d+)", re.MULTILINE)
SYNTAX = re.compile(r" \(\S+\.py, line (\d+)\)\Z")
RAISED_IN = re.compile(r"^File (\S.*?\.py):(\d+), in ([\w.<>]+)", re.MULTILINE)
PLACE = re.compile(r"in code cell (\d+), line (\d+):\n")
# What a cell calls and what fails there is the cell's affair: no line of it is told.
OF_THE_BOOK = {"kit", "sphinx_equation_checks"}
STOPPING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class KernelExitError(Exception):
    """A cell has asked for the end of its kernel, as ``exit()`` and ``quit()`` do."""


_failed: dict[Any, ExecutionResult] = {}


class Failure(NamedTuple):
    """Why a page was not executed to its end.

    Attributes
    ----------
    cell, line : int
        The place among the page's code cells and the line within the cell, from 1; 0 if the
        failure has no such place.
    error : str
        Type and message.
    """

    cell: int
    line: int
    error: str

    def __str__(self) -> str:
        return f"in code cell {self.cell}, line {self.line}:\n{self.error}"


def failure(text: str) -> Failure:
    """Read what the string of a failure says; any other text is an error without a place."""
    place = PLACE.match(text)
    if not place:
        return Failure(0, 0, text.strip())
    return Failure(int(place[1]), int(place[2]), text[place.end() :])


def run(
    nb: Any,
    cwd: str | None,
    timeout: int | None,
    allow_errors: bool,
    meta_override: bool = True,
    **options: Any,
) -> ExecutionResult:
    """Execute a notebook in place, as `jupyter_cache.executors.utils.single_nb_execution` does.

    Returns
    -------
    ExecutionResult
        Its `exc_string` is that of a `Failure` if there was one.
    """
    given = nb.metadata.get("execution", {}) if meta_override else {}
    timeout = given.get("timeout", timeout)
    allow_errors = given.get("allow_errors", allow_errors)
    if not is_time_limit(timeout):
        wrong = ValueError(
            "the time that a cell may take, `timeout` under `execute` in _config.yml or under "
            f"`execution` in the page's header, is {timeout!r}: give seconds, a number above 0, "
            "or -1 for no limit"
        )
        return ExecutionResult(nb, cwd, 0.0, wrong, str(Failure(0, 0, str(wrong))))
    if not any(cell.cell_type == "code" for cell in nb.cells):
        # Its header may name a kernel, which has nothing to do.
        return ExecutionResult(nb, cwd, 0.0, None, None)
    key = cwd, timeout, allow_errors, tuple(cell.source for cell in nb.cells)
    if key in _failed:
        nb.cells = _failed[key].nb.cells
        return _failed[key]
    font_list.make()
    started, running, errors = perf_counter(), [0], []

    def begin(cell: Any, cell_index: int, **more: Any) -> None:
        running[0] = sum(other.cell_type == "code" for other in nb.cells[: cell_index + 1])

    client = NotebookClient(
        nb,
        resources={} if cwd is None else {"metadata": {"path": cwd}},
        timeout=timeout,
        allow_errors=allow_errors,
        on_cell_execute=begin,
        on_cell_executed=_refuse_exit,
        # Times would enter the key of the page in the cache, which would never be found.
        record_timing=False,
        **options,
    )

    def work() -> None:
        try:
            client.execute()
        except Exception as error:
            errors.append(error)
            compat.forget_kernel(client)

    if current_thread() is main_thread():
        # In the main thread nbclient would take the signals for itself; and on Windows a wait
        # without end cannot be interrupted.
        thread = Thread(target=work, daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(0.2)
    else:
        work()
    join_pieces(nb)
    error = errors[0] if errors else None
    words = str(_failure(error, running[0], timeout)) if error else None
    result = ExecutionResult(nb, cwd, perf_counter() - started, error, words)
    if error:
        _failed[key] = result
    return result


def _refuse_exit(execute_reply: Any, **more: Any) -> None:
    """Raise KernelExitError where a cell asks for an end, which a client may pass over."""
    asked = execute_reply["content"].get("payload", [])
    if any(payload.get("source") == "ask_exit" for payload in asked):
        raise KernelExitError


def is_time_limit(timeout: object) -> bool:
    """Whether nbclient takes it as seconds, or as no limit: None or -1."""
    if timeout is None or isinstance(timeout, bool):
        return timeout is None
    return isinstance(timeout, int | float) and (timeout > 0 or timeout == -1)


def join_pieces(nb: Any) -> None:
    """Make one output of what a cell has written to a stream, in however many pieces it came.

    A kernel sends what is written every 0.2 seconds, so a line may come before its end. MyST-NB
    would set each piece on a line of its own.
    """
    for cell in nb.cells:
        joined: dict[str, Any] = {}
        outputs = []
        for output in cell.get("outputs", []):
            name = output.get("name") if output["output_type"] == "stream" else None
            if name in joined:
                joined[name]["text"] += output["text"]
                continue
            if name:
                joined[name] = output
            outputs.append(output)
        if "outputs" in cell:
            cell["outputs"] = outputs


def _failure(error: Exception, cell: int, timeout: int | None) -> Failure:
    if isinstance(error, CellExecutionError) and error.ename == "StdinNotImplementedError":
        line = _line(COLOUR.sub("", error.traceback), error.evalue)
        words = "nobody can answer input() while a page is built: assign the value"
        return Failure(cell, line, words)
    if isinstance(error, CellExecutionError):
        plain = COLOUR.sub("", error.traceback)
        line = _line(plain, error.evalue)
        words = f"{error.ename}: {COLOUR.sub('', SYNTAX.sub('', error.evalue))}".rstrip(": \n")
        inner = RAISED_IN.findall(plain)
        if inner and not OF_THE_BOOK & set(Path(inner[-1][0]).parts):
            words += "\nraised in {}, line {}, {}".format(*inner[-1])
        return Failure(cell, line, words)
    if isinstance(error, CellTimeoutError):
        words = (
            f"the cell ran longer than the {timeout} seconds that `timeout` under `execute` in "
            "_config.yml allows"
        )
    elif isinstance(error, DeadKernelError):
        words = (
            "the Python that ran this cell ended: it was killed, as for want of memory, it "
            "crashed, or the cell ended it"
        )
    elif isinstance(error, KernelExitError):
        words = "exit() and quit() end nothing while a page is built: take them out"
    elif not cell:
        words = f"no Python could be started for the cells: {type(error).__name__}: {error}"
    else:
        words = f"{type(error).__name__}: {error}"
    return Failure(cell, 0, words)


def _line(traceback: str, message: str) -> int:
    """Return the line of the failing cell: its frame is the first of the last cell executed.

    It is 0 where IPython names no line, as for `sys.exit` and a magic command used wrongly.
    """
    frames = [(int(cell), int(line)) for cell, line in CELL_LINE.findall(traceback)]
    if frames:
        last = max(cell for cell, _ in frames)
        return next(line for cell, line in frames if cell == last)
    place = SYNTAX.search(message)
    return int(place[1]) if place else 0


def stop(number: int, frame: object) -> None:
    """End the kernels, say so, and end the process."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            process.kill()
    with suppress(OSError, RuntimeError):
        sys.stdout.flush()
    words = (
        f"\nInterrupted ({signal.Signals(number).name}): the book was not built, the last site is "
        "as it was. The same command goes on from here.\n"
    )
    try:
        os.write(2, words.encode("ascii"))
    finally:
        os._exit(128 + number)


def execute_here(app: Sphinx, config: Config) -> None:
    """Have MyST-NB execute pages by `run`."""
    compat.execute_by(run)


class WatchedSphinx(Sphinx):
    """The application, with the handlers of signals that it gives back."""

    other_handlers: dict[int, Any]


def watch(app: WatchedSphinx) -> None:
    """Take the signals that mean a stop, where nobody else has asked for them."""
    if current_thread() is main_thread():
        app.other_handlers = {
            number: signal.signal(number, stop)
            for number in STOPPING
            if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler)
        }


def unwatch(app: Sphinx, exception: Exception | None) -> None:
    """Give the signals back."""
    for number, handler in getattr(app, "other_handlers", {}).items():
        signal.signal(number, handler)


def setup(app: WatchedSphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    _failed.clear()
    watch(app)
    app.connect("config-inited", execute_here)
    app.connect("build-finished", unwatch, priority=980)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
