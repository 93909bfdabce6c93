"""A browser for tests, and windows that they use one after another, each as if it were new.

A page that is opened alone starts a process to draw it, which takes longer than all else it does.
Beside an empty page of the same settings it shares the process of that one.

Tests look at a page by programs that are sent to it as text, which its own policy would refuse. So
pages are opened without it, unless a test asks for `bypass_csp=False`.
"""

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

LAPTOP = {"width": 1280, "height": 900}


class Chromium:
    """What makes all contexts of the tests: with settings of `Browser.new_context`."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def new_context(self, **settings: Any) -> BrowserContext:
        return self._browser.new_context(**{"bypass_csp": True, **settings})

    def new_page(self, **settings: Any) -> Page:
        """Open a page in a context of its own, which closes with it."""
        return self._browser.new_page(**{"bypass_csp": True, **settings})


class Windows:
    """The windows of a browser by their settings, each with an empty page that stays open."""

    def __init__(self, browser: Chromium) -> None:
        self._browser = browser
        self._contexts: dict[str, BrowserContext] = {}

    def new_page(self, **settings: Any) -> Page:
        """Open a page in a window with these settings, those of `Browser.new_context`."""
        settings = {"viewport": LAPTOP, **settings}
        key = repr(sorted(settings.items()))
        if key not in self._contexts:
            context = self._browser.new_context(**settings)
            context.set_default_timeout(60_000)
            context.new_page()
            self._contexts[key] = context
        return self._contexts[key].new_page()

    def clear(self) -> None:
        """Close all pages but the empty ones, and forget what they have kept."""
        for context in self._contexts.values():
            empty, *used = context.pages
            # A page may write while it closes, so it is forgotten afterwards.
            places = {place(page.url) for page in used}
            for page in used:
                page.close()
            if used:
                session = context.new_cdp_session(empty)
                for origin in places:
                    what = {"origin": origin, "storageTypes": "all"}
                    session.send("Storage.clearDataForOrigin", what)
                session.detach()

    def close(self) -> None:
        for context in self._contexts.values():
            context.close()


def place(address: str) -> str:
    """Return the origin by which a browser keeps what a page stores."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
