"""Debian's Firefox, driven over WebDriver BiDi, with the methods of a Playwright page for its keys.

Playwright itself drives no Firefox but its own build. Tornado, which Jupyter brings, has the client
of web sockets that the protocol needs.

Source: W3C, WebDriver BiDi (2025), modules session, browsingContext, script and input.
"""

import asyncio
import json
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tornado.websocket import websocket_connect

KEYS = {
    "Backspace": "\ue003",
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Shift": "\ue008",
    "Control": "\ue009",
    "Escape": "\ue00c",
    "End": "\ue010",
    "Home": "\ue011",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
    "Delete": "\ue017",
}
QUIET = """user_pref("app.normandy.enabled", false);
user_pref("app.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("services.settings.server", "data:,");
"""
PATIENCE = 60  # seconds until Firefox has started or answered


class FirefoxPage:
    """One tab."""

    def __init__(self, address: str) -> None:
        # In a thread, since Playwright's own loop runs in this one.
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._last = 0
        self._socket = self._wait(lambda: websocket_connect(f"{address}/session"))
        self._command("session.new", capabilities={})
        self._tab = self._command("browsingContext.getTree")["contexts"][0]["context"]
        self.keyboard = self

    def _wait(self, ask: Callable[[], Any]) -> Any:
        async def soon() -> Any:
            return await asyncio.wait_for(ask(), PATIENCE)

        return asyncio.run_coroutine_threadsafe(soon(), self._loop).result()

    def _command(self, method: str, **params: Any) -> Any:
        self._last += 1
        content = json.dumps({"id": self._last, "method": method, "params": params})
        self._wait(lambda: self._socket.write_message(content))
        while True:
            answer = json.loads(self._wait(self._socket.read_message))
            if answer.get("id") == self._last:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['error']}, {answer['message']}")
                return answer["result"]

    def goto(self, address: str) -> None:
        """Load a page."""
        self._command("browsingContext.navigate", context=self._tab, url=address, wait="complete")

    def evaluate(self, script: str) -> Any:
        """Return the value of an expression."""
        answer = self._command(
            "script.evaluate",
            expression=f"Promise.resolve({script}).then((value) => JSON.stringify(value ?? null))",
            target={"context": self._tab},
            awaitPromise=True,
        )
        if answer["type"] != "success":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def _keys(self, actions: list[dict[str, str]]) -> None:
        source = {"type": "key", "id": "keyboard", "actions": actions}
        self._command("input.performActions", context=self._tab, actions=[source])

    def press(self, keys: str) -> None:
        """Press keys together, such as Control+a."""
        values = [KEYS.get(key, key) for key in re.split(r"(?<!^)\+", keys)]
        down = [{"type": "keyDown", "value": value} for value in values]
        up = [{"type": "keyUp", "value": value} for value in reversed(values)]
        self._keys(down + up)

    def type(self, text: str) -> None:
        """Press a key for each character."""
        for character in text:
            self.press(character)

    def close(self) -> None:
        """End the session."""
        self._command("session.end")
        self._loop.call_soon_threadsafe(self._socket.close)
        self._wait(lambda: asyncio.sleep(0.1))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@contextmanager
def firefox_page(program: str, profile: Path) -> Iterator[FirefoxPage]:
    """Start Firefox without a window, with a profile of its own, and yield its page."""
    command = [program, "--headless", "--no-remote", "--profile", str(profile)]
    (profile / "user.js").write_text(QUIET, "utf8")
    told = profile / "WebDriverBiDiServer.json"
    with subprocess.Popen(
        [*command, "--remote-debugging-port", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            end = time.monotonic() + PATIENCE
            while not (told.exists() and told.read_text("utf8").endswith("}")):
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError("Firefox has not started")
                time.sleep(0.1)
            server = json.loads(told.read_text("utf8"))
            page = FirefoxPage(f"ws://{server['ws_host']}:{server['ws_port']}")
            yield page
            page.close()
        finally:
            process.terminate()
