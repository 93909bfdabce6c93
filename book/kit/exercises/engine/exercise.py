"""What an exercise consists of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Mistakes = Sequence[tuple[str, Any]]
"""Sentences that name a mistake, each with what the mistake returns."""


class FaultError(Exception):
    """What is wrong with a reader's function, as a sentence for the reader."""


@dataclass(frozen=True)
class Exercise:
    """One function that the reader writes.

    Attributes
    ----------
    name : str
        The function's name, in the answers as in the reader's code.
    page : str
        The page where it stands.
    number : int
        Its place among all exercises, in the order in which the chapters come to them.
    task : str
        What to write, in a few words.
    hints : tuple of str
        From the gentle to the plain, in the book's markup.
    books : function
        The book's own, for exercises that come later and for what a reader has not written.
    check : function
        Takes the reader's function; raises `FaultError`.
    """

    name: str
    page: str
    number: int
    task: str
    hints: tuple[str, ...]
    books: Callable[..., Any]
    check: Callable[[Callable[..., Any]], None]
