"""What has run, and from where a page can go on without running everything again.

A cell of a page runs after all cells above it, in their order, so that it shows what the whole
page would; in the place of one that stands aside and is not needed, nothing runs. What has run
already runs again only if it has to: before every cell, the names of the page are kept, and after
it, the objects that the cell can reach are compared with what they were.
As long as no cell has changed an object that was there before it, the kept names are the page as it
was, and a cell that is edited or run once more starts from them. Otherwise the page goes back as
far as it needs, at last to an empty page; and where a cell has changed what lies outside the page,
such as a function of a module, to a new Python.

Nothing is guessed from the code but which names it mentions. What cannot be compared, such as a
generator, a file or a figure, counts as changed by a cell that can reach it.

The module imports nothing but the standard library.
"""

import ast
import collections
import datetime
import enum
import fractions
import functools
import os
import pathlib
import random
import re
import sys
import threading
import types
import typing
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator, KeysView, Sequence
from dataclasses import dataclass, field
from typing import Any

NUMBERS: tuple[Any, ...] = (int, float, complex, bool)
WORDS: tuple[Any, ...] = (str, bytes, type(None), type(...), type(NotImplemented), range)
CODE: tuple[Any, ...] = (types.CodeType, types.BuiltinFunctionType, types.MethodDescriptorType)
CODE += (types.WrapperDescriptorType, types.ClassMethodDescriptorType, types.GetSetDescriptorType)
CODE += (types.MemberDescriptorType, types.MethodWrapperType)
ATOMS = frozenset([*NUMBERS, *WORDS, *CODE])
"""Types of what never changes and is made of nothing else."""

IMMUTABLE: tuple[Any, ...] = (pathlib.PurePath, fractions.Fraction, enum.Enum, re.Pattern, re.Match)
IMMUTABLE += (datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo, slice)
IMMUTABLE += (typing.TypeVar, typing.ParamSpec, typing.TypeVarTuple)
ALIASES: tuple[Any, ...] = (types.GenericAlias, types.UnionType)
"""Types such as ``list[int]`` and ``int | None``, which modules often name."""

LOCKS: tuple[Any, ...] = (type(threading.Lock()), type(threading.RLock()))
ORDERED = (list, tuple, collections.deque)
CONTAINERS = (dict, set, frozenset, *ORDERED, collections.OrderedDict, collections.defaultdict)
PLAIN: frozenset[Any] = frozenset([object, *NUMBERS, *WORDS, *CONTAINERS, BaseException, Exception])
"""Types of which all is known that an object of theirs holds."""

OF_NUMPY = frozenset(["dtype", "ufunc", "_ArrayFunctionDispatcher"])
OF_C = 1 << 8
"""The flag of a type that cannot be changed, as those that are written in C."""

LEADS_ANYWHERE = frozenset(
    ["eval", "exec", "globals", "locals", "vars", "__main__", "_getframe", "currentframe"]
)
PATCHES = frozenset(["setattr", "delattr", "__setattr__", "__dict__", "vars", "patch"])
"""Words by which code may give a module or a class another function."""

Found = dict[int, tuple[Any, Any]]
"""For each object that code can reach, by its id: the object itself, and its state."""


class NotComparable:
    """The state of an object that does not show it: equal to nothing, itself included."""

    def __eq__(self, other: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]


@dataclass
class State:
    """What an object is made of.

    Attributes
    ----------
    mark : object
        Compares equal as long as the object is the same.
    parts : list
        The objects in it, which have states of their own.
    names : iterable of str
        Names of the page that it leads to.
    """

    mark: Any
    parts: list[Any] = field(default_factory=list)
    names: Iterable[str] = ()


def reachable(names: dict[str, Any], beginning: Iterable[str]) -> Found:
    """Return every object that can be reached from names of a page.

    Parameters
    ----------
    names : dict of str
        All names of the page.
    beginning : iterable of str
        Where to begin. A function leads to the names that its code mentions.
    """
    found: Found = {}
    seen: set[str] = set()
    waiting: list[Any] = []
    following: Iterable[str] = beginning
    while True:
        for name in set(following) - seen:
            seen.add(name)
            if name in names:
                waiting.append(names[name])
        if not waiting:
            return found
        value = waiting.pop()
        following = ()
        if type(value) not in ATOMS and id(value) not in found:
            state = state_of(value, names)
            found[id(value)] = value, state.mark
            waiting += state.parts
            following = state.names


def state_of(value: Any, names: dict[str, Any]) -> State:
    """Return what an object is made of.

    Parameters
    ----------
    value : object
    names : dict of str
        The page whose functions lead to its names.
    """
    parts: list[Any]
    if isinstance(value, types.FunctionType):
        parts = [value.__defaults__, value.__kwdefaults__, value.__dict__, value.__closure__]
        own = value.__globals__ is names
        return State(
            (value.__code__, *map(_mark, parts)), parts, _names_of(value.__code__) if own else ()
        )
    if isinstance(value, types.CellType):
        return _of_closure(value)
    if isinstance(value, types.MethodType):
        return State(None, [value.__self__, value.__func__])
    if isinstance(value, staticmethod | classmethod):
        return State(None, [value.__func__])
    if isinstance(value, property):
        return State(None, [value.fget, value.fset, value.fdel])
    if isinstance(value, functools.partial):
        parts = [value.func, value.args, value.keywords]
        return State(tuple(map(_mark, parts)), parts)
    if isinstance(value, functools._lru_cache_wrapper):
        # Its memory holds what the function would return again.
        return State(None, [value.__wrapped__])
    if isinstance(value, types.ModuleType):
        return _of_module(value)
    if isinstance(value, type):
        own = value.__module__ == "__main__"
        parts = [*vars(value).values(), *value.__bases__] if own else []
        return State((tuple(vars(value)), *map(_mark, parts)) if own else None, parts)
    if _top(type(value)) in sys.stdlib_module_names:
        if isinstance(value, IMMUTABLE):
            return State(None)
        if isinstance(value, ALIASES):
            return State(None, [getattr(value, "__origin__", None), *value.__args__])
        if isinstance(value, LOCKS):
            return State(repr(value))  # whether it is held, and by whom
    if numpy := sys.modules.get("numpy"):
        if isinstance(value, numpy.ndarray | numpy.generic):
            return _of_array(value)
        if isinstance(value, numpy.random.Generator | numpy.random.RandomState):
            return _of_generator(value)
        if type(value).__name__ in OF_NUMPY or isinstance(value, numpy.dtype):
            return State(None)
    return _of_instance(value)


def _mark(part: Any) -> Any:
    """Return what to compare of a part: of a number or a word itself, of all else its identity."""
    if type(part) not in ATOMS:
        return id(part)
    # 1 is not True, 0.0 is not -0.0, and nan is itself.
    return (type(part), repr(part)) if type(part) in NUMBERS else (type(part), part)


def _of_closure(value: types.CellType) -> State:
    try:
        return State(_mark(value.cell_contents), [value.cell_contents])
    except ValueError:
        return State("empty")


def _of_module(value: types.ModuleType) -> State:
    """Return the data of a module that is no library's, with those of the modules in it."""
    if not is_own(value.__name__):
        return State(None)
    content = {
        name: part
        for name, part in vars(value).items()
        if not callable(part) and not name.startswith("__")
    }
    inner = [
        part
        for part in content.values()
        if not isinstance(part, types.ModuleType) or is_own(part.__name__)
    ]
    return State(
        [(n, _mark(p)) for n, p in content.items() if not isinstance(p, types.ModuleType)], inner
    )


def is_own(module: str) -> bool:
    """Return whether a module is the book's own: neither Python's nor an installed library's."""
    found = sys.modules.get(module)
    file = str(getattr(found, "__file__", None) or "")
    return module.partition(".")[0] not in sys.stdlib_module_names and not (
        "site-packages" in file or "dist-packages" in file or module.startswith("sphinx_live_cells")
    )


def _of_array(value: Any) -> State:
    form = type(value), value.shape, value.strides, str(value.dtype)
    base = getattr(value, "base", None)
    parts = [part for part in (base, getattr(value, "__dict__", None)) if part is not None]
    if value.dtype.hasobject:
        entries = [value.item()] if value.ndim == 0 else value.ravel().tolist()
        return State((*form, tuple(map(_mark, entries))), [*parts, *entries])
    whole = value if value.flags.c_contiguous else value.tobytes()
    return State((*form, zlib.crc32(whole)), parts)


def _of_generator(value: Any) -> State:
    source = value.bit_generator if hasattr(value, "bit_generator") else value._bit_generator
    spawned = getattr(getattr(source, "seed_seq", None), "n_children_spawned", None)
    return State((spawned, _plain(source.state)), [source])


def _plain(state: Any) -> Any:
    if isinstance(state, dict):
        return [(key, _plain(part)) for key, part in state.items()]
    return state.tobytes() if hasattr(state, "tobytes") else state


def _of_instance(value: Any) -> State:
    kind = type(value)
    if not all(base in PLAIN or _written_in_python(base) for base in kind.__mro__):
        return State(NotComparable())
    parts: list[Any] = [getattr(value, "__dict__", None)]
    if isinstance(value, dict):
        parts += [part for pair in list(dict.items(value)) for part in pair]
        parts.append(getattr(value, "default_factory", None))
    elif isinstance(value, CONTAINERS):
        plain: Any = next(base for base in kind.__mro__ if base in PLAIN)
        parts += plain.__iter__(value)
    elif isinstance(value, BaseException):
        parts.append(value.args)
    elif isinstance(value, int | float | complex | str | bytes):
        parts.append(next(base for base in kind.__mro__ if base in PLAIN)(value))
    parts += [getattr(value, name, None) for base in kind.__mro__ for name in _slots(base)]
    return State((kind, *map(_mark, parts)), [kind, *parts])


def _written_in_python(kind: type) -> bool:
    # Figures are Python, but made of so much, and so much that draws, that comparing is no use.
    if kind.__flags__ & OF_C or _top(kind) == "matplotlib":
        return False
    module = sys.modules.get(kind.__module__)
    return kind.__module__ == "__main__" or str(getattr(module, "__file__", "")).endswith(".py")


def _top(kind: type) -> str:
    return str(kind.__module__).partition(".")[0]


def _slots(kind: type) -> Iterator[str]:
    own = kind.__dict__.get("__slots__", ())
    for name in (own,) if isinstance(own, str) else own:
        private = name.startswith("__") and not name.endswith("__")
        yield f"_{kind.__name__.lstrip('_')}{name}" if private else name


def _names_of(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names_of(constant)


def mentioned(source: str, names: Iterable[str]) -> set[str]:
    """Return the names by which code may reach objects that were there before it.

    A name that it binds anew before it is mentioned, in a line that certainly runs, leads to none.

    Parameters
    ----------
    source : str
        Python. If it is none, all names are returned.
    names : iterable of str
        Those of the page.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        # Such as await outside a function, which a cell may have.
        return set(names)
    found = _identifiers(tree)
    if found & LEADS_ANYWHERE:
        return set(names)
    scopes = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
    if any(isinstance(node, scopes) for node in ast.walk(tree)):
        return found
    return found - _bound_first(tree)


def _identifiers(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.alias):
            found |= {*node.name.split("."), node.asname or node.name}
    return found


def _bound_first(tree: ast.Module) -> set[str]:
    before: set[str] = set()
    found: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            before |= _identifiers(statement.value)
            for target in statement.targets:
                places = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
                found |= {place.id for place in places if isinstance(place, ast.Name)} - before
        before |= _identifiers(statement)
    return found


def may_patch(source: str, names: dict[str, Any]) -> tuple[bool, bool]:
    """Return whether code changes a module or class in plain sight, and whether it might at all.

    Parameters
    ----------
    source : str
    names : dict of str
        Those of the page after the code has run.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return False, True
    nodes = list(ast.walk(tree))
    stores = [n for n in nodes if isinstance(n, ast.Attribute) and not isinstance(n.ctx, ast.Load)]
    roots = [names.get(_root(node)) for node in stores]
    plain = any(
        isinstance(root, types.ModuleType)
        or (isinstance(root, type) and root.__module__ != "__main__")
        for root in roots
    )
    return plain, bool(stores or _identifiers(tree) & PATCHES)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


class Modules:
    """The functions and classes of all modules as they were when they were first seen."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Any, list[tuple[Any, dict[str, Any]]]]] = {}

    def look(self) -> bool:
        """Take note of modules that are new, and return whether there are any."""
        found = False
        for name, module in list(sys.modules.items()):
            if name != "__main__" and self._known.get(name, (None,))[0] is not module:
                self._known[name] = module, list(_functions(name, module))
                found = True
        return found

    def patched(self) -> bool:
        """Return whether any of them is another one by now."""
        return any(
            vars(place).get(key) is not value
            for name, (module, places) in self._known.items()
            if sys.modules.get(name) is module
            for place, content in places
            for key, value in content.items()
        )


def _functions(name: str, module: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield a module, and the classes that it defines, each with its functions and classes."""
    content = {k: v for k, v in list(getattr(module, "__dict__", {}).items()) if callable(v)}
    own = is_own(name)
    # What a library keeps under a private name is often a state of its own.
    content = {key: value for key, value in content.items() if own or not key.startswith("_")}
    if content:
        yield module, content
    if own:
        for kind in [v for v in content.values() if isinstance(v, type) and v.__module__ == name]:
            methods = property, staticmethod, classmethod
            yield (
                kind,
                {k: v for k, v in vars(kind).items() if callable(v) or isinstance(v, methods)},
            )


MODULES = Modules()
"""Those of this Python."""


class Settings:
    """What code often sets for all that follows, at one moment, such as styles and warnings."""

    def __init__(self) -> None:
        self._kept = {name: get() for name, (get, _) in _settings().items()}

    def put_back(self) -> None:
        """Make everything what it was."""
        for name, (_, put) in _settings().items():
            if name in self._kept:
                put(self._kept[name])
            elif name == "matplotlib":  # loaded since
                put(dict(sys.modules["matplotlib"].rcParamsOrig))


def _settings() -> dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]]:
    found: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
        "random": (random.getstate, random.setstate),
        "warnings": (lambda: list(warnings.filters), _put_filters),
        "folder": (os.getcwd, os.chdir),
        "path": (lambda: list(sys.path), lambda kept: sys.path.__setitem__(slice(None), kept)),
        "environment": (lambda: dict(os.environ), _put_environment),
    }
    if numpy := sys.modules.get("numpy"):
        found["numpy.random"] = numpy.random.get_state, numpy.random.set_state
        found["numpy.errors"] = numpy.geterr, lambda kept: numpy.seterr(**kept)
        found["numpy.print"] = numpy.get_printoptions, _put_print_options
    if matplotlib := sys.modules.get("matplotlib"):
        # As a plain dictionary, since to read and to write some of the settings has effects.
        found["matplotlib"] = (
            lambda: dict(dict.items(matplotlib.rcParams)),
            lambda kept: dict.update(matplotlib.rcParams, kept),
        )
    return found


def _put_print_options(kept: dict[str, Any]) -> None:
    known = {name: value for name, value in kept.items() if name != "override_repr"}
    sys.modules["numpy"].set_printoptions(**known)


def _put_filters(kept: list[Any]) -> None:
    if warnings.filters != kept:
        with warnings.catch_warnings():
            warnings.resetwarnings()  # tells the registries of modules that something is new
        warnings.filters[:] = kept  # type: ignore[index]


def _put_environment(kept: dict[str, str]) -> None:
    for name in set(os.environ) - set(kept):
        del os.environ[name]
    os.environ.update(kept)


@dataclass
class Step:
    """A cell that has run.

    Attributes
    ----------
    source : str or None
        Its code; None for what is no cell, which nothing can go on from.
    names : dict of str
        The names of the page before it.
    settings : Settings
        Those before it.
    changed : dict from int
        By id, the objects from before it that it has changed.
    outside : bool
        Whether it has changed what a module holds.
    """

    source: str | None
    names: dict[str, Any]
    settings: Settings
    changed: dict[int, Any] = field(default_factory=dict)
    outside: bool = False


class History:
    """The cells of a page that have run, one after the other from the first.

    Parameters
    ----------
    names : dict of str
        The names of the page, in which cells run.
    """

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._steps: list[Step] = []
        self._watchful = False
        MODULES.look()

    def ran(self, sources: Sequence[str]) -> set[int]:
        """Return the numbers of the cells that have run as they are now."""
        both = zip(self._steps, sources, strict=False)
        return {number for number, (step, source) in enumerate(both) if step.source == source}

    def start(self, sources: Sequence[str], target: int) -> int | None:
        """Return the number of the first cell to run for a target; None if it takes a new Python.

        Parameters
        ----------
        sources : sequence of str
            The code of all cells, as it is now.
        target : int
            The cell that is asked for. It runs in any case.
        """
        same = 0
        for step, source in zip(self._steps, sources[:target], strict=False):
            if step.source != source:
                break
            same += 1
        if any(step.outside for step in self._steps[same:]):
            return None
        while same >= 0 and not self._as_it_was(same):
            same -= 1
            if same >= 0 and self._steps[same].outside:
                return None
        return same if same >= 0 else None

    def _as_it_was(self, number: int) -> bool:
        """Return whether all objects are what they were before a cell."""
        changed = {key for step in self._steps[number:] for key in step.changed}
        if not changed:
            return True
        names = dict(self._steps[number].names)
        # What a notebook remembers of later cells goes when the page goes back.
        results = names.pop("Out", None) or {}
        names["Out"] = [value for key, value in results.items() if key <= number]
        return not changed & reachable(names, names).keys()

    def forget(self) -> None:
        """Take note that something else has changed modules: the page needs a new Python."""
        self._steps.append(Step(None, dict(self._names), Settings(), outside=True))

    def go_back(self, number: int) -> None:
        """Make the page what it was before a cell that `start` has returned."""
        if number < len(self._steps):
            step = self._steps[number]
            self._names.clear()
            self._names.update(step.names)
            step.settings.put_back()
            del self._steps[number:]

    def run(self, source: str, action: Callable[[], bool], *, cell: bool = True) -> bool:
        """Run code in the page by calling an action, and take note of what it changes.

        Parameters
        ----------
        source : str
            The code.
        action : function
            Runs it, and returns whether it succeeded.
        cell : bool
            Whether it is the next cell of the page.

        Returns
        -------
        bool
            Whether it succeeded.
        """
        before = reachable(self._names, mentioned(source, self._names))
        step = Step(None, dict(self._names), Settings())
        self._steps.append(step)
        succeeded = action()
        for key, (value, mark) in before.items():
            if not _equal(mark, state_of(value, self._names).mark):
                step.changed[key] = value
        step.outside = self._has_changed_modules(source, step)
        if succeeded and cell:
            step.source = source
        return succeeded

    def _has_changed_modules(self, source: str, step: Step) -> bool:
        plain, possibly = may_patch(source, self._names)
        self._watchful |= possibly
        # What a module was like is unknown if the code that may have changed it has loaded it.
        hidden = MODULES.look() and possibly
        if plain or hidden or (self._watchful and MODULES.patched()):
            return True
        return bool(step.changed) and _is_in_a_module(step.changed.keys())


def _is_in_a_module(ids: KeysView[int]) -> bool:
    """Return whether a module other than the page's own holds one of these objects by a name."""
    own = sys.modules.get("__main__")
    return any(
        not ids.isdisjoint(map(id, getattr(module, "__dict__", {}).values()))
        for module in list(sys.modules.values())
        if module is not own
    )


def _equal(before: Any, after: Any) -> bool:
    return bool(before == after)
