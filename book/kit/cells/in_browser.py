"""What the book's cells find in a reader's browser; imported there before the first cell."""

import functools
import json
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nnfs import data

ROOT = Path(__file__).resolve().parents[2]


class _Memory:
    """Remembers results as long as the page is open, as joblib's does between builds."""

    def __init__(self, *arguments: object, **settings: object) -> None:
        pass

    @staticmethod
    def cache(function: Callable[..., Any]) -> Callable[..., Any]:
        return functools.cache(function)


def prepare() -> None:
    """Make a stand-in for joblib, and let the bundled digits be the part that a page has."""
    joblib: Any = types.ModuleType("joblib", "A stand-in, for a page in a browser.")
    joblib.Memory = _Memory
    sys.modules["joblib"] = joblib
    hashes = json.loads((ROOT / "mnist_data" / "part.json").read_text(encoding="utf8"))
    data.bundle_part(ROOT / "mnist_data", hashes)


if sys.platform == "emscripten":
    prepare()
