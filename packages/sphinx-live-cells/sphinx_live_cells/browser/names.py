"""What the cells of a page do with its names, as far as their code tells.

In a browser all cells above one run before it, see `history`, but for those that stand aside and
that it does not need. A cell needs those that bind the names it uses, and those that may change
what is bound in between: that assign to an entry, call a method that may change its object, or draw
from a generator of random numbers. What a function needs is needed by whoever calls it. Which cells
need which is told by `reach`.

Like `aliases`, `origins` and `reach` the module imports nothing but the standard library, so tests
and a browser can load it.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sphinx_live_cells.browser.aliases import PURE_METHODS, names_stored, parsed

STREAMS = ("default_rng", "iter", "open")
ANY = "*"
"""In the place of the names that code binds if these cannot be read from it."""

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
            self.local |= frozenset(names_stored(generator.target))
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
        inside = {name for part in node.body for name in names_stored(part)}
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
        inside = {name for part in node.body for name in names_stored(part)}
        outside, self.local = self.local, self.local | inside
        self.generic_visit(node)
        self.local = outside
        self.names.bound.add(node.name)

    def _defaults(self, arguments: ast.arguments) -> None:
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is not None:
                self.visit(default)


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
        for tree in parsed(source):
            reader.visit(tree)
        modules, streams = reader.modules, reader.streams
        names = reader.names
        functions = {
            name: body for name, body in functions.items() if name not in names.bound
        } | names.functions
        _follow_calls(names, functions)
        cells.append(names)
    return cells


def read_statement(statement: ast.stmt, modules: set[str]) -> Names:
    """Return what one statement does, without the functions that it calls.

    Parameters
    ----------
    statement : ast.stmt
    modules : set of str
        The names of modules so far, to which those are added that it imports.
    """
    reader = _Reader()
    reader.modules = modules
    reader.visit(statement)
    return reader.names


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
