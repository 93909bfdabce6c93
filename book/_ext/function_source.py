"""Sphinx extension: show the source of functions and classes as it stands, without docstrings.

```{function-source} nnfs.network.backward nnfs.functions.affine_gradients
```

The code is read from the file when the page is built, so page and package cannot drift apart, and a
change of the file reads the page again. Names are dotted; modules are looked for in the repository
and beside this file.
"""

import ast
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

DOCUMENTED = ast.FunctionDef | ast.ClassDef
FOLDERS = (Path(__file__).resolve().parents[2], Path(__file__).resolve().parent)


def module_file(module: str) -> Path:
    """Return the file of a module such as nnfs.network."""
    for folder in FOLDERS:
        path = folder.joinpath(*module.split(".")).with_suffix(".py")
        if path.is_file():
            return path
    raise LookupError(f"no module {module} in the repository")


def source(path: Path, name: str) -> str:
    """Return the code of a function or class at the top level of a file, without docstrings.

    Raises
    ------
    LookupError
        If the file defines no such function.
    """
    text = path.read_text(encoding="utf8")
    for node in ast.parse(text).body:
        if isinstance(node, DOCUMENTED) and node.name == name:
            lines = text.splitlines()
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            kept = set(range(first, (node.end_lineno or node.lineno) + 1)) - _docstrings(
                node, lines
            )
            return "\n".join(lines[number - 1] for number in sorted(kept))
    raise LookupError(f"{path.name} defines no function {name}")


def _docstrings(node: ast.AST, lines: list[str]) -> set[int]:
    """Return the lines of all docstrings within a definition, with an empty line that follows."""
    found = set()
    for inner in ast.walk(node):
        if isinstance(inner, DOCUMENTED) and ast.get_docstring(inner):
            words = inner.body[0]
            end = words.end_lineno or words.lineno
            found |= set(range(words.lineno, end + (lines[end : end + 1] == [""]) + 1))
    return found


class FunctionSource(SphinxDirective):
    """``{function-source} module.function ...``."""

    required_arguments = 1
    optional_arguments = 20

    def run(self) -> list[nodes.Node]:
        """Return one block of code for all functions named."""
        shown = []
        for dotted in self.arguments:
            module, _, name = dotted.rpartition(".")
            try:
                path = module_file(module)
                shown.append(source(path, name))
            except LookupError as error:
                raise self.error(str(error)) from error
            self.env.note_dependency(str(path))
        code = "\n\n".join(shown)
        block = nodes.literal_block(code, code, language="python")
        self.set_source_info(block)
        return [block]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_directive("function-source", FunctionSource)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
