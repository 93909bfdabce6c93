"""A folder as a web server gives it, and Pyodide's public address as a folder on this disk."""

import functools
import http.server
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Route

CDN = "https://cdn.jsdelivr.net/pyodide/v0.27.7/full/"
TYPES = {".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json"}


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder as `python -m http.server` does, and yield its address."""
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def pyodide_folder() -> Path:
    """Return the folder that PYODIDE_DIR names; skip, or fail under CI, where it names none."""
    named = os.environ.get("PYODIDE_DIR")
    if named and Path(named, "pyodide-lock.json").is_file():
        return Path(named).resolve()
    reason = "PYODIDE_DIR names no folder with Pyodide (make one: book/_ext/pyodide_files.py)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def answer_for_the_cdn(context: BrowserContext, folder: Path) -> list[str]:
    """Give Pyodide's files from a folder, refuse every other host, and return what was asked."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        url = route.request.url
        asked.append(url)
        if not url.startswith(CDN):
            route.abort()
            return
        path = folder / url.removeprefix(CDN)
        route.fulfill(
            body=path.read_bytes(),
            content_type=TYPES.get(path.suffix, "application/octet-stream"),
            headers={"Access-Control-Allow-Origin": "*"},
        )

    context.route(lambda url: not url.startswith(("http://127.0.0.1", "blob:", "data:")), answer)
    return asked
