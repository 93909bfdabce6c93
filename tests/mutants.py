"""Single edits of a module that its tests should notice: prints those that they do not.

    python tests/mutants.py nnfs/network.py nnfs/functions.py
    python tests/mutants.py --sample 40 --seed 7

Each edit is made alone, in a copy of the repository: a comparison, sign, operator, constant, axis,
transposition, condition or call is another one or gone. The module's own tests run until one fails,
and then the other unit tests that mention it. An edit that survives shows a gap in the tests or
changes nothing that matters: read it.
"""

import argparse
import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.built_site import files_of_the_repository  # noqa: E402

MATHEMATICS = [
    f"nnfs/{name}.py"
    for name in (
        *("functions", "activations", "layers", "network", "initialise", "checking", "regularise"),
        *("tiles", "engine", "batches", "optimizers", "schedules", "descent", "training"),
        *("early_stopping", "scores", "autograd"),
    )
]
OTHER_OPERATOR: dict[type, str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.FloorDiv: "/",
    ast.Mod: "*",
    ast.Pow: "*",
    ast.BitAnd: "|",
    ast.BitOr: "&",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.And: "or",
    ast.Or: "and",
}


@dataclass(frozen=True)
class Edit:
    """One edit of a source: what stands from one offset to another becomes something else."""

    start: int
    end: int
    text: str

    def apply(self, source: str) -> str:
        return source[: self.start] + self.text + source[self.end :]

    def describe(self, source: str) -> str:
        line = source.count("\n", 0, self.start)
        before, after = source.splitlines()[line], self.apply(source).splitlines()[line]
        return f"line {line + 1}: {before.strip()}  ->  {after.strip()}"


def edits(source: str) -> list[Edit]:
    """Return every single edit of a module's source that is still Python."""
    lengths = [0]
    for line in source.splitlines(keepends=True):
        lengths.append(lengths[-1] + len(line.encode()))
    data = source.encode()

    def offset(line: int, column: int) -> int:
        return len(data[: lengths[line - 1] + column].decode())

    def span(node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset)

    def text(node: ast.expr) -> str:
        start, end = span(node)
        return source[start:end]

    found: set[Edit] = set()

    def replace(node: ast.expr, new: str) -> None:
        found.add(Edit(*span(node), new))

    for node in expressions(ast.parse(source)):
        match node:
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                replace(node, f"({text(right)} @ {text(left)})")
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OTHER_OPERATOR:
                replace(node, f"({text(left)} {OTHER_OPERATOR[type(operator)]} {text(right)})")
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                replace(node, f"({text(left)} {OTHER_OPERATOR[type(operator)]} {text(right)})")
            case ast.BoolOp(op=operator, values=values):
                other = f" {OTHER_OPERATOR[type(operator)]} "
                replace(node, f"({other.join(f'({text(value)})' for value in values)})")
            case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
                replace(node, f"({text(operand)})")
            case ast.Constant(value=bool() as value):
                replace(node, str(not value))
            case ast.Constant(value=int() | float() as value):
                replace(node, f"({value} + 1)")
                if value not in (0, 1):
                    replace(
                        node, f"({value} * 0.9)" if isinstance(value, float) else f"({value} - 1)"
                    )
            case ast.Attribute(value=value, attr="T" | "mT", ctx=ast.Load()):
                replace(node, text(value))
            case ast.IfExp(test=test, body=body, orelse=other):
                replace(node, f"({text(other)} if {text(test)} else {text(body)})")
            case ast.Call(func=ast.Attribute(value=value), args=[], keywords=[]):
                replace(node, text(value))
            case ast.Call(args=[first, *_]) if not isinstance(first, ast.Starred):
                replace(node, text(first))
    return sorted(
        (edit for edit in found if is_python(edit.apply(source)) and edit.apply(source) != source),
        key=lambda edit: (edit.start, edit.end, edit.text),
    )


def expressions(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions that compute: not annotations, messages of errors or strings."""
    for field, value in ast.iter_fields(tree):
        if field in ("annotation", "returns", "decorator_list", "bases", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.Raise | ast.JoinedStr) or not isinstance(child, ast.AST):
                continue
            if isinstance(child, ast.expr):
                yield child
            yield from expressions(child)


def is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def tests_of(module: Path) -> list[list[str]]:
    """Return the module's own examples and tests, and then the other tests that mention it.

    A module without a file of tests is tested by those that mention what it defines.
    """
    own, others = [module.relative_to(ROOT).as_posix()], []
    words = {module.stem}
    if not (ROOT / "tests" / "unit" / f"test_{module.stem}.py").is_file():
        words |= {
            node.name
            for node in ast.parse(module.read_text("utf8")).body
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
        }
    mentions = re.compile(rf"\b(?:{'|'.join(words)})\b")
    for path in sorted((ROOT / "tests" / "unit").glob("test_*.py")):
        name = path.relative_to(ROOT).as_posix()
        if path.stem == f"test_{module.stem}":
            own.append(name)
        elif mentions.search(path.read_text("utf8")):
            others.append(name)
    return [own, others] if others else [own]


def is_noticed(copy: Path, tests: list[str], patience: float | None) -> bool:
    """Run tests in the copy; a run that does not end has noticed the edit."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        result = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, timeout=patience, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    return result.returncode != 0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("modules", nargs="*", default=MATHEMATICS, help="paths; all of mathematics")
    parser.add_argument("--sample", type=int, metavar="N", help="N edits drawn from all")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    options = parser.parse_args()
    modules = [Path(name).resolve() for name in options.modules]
    for module in modules:
        if not module.is_file() or ROOT not in module.parents:
            parser.error(f"{module} is no module of this repository")
    waiting = [(module, edit) for module in modules for edit in edits(module.read_text("utf8"))]
    if options.sample is not None:
        drawn = random.Random(options.seed).sample(
            range(len(waiting)), min(options.sample, len(waiting))
        )
        waiting = [waiting[number] for number in sorted(drawn)]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in files_of_the_repository():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
        survivors = 0
        patience: dict[str, float] = {}

        def noticed_by(tests: list[str], module: Path, text: str) -> bool:
            whole = " ".join(tests)
            if whole not in patience:
                began = time.perf_counter()
                if is_noticed(copy, tests, None):
                    sys.exit(f"these tests fail without an edit: python -m pytest {whole}")
                patience[whole] = 30 + 5 * (time.perf_counter() - began)
            edited = copy / module.relative_to(ROOT)
            before = edited.read_text("utf8")
            edited.write_text(text, "utf8")
            noticed = is_noticed(copy, tests, patience[whole])
            edited.write_text(before, "utf8")
            return noticed

        for number, (module, edit) in enumerate(waiting, 1):
            source = module.read_text("utf8")
            text = edit.apply(source)
            noticed = any(noticed_by(tests, module, text) for tests in tests_of(module))
            survivors += not noticed
            state = "noticed " if noticed else "SURVIVES"
            print(
                f"{number}/{len(waiting)} {state} {module.name} {edit.describe(source)}", flush=True
            )
    print(f"{survivors} of {len(waiting)} edits were not noticed")
    return min(survivors, 1)


if __name__ == "__main__":
    sys.exit(main())
