"""Where a check shows its record: below its cell, or in a script on the terminal."""

import sys

from .record import Check


def show(record: Check) -> None:
    """Show a record as the output of the running cell, or print it where there is no notebook.

    What runs cells, IPython or what stands in for it in a browser, is found by IPython's own name.
    """
    if sys.modules.get("IPython"):
        from IPython import get_ipython
        from IPython.display import display

        if get_ipython() is not None:
            display(record)  # type: ignore[no-untyped-call]
            return
    print(record)
