"""Sphinx extension: every labelled equation that states a result has a cell that checks it.

Under an equation with a label the page says that it is checked. A cell with the tag ``check`` is
folded into that mark, and a cell with the tag ``claim`` into a list at the end of the page; see
`evidence`. What checks found in other cells is told below the equation, with a link to the cell;
the check's output links to the equation. Labels with a prefix of the configuration value
``equation_checks_unchecked`` mark what cannot be checked, such as ``def-`` for definitions, and are
marked as that on the page; a check of them is welcome.

A warning comes of

* a result without a check, unless ``equation_checks_required`` is False;
* a check whose label is no equation of its page, or with ``equation_checks_elsewhere`` of no page;
* a check that has no record of having noticed what it must notice.

Where the description of a Python object refers to an equation by ``:eq:``, the equation links back.

The directive ``equation-list`` shows all labelled equations of the book with their checks, page by
page, below contents of its own, and where scripts run with a filter. The file
``equation-checks.json`` beside the pages holds the same for programs. The index and the search know
all labels.
"""

import json
from pathlib import Path
from typing import Any, TypedDict

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError
from sphinx.util import logging

from . import compat, evidence, folds, notes, pages
from .writer import word_for

logger = logging.getLogger(__name__)

STATIC = Path(__file__).resolve().parent / "static"


def verify(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of results without check, checks without equation, and checks without teeth."""
    known, elsewhere = pages.known(env), app.config.equation_checks_elsewhere
    everywhere = {label for page in known.pages.values() for label in page.equations}
    for docname, page in known.pages.items():
        if app.config.equation_checks_required:
            _warn_of_unchecked(app, known, docname)
        for shown in page.checks:
            location, label = (docname, shown.line), shown.check.label
            if label not in (everywhere if elsewhere else page.equations):
                where = "the book" if elsewhere else "its page"
                logger.warning(
                    "the check of %s names no equation of %s", label, where, location=location
                )
            missing = shown.check.missing
            if missing or not shown.check.error <= shown.check.bound:
                logger.warning(
                    "the check of %s has no record of noticing %s",
                    label,
                    ", ".join(sorted(missing)) or "its own error",
                    location=location,
                )


def _warn_of_unchecked(app: Sphinx, known: pages.Known, docname: str) -> None:
    elsewhere = app.config.equation_checks_elsewhere
    for label in known.pages[docname].equations:
        if word_for(app.config, label) or known.checks_of(label, docname, elsewhere=elsewhere):
            continue
        logger.warning(
            "the equation %s has no check%s",
            label,
            "" if elsewhere else " on its page",
            location=(docname, known.pages[docname].lines.get(label)),
        )


def write_record(app: Sphinx, exception: Exception | None) -> None:
    """Write what is known of all equations for programs, such as tests."""
    if exception is not None or app.builder.format != "html":
        return
    record = {
        docname: {
            "results": [label for label in page.equations if not word_for(app.config, label)],
            "unchecked": [label for label in page.equations if word_for(app.config, label)],
            "checks": [_described(shown) for shown in page.checks],
            "claims": page.claims,
        }
        for docname, page in sorted(pages.known(app.env).pages.items())
        if page.equations or page.checks or page.claims
    }
    path = Path(app.outdir) / "equation-checks.json"
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf8")


class Described(TypedDict):
    """A check as it stands in ``equation-checks.json``."""

    label: str
    kind: str
    error: float
    bound: float
    noticed: list[str]
    finding: str
    id: str
    folded: bool


def _described(shown: pages.Shown) -> Described:
    check = shown.check
    return {
        "label": check.label,
        "kind": check.kind,
        "error": check.error,
        "bound": check.bound,
        "noticed": list(check.noticed),
        "finding": check.finding,
        "id": shown.anchor,
        "folded": bool(shown.under),
    }


def prepare(app: Sphinx) -> None:
    """Assert what is expected of Sphinx and of the settings, and add the style."""
    compat.check_environment(app)
    compat.check_outputs(app)
    marks = app.config.equation_checks_unchecked
    if not all(isinstance(part, str) and part for pair in marks.items() for part in pair):
        raise ConfigError(
            "equation_checks_unchecked must map prefixes of labels to words, such as "
            f'{{"def-": "Definition"}}; got {marks!r}'
        )
    printed = app.config.equation_checks_print
    if printed not in folds.PRINT:
        raise ConfigError(
            f"equation_checks_print must be one of {', '.join(folds.PRINT)}; got {printed!r}"
        )
    folds.add_script(app)
    if app.builder.format == "html":
        app.config.html_static_path.append(str(STATIC))
        app.add_css_file("equation-checks.css")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    unchecked = {"def-": "Definition", "asm-": "Assumption"}
    app.add_config_value("equation_checks_unchecked", unchecked, "env", [dict])
    app.add_config_value("equation_checks_required", True, "env", [bool])
    app.add_config_value("equation_checks_elsewhere", False, "env", [bool])
    app.add_config_value("equation_checks_print", "folded", "env", [str])
    app.add_config_value("equation_checks_explained", "", "env", [str])
    app.add_node(folds.Fold, html=(folds.visit_fold, folds.depart_fold))
    app.add_node(folds.Summary, html=(folds.visit_summary, folds.depart_summary))
    app.add_node(pages.Notes)
    app.add_node(notes.EquationList)
    app.add_directive("equation-list", notes.EquationListDirective)
    app.add_transform(evidence.ReadHow)
    app.add_transform(notes.IndexEquations)
    app.add_post_transform(notes.ShowChecks)
    app.add_post_transform(folds.Unfold)
    app.add_post_transform(notes.AnchorsInLatex)
    app.connect("builder-inited", prepare)
    app.connect("doctree-read", pages.collect)
    app.connect("doctree-read", evidence.collect)
    app.connect("env-purge-doc", pages.forget)
    app.connect("env-merge-info", pages.merge)
    app.connect("env-check-consistency", verify)
    app.connect("env-updated", notes.write_again)
    app.connect("html-page-context", notes.add_filter)
    app.connect("build-finished", write_record)
    return {"env_version": 7, "parallel_read_safe": True, "parallel_write_safe": True}
