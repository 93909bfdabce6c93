"""The browsers of this machine."""

import os
import shutil

import pytest


def browser_program(*names: str) -> str:
    """Return the path of a browser; skip the test where there is none, and fail it under CI.

    Parameters
    ----------
    *names : str
        What it is called, as Debian calls it first.
    """
    for name in names:
        if program := shutil.which(name):
            return program
    reason = f"no {names[0]} on this machine (Debian: apt install {names[0]})"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def chromium_program() -> str:
    """Return the path of Chromium."""
    return browser_program("chromium", "chromium-browser")


def firefox_program() -> str:
    """Return the path of Firefox."""
    return browser_program("firefox-esr", "firefox")
