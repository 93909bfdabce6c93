"""Find numbers that somebody typed into a sentence where a computed one belongs."""

import re

DECIMAL = re.compile(r"(?<![\w.])\d+[.,]\d+(?![\d.]*\w)|(?<![\w.])\.\d+")
THOUSANDS = re.compile(r"^\d{1,3}(,\d{3})+$")
PERCENTAGE = re.compile(
    r"(?<![\w.])\d+(?:[.,]\d+)?[\s\u00a0\u202f$]*(?:\\?%|\bper\s?cent\b|\bpercent\b)", re.IGNORECASE
)
INLINE_MATH = re.compile(r"\$[^$\n]+(?:\n[^$\n]+)*\$")


def typed_numbers(prose: str) -> list[str]:
    """Return the decimals and percentages that stand in prose as typed.

    In formulas a decimal is a setting, such as a learning rate; a percentage is a result there too.
    """
    found = [match.group() for match in PERCENTAGE.finditer(prose)]
    without_math = INLINE_MATH.sub("MATH", prose)
    decimals = [match.group() for match in DECIMAL.finditer(without_math)]
    return found + [number for number in decimals if not THOUSANDS.match(number)]
