"""What runs in the reader's browser: Python's own library, and NumPy where a page has it.

`send_event` is for code that a page's script runs: it sends what it is given to that script.
"""

from typing import Any


def send_event(name: str, value: Any = None) -> None:
    """Send numbers, words, lists, dictionaries or arrays to the script that runs this code.

    Parameters
    ----------
    name : str
        Of the event.
    value : object, optional
        What comes with it.
    """
    from sphinx_live_cells.browser import kernel

    kernel.send_event(name, value)
