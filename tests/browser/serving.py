"""A folder as a web server gives it, and Pyodide's public address as a folder on this disk."""

import functools
import http.server
import json
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
    """Serves a folder, and as its `live/pyodide` another one where that is given."""

    pyodide: Path | None = None
    policy: str | None = None

    def end_headers(self) -> None:
        if self.policy:
            self.send_header("Content-Security-Policy", " ".join(self.policy.split()))
        super().end_headers()

    def log_message(self, *args: object) -> None:
        pass

    def translate_path(self, path: str) -> str:
        _, _, name = path.partition("/live/pyodide/")
        return str(self.pyodide / name) if self.pyodide and name else super().translate_path(path)

    def do_GET(self) -> None:
        if self.pyodide and self.path.startswith("/live/live.json"):
            self._settings_of_a_site_that_carries_pyodide()
        else:
            super().do_GET()

    def _settings_of_a_site_that_carries_pyodide(self) -> None:
        settings = json.loads(Path(self.directory, "live", "live.json").read_text("utf8"))
        content = json.dumps({**settings, "pyodide": "pyodide/"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def serve(folder: Path, *, pyodide: Path | None = None, policy: str | None = None) -> Iterator[str]:
    """Serve a folder as `python -m http.server` does, and yield its address.

    With a folder of Pyodide the site is served as one that carries it: that spares the driver
    from handing megabytes to each page. A policy is sent with every file, as a host may do.
    """
    kind = type("Serving", (Quiet,), {"pyodide": pyodide, "policy": policy})
    handler = functools.partial(kind, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def pyodide_folder() -> Path:
    """Return the folder that PYODIDE_DIR names; skip, or fail under CI, where it names none."""
    named = os.environ.get("PYODIDE_DIR")
    if named and Path(named, "pyodide-lock.json").is_file():
        return Path(named).resolve()
    reason = "PYODIDE_DIR names no folder made by python -m sphinx_live_cells.pyodide_files"
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
