"""What a run tells while it goes: a bar on a terminal, else a line now and then."""

import shutil
import sys
from collections.abc import Callable, Iterator

from nnfs.descent import Step

LINES = 15
"""About how many lines a run prints."""


def shown(
    steps: Iterator[Step], iterations: int, *, first: int = 0, say: Callable[[str], None] = print
) -> Iterator[Step]:
    """Hand steps on, and tell of them.

    Parameters
    ----------
    steps : iterator of Step
    iterations : int
        Of the whole run.
    first : int
        How many of them were made before.
    say : function (line)
        Prints a line; not used for the bar.

    Yields
    ------
    Step
    """
    if all(stream is not None and stream.isatty() for stream in (sys.stdout, sys.stderr)):
        yield from _bar(steps, iterations, first)
    else:
        yield from _lines(steps, iterations, first, say)


def _bar(steps: Iterator[Step], iterations: int, first: int) -> Iterator[Step]:
    from tqdm import tqdm

    # A terminal that does not know its size is taken for 80 x 24; tqdm would draw an empty bar.
    columns, lines = shutil.get_terminal_size()
    with tqdm(total=iterations, initial=first, unit="step", ncols=columns, nrows=lines) as bar:
        for step in steps:
            bar.set_postfix_str(
                f"loss {step.loss:.4f}, accuracy {step.accuracy:.4f}", refresh=False
            )
            bar.update()
            yield step


def _lines(
    steps: Iterator[Step], iterations: int, first: int, say: Callable[[str], None]
) -> Iterator[Step]:
    every = max(1, (iterations - first) // LINES)
    for step in steps:
        if (step.iteration - first) % every == 0 or step.iteration == iterations - 1:
            say(f"iteration {step.iteration:5}  loss {step.loss:.4f}  accuracy {step.accuracy:.4f}")
        yield step
