"""What the cells of a page do with its names, as far as their code tells.

It decides nothing about results: in a browser all cells above one run before it, see `history`. It
tells which cells are out of reach since one that cannot run in a browser makes what they need, and
which results come from less data than those of the built page. A cell needs those that bind the
names it uses, and those that may change what is bound in between: that assign to an entry, call a
method that may change its object, or draw from a generator of random numbers. What a function needs
is needed by whoever calls it.

The module imports nothing but the standard library, so tests and a browser can load it.
"""

import ast
from collections.abc import Collection, Iterator, Sequence, Set
from dataclasses import dataclass, field

PURE_METHODS = frozenset(
    """
    all any argmax argmin argsort astype conj copy count cumsum diagonal diff dot endswith find
    flatten format get index item items join keys max mean min nonzero passed prod ptp ravel repeat
    replace reshape round split squeeze startswith std strip subs sum swapaxes take title tolist
    transpose values var view zfill _asdict _replace
    """.split()  # noqa: SIM905
)
PURE_FUNCTIONS = frozenset(
    "abs bool float id int isinstance len max min print range repr round str sum type".split()  # noqa: SIM905
)
STREAMS = ("default_rng", "iter", "open")
ANY = "*"
"""In the place of the names that code binds if these cannot be read from it."""

SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
BINDS_ANYTHING = frozenset(["exec", "globals", "run_line_magic", "run_cell_magic"])


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
        if getattr(node.func, "id", getattr(node.func, "attr", "")) in BINDS_ANYTHING:
            self.names.bound.add(ANY)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "copyto":
            for argument in node.args:
                self._touch(argument)
        for keyword in node.keywords:
            if keyword.arg == "out":
                self._touch(keyword.value)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name and node.name not in self.local:
            self.names.bound.add(node.name)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs  # noqa: N815

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest and node.rest not in self.local:
            self.names.bound.add(node.rest)
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
            # Of ``import *`` the name is the star, which is `ANY`.
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
        outside = {name for part in node.body for name in _declared_global(part)}
        inside -= outside
        self.names.touched |= outside - self.local
        reader = _Reader(self.local | {*_arguments(node.args), *inside})
        reader.modules, reader.streams = self.modules, self.streams
        for part in node.body:
            reader.visit(part)
        reader.names.touched |= outside
        reader.names.bound -= outside
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
        elif isinstance(inner, ast.MatchAs | ast.MatchStar | ast.ExceptHandler) and inner.name:
            yield inner.name


def _declared_global(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Global):
            yield from inner.names


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
                if isinstance(statement, ast.Expr) and not _only_shows(statement.value):
                    # A call for its effect: what it is given may hold the other by now.
                    reached |= set(_passed(statement)) - imported
            else:
                reached -= reader.names.bound
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


Writers = dict[str, list[int]]


def writers(cells: Sequence[Names]) -> list[Writers]:
    """Return for each cell, and each name that it uses, the earlier cells that make its object.

    The first of them binds the name, the others may change what is bound.
    """
    current: Writers = {}
    found = []
    for number, names in enumerate(cells):
        anything = current.get(ANY, [])
        made_by = {name: current.get(name, anything) for name in names.used}
        found.append({name: numbers for name, numbers in made_by.items() if numbers})
        for name in names.touched - names.bound:
            if name in current:
                current[name] = [*current[name], number]
        for name in names.bound - {ANY}:
            current[name] = [number]
        if ANY in names.bound:
            for name in {ANY, *current}:
                current[name] = [*current.get(name, []), number]
    return found


def needed(of_cell: Sequence[Writers], target: int) -> list[int]:
    """Return the numbers of all earlier cells that a cell needs, directly or not, in order."""
    waiting: list[int] = [target]
    found: set[int] = set()
    while waiting:
        for made_by in of_cell[waiting.pop()].values():
            waiting += set(made_by) - found
            found |= set(made_by)
    return sorted(found)


def out_of_reach(sources: Sequence[str], away: Collection[int]) -> dict[int, int]:
    """Return the cells that need one that does not run, each with the first such cell.

    A cell that does not run counts as one that changes whatever it passes to a function or method,
    and all that may be the same object under another name.

    Parameters
    ----------
    sources : sequence of str
        The code of all cells of a page.
    away : collection of int
        The numbers of the cells that do not run.
    """
    cells = read_pages_names(sources)
    same = _other_names(sources)
    gone = set(away)
    found: dict[int, int] = {}
    for number in range(len(cells)):
        if number in gone:
            trees = _parsed(sources[number])
            passed = {name for tree in trees for name in _passed(tree)} | cells[number].touched
            cells[number].touched |= {other for name in passed for other in same.get(name, {name})}
            continue
        earlier = [n for n in needed(writers(cells[: number + 1]), number) if n in gone]
        if earlier:
            found[number] = earlier[0]
            gone.add(number)
    return found


def _parsed(source: str) -> list[ast.Module]:
    try:
        return [ast.parse(source)]
    except (SyntaxError, ValueError):
        return []


def _passed(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            pure = isinstance(node.func, ast.Attribute) and node.func.attr in PURE_METHODS
            pure |= isinstance(node.func, ast.Name) and node.func.id in PURE_FUNCTIONS
            for part in (*node.args, *(keyword.value for keyword in node.keywords)):
                yield from () if pure else _same_object(part)


def _same_object(node: ast.expr | None) -> Iterator[str]:
    """Yield the names whose objects an expression may give, itself or in a part of it."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute | ast.Subscript | ast.Starred | ast.Await):
        yield from _same_object(node.value)
    elif isinstance(node, ast.Call):
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


def _other_names(sources: Sequence[str]) -> dict[str, set[str]]:
    """Return for each name those that may stand for the same object, or for one in it."""
    modules = {name for tree in map(_parsed, sources) for t in tree for name in _imported(t)}
    groups: dict[str, set[str]] = {}
    for source in sources:
        for tree in _parsed(source):
            for node in ast.walk(tree):
                value, targets = _assigned(node)
                names = {*_same_object(value), *(n for t in targets for n in _stored(t))} - modules
                group = set().union(names, *(groups.get(name, ()) for name in names))
                groups.update(dict.fromkeys(group, group))
    return groups


def _imported(tree: ast.AST) -> Iterator[str]:
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
