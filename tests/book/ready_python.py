"""A Python that has loaded the libraries of a build, and becomes one build after another.

Of a small book's build most is to load Sphinx and what it needs. Run as a script, this file loads
them once and then forks for every line that it reads. A fork goes on as the command does from
there: it takes what belongs to the book, such as ``kit`` and ``nnfs``, from the folder of the
build. What a Python reads only when it starts, such as the seed of hashes, is the same for all
forks; tests of that start the plain command.
"""

import atexit
import functools
import gc
import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import IO

import yaml

COMMAND = "jupyter-book"
CONFIGURATION = Path(__file__).resolve().parents[2] / "book" / "_config.yml"
OF_THE_BOOK = {"nnfs_book", "kit", "sphinx_equation_checks", "sphinx_live_cells"}
LIBRARIES = (
    *("jupyter_book.cli.main", "jupyter_book.sphinx", "sphinx.builders.html", "sphinx.search.en"),
    *("sphinxcontrib.katex", "sphinx_multitoc_numbering", "sphinx_jupyterbook_latex", "joblib"),
    *("fontTools.subset", "fontTools.ttLib", "IPython", "ipykernel.kernelspec", "nbclient"),
    *("jupyter_client.asynchronous", "jupyter_cache.executors.utils", "psutil", "threadpoolctl"),
)


def there_is_one() -> bool:
    """Whether a loaded Python can be forked safely here."""
    return sys.platform == "linux"


def run(folder: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, with the environment of this process.

    Returns
    -------
    CompletedProcess
        As of `subprocess.run` with its output as text.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        code = _python().fork(folder, arguments, out, err)
        texts = []
        for file in (out, err):
            file.seek(0)
            text = file.read().decode("utf8", "replace")
            texts.append(text.replace("\r\n", "\n"))
    return subprocess.CompletedProcess([COMMAND, *arguments], code, *texts)


@functools.cache
def _python() -> "ReadyPython":
    return ReadyPython()


class ReadyPython:
    """The other process, which ends with this one."""

    def __init__(self) -> None:
        # With -P this file's folder is no place for modules.
        self._process = subprocess.Popen(
            [sys.executable, "-P", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf8",
        )
        self._lock = Lock()
        atexit.register(self._end)

    def _end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def fork(self, folder: Path, arguments: Sequence[str], out: IO[bytes], err: IO[bytes]) -> int:
        """Run the command with these files as its output, and return its exit code."""
        wanted = {
            "folder": str(folder),
            "arguments": list(arguments),
            "environment": dict(os.environ),
            "output": [f"/proc/{os.getpid()}/fd/{file.fileno()}" for file in (out, err)],
        }
        assert self._process.stdin
        assert self._process.stdout
        with self._lock:
            self._process.stdin.write(json.dumps(wanted) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        assert answer, "the Python that becomes the builds has ended"
        return int(answer)


def extensions() -> list[str]:
    """Return the extensions of the book that others have written."""
    settings = yaml.safe_load(CONFIGURATION.read_text("utf8"))
    named = settings["sphinx"]["config"]["extensions"]
    return [name for name in named if name.partition(".")[0] not in OF_THE_BOOK]


def load() -> None:
    """Load the libraries, without what is the book's own."""
    for name in (*LIBRARIES, *extensions()):
        importlib.import_module(name)
    own = {name for name in sys.modules if name.partition(".")[0] in {*OF_THE_BOOK, "nnfs"}}
    assert not own, f"{sorted(own)} would be those of another folder"


def become(
    folder: str, arguments: list[str], environment: dict[str, str], output: list[str]
) -> None:
    """Make this process what it is when the command begins."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for number, name in enumerate([os.devnull, *output]):
        opened = os.open(name, os.O_RDWR)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = [COMMAND, *arguments]


def serve() -> None:
    """Fork for every line, and answer with the exit code; in a fork, return."""
    for line in iter(sys.stdin.readline, ""):
        child = os.fork()
        if child == 0:
            become(**json.loads(line))
            return
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    sys.exit()


if __name__ == "__main__":
    load()
    # What is loaded is no garbage, and a fork need not look whether it is.
    gc.freeze()
    serve()
    from jupyter_book.cli.main import main

    sys.exit(main())
