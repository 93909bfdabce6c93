"""Sphinx extension: pages whose results are not in the cache are executed side by side.

MyST-NB executes a page when it reads it, one after the other. Here as many pages as the build may
use processors are executed at once before the reading starts, and MyST-NB finds their results in
its cache. Pages that the configuration value ``execute_alone`` names, because they measure time,
are left for MyST-NB: nothing else runs then. So are pages that fail, for MyST-NB to report.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import joblib
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from kit import compat
from kit.build.notebook_runs import run as run_notebook
from kit.exercises.pages.without_solutions import as_built

logger = logging.getLogger(__name__)


class Waiting(NamedTuple):
    """A page whose cells are to be executed."""

    path: Path
    notebook: Any


def execute(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Fill the cache with the results of all pages that are about to be read."""
    cache = get_cache(app.config.nb_execution_cache_path)
    pages = list(_waiting(env, docnames, cache))
    if len(pages) < 2:
        return
    timeout = compat.timeout_of(env)

    def run(page: Waiting) -> Any:
        folder = str(page.path.parent)
        return run_notebook(
            page.notebook, cwd=folder, timeout=timeout, allow_errors=False, meta_override=True
        )

    logger.info("executing %d pages side by side", len(pages))
    with ThreadPoolExecutor(joblib.cpu_count()) as pool:
        for page, result in zip(pages, pool.map(run, pages), strict=True):
            logger.info("%s: executed in %.1f s", page.path, result.time)
            if result.err is None:
                bundle = CacheBundleIn(
                    page.notebook, str(page.path), data={"execution_seconds": result.time}
                )
                cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def _waiting(env: Any, docnames: list[str], cache: Any) -> Iterator[Waiting]:
    for docname in docnames:
        path = Path(env.doc2path(docname))
        try:
            text = as_built(env.config, path.read_text(encoding="utf8"))
            reader = compat.reader_of(env, path, text)
            if reader is None or docname in env.config.execute_alone:
                continue
            notebook = reader.read(text)
        except Exception:  # Sphinx meets it again and tells it with its page.
            continue
        try:
            cache.match_cache_notebook(notebook)
        except KeyError:
            yield Waiting(path, notebook)


def mark(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Let a page that measures time say so: its times are all that two builds differ in."""
    context["measures_time"] = pagename in app.config.execute_alone


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_config_value("execute_alone", [], "html")
    app.connect("html-page-context", mark)
    app.connect("env-before-read-docs", execute)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
