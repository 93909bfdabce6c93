"""What does not fit into memory, told with its size before it is tried.

Some systems promise more memory than there is. A program that takes it is then killed, or brings
the machine to a halt, where others get a MemoryError. So the size is compared first.
"""

import functools
import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB", "EB")


@contextmanager
def needed(size: int, what: str, advice: str) -> Iterator[None]:
    """Make arrays within a context, if there is room for them.

    Parameters
    ----------
    size : int, bytes
        Of all that is made.
    what, advice : str
        What it is made for, and what to do where there is no room.

    Raises
    ------
    ValueError
        If they are larger than the memory of the machine, or than what is left of it.
    """
    # More than sys.maxsize no system can address.
    if size > min(_memory(), sys.maxsize):
        raise ValueError(_message(size, what, advice))
    try:
        yield
    except MemoryError:
        raise ValueError(_message(size, what, advice)) from None


def _message(size: int, what: str, advice: str) -> str:
    return f"{what} takes {told(size)}, more memory than there is: {advice}"


def told(size: int) -> str:
    """Return a number of bytes as people say it, such as 6.3 TB."""
    power = (len(str(size)) - 1) // 3
    if power >= len(UNITS):
        return f"more than 1000 {UNITS[-1]}"
    return f"{size / 1000**power:.3g} {UNITS[power]}"


@functools.cache
def _memory() -> float:
    """Return the bytes of memory that this machine has, or infinity where it does not say."""
    try:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return math.inf
    return size if size > 0 else math.inf
