"""Sphinx extension: what a killed build or a full disk has left in the cache is made anew.

jupyter-cache writes down that it has a page before it writes the page, and neither writes a file
whole or not at all. Before pages are read, entries that cannot be read are dropped, and so is the
cache if its database is damaged; the pages concerned are executed again. Results that joblib keeps,
of trained networks, are dropped if their file ends early.
"""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from jupyter_cache import get_cache
from jupyter_cache.cache.db import NbCacheRecord
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sqlalchemy.exc import SQLAlchemyError

logger = logging.getLogger(__name__)
DATABASE = "global.db"
END_OF_PICKLE = b"."


def check(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Drop what cannot be read, if pages are about to be read at all."""
    if docnames:
        drop_damaged_pages(Path(app.config.nb_execution_cache_path))


def drop_damaged_pages(folder: Path) -> None:
    """Remove entries of a jupyter-cache that cannot be read, or all of it."""
    if not folder.is_dir():
        return
    if not is_sound(folder / DATABASE):
        logger.info("the cache of executed pages is damaged: all pages are executed again")
        shutil.rmtree(folder)
        return
    cache = get_cache(folder)
    try:
        records = cache.list_cache_records()
    except (RuntimeError, SQLAlchemyError):
        logger.info("the cache of executed pages has no tables: all pages are executed again")
        cache.db.dispose()
        shutil.rmtree(folder)
        return
    for record in records:
        entry = folder / "executed" / record.hashkey
        if not _is_notebook(entry / "base.ipynb"):
            logger.info("%s: its entry in the cache is damaged", record.uri)
            shutil.rmtree(entry, ignore_errors=True)
            NbCacheRecord.remove_record(record.pk, cache.db)


def is_sound(database: Path) -> bool:
    """Whether an SQLite database can be read; one that is not there yet is sound."""
    if not database.exists():
        return True
    try:
        with closing(sqlite3.connect(database)) as connection:
            return bool(connection.execute("PRAGMA quick_check").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


def _is_notebook(path: Path) -> bool:
    try:
        return bool(json.loads(path.read_text(encoding="utf8"))["cells"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def check_results(app: Sphinx) -> None:
    """Drop networks that were not kept whole."""
    drop_unfinished_results(Path(app.config.nb_execution_cache_path).with_name("trained"))


def drop_unfinished_results(folder: Path) -> None:
    """Remove results of joblib whose file does not end as a pickle does."""
    for path in list(folder.rglob("output.pkl")):
        if not path.read_bytes().endswith(END_OF_PICKLE):
            shutil.rmtree(path.parent)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx, before `side_by_side` looks into the cache."""
    app.connect("builder-inited", check_results)
    app.connect("env-before-read-docs", check, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
