"""Where a check or a claim shows its record: below its cell, or in a script on the terminal."""

import sys

from .record import Check, Confirmed


def in_notebook() -> bool:
    """Tell whether what runs cells is at work: IPython, or what stands in for it in a browser.

    It is found by IPython's own name.
    """
    if not sys.modules.get("IPython"):
        return False
    from IPython import get_ipython

    return get_ipython() is not None


def show(record: Check | Confirmed) -> None:
    """Show a record as the output of the running cell, or print it where there is no notebook."""
    if not in_notebook():
        print(record)
        return
    from IPython.display import display

    display(record)  # type: ignore[no-untyped-call]
