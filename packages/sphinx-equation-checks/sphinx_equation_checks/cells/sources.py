"""How the sides of a check are written in the code that calls it.

Two sides that are one expression, or one and a copy of it, are equal whatever is true. Their values
do not tell: two different computations may well end in the same bits. The code does.

>>> made = ast.parse("check('eq-a', f(x), f(x).copy(), terms=1)")
>>> call = made.body[0].value
>>> same_by_construction(call.args[1], call.args[2], made)
True
"""

import ast
import linecache
from functools import lru_cache
from types import FrameType

COPIES = {"copy", "deepcopy", "array", "asarray", "list", "tuple", "tolist", "sympify", "Matrix"}
"""Functions and methods that return what they are given."""

MODULES = {"np", "numpy", "math", "sympy"}
READERS = {"print", "len", "sum", "abs", "min", "max", "float", "int", "list", "tuple"}
"""Functions of Python that leave what they are given as it is, and return something else."""

METHODS = {"copy", "sum", "mean", "std", "var", "min", "max", "all", "any", "tolist", "astype"}
"""Methods of arrays that do likewise."""

VIEWS = {
    *("asarray", "asanyarray", "ascontiguousarray", "reshape", "ravel", "transpose", "squeeze"),
    *("atleast_1d", "atleast_2d", "atleast_3d", "expand_dims", "swapaxes", "moveaxis", "flip"),
    *("flipud", "fliplr", "rot90", "diagonal", "real", "imag", "split", "array_split"),
    *("hsplit", "vsplit", "broadcast_to", "broadcast_arrays", "ix_", "nditer", "frompyfunc"),
    *("copyto", "put", "place", "putmask", "put_along_axis", "fill_diagonal", "shuffle"),
}
"""Functions of NumPy that may change an array or give it another name."""

Place = tuple[int, int, int, int]


def calling(frame: FrameType) -> tuple[ast.Call, ast.Module] | None:
    """Return the call that a frame is about to return from, and the code around it.

    Parameters
    ----------
    frame : frame
        Of the code that calls a check.

    Returns
    -------
    call, code : ast.Call and ast.Module, or None
        None where the code cannot be seen, as in ``python -c``.
    """
    place = _place(frame)
    source = "".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals))
    if place is None or not source:
        return None
    try:
        code = _parsed(source)
    except (SyntaxError, ValueError):
        return None
    for node in ast.walk(code):
        if isinstance(node, ast.Call) and _place_of(node) == place:
            return node, code
    return None


def _place(frame: FrameType) -> Place | None:
    for index, place in enumerate(frame.f_code.co_positions()):
        if index == frame.f_lasti // 2:
            line, last_line, column, last_column = place
            if line is None or last_line is None or column is None or last_column is None:
                return None
            return line, last_line, column, last_column
    return None


def _place_of(node: ast.Call) -> Place:
    return (
        node.lineno,
        node.end_lineno or node.lineno,
        node.col_offset,
        node.end_col_offset or node.col_offset,
    )


@lru_cache(maxsize=4)
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)


def arguments(call: ast.Call, names: tuple[str, ...]) -> list[ast.expr] | None:
    """Return the arguments of a call, by position or by name; None if one is not to be seen.

    Parameters
    ----------
    call : ast.Call
    names : tuple of str
        The parameters in the order of their positions, all of which are to be returned.
    """
    given = {word.arg: word.value for word in call.keywords if word.arg}
    plain = [part for part in call.args if not isinstance(part, ast.Starred)]
    if len(plain) < len(call.args):
        return None
    given |= dict(zip(names, plain, strict=False))
    return [given[name] for name in names] if all(name in given for name in names) else None


def same_by_construction(left: ast.expr, right: ast.expr, code: ast.Module) -> bool:
    """Tell whether two expressions are one, apart from copies and names given on the way."""
    texts = {ast.dump(_bare(side)) for side in (left, right)}
    resolved = {ast.dump(_bare(_resolved(side, code))) for side in (left, right)}
    return len(texts) == 1 or len(resolved) == 1


def cancels_by_construction(value: ast.expr, code: ast.Module) -> bool:
    """Tell whether an expression is what is left of itself less itself, or a written number."""
    value = _resolved(value, code)
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Sub):
        return same_by_construction(value.left, value.right, code)
    return not any(isinstance(node, ast.Name) for node in ast.walk(value))


def _bare(side: ast.expr) -> ast.expr:
    """Return an expression without what only copies it."""
    match side:
        case ast.Call(func=ast.Attribute(value=value, attr="copy" | "tolist"), args=[]):
            return _bare(value)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[value]) if (
            name in COPIES and not side.keywords
        ):
            return _bare(value)
        case ast.UnaryOp(op=ast.UAdd(), operand=value):
            return _bare(value)
        case ast.Subscript(value=value, slice=ast.Slice(lower=None, upper=None, step=None)):
            return _bare(value)
        case ast.Subscript(value=value, slice=ast.Constant(value=index)) if index is Ellipsis:
            return _bare(value)
        case ast.BinOp(left=value, op=ast.Add() | ast.Sub(), right=ast.Constant(value=0)):
            return _bare(value)
        case ast.BinOp(left=ast.Constant(value=0), op=ast.Add(), right=value):
            return _bare(value)
        case ast.BinOp(left=value, op=ast.Mult() | ast.Div(), right=ast.Constant(value=1)):
            return _bare(value)
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Mult(), right=value):
            return _bare(value)
    return side


def _resolved(side: ast.expr, code: ast.Module) -> ast.expr:
    """Return the expression that a name was bound to, if nothing could have changed it since."""
    for _ in range(8):
        bare = _bare(side)
        if not isinstance(bare, ast.Name):
            return side
        value = _bound(bare, code)
        if value is None:
            return side
        side = value
    return side


def _bound(name: ast.Name, code: ast.Module) -> ast.expr | None:
    """Return what a name was bound to by the one statement that binds it.

    None is returned if a statement between that one and the name's use may change a part of it.
    """
    parents = {child: node for node in ast.walk(code) for child in ast.iter_child_nodes(node)}
    mentions = [node for node in ast.walk(code) if isinstance(node, ast.Name)]
    stores = [n for n in mentions if n.id == name.id and not isinstance(n.ctx, ast.Load)]
    made = parents[stores[0]] if len(stores) == 1 else None
    if (
        not isinstance(made, ast.Assign)
        or len(made.targets) != 1
        or stores[0] is not made.targets[0]
    ):
        return None
    begun = made.end_lineno or made.lineno
    given = {node.arg for node in ast.walk(code) if isinstance(node, ast.arg)}
    if begun > name.lineno or name.id in given:
        return None
    involved = {node.id for node in ast.walk(made.value) if isinstance(node, ast.Name)} | {name.id}
    between = [
        node for node in mentions if node.id in involved and begun < node.lineno < name.lineno
    ]
    return made.value if all(_only_read(node, parents) for node in between) else None


def _only_read(name: ast.Name, parents: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether a mention of a name neither changes it nor gives it another name."""
    parent = parents[name]
    if not isinstance(name.ctx, ast.Load):
        return False
    match parent:
        case ast.BinOp() | ast.Compare() | ast.UnaryOp() | ast.FormattedValue():
            return True
        case ast.Call(func=function) if function is name:
            return True
        case ast.Call(func=ast.Name(id=function), args=arguments) if name in arguments:
            return function in READERS
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=module), attr=function), args=arguments
        ) if name in arguments:
            new = module in MODULES and function not in VIEWS
            return new and all(word.arg not in ("out", None) for word in parent.keywords)
        case ast.Attribute(attr=attribute):
            of_module = name.id in MODULES and isinstance(parent.ctx, ast.Load)
            return of_module or (attribute in METHODS and isinstance(parents[parent], ast.Call))
    return False
