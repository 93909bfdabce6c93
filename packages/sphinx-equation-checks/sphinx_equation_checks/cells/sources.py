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

    None is returned if statements between that one and the name's use mention anything of it.
    """
    binding = [
        node
        for node in ast.walk(code)
        if isinstance(node, ast.Name) and node.id == name.id and not isinstance(node.ctx, ast.Load)
    ]
    made = [
        node
        for node in ast.walk(code)
        if isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and node.targets[0] in binding
        and (node.end_lineno or node.lineno) <= name.lineno
    ]
    parameters = {node.arg for node in ast.walk(code) if isinstance(node, ast.arg)}
    if len(binding) != 1 or len(made) != 1 or name.id in parameters:
        return None
    value, begun = made[0].value, made[0].end_lineno or made[0].lineno
    involved = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)} | {name.id}
    between = [
        node
        for node in ast.walk(code)
        if isinstance(node, ast.Name) and begun < node.lineno < name.lineno and node.id in involved
    ]
    return None if between else value
