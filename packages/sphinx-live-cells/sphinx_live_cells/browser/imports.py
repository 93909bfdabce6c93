"""Which packages code needs to have loaded, read from its imports.

A page loads a package before code runs that imports it, itself or by a module of the book. What the
book's modules import is read once, when the book is built (`table`); for a cell, which a reader may
have edited, `wanted` reads it where it runs.

The module imports nothing but the standard library.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Table = dict[str, dict[str, list[str]]]
"""For each module, and each name in it that needs more than the module itself (of which the name is
empty): the packages."""

WHOLE = ""


@dataclass
class Contents:
    """What a module imports when it is loaded, and its functions when they are called.

    Attributes
    ----------
    imports : set of tuple of str
        Modules, and for ``from module import name`` also the name.
    later : dict of str
        For each name that is imported for type checkers alone, its module: a package whose
        ``__getattr__`` loads names when they are asked for says so in this form.
    names : dict of str
        What the module defines.
    mentioned : set of str
        Names that occur in it.
    """

    imports: set[tuple[str, str]] = field(default_factory=set)
    later: dict[str, str] = field(default_factory=dict)
    names: dict[str, "Contents"] = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)


def wanted(source: str, table: Table, packages: Mapping[str, str]) -> list[str]:
    """Return the packages that code needs, in the order of their names.

    Parameters
    ----------
    source : str
        Python; code that is none needs nothing.
    table : Table
        The book's modules.
    packages : mapping from str to str
        For each module of a package that there is, the package.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []
    within = list(ast.walk(tree))
    mentioned = {node.id for node in within if isinstance(node, ast.Name)}
    mentioned |= {node.attr for node in within if isinstance(node, ast.Attribute)}
    found: set[str] = set()
    for module, name in _imports(within, ""):
        top = module.partition(".")[0]
        if top in packages:
            found.add(packages[top])
        for place, own in _places(module, name, table):
            found |= set(own.get(WHOLE, ()))
            of_names = {name} if name else mentioned
            if place != module:  # a module that was imported from its package
                of_names = mentioned
            for one in of_names & own.keys():
                found |= set(own[one])
    return sorted(found)


def _places(module: str, name: str, table: Table) -> Iterator[tuple[str, dict[str, list[str]]]]:
    for place in _with_those_above(module):
        if place in table:
            yield place, table[place] if place == module else {WHOLE: table[place][WHOLE]}
    if name and f"{module}.{name}" in table:
        yield f"{module}.{name}", table[f"{module}.{name}"]


def table(sources: Mapping[str, str], packages: Mapping[str, str]) -> Table:
    """Return what to load for the modules of a book.

    Parameters
    ----------
    sources : mapping from str to str
        The code of each module, by its whole name; that of a package by the name of the package.
    packages : mapping from str to str
        As for `wanted`.
    """
    contents = {module: _read(module, source, sources) for module, source in sources.items()}
    book = _Book(contents, packages)
    found: Table = {}
    for module in contents:
        whole = book.loading(module)
        found[module] = {WHOLE: sorted(whole)}
        for name in _offered(module, contents):
            more = book.using(module, name) - whole
            if more:
                found[module][name] = sorted(more)
    return found


def _read(module: str, source: str, sources: Mapping[str, str]) -> Contents:
    tree = ast.parse(source)
    is_package = any(other.startswith(f"{module}.") for other in sources)
    package = module if is_package else module.rpartition(".")[0]
    found = Contents()
    for statement in tree.body:
        functions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        if isinstance(statement, functions):
            within = list(ast.walk(statement))
            inner = Contents(set(_imports(within, package)))
            inner.mentioned = {node.id for node in within if isinstance(node, ast.Name)}
            found.names[statement.name] = inner
        elif _only_for_types(statement):
            found.later |= {name: m for m, name in _imports(ast.walk(statement), package) if name}
        else:
            within = list(ast.walk(statement))
            found.imports |= set(_imports(within, package))
            for node in within:
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    found.names.setdefault(node.id, Contents())
                elif isinstance(node, functions):
                    found.names.setdefault(node.name, Contents())
    return found


def _only_for_types(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.If)
        and isinstance(statement.test, ast.Name | ast.Attribute)
        and "TYPE_CHECKING" in ast.dump(statement.test)
    )


def _imports(nodes: Iterable[ast.AST], package: str) -> Iterator[tuple[str, str]]:
    """Yield module and name of every import; the name is empty where a module is imported."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1]
            start = base if node.level else []
            module = ".".join([*start, *filter(None, [node.module])])
            yield from ((module, alias.name) for alias in node.names)


def _offered(module: str, contents: Mapping[str, Contents]) -> set[str]:
    """Return the names of a module, with those that a package takes from its modules when asked."""
    found = set(contents[module].names) | {name for _, name in contents[module].imports if name}
    if "__getattr__" in contents[module].names:
        found |= contents[module].later.keys()
        for inner in contents:
            if inner.rpartition(".")[0] == module:
                found |= contents[inner].names.keys()
    return found


class _Book:
    """What loading each module takes, and using each name; read once for each."""

    def __init__(self, contents: Mapping[str, Contents], packages: Mapping[str, str]) -> None:
        self.contents = contents
        self.packages = packages
        self._loading: dict[str, frozenset[str]] = {}
        self._of_name: dict[tuple[str, str], frozenset[str]] = {}

    def loading(self, module: str) -> frozenset[str]:
        """Return the packages that loading a module takes."""
        if module not in self._loading:
            self._loading[module] = self._reached(module)
        return self._loading[module]

    def using(self, module: str, name: str) -> frozenset[str]:
        """Return the packages of a name: those of its own imports, and of what it calls."""
        start = (_home(module, name, self.contents), name)
        found: set[str] = set()
        seen, left = {start}, [start]
        while left:
            home, one = left.pop()
            found |= self._packages_of_name(home, one)
            own = self.contents.get(home, Contents()).names
            called = own.get(one, Contents()).mentioned & own.keys()
            more = {(_home(home, other, self.contents), other) for other in called} - seen
            seen |= more
            left.extend(more)
        return frozenset(found)

    def _reached(self, module: str) -> frozenset[str]:
        found: set[str] = set()
        seen, left = set(), [module]
        while left:
            for place in _with_those_above(left.pop()):
                top = place.partition(".")[0]
                if top in self.packages:
                    found.add(self.packages[top])
                elif place in self.contents and place not in seen:
                    seen.add(place)
                    left.extend(self._imported(self.contents[place].imports))
        return frozenset(found)

    def _packages_of_name(self, home: str, name: str) -> frozenset[str]:
        if (home, name) not in self._of_name:
            inside = self.contents.get(home, Contents()).names.get(name, Contents())
            modules = [home, *self._imported(inside.imports)]
            self._of_name[home, name] = frozenset().union(*map(self.loading, modules))
        return self._of_name[home, name]

    def _imported(self, imports: set[tuple[str, str]]) -> set[str]:
        """Return the modules that imports load."""
        found: set[str] = set()
        for module, name in imports:
            inner = f"{module}.{name}"
            found.add(inner if inner in self.contents else module)
            if name and module in self.contents and inner not in self.contents:
                # A package may load the module of a name only when it is asked for it.
                found.add(_home(module, name, self.contents))
        return found


def _with_those_above(module: str) -> Iterator[str]:
    parts = module.split(".")
    return (".".join(parts[:end]) for end in range(1, len(parts) + 1))


def _home(module: str, name: str, contents: Mapping[str, Contents]) -> str:
    """Return the module that defines a name of a package."""
    own = contents.get(module, Contents())
    if name not in own.names and "__getattr__" in own.names:
        if name in own.later:
            return _home(own.later[name], name, contents)
        for inner in contents:
            if inner.rpartition(".")[0] == module and name in contents[inner].names:
                return inner
    for source, taken in own.imports:
        if taken == name and source in contents and source != module:
            return _home(source, name, contents)
    return module
