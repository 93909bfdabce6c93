"""What the book's cells import, by this one name: ``from kit.cells import check, glue``.

A module is loaded when one of its names is asked for, so a page loads no more than it uses, and a
reader's browser needs no joblib. The imports below are what type checkers see, and where the names
are looked up.
"""

import ast
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kit.cells.network_drawing import draw_network
    from kit.cells.quantities import COLORS, QUIET, drawn_as
    from kit.cells.referee import show, slopes
    from kit.cells.running_example import X_pencil, pencil, y_pencil
    from kit.cells.shown import (
        figure_style,
        glue,
        machine,
        pace,
        processors,
        quickest,
        size,
        spread,
        table,
        write_in_cells,
    )
    from kit.cells.slices import along_valley
    from kit.cells.trained import (
        BATCH_RATES,
        JUDGED_ON,
        good_network,
        linear_job,
        original_job,
        race,
        validation_digits,
    )
    from kit.cells.wrong_gradients import (
        OTHER_FAULTS,
        WRONG_GRADIENTS,
        WRONG_UPDATES,
        flat_biases,
        gallery,
        missing_mask,
        scalar_db,
        sum_of_differences,
        wrong_name,
    )
    from sphinx_equation_checks.cells import (
        check,
        check_bound,
        check_symbols,
        check_zero,
        claim,
        equal,
    )


@cache
def _modules() -> dict[str, str]:
    """Return the module of each name that a cell can import, as the imports above say."""
    tree = ast.parse(Path(__file__).read_text(encoding="utf8"))
    later = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in later.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(node.module) for node in imports for alias in node.names}


# Type checkers would take this for a promise that every name is there.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Load the module of a name and return what it is there."""
        if name not in _modules():
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_modules()[name]), name)
