"""Begins a page's Python, and stands between it and the page's scripts.

It runs in Pyodide, before the cells of a page; `live-worker.js` calls it.
"""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sphinx_live_cells.browser import imports, kernel
from sphinx_live_cells.browser.notebook import plain_python, without_prompts


def plain(value: Any) -> Any:
    """Return a message in what a script of a page has too; an array as its data and shape."""
    numpy = sys.modules.get("numpy")
    if numpy and isinstance(value, numpy.ndarray):
        return {"data": numpy.ascontiguousarray(value).ravel(), "shape": list(value.shape)}
    if numpy and isinstance(value, numpy.generic):
        return value.item()
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    return [plain(entry) for entry in value] if isinstance(value, list | tuple) else value


def array(flat: Any, shape: Sequence[int]) -> Any:
    """Return an array of NumPy from the data and shape that a script has sent."""
    import numpy as np

    return np.asarray(flat).reshape(shape).copy()


class Python:
    """What a page's script holds of its Python.

    Parameters
    ----------
    folder : str
        Where the book's modules and data were unpacked.
    page : str
        The page's name.
    post : function
        Sends a message to the page.
    """

    def __init__(self, folder: str, page: str, post: Callable[[Any], None]) -> None:
        kernel.start(Path(folder), page)
        table = json.loads(Path(folder, "live-imports.json").read_text(encoding="utf8"))
        self._table, self._packages = table["modules"], table["packages"]
        self._post = post
        self.kernel = kernel.Kernel(self._send)

    def _send(self, message: dict[str, Any]) -> None:
        from js import Object  # type: ignore[import-not-found]
        from pyodide.ffi import to_js  # type: ignore[import-not-found]

        self._post(to_js(plain(message), dict_converter=Object.fromEntries))

    def wanted(self, codes: Sequence[str]) -> list[str]:
        """Return the packages that code needs."""
        found: set[str] = set()
        for code in codes:
            source = plain_python(without_prompts(code)[0])
            found |= set(imports.wanted(source, self._table, self._packages))
        return sorted(found)
