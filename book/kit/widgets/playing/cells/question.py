"""A question that stands before a plaything until a reader has chosen an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kit.widgets.playing.cells.words import Words, filled


@dataclass(frozen=True)
class Question:
    """What to predict, the answers to choose from, and what is said then.

    Texts may have names of sliders and of numbers in braces, or be functions of a dict of them.

    Parameters
    ----------
    asks : str or function
        Such as ``"Predict: alpha doubles from {alpha}. Where does the loss go?"``
    answers : sequence of str
        Two to five of them.
    right : str or function
        The right answer, or a function that chooses it for a position:
        ``lambda at: "Down" if at["alpha"] < 0.5 else "Up"``.
    because : str or function
        What follows "Yes." or "Look again.", of the position that the sliders have gone to.
    goes : dict from slider to position, optional
        Where sliders go once the question is answered; the others stay. The answer is that of the
        new position; the question itself is about the old one.
    hides : sequence of str, optional
        Curves, points, marks, bars and images that are not shown before the answer, by name. The
        sentence waits too.
    """

    asks: Words
    answers: Sequence[str]
    right: Words
    because: Words
    goes: Mapping[str, Any] = field(default_factory=dict)
    hides: Sequence[str] = ()

    def __post_init__(self) -> None:
        if isinstance(self.answers, str) or not 2 <= len(self.answers) <= 5:
            raise ValueError(f"a question has the answers {self.answers!r}; expected two to five")
        if isinstance(self.hides, str):
            raise ValueError(f"a question hides {self.hides!r}; expected a list of names")

    def chosen(self, known: Mapping[str, Any]) -> int:
        """Return the place of the right answer at one position.

        Raises
        ------
        ValueError
            If it is not among the answers.
        """
        right = self.right(known) if callable(self.right) else self.right
        if right not in self.answers:
            raise ValueError(f"{right!r} is right; expected one of {list(self.answers)}")
        return list(self.answers).index(right)

    def asked(self, known: Mapping[str, Any]) -> str:
        """Return what is asked at one position."""
        return filled(self.asks, known, "a question")

    def said(self, known: Mapping[str, Any]) -> str:
        """Return what is said of the answer at one position."""
        return filled(self.because, known, "the answer to a question")


Asks = Question | Sequence[Question] | None


def listed(asks: Asks) -> list[Question]:
    """Return one question, several or none as a list."""
    if asks is None:
        return []
    return [asks] if isinstance(asks, Question) else list(asks)
