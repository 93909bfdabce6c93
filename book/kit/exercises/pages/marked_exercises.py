"""Sphinx extension: exercises that mark the reader's code in the page.

```{marked-exercise} softmax
```

shows a function without its body, a place for the buttons Write, Check and Reset, which a script
fills, and below it hints and the answer, folded. Hints and checks stand in the file of the exercise
in ``kit/exercises``, the answer in that of the same name in ``answers``. The page has to be the one
that the exercise names.

```{reader-module}
```

lists all exercises, with a place for what the reader has passed, and for the buttons that train
with it and download it. Both need a page with cells, since Python comes with them.

Without solutions (see `without_solutions`) the answers are left out.
"""

import ast
import hashlib
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.util.docutils import SphinxDirective

from kit.exercises.engine.exercise import Exercise
from kit.exercises.engine.marking import FOLDER, exercises
from kit.source_code import source
from sphinx_live_cells.extension import embedded

STATIC = Path(__file__).parent / "static"
MARK = "marked-exercises"


def answer_file(name: str) -> Path:
    """Return the file with the answer to an exercise."""
    return FOLDER / "answers" / f"{name}.py"


def stub(path: Path, name: str) -> str:
    """Return a function of a file with its docstring, and three dots for its body."""
    text = path.read_text(encoding="utf8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            words = node.body[0].end_lineno
            return "\n".join([*text.splitlines()[node.lineno - 1 : words], "    ..."]) + "\n"
    raise LookupError(f"{path.name} defines no function {name}")


class MarkedExercise(SphinxDirective):
    """``{marked-exercise} name``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the exercise, and mark the page."""
        name = self.arguments[0]
        if name not in exercises():
            raise self.error(f"no exercise {name}; there are {', '.join(exercises())}")
        exercise = exercises()[name]
        if exercise.page != self.env.docname:
            raise self.error(f"the exercise {name} belongs on the page {exercise.page}")
        self.env.metadata[self.env.docname][MARK] = True
        self.env.note_dependency(str(answer_file(name)))
        self.env.note_dependency(str(FOLDER / f"{name}.py"))
        box = nodes.container(classes=["marked-exercise"])
        box += self._heading(exercise)
        code = stub(answer_file(name), name)
        start = nodes.literal_block(code, code, language="python", classes=["exercise-start"])
        box += [start, _raw(f'<div class="live-controls" data-exercise="{name}"></div>')]
        box += _raw(f'<div class="exercise-verdict" data-verdict="{name}"></div>')
        for number, hint in enumerate(exercise.hints, 1):
            box += self._folded(f"Hint {number}", self._markup(hint, name))
        if self.config.book_solutions:
            answer = source(answer_file(name), name)
            block = nodes.literal_block(answer, answer, language="python")
            box += self._folded("An answer", [block])
        self.set_source_info(box)
        return [box]

    def _heading(self, exercise: Exercise) -> nodes.paragraph:
        """Return the line with the task, and make it a place that other pages can refer to."""
        label = f"write-{exercise.name.replace('_', '-')}"
        heading = nodes.paragraph(classes=["exercise-task"], ids=[label])
        words = nodes.literal(exercise.name, exercise.name)
        heading += [nodes.strong("", "Write ", words), nodes.Text(f": {exercise.task}.")]
        standard = self.env.get_domain("std")
        assert isinstance(standard, StandardDomain)
        standard.note_hyperlink_target(label, self.env.docname, label, exercise.name)
        return heading

    def _markup(self, text: str, name: str) -> list[nodes.Node]:
        place = nodes.Element()
        self.state.nested_parse(StringList([text], str(FOLDER / f"{name}.py")), 0, place)
        return list(place.children)

    def _folded(self, title: str, content: list[nodes.Node]) -> list[nodes.Node]:
        opening = _raw(f"<details><summary>{title}</summary>")
        return [opening, *content, _raw("</details>")]


class ReaderModule(SphinxDirective):
    """``{reader-module}``, at most once a page."""

    def run(self) -> list[nodes.Node]:
        """Return the list of exercises and the place for what is made of them."""
        self.env.metadata[self.env.docname][MARK] = True
        for name in exercises():
            self.env.note_dependency(str(FOLDER / f"{name}.py"))
        box = nodes.container(classes=["reader-module"])
        found = exercises().values()
        lines = [f"- {{ref}}`write-{e.name.replace('_', '-')}`, {e.task}" for e in found]
        self.state.nested_parse(StringList(lines, str(FOLDER)), 0, box)
        box += _raw(
            '<p class="exercise-progress" data-progress></p>'
            '<div class="live-controls" data-reader-module></div>'
            '<div class="exercise-verdict" data-verdict="reader-module"></div>'
        )
        return [box]


def _raw(markup: str) -> nodes.raw:
    return nodes.raw("", markup, format="html")


def add_to_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Put the names of all exercises, and the script, at the end of a page that has some."""
    if MARK not in app.env.metadata.get(pagename, {}):
        return
    code = embedded({name: stub(answer_file(name), name) for name in exercises()})
    address = context["pathto"]("_static/marked-exercises.js", resource=True)
    stamp = hashlib.sha256((STATIC / "marked-exercises.js").read_bytes()).hexdigest()[:8]
    context["body"] += (
        f'\n<script type="application/json" id="reader-exercises">{code}</script>'
        f'\n<script defer src="{address}?v={stamp}"></script>'
    )


def add_static(app: Sphinx) -> None:
    """Let Sphinx find script and style, once the digest of the settings is taken: it is a place."""
    app.config.html_static_path.append(str(STATIC))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx; the script comes after those of the cells."""
    app.connect("builder-inited", add_static)
    app.add_css_file("marked-exercises.css")
    app.add_directive("marked-exercise", MarkedExercise)
    app.add_directive("reader-module", ReaderModule)
    app.connect("html-page-context", add_to_page, priority=920)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
