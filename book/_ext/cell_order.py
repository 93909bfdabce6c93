"""Which cells of a page have to run first, so that one of them gives what it should.

A cell needs the cells that bind the names it uses, and those that change what is bound between
there and here: that assign to an entry, call a method that may change its object, or draw from a
generator of random numbers. What a function needs is needed by whoever calls it. All this is read
from the code, so it does not see a function that changes its argument.

`Ledger` keeps account of what has run. It asks for a cell again when its code was edited, when
something it needs has run since, or when another cell has changed or rebound what it made.

The module imports nothing but the standard library, so tests and a browser can load it.
"""

import ast
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

PURE_METHODS = frozenset(
    """
    all any argmax argmin argsort astype conj copy count cumsum diagonal diff dot endswith find
    flatten format get index item items join keys max mean min nonzero passed prod ptp ravel repeat
    replace reshape round split squeeze startswith std strip subs sum swapaxes take title tolist
    transpose values var view zfill _asdict _replace
    """.split()  # noqa: SIM905
)
STREAMS = ("default_rng", "iter", "open")


@dataclass
class Names:
    """What a piece of code does with the names of its page.

    Attributes
    ----------
    bound : set of str
        Names that have another object afterwards.
    touched : set of str
        Names whose object may be changed.
    used : set of str
        Names whose object from before is read.
    mentioned : set of str
        All names and attributes that occur.
    functions : dict from str to Names
        What calling a function defined here does.
    """

    bound: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)
    functions: dict[str, "Names"] = field(default_factory=dict)


class _Reader(ast.NodeVisitor):
    """Walks through code in the order in which it runs."""

    def __init__(self, local: frozenset[str] = frozenset()) -> None:
        self.names = Names()
        self.local = local
        self.modules: set[str] = set()
        self.streams: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        self.names.mentioned.add(node.id)
        if node.id in self.local:
            return
        if isinstance(node.ctx, ast.Store):
            self.names.bound.add(node.id)
        elif node.id not in self.names.bound:
            self.names.used.add(node.id)
        if isinstance(node.ctx, ast.Load) and node.id in self.streams:
            self._touch(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.names.mentioned.add(node.attr)
        if not isinstance(node.ctx, ast.Load):
            self._touch(node)
        self.visit(node.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._touch(node)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute) and node.func.attr not in PURE_METHODS:
            self._touch(node.func)
        self.generic_visit(node)

    def _touch(self, node: ast.expr) -> None:
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        if isinstance(node, ast.Name) and node.id not in self.local | self.modules:
            self.names.touched.add(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.visit(target)
        maker = node.value.func if isinstance(node.value, ast.Call) else None
        name = getattr(maker, "attr", getattr(maker, "id", ""))
        if name in STREAMS:
            self.streams |= {t.id for t in node.targets if isinstance(t, ast.Name)}

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
            self.visit(node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        if isinstance(node.target, ast.Name) and node.target.id not in self.local:
            name = node.target.id
            if name not in self.names.bound:
                self.names.used.add(name)
            self.names.touched.add(name)
        self.visit(node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self.visit(node.target)

    def visit_For(self, node: ast.For) -> None:
        for part in (node.iter, node.target, *node.body, *node.orelse):
            self.visit(part)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.names.bound.add(name)
            self.names.mentioned.update(alias.name.split("."))
            self.modules.add(name)

    visit_ImportFrom = visit_Import  # noqa: N815

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
        self._comprehension(node.generators, [node.elt])

    visit_SetComp = visit_ListComp  # noqa: N815
    visit_GeneratorExp = visit_ListComp  # noqa: N815

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node.generators, [node.key, node.value])

    def _comprehension(self, generators: list[ast.comprehension], results: list[ast.expr]) -> None:
        outside = self.local
        for generator in generators:
            self.visit(generator.iter)
            self.local |= frozenset(_stored(generator.target))
            for condition in generator.ifs:
                self.visit(condition)
        for result in results:
            self.visit(result)
        self.local = outside

    def visit_Lambda(self, node: ast.Lambda) -> None:
        outside = self.local
        self._defaults(node.args)
        self.local |= frozenset(_arguments(node.args))
        self.visit(node.body)
        self.local = outside

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        self._defaults(node.args)
        inside = {name for part in node.body for name in _stored(part)}
        reader = _Reader(self.local | {*_arguments(node.args), *inside})
        reader.modules, reader.streams = self.modules, self.streams
        for part in node.body:
            reader.visit(part)
        self.names.mentioned |= reader.names.mentioned | {node.name}
        if node.name not in self.local:
            self.names.bound.add(node.name)
            self.names.functions[node.name] = reader.names
        else:
            self.names.used |= reader.names.used - self.names.bound
            self.names.touched |= reader.names.touched

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        inside = {name for part in node.body for name in _stored(part)}
        outside, self.local = self.local, self.local | inside
        self.generic_visit(node)
        self.local = outside
        self.names.bound.add(node.name)

    def _defaults(self, arguments: ast.arguments) -> None:
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is not None:
                self.visit(default)


def _stored(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            yield inner.id
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield inner.name
        elif isinstance(inner, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in inner.names)


def _arguments(arguments: ast.arguments) -> Iterator[str]:
    for argument in ast.walk(arguments):
        if isinstance(argument, ast.arg):
            yield argument.arg


def read_pages_names(sources: Sequence[str]) -> list[Names]:
    """Return what each cell of a page does, with what the functions that it calls do.

    A cell that is not Python needs nothing and gives nothing; running it will say what is wrong.
    """
    functions: dict[str, Names] = {}
    modules: set[str] = set()
    streams: set[str] = set()
    cells = []
    for source in sources:
        reader = _Reader()
        reader.modules, reader.streams = modules, streams
        try:
            reader.visit(ast.parse(source))
        except (SyntaxError, ValueError):
            cells.append(Names())
            continue
        modules, streams = reader.modules, reader.streams
        names = reader.names
        functions = {
            name: body for name, body in functions.items() if name not in names.bound
        } | names.functions
        _follow_calls(names, functions)
        cells.append(names)
    return cells


def _follow_calls(names: Names, functions: dict[str, Names]) -> None:
    mentioned = names.used | (names.mentioned & names.functions.keys())
    waiting, seen = list(mentioned), set(mentioned)
    while waiting:
        body = functions.get(waiting.pop())
        if body is not None:
            names.used |= body.used - names.bound
            names.touched |= body.touched
            names.mentioned |= body.mentioned
            waiting += body.used - seen
            seen |= body.used


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
        used = set()
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
                used.add(node.module)
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
            reader = _Reader()
            reader.modules = imported
            reader.visit(statement)
            if isinstance(statement, ast.Import | ast.ImportFrom):
                continue
            known = {name for name in origins if name.partition(".")[0] in imported}
            imported -= reader.names.bound
            if set(_dotted(statement)) & (known | reached):
                uses = True
                reached |= reader.names.bound | reader.names.touched
            else:
                reached -= reader.names.bound
        found.append(uses)
    return found


def _dotted(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
            yield inner.id
        elif isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name):
            yield f"{inner.value.id}.{inner.attr}"


Writers = dict[str, list[int]]


def writers(cells: Sequence[Names]) -> list[Writers]:
    """Return for each cell, and each name that it uses, the earlier cells that make its object.

    The first of them binds the name, the others change what is bound.
    """
    current: Writers = {}
    found = []
    for number, names in enumerate(cells):
        found.append({name: current[name] for name in names.used if name in current})
        for name in names.touched - names.bound:
            if name in current:
                current[name] = [*current[name], number]
        for name in names.bound:
            current[name] = [number]
    return found


def needed(of_cell: Sequence[Writers], target: int) -> list[int]:
    """Return the numbers of all earlier cells that a cell needs, directly or not, in order."""
    waiting, found = [target], set()
    while waiting:
        for made_by in of_cell[waiting.pop()].values():
            waiting += set(made_by) - found
            found |= set(made_by)
    return sorted(found)


class Ledger:
    """What has run, in which order, and whose work each name holds."""

    def __init__(self) -> None:
        self._source: dict[int, str] = {}
        self._time: dict[int, int] = {}
        self._made_by: Writers = {}
        self._clock = 0

    def plan(self, sources: Sequence[str], target: int) -> list[int]:
        """Return the numbers of the cells to be run now, in order; the last is the target."""
        of_cell = writers(read_pages_names(sources[: target + 1]))
        need = needed(of_cell, target)
        direct = {cell: {c for made_by in of_cell[cell].values() for c in made_by} for cell in need}
        again = {cell for cell in need if not self._fresh(cell, sources[cell], direct[cell])}
        while True:
            more = {cell for cell in need if direct[cell] & again}
            for cell in (*again, target):
                for name, made_by in of_cell[cell].items():
                    more |= set(self._missing(name, made_by))
            if more <= again:
                return [*sorted(again), target]
            again |= more

    def _fresh(self, cell: int, source: str, direct: set[int]) -> bool:
        time = self._time.get(cell, -1)
        return self._source.get(cell) == source and all(
            self._time.get(earlier, time) < time for earlier in direct
        )

    def _missing(self, name: str, made_by: list[int]) -> list[int]:
        done = self._made_by.get(name, [])
        return made_by[len(done) :] if done == made_by[: len(done)] else made_by

    def note(self, sources: Sequence[str], cell: int, *, succeeded: bool) -> None:
        """Enter that a cell has run; one that failed has to run again."""
        names = read_pages_names(sources[: cell + 1])[cell]
        self._clock += 1
        self._time[cell] = self._clock
        self._source.pop(cell, None)
        if succeeded:
            self._source[cell] = sources[cell]
        for name in names.touched - names.bound:
            self._made_by[name] = [*self._made_by.get(name, []), cell]
        for name in names.bound:
            self._made_by[name] = [cell]
