"""What cells import: checks of equations, and claims. Nothing in this folder needs Sphinx.

>>> from sphinx_equation_checks.cells import check, claim
>>> check("eq-double", [2.0, 6.0], [1.0 + 1.0, 3.0 + 3.0], terms=1)
eq-double: equal, no difference at all; rounding alone could cause 4.4e-16
>>> claim(2.0 < 6.0, "two is less than six")
"""

from .claims import claim
from .comparing import watch
from .record import Check
from .statements import (
    check,
    check_bound,
    check_symbols,
    check_zero,
    equal,
    inequality,
    symbols,
    zero,
)
from .teeth import UnreadCodeWarning

__all__ = [
    "Check",
    "UnreadCodeWarning",
    "check",
    "check_bound",
    "check_symbols",
    "check_zero",
    "claim",
    "equal",
    "inequality",
    "symbols",
    "zero",
]

watch()
