"""Which cells use what: modules that are wanted, or data and what was computed from them."""

import ast
from collections.abc import Iterator, Sequence, Set

from sphinx_live_cells.browser.aliases import names_passed
from sphinx_live_cells.browser.names import read_statement


def modules(sources: Sequence[str], wanted: Sequence[str]) -> list[set[str]]:
    """Return for each cell which of the wanted modules it uses; importing one is no use of it.

    Parameters
    ----------
    sources : sequence of str
    wanted : names of modules at the top level, such as "sympy"
    """
    names: dict[str, str] = {}
    found = []
    for source in sources:
        used: set[str] = set()
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            tree = ast.Module([], [])
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    names[alias.asname or top] = top
            elif isinstance(node, ast.ImportFrom) and node.module in wanted:
                used.add(str(node.module))
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and names.get(node.id) in wanted:
                used.add(names[node.id])
        found.append(used)
    return found


def derived(sources: Sequence[str], origins: Set[str]) -> list[bool]:
    """Return for each cell whether it uses one of the origins, or what was computed from one.

    Followed statement by statement, so that a cell with many names passes on only those that
    have to do with an origin. Importing an origin is no use of it; a name that was not imported is
    none.

    Parameters
    ----------
    sources : sequence of str
    origins : names such as "load_mnist", or "nnfs.load_mnist" where it is an attribute
    """
    reached: set[str] = set()
    imported: set[str] = set()
    found = []
    for source in sources:
        try:
            statements = ast.parse(source).body
        except (SyntaxError, ValueError):
            statements = []
        uses = False
        for statement in statements:
            names = read_statement(statement, imported)
            if isinstance(statement, ast.Import | ast.ImportFrom):
                continue
            known = {name for name in origins if name.partition(".")[0] in imported}
            imported -= names.bound
            if set(_dotted(statement)) & (known | reached):
                uses = True
                reached |= names.bound | names.touched
                if isinstance(statement, ast.Expr) and not _only_shows(statement.value):
                    # A call for its effect: what it is given may hold the other by now.
                    reached |= set(names_passed(statement, imported)) - imported
            else:
                reached -= names.bound
        found.append(uses)
    return found


def _only_shows(node: ast.expr) -> bool:
    return not isinstance(node, ast.Call) or getattr(node.func, "id", "") in ("print", "display")


def _dotted(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
            yield inner.id
        elif isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name):
            yield f"{inner.value.id}.{inner.attr}"
