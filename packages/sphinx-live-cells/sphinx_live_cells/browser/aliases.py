"""Which names may stand for one object, and which objects a call may change.

Read from the code alone, so that a cell that does not run can be judged as well.
"""

import ast
import builtins
import functools
from collections.abc import Collection, Iterator, Sequence

PURE_METHODS = frozenset(
    """
    all any argmax argmin argsort astype conj copy count cumsum diagonal diff dot endswith find
    flatten format get index item items join keys max mean min nonzero passed prod ptp ravel repeat
    replace reshape round split squeeze startswith std strip subs sum swapaxes take title tolist
    transpose values var view zfill _asdict _replace
    """.split()  # noqa: SIM905
)
CHANGING_FUNCTIONS = frozenset(
    """
    copyto fill_diagonal heapify heappop heappush heapreplace insort insort_left insort_right place
    put put_along_axis putmask setattr setitem shuffle
    """.split()  # noqa: SIM905
)
"""Functions of modules that change what they are given; those with ``out=`` do, too."""

BUILTINS = frozenset(dir(builtins))
PURE_FUNCTIONS = frozenset(
    "abs bool float id int isinstance len max min print range repr round str sum type".split()  # noqa: SIM905
)


@functools.lru_cache(maxsize=256)
def parsed(source: str) -> list[ast.Module]:
    """Return the tree of a cell, and nothing where it is no Python.

    Trees are kept: in a browser the cells of a page are read for every run, and few were edited.
    """
    try:
        return [ast.parse(source)]
    except (SyntaxError, ValueError):
        return []


def names_stored(node: ast.AST) -> Iterator[str]:
    """Yield the names that code binds."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            yield inner.id
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield inner.name
        elif isinstance(inner, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in inner.names)
        elif isinstance(inner, ast.MatchAs | ast.MatchStar | ast.ExceptHandler) and inner.name:
            yield inner.name


def names_passed(tree: ast.AST, imported: Collection[str] = ()) -> Iterator[str]:
    """Yield the names whose objects calls may change, since they are given them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and not _leaves_alone(node, imported):
            for part in (*node.args, *(keyword.value for keyword in node.keywords)):
                yield from _same_object(part)


def _leaves_alone(node: ast.Call, imported: Collection[str]) -> bool:
    """Tell whether a call changes nothing that it is given, as most functions of modules do not."""
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if isinstance(node.func, ast.Name) and name in PURE_FUNCTIONS:
        return True
    root = node.func
    while isinstance(root, ast.Attribute):
        root = root.value
    of_module = isinstance(root, ast.Name) and root.id in imported
    if of_module:
        changing = any(keyword.arg == "out" for keyword in node.keywords)
        return name not in CHANGING_FUNCTIONS and not changing
    return isinstance(node.func, ast.Attribute) and name in PURE_METHODS


def _same_object(node: ast.expr | None) -> Iterator[str]:
    """Yield the names whose objects an expression may give, itself or in a part of it."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute | ast.Subscript | ast.Starred | ast.Await):
        yield from _same_object(node.value)
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in PURE_FUNCTIONS:
            return
        receiver = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        for part in (*receiver, *node.args, *(keyword.value for keyword in node.keywords)):
            yield from _same_object(part)
    elif isinstance(
        node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    ):
        yield from (inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))
    elif isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict | ast.IfExp | ast.BoolOp):
        for inside in ast.iter_child_nodes(node):
            yield from _same_object(inside) if isinstance(inside, ast.expr) else ()
    elif isinstance(node, ast.NamedExpr):
        yield from (node.target.id, *_same_object(node.value))


def other_names(sources: Sequence[str]) -> Iterator[dict[str, set[str]]]:
    """Yield after each cell, for each name, those that may stand for the same object, or one in it.

    It is one dictionary all the time, so look into it before the next cell.
    """
    fixed: set[str] = set()
    groups: dict[str, set[str]] = {}
    for source in sources:
        for tree in parsed(source):
            fixed |= {*names_fixed(tree)}
            for node in ast.walk(tree):
                value, targets = _assigned(node)
                if not targets:
                    continue
                names = {
                    *_same_object(value),
                    *(n for t in targets for n in names_stored(t)),
                } - fixed
                names -= BUILTINS
                group = set().union(names, *(groups.get(name, ()) for name in names))
                groups.update(dict.fromkeys(group, group))
        yield groups


def names_fixed(tree: ast.AST) -> Iterator[str]:
    """Yield the names of what is passed on and not changed: modules, functions and classes."""
    yield from names_imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name


def names_imported(tree: ast.AST) -> Iterator[str]:
    """Yield the names that imports bind."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)


def _assigned(node: ast.AST) -> tuple[ast.expr | None, list[ast.expr]]:
    if isinstance(node, ast.Assign):
        return node.value, node.targets
    if isinstance(node, ast.AnnAssign | ast.NamedExpr):
        return node.value, [node.target]
    if isinstance(node, ast.For | ast.AsyncFor):
        return node.iter, [node.target]
    if isinstance(node, ast.withitem) and node.optional_vars is not None:
        return node.context_expr, [node.optional_vars]
    return None, []
