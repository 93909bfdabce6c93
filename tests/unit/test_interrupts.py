"""Ctrl-C while the command line is still being imported."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import nnfs
from nnfs import interrupts

ROOT = Path(nnfs.__file__).resolve().parents[1]


@pytest.mark.parametrize(
    ("argv", "words", "expected"),
    [
        (["-m", "train", "--quiet"], ["python", "-m", "nnfs", "train", "--quiet"], True),
        (["-m"], ["python", "-W", "error", "-m", "nnfs"], True),
        (["-m", "data"], ["python", "-Bmnnfs", "data"], True),
        (["-m", "nnfs"], ["python", "-m", "other", "nnfs"], False),
        (["-m", "-m", "nnfs"], ["python", "-m", "pytest", "-m", "nnfs"], False),
        (["/a/pytest", "-m", "nnfs"], ["python", "-m", "pytest", "-m", "nnfs"], False),
        (["-c"], ["python", "-c", "import nnfs"], False),
        ([""], ["python"], False),
        ([], [], False),
    ],
)
def test_the_process_of_the_command_line_is_known(monkeypatch, argv, words, expected):
    monkeypatch.setattr(sys, "argv", argv)
    monkeypatch.setattr(sys, "orig_argv", words)
    assert interrupts._is_command_line() is expected


def test_nothing_changes_for_a_program_that_imports_the_package():
    code = "import signal, nnfs; print(signal.getsignal(signal.SIGINT).__name__)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.stdout.strip() == "default_int_handler"


INTERRUPTED = """
import signal, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Finder())
"""


@pytest.mark.parametrize("name", ["numpy", "nnfs.cli"])
def test_ctrl_c_during_imports_is_one_line(tmp_path, name):
    (tmp_path / "sitecustomize.py").write_text(INTERRUPTED.format(name=name), encoding="utf8")
    paths = os.pathsep.join([str(tmp_path), str(ROOT)])
    run = subprocess.run(
        [sys.executable, "-m", "nnfs", "data"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert run.returncode == 130
    assert run.stderr == "nnfs: interrupted; nothing was written\n"


def test_ctrl_c_is_given_back_once(monkeypatch):
    before = signal.getsignal(signal.SIGINT)
    try:
        signal.signal(signal.SIGINT, interrupts._end)
        interrupts.wake()
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        interrupts.wake()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_what_begins_where_ctrl_c_is_unheard_does_not_hear_it():
    code = "import signal; print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
    before = signal.getsignal(signal.SIGINT)
    with interrupts.unheard():
        signal.raise_signal(signal.SIGINT)
        begun = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert begun.stdout == "True\n"
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_in_another_thread_ctrl_c_stays_as_it_is():
    found = []

    def begin():
        with interrupts.unheard():
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=begin)
    thread.start()
    thread.join()
    assert found == [signal.getsignal(signal.SIGINT)]
