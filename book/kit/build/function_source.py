"""Sphinx extension: show the source of functions and classes as it stands, without docstrings.

```{function-source} nnfs.network.backward nnfs.functions.affine_gradients
```

The code is read from the file when the page is built, so page and package cannot drift apart, and a
change of the file reads the page again. Names are dotted; modules are looked for in the repository
and in the folder ``book``.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from kit.source_code import module_file, source


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
