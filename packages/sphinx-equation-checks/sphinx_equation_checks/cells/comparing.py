"""Both sides of the comparisons in a claim, and how far each is from the other truth.

>>> from sphinx_equation_checks.cells import claim
>>> tree = visible(ast.parse("claim(3 > 5, 'three is more')"))
>>> exec(compile(tree, "cell", "exec"))
Traceback (most recent call last):
AssertionError: not so: three is more (0 of 1 hold; 3 > 5 misses by 2)

A claim gets true or false, which does not say by how little. `watch`, called when a kernel loads
`sphinx_equation_checks.cells`, lets the cells that follow evaluate the comparisons within the
condition of a claim by functions of this module: each operand once, in the same order, with the
same result, and a note of both sides. Where cells are not changed, as in a script, the sides are
not known.

The slack of ``a < b`` is b - a, of ``a == b`` minus the distance, of `numpy.isclose` what remains
of its tolerance. Of ``and``, ``&``, ``all`` and a list it is the smallest, of ``or``, ``|`` and
``any`` the largest; ``not`` and ``~`` turn its sign.
"""

import ast
import math
import numbers
import operator
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import GeneratorType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
SYMBOLS = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "==", "": ""}
UFUNCS = {
    np.less: "<",
    np.less_equal: "<=",
    np.greater: ">",
    np.greater_equal: ">=",
    np.equal: "==",
    np.not_equal: "!=",
}
CALLED = {
    *("all", "any", "bool", "array", "asarray", "isclose", "allclose", "array_equal"),
    *("logical_and", "logical_or", "logical_not"),
    *(function.__name__ for function in UFUNCS),
}
"""Names of functions whose calls are made by `called`, which knows them by more than the name."""

MOST_ENTRIES = 1_000_000
"""Of a larger array the sides are not noted, since notes take ten times the memory."""

ENTRY = np.dtype(
    [
        ("holds", bool),
        ("slack", float),
        ("left", float),
        ("right", float),
        ("sign", "U2"),
        ("whole", bool),
    ]
)
"""An entry of a condition: an empty sign says that its sides are not known."""


@dataclass(frozen=True, eq=False)
class Seen:
    """The result of a condition or of a part of it, with its sides.

    Attributes
    ----------
    result : bool, array or whatever the comparison gives
    entries : array of ENTRY
        Of the shape of the result.
    """

    result: Any
    entries: Array

    def __bool__(self) -> bool:
        return bool(self.result)

    def __getitem__(self, key: Any) -> "Seen":
        part: Seen = _seen(self.result[key], lambda: self.entries[key])
        return part

    def all(self, *arguments: Any, **more: Any) -> "Seen":
        """Return whether all entries hold, by the tightest, as the method of an array does."""
        return self._reduced("all", arguments, more)

    def any(self, *arguments: Any, **more: Any) -> "Seen":
        """Return whether an entry holds, by the widest, as the method of an array does."""
        return self._reduced("any", arguments, more)

    def _reduced(self, name: str, arguments: tuple[Any, ...], more: dict[str, Any]) -> "Seen":
        result = getattr(self.result, name)(*arguments, **more)
        axis = more.get("axis", arguments[0] if arguments else None)
        simple = len(arguments) < 2 and set(more) <= {"axis"} and not isinstance(axis, tuple)
        if not simple:
            unknown: Seen = _seen(result, lambda: None)
            return unknown
        seen: Seen = _seen(result, lambda: _tightest(self.entries, axis, widest=name == "any"))
        return seen


@dataclass(frozen=True)
class Tightest:
    """The entry of a condition that is nearest to being false, or the farthest beyond.

    Attributes
    ----------
    place : tuple of int
        Where it is in the condition's array.
    left, right : float
    sign : str
        ``<``, ``<=``, ``>``, ``>=``, ``==`` or ``!=``.
    margin : float
        How far the sides may still move against each other; below zero, by how much it misses.
    whole : bool
        Whether both sides are counts.
    """

    place: tuple[int, ...]
    left: float
    right: float
    sign: str
    margin: float
    whole: bool

    @property
    def relative(self) -> float:
        """The margin as a share of the larger side; 0 where both are."""
        size = max(abs(self.left), abs(self.right))
        return self.margin / size if size > 0 else 0.0

    def __str__(self) -> str:
        at = f"at [{', '.join(map(str, self.place))}]: " if self.place else ""
        left, right, by = self._numbers()
        return f"{at}{left} {self.sign} {right} misses by {by}"

    def _numbers(self) -> tuple[str, str, str]:
        distance = abs(self.margin)
        if self.whole:
            return f"{self.left:.0f}", f"{self.right:.0f}", f"{distance:.0f}"
        digits = 4
        size = max(abs(self.left), abs(self.right))
        if 0 < distance < math.inf and size < math.inf:
            digits = min(max(4, math.ceil(math.log10(size / distance)) + 2), 17)
        return f"{self.left:.{digits}g}", f"{self.right:.{digits}g}", f"{distance:.2g}"


def read(condition: object) -> tuple[Array, Tightest | None]:
    """Return what the entries of a condition are, and its tightest, if sides are known.

    Parameters
    ----------
    condition : bool, array of bool, Seen, or lists of them

    Returns
    -------
    holds : array
        Of bool, unless the condition is something else.
    tightest : Tightest or None
        Among the entries that do not hold, if there are any.
    """
    holds = np.asarray(plain(condition))
    if holds.dtype != bool or not 0 < holds.size <= MOST_ENTRIES:
        return holds, None
    entries = _entries(condition)
    if entries.shape != holds.shape:
        return holds, None
    of_interest = entries["sign"] != ""
    if not holds.all():
        of_interest &= ~holds
    if not of_interest.any():
        return holds, None
    slack = np.where(of_interest, entries["slack"], np.inf)
    place = np.unravel_index(int(np.argmin(slack)), slack.shape)
    left, right, sign, margin, whole = entries[place][["left", "right", "sign", "slack", "whole"]]
    position = tuple(int(index) for index in place)
    return holds, Tightest(
        position, float(left), float(right), str(sign), float(margin), bool(whole)
    )


def plain(value: Any) -> Any:
    """Return a condition as it would be if nothing had looked at it."""
    if isinstance(value, Seen):
        return value.result
    if type(value) in (list, tuple):
        return type(value)(plain(item) for item in value)
    if isinstance(value, GeneratorType):
        return (plain(item) for item in value)
    return value


def _unknown(value: object) -> Array:
    """Return entries of which nothing but the truth is known."""
    try:
        holds = np.asarray(value)
    except ValueError:  # lists of different lengths
        holds = np.array(False)
    entries = np.zeros(holds.shape, ENTRY)
    entries["slack"] = np.nan
    if holds.dtype == bool:
        entries["holds"] = holds
    return entries


def _entries(value: Any) -> Array:
    if isinstance(value, Seen):
        return value.entries
    if type(value) in (list, tuple) and value:
        parts = [_entries(item) for item in value]
        if len({part.shape for part in parts}) == 1:
            return np.stack(parts)
    return _unknown(plain(value))


def _seen(result: Any, entries: Callable[[], Array | None]) -> Any:
    """Join a result with its entries; what goes wrong with them must not disturb the result."""
    if np.size(result) > MOST_ENTRIES:
        return result
    with np.errstate(all="ignore"):
        try:
            known = entries()
        except Exception:
            known = None
    if known is None or known.shape != np.shape(result):
        known = _unknown(result)
    return Seen(result, known)


def compare(sign: str, left: object, right: object) -> object:
    """Evaluate a comparison of two sides."""
    return _compared(COMPARISONS[sign](left, right), sign, left, right)


def _compared(result: object, sign: str, left: object, right: object) -> Any:
    return _seen(result, lambda: _by_sides(result, sign, left, right))


def _by_sides(result: Any, sign: str, left: Any, right: Any) -> Array | None:
    of_left, of_right = _number(left), _number(right)
    if of_left is None or of_right is None:
        return None
    (low, whole_left), (high, whole_right) = of_left, of_right
    complex_sides = np.iscomplexobj(low) or np.iscomplexobj(high)
    if complex_sides:
        if sign not in ("==", "!="):
            return None
        low, high = np.abs(low - high), np.zeros(())
    if low.ndim and sign in ("==", "!=") and np.ndim(result) == 0:
        # Python compares lists and tuples as wholes, so that one place decides.
        worst = np.unravel_index(int(np.argmax(np.abs(low - high))), low.shape)
        low, high = low[worst], high[worst]
    low, high = np.broadcast_arrays(low, high)
    distance = np.where(low == high, 0.0, high - low)
    slack = {
        "<": distance,
        "<=": distance,
        ">": -distance,
        ">=": -distance,
        "==": -np.abs(distance),
        "!=": np.abs(distance),
    }[sign]
    return _made(np.asarray(result), slack, low, high, sign, whole_left and whole_right)


def _made(holds: Array, slack: Array, left: Array, right: Array, sign: str, whole: bool) -> Array:
    entries = np.empty(holds.shape, ENTRY)
    entries["holds"], entries["sign"], entries["whole"] = holds, sign, whole
    # Adding 0 lets no minus zero be shown.
    for name, values in {"slack": slack, "left": left, "right": right}.items():
        entries[name] = values + 0.0
    return entries


def _number(side: object) -> tuple[Array, bool] | None:
    """Return a side as floats, and whether it counts; None if it is no number."""
    array = np.asarray(side)
    if array.dtype.kind in "biu":
        return array.astype(float), True
    if array.dtype.kind == "f":
        return array.astype(float), False
    if array.dtype.kind == "c":
        return array, False
    if array.dtype == object and all(isinstance(item, numbers.Real) for item in array.flat):
        whole = all(isinstance(item, numbers.Integral) for item in array.flat)
        return array.astype(float), whole
    return None


def _better(first: Array, second: Array, *, widest: bool) -> Array:
    """Say where the first of two entries decides: of ``and``, or with `widest` of ``or``."""
    by_truth = first["holds"] == widest
    known = (first["sign"] != "", second["sign"] != "")
    turn = -1.0 if widest else 1.0
    closer = turn * first["slack"] <= turn * second["slack"]
    by_slack = known[0] & (~known[1] | closer)
    better: Array = np.where(first["holds"] == second["holds"], by_slack, by_truth)
    return better


def _tightest(entries: Array, axis: int | None, *, widest: bool) -> Array:
    if axis is None:
        entries, axis = entries.reshape(-1), 0
    deciding = entries["holds"] if widest else ~entries["holds"]
    slack = -entries["slack"] if widest else entries["slack"]
    slack = np.where(entries["sign"] == "", np.inf, slack)
    # Where entries decide by their truth, the others do not count.
    slack = np.where(deciding.any(axis=axis, keepdims=True) & ~deciding, np.inf, slack)
    unknown = deciding & (entries["sign"] == "")
    slack = np.where(unknown, np.finfo(float).max, slack)
    chosen = np.expand_dims(np.argmin(slack, axis=axis), axis)
    return np.take_along_axis(entries, chosen, axis=axis).squeeze(axis)


def both(first: Any, second: object) -> object:
    """Evaluate ``first & second``."""
    return _joined(plain(first) & plain(second), first, second, widest=False)


def either(first: Any, second: object) -> object:
    """Evaluate ``first | second``."""
    return _joined(plain(first) | plain(second), first, second, widest=True)


def _joined(result: object, first: object, second: object, *, widest: bool) -> Any:
    def entries() -> Array:
        pair = np.broadcast_arrays(_entries(first), _entries(second))
        return np.where(_better(*pair, widest=widest), *pair)

    return _seen(result, entries)


def inverted(value: Any) -> object:
    """Evaluate ``~value``."""
    return _turned(~plain(value), value)


def negated(value: object) -> object:
    """Evaluate ``not value``."""
    return _turned(not plain(value), value)


def _turned(result: object, value: object) -> object:
    def entries() -> Array:
        turned = _entries(value).copy()
        turned["holds"] = ~turned["holds"]
        turned["slack"] = 0.0 - turned["slack"]
        turned["sign"] = np.vectorize(OPPOSITE.get, otypes=["U2"])(turned["sign"])
        return turned

    return _seen(result, entries)


def chain(first: object, *links: tuple[str, Callable[[], object]]) -> object:
    """Evaluate ``a < b < c``: no operand after the first comparison that is false."""
    left, joined = first, None
    for sign, operand in links:
        if joined is not None and not joined:
            break
        right = operand()
        link = compare(sign, left, right)
        joined = link if joined is None else _joined(plain(link), joined, link, widest=False)
        left = right
    return joined


def conjunction(*parts: Callable[[], object]) -> object:
    """Evaluate ``a and b and c``."""
    return _one_by_one(parts, decisive=False)


def disjunction(*parts: Callable[[], object]) -> object:
    """Evaluate ``a or b or c``."""
    return _one_by_one(parts, decisive=True)


def _one_by_one(parts: tuple[Callable[[], object], ...], *, decisive: bool) -> object:
    joined = parts[0]()
    for part in parts[1:]:
        if bool(plain(joined)) == decisive:
            break
        value = part()
        joined = _joined(plain(value), joined, value, widest=decisive)
    return joined


def called(function: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    """Call a function; of those that compare or join, the sides are noted."""
    bare = [plain(argument) for argument in arguments]
    if function is all or function is any:
        return _over(iter(*arguments, **more), decisive=function is any)
    result = function(*bare, **{name: plain(value) for name, value in more.items()})
    first = arguments[0] if arguments else None
    if len(arguments) == 1 and not more:
        if function is bool or function in (np.array, np.asarray):
            return _seen(result, lambda: _entries(first))
        if function is np.logical_not:
            return _turned(result, first)
    if function in (np.all, np.any):
        keywords = {"axis": more.get("axis", arguments[1] if len(arguments) > 1 else None)}
        few = np.size(bare[0]) <= MOST_ENTRIES
        if few and len(arguments) < 3 and set(more) <= {"axis"}:
            part = Seen(np.asarray(plain(first)), _entries(first))
            name = "any" if function is np.any else "all"
            return _seen(result, lambda: part._reduced(name, (), keywords).entries)
    if len(arguments) == 2:
        pair = arguments[0], arguments[1]
        if function in UFUNCS and not more:
            return _compared(result, UFUNCS[function], *pair)
        if function in (np.logical_and, np.logical_or) and not more:
            return _joined(result, *pair, widest=function is np.logical_or)
        if function is np.array_equal and not more and np.shape(bare[0]) == np.shape(bare[1]):
            equal = np.equal(np.asarray(bare[0]), np.asarray(bare[1]))
            sides = np.asarray(bare[0]), np.asarray(bare[1])
            return _seen(result, lambda: _compared(equal, "==", *sides).all().entries)
    if function in (np.isclose, np.allclose, math.isclose) and len(arguments) >= 2:
        return _seen(result, lambda: _within(function, bare, more))
    return _seen(result, lambda: None)


def _over(values: Iterable[Any], *, decisive: bool) -> Any:
    joined = Seen(not decisive, _unknown(not decisive))
    for value in values:
        result = bool(plain(value))
        joined = _joined(result, joined, value, widest=decisive)
        if result == decisive:
            break
    return joined


def _within(function: Any, arguments: list[Any], more: dict[str, Any]) -> Array:
    left, right = np.asarray(arguments[0]), np.asarray(arguments[1])
    if function is math.isclose:
        sizes = max(abs(float(left)), abs(float(right)))
        allowed = max(more.get("rel_tol", 1e-9) * sizes, more.get("abs_tol", 0.0))
    else:
        given = dict(zip(("rtol", "atol"), arguments[2:4], strict=False)) | more
        allowed = given.get("atol", 1e-8) + given.get("rtol", 1e-5) * np.abs(right)
    error = np.where(left == right, 0.0, np.abs(left - right))
    error, allowed = np.broadcast_arrays(error, np.asarray(allowed, float))
    if function is np.allclose:
        # NaN sorts below all numbers here, and would be what fails.
        tightest = np.unravel_index(int(np.argmin(allowed - error)), error.shape)
        error, allowed = error[tightest], allowed[tightest]
    holds = np.asarray(error <= allowed)
    return _made(holds, allowed - error, error, allowed, "<=", False)


def handed(condition: object, function: object) -> object:
    """Return what a function called ``claim`` gets: with sides if it is that of `claims`."""
    return condition if getattr(function, "takes_sides", False) else plain(condition)


def visible(tree: ast.AST) -> ast.AST:
    """Let the conditions of claims in a cell be evaluated by this module; change the tree."""
    changed: ast.AST = _Claims().visit(tree)
    return ast.fix_missing_locations(changed)


class _Claims(ast.NodeTransformer):
    """Changes the calls of ``claim``, in functions too, but not in the body of a class.

    The lambdas that the operands become would not see the names of a class's body.
    """

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.func, ast.Name | ast.Attribute) or _name(node.func) != "claim":
            return node
        if node.args and not isinstance(node.args[0], ast.Starred):
            node.args[0] = _handed(node.args[0], node.func)
        for keyword in node.keywords:
            if keyword.arg == "condition":
                keyword.value = _handed(keyword.value, node.func)
        return node


OUT_OF_REACH = (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)
"""Expressions that would mean something else in a lambda."""


def _handed(condition: ast.expr, function: ast.expr) -> ast.expr:
    if any(isinstance(node, OUT_OF_REACH) for node in ast.walk(condition)):
        return condition
    same = ast.parse(ast.unparse(function), mode="eval").body
    return _call("handed", [_noting(condition), same], condition)


def _noting(node: ast.expr) -> ast.expr:
    """Return the expression of a condition with its comparisons evaluated here."""
    match node:
        case ast.Compare(ops=ops) if all(type(op) in SYMBOLS for op in ops):
            return _comparison(node)
        case ast.BoolOp(op=op, values=values):
            name = "conjunction" if isinstance(op, ast.And) else "disjunction"
            return _call(name, [_later(_noting(value)) for value in values], node)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _call("negated", [_noting(operand)], node)
        case ast.UnaryOp(op=ast.Invert(), operand=operand):
            return _call("inverted", [_noting(operand)], node)
        case ast.BinOp(left=left, op=ast.BitAnd(), right=right):
            return _call("both", [_noting(left), _noting(right)], node)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _call("either", [_noting(left), _noting(right)], node)
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            node.elts = [_noting(part) for part in parts]
        case ast.ListComp():
            node.elt = _noting(node.elt)
        case ast.IfExp():
            node.body, node.orelse = _noting(node.body), _noting(node.orelse)
        case ast.Subscript(value=ast.Compare() | ast.BinOp()):
            node.value = _noting(node.value)
        case ast.Call():
            return _call_noted(node)
    return node


def _comparison(node: ast.Compare) -> ast.expr:
    signs = [ast.Constant(SYMBOLS[type(op)]) for op in node.ops]
    if len(signs) == 1:
        return _call("compare", [signs[0], node.left, node.comparators[0]], node)
    links = [
        ast.Tuple([sign, _later(operand)], ast.Load())
        for sign, operand in zip(signs, node.comparators, strict=True)
    ]
    return _call("chain", [node.left, *links], node)


def _call_noted(node: ast.Call) -> ast.expr:
    function = node.func
    if not isinstance(function, ast.Name | ast.Attribute) or _name(function) not in CALLED:
        return node
    if any(isinstance(argument, ast.Starred) for argument in node.args):
        return node
    if isinstance(function, ast.Attribute) and not (
        isinstance(function.value, ast.Name) and function.value.id in ("np", "numpy", "math")
    ):
        if function.attr in ("all", "any"):
            function.value = _noting(function.value)
        return node
    for argument in node.args:
        if isinstance(argument, ast.GeneratorExp):
            argument.elt = _noting(argument.elt)
    arguments = [function, *(_noting(argument) for argument in node.args)]
    return _call("called", arguments, node, node.keywords)


def _name(function: ast.Name | ast.Attribute) -> str:
    return function.id if isinstance(function, ast.Name) else function.attr


def _later(node: ast.expr) -> ast.expr:
    nothing = ast.arguments([], [], None, [], [], None, [])
    return ast.copy_location(ast.Lambda(nothing, node), node)


def _call(
    name: str, arguments: list[ast.expr], place: ast.expr, more: list[ast.keyword] | None = None
) -> ast.expr:
    """Return a call of a function of this module, whatever names the cells have bound."""
    # With a name to take from it, `__import__` returns the module itself and not its package.
    from_list = ast.Tuple([ast.Constant(name)], ast.Load())
    wanted = [ast.Constant(__name__), ast.Constant(None), ast.Constant(None), from_list]
    module = ast.Call(ast.Name("__import__", ast.Load()), wanted, [])
    function = ast.Attribute(module, name, ast.Load())
    return ast.copy_location(ast.Call(function, arguments, more or []), place)


class _Watching(ast.NodeTransformer):
    """What IPython asks to change the cells."""

    def visit(self, node: ast.AST) -> ast.AST:
        return visible(node)


def watch() -> None:
    """Let this kernel's next cells be evaluated with their sides noted, if there is a kernel."""
    if not sys.modules.get("IPython"):
        return
    from IPython import get_ipython

    # What stands in for IPython elsewhere, as in a browser, may have no such list.
    transformers = getattr(get_ipython(), "ast_transformers", None)
    if transformers is None or any(isinstance(one, _Watching) for one in transformers):
        return
    transformers.append(_Watching())
