"""Ctrl-C while ``python -m nnfs`` still imports what it needs: one line, and no traceback.

Python imports the whole package before any code of the command line can catch an interrupt. So this
module is the first import of the package. Where the process is that of the command line, its import
has Ctrl-C end the process, until `wake` gives the signal back.
"""

import os
import re
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MESSAGE = "nnfs: interrupted; nothing was written\n"


def wake() -> None:
    """Let Ctrl-C raise KeyboardInterrupt again, where this module has changed that."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def unheard() -> Iterator[None]:
    """Ignore Ctrl-C within the context, and have processes that begin there ignore it for good.

    A terminal sends it to every process that was started from it, not to the first alone.
    """
    previous = signal.getsignal(signal.SIGINT)
    # Signals belong to the main thread, and a handler that is none of Python's cannot be set back.
    if threading.current_thread() is not threading.main_thread() or previous is None:
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


def _end(number: int, frame: Any) -> None:
    # No exception: of the imports that it would pass through some catch it, and others print it.
    os.write(2, MESSAGE.encode())
    os._exit(130)


def _is_command_line() -> bool:
    """Return whether Python is about to run this package: ``-m nnfs``."""
    # Until the module is found, its arguments stand behind "-m".
    found = sys.argv[:1] == ["-m"]
    last = sys.orig_argv[: len(sys.orig_argv) - len(sys.argv) + 1][-1:]
    return found and any(re.fullmatch(r"(-\w*m)?nnfs", word) for word in last)


# Who ignores Ctrl-C goes on ignoring it.
if _is_command_line() and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, _end)
