"""A headless Chromium: Debian's, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

# They run Python in the page and take long; BOOK_LIVE_TESTS=1 adds them.
LIVE = (
    "test_accessibility.py",
    "test_live_cells.py",
    "test_marked_exercises.py",
    "test_own_pyodide.py",
    "test_watch_it_learn.py",
)
collect_ignore = [] if os.environ.get("BOOK_LIVE_TESTS") else list(LIVE)

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        reason = "no chromium on this machine (Debian: apt install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()
