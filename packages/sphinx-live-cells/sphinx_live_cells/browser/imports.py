"""Which packages code needs to have loaded, read from its imports.

A page loads a package before code runs that imports it, itself or by a module of the book. What the
book's modules import is read once, when the book is built (`table`); for a cell, which a reader may
have edited, `wanted` reads it where it runs.

The module imports nothing but the standard library.
"""

import ast
from collections.abc import Iterator, Mapping
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
    mentioned = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    mentioned |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found: set[str] = set()
    for module, name in _imports(ast.walk(tree), ""):
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
    parts = module.split(".")
    for end in range(1, len(parts) + 1):
        place = ".".join(parts[:end])
        if place in table:
            yield place, table[place] if end == len(parts) else {WHOLE: table[place][WHOLE]}
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
    found: Table = {}
    for module in contents:
        whole = _packages_of(module, contents, packages, set())
        found[module] = {WHOLE: sorted(whole)}
        for name in _offered(module, contents):
            more = _packages_of_name(module, name, contents, packages, set()) - whole
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
            inner = Contents(set(_imports(ast.walk(statement), package)))
            inner.mentioned = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
            found.names[statement.name] = inner
        elif _only_for_types(statement):
            found.later |= {name: m for m, name in _imports(ast.walk(statement), package) if name}
        else:
            found.imports |= set(_imports(ast.walk(statement), package))
            for node in ast.walk(statement):
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


def _imports(nodes: Iterator[ast.AST], package: str) -> Iterator[tuple[str, str]]:
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


def _packages_of(
    module: str, contents: Mapping[str, Contents], packages: Mapping[str, str], seen: set[str]
) -> set[str]:
    """Return what loading a module takes."""
    found: set[str] = set()
    parts = module.split(".")
    for end in range(1, len(parts) + 1):
        place = ".".join(parts[:end])
        if place in seen:
            continue
        seen.add(place)
        if place.partition(".")[0] in packages:
            found.add(packages[place.partition(".")[0]])
        elif place in contents:
            found |= _packages_of_imports(contents[place].imports, contents, packages, seen)
    return found


def _packages_of_imports(
    imports: set[tuple[str, str]],
    contents: Mapping[str, Contents],
    packages: Mapping[str, str],
    seen: set[str],
) -> set[str]:
    found: set[str] = set()
    for module, name in imports:
        inner = f"{module}.{name}"
        found |= _packages_of(inner if inner in contents else module, contents, packages, seen)
        if name and module in contents and inner not in contents:
            # A package may load the module of a name only when it is asked for it.
            home = _home(module, name, contents)
            if home != module:
                found |= _packages_of(home, contents, packages, seen)
    return found


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


def _packages_of_name(
    module: str,
    name: str,
    contents: Mapping[str, Contents],
    packages: Mapping[str, str],
    seen: set[tuple[str, str]],
) -> set[str]:
    """Return what using a name of a module takes: its own imports, and those of what it calls."""
    home = _home(module, name, contents)
    if (home, name) in seen:
        return set()
    seen.add((home, name))
    found = _packages_of(home, contents, packages, set())
    if home not in contents:
        return found
    inside = contents[home].names.get(name, Contents())
    found |= _packages_of_imports(inside.imports, contents, packages, set())
    for other in inside.mentioned & contents[home].names.keys():
        found |= _packages_of_name(home, other, contents, packages, seen)
    return found
