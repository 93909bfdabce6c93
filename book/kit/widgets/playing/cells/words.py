"""Numbers and sentences as a reader sees them: real minus signs, and powers of ten as powers."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Words = str | Callable[[Mapping[str, Any]], str]
"""A sentence with names in braces, or a function from values by their names to a sentence."""

RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def word(value: Any) -> str:
    """Return a position, or a tick of an axis, as text.

    Examples
    --------
    >>> word(-0.25), word(1.0), word(1e-05), word(2.5e-07), word("naive")
    ('−0.25', '1', '10⁻⁵', '2.5·10⁻⁷', 'naive')
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    front, _, exponent = text.partition("e")
    if exponent:
        power = f"10{int(exponent)}".replace("10", "", 1).translate(RAISED)
        leading = {"1": "", "-1": "-"}.get(front, f"{front}·")
        text = f"{leading}10{power}"
    return text.replace("-", "−")


def words_of(values: Sequence[Any]) -> list[str]:
    """Return positions, or the ticks of an axis, as texts of one kind.

    Examples
    --------
    >>> words_of([1e-5, 1e-4, 0.01, 1.0]), words_of([0.1, 1.0])
    (['10⁻⁵', '10⁻⁴', '10⁻²', '1'], ['0.1', '1'])
    """
    texts = [word(value) for value in values]
    powers = [_power(value) for value in values]
    if None in powers or not any(text.startswith("10⁻") for text in texts):
        return texts
    return [f"10{str(power).translate(RAISED)}" if power else "1" for power in powers]


def _power(value: Any) -> int | None:
    """Return of which power of ten a number is, if of a whole one."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return None
    power = round(math.log10(value))
    return power if value == float(f"1e{power}") else None


def filled(words: Words, known: Mapping[str, Any], of: str) -> str:
    """Return a sentence with the values of one position.

    Raises
    ------
    ValueError
        If it asks for a name that is not there.
    """
    if callable(words):
        text = str(words(known))
    else:
        try:
            text = words.format(**known)
        except (KeyError, IndexError) as error:
            names = ", ".join(known)
            raise ValueError(f"{of} has {{{error.args[0]}}}; expected one of {names}") from None
    return re.sub(r"(?<![\w.])-(?=\d)", "−", text)


def shared(texts: Sequence[str]) -> dict[str, Any]:
    """Return texts without repetitions, and which of them each position has."""
    every = list(dict.fromkeys(texts))
    if len(every) == 1:
        return {"all": every}
    places = {text: i for i, text in enumerate(every)}
    return {"all": every, "at": [places[text] for text in texts]}
