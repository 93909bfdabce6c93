"""What a pasted notebook cell uses works in a page, or one line says what to do instead."""

import json
import subprocess
import sys

import pytest

from sphinx_live_cells.browser.notebook import plain_python, without_prompts

PYPLOT = "import matplotlib.pyplot as plt\n"
DISPLAY = "from IPython.display import display, HTML, Markdown, Image, SVG, clear_output\n"
SVG = "<svg"

PASTED = {
    # Figures: one picture a show, one for each figure left open.
    "two plots, two shows": (
        PYPLOT + "plt.plot([1, 2])\nplt.show()\nplt.plot([2, 1])\nplt.show()",
        [("svg", SVG), ("svg", SVG)],
    ),
    "pictures in a loop": (
        PYPLOT + "for i in range(3):\n    plt.imshow([[i, 1]])\n    plt.show()",
        [("svg", SVG)] * 3,
    ),
    "a figure left open": (PYPLOT + "fig, ax = plt.subplots()", [("svg", SVG)]),
    "a figure as the last expression": (PYPLOT + "fig, ax = plt.subplots()\nfig", [("svg", SVG)]),
    "a closed figure as the last expression": (
        PYPLOT + "fig, ax = plt.subplots()\nplt.close()\nfig",
        [("svg", SVG)],
    ),
    "a closed figure": (PYPLOT + "fig, ax = plt.subplots()\nplt.close(fig)", []),
    "display of a figure": (PYPLOT + "fig, ax = plt.subplots()\ndisplay(fig)", [("svg", SVG)]),
    "show of one figure": (
        PYPLOT + "fig, ax = plt.subplots()\nfig.show()",
        [("svg", SVG)],
    ),
    "a pause": (PYPLOT + "plt.plot([1, 2])\nplt.pause(0.01)\nplt.show()", [("svg", SVG)] * 1),
    "a backend of a desktop": (
        "import matplotlib\nmatplotlib.use('TkAgg')\n" + PYPLOT + "plt.plot([1])\nplt.show();",
        [("svg", SVG)],
    ),
    "a picture for each show in spite of a backend": (
        "import matplotlib\nmatplotlib.use('Agg')\n"
        + PYPLOT
        + "for i in range(2):\n    plt.plot([i])\n    plt.show()",
        [("svg", SVG)] * 2,
    ),
    "plt.ion": (PYPLOT + "plt.ion()\nplt.plot([1]);\nplt.show();\nplt.ioff();", [("svg", SVG)]),
    "a plot and a text": (PYPLOT + "plt.plot([1, 2])", [("text", "Line2D"), ("svg", SVG)]),
    "a plot and a semicolon": (PYPLOT + "plt.plot([1, 2]);", [("svg", SVG)]),
    # Commands of a notebook.
    "matplotlib inline": ("%matplotlib inline\n" + PYPLOT + "plt.plot([1]);", [("svg", SVG)]),
    "other settings": (
        "%matplotlib notebook\n%config InlineBackend.figure_format = 'retina'\n"
        "%load_ext autoreload\n%autoreload 2\n1 + 1",
        [("text", "2")],
    ),
    "pip with an exclamation mark": (
        "!pip install numpy\n2",
        [("note", "A page installs nothing."), ("text", "2")],
    ),
    "pip with a percent sign": ("%pip install -q x", [("note", "A page installs nothing.")]),
    "pip as a word": ("pip install x", [("note", "A page installs nothing.")]),
    "python -m pip": ("!python -m pip install x", [("note", "A page installs nothing.")]),
    "another command": (
        "!ls *.csv 'a",
        [("note", "no shell, so this line was left out: ls *.csv")],
    ),
    "output of a command": ("files = !ls", [("error", "a page has no shell")]),
    "a command in a block": (
        "if True:\n    !pip install x\n    print('on')",
        [("note", "A page installs nothing."), ("stream", "on\n")],
    ),
    "an unknown magic": ("%run script.py", [("error", "%run is a command of Jupyter")]),
    "an unknown cell magic": ("%%bash\nls | wc", [("error", "%%bash is a command of Jupyter")]),
    "%time": ("%time x = 1 + 1\nx", [("stream", "Wall time"), ("text", "2")]),
    "%time of an expression": ("%time 1 + 2", [("stream", "Wall time"), ("text", "3")]),
    "%timeit": ("%timeit sum(range(10))", [("stream", "per loop")]),
    "%timeit with settings": ("%timeit -n 10 -r 3 sum(range(10))", [("stream", "per loop")]),
    "%%time": ("%%time\nx = 2\nx + 1", [("stream", "Wall time"), ("text", "3")]),
    "%%timeit": ("%%timeit\nx = sum(range(10))", [("stream", "per loop")]),
    "%%html": ("%%html\n<b>x</b>", [("html", "<b>x</b>")]),
    "who": ("a = 1\n%who", [("stream", "a\n")]),
    "a question mark": ("f = len\nf?", [("stream", "Return the number of items")]),
    "a question mark first": ("?len", [("stream", "len(obj, /)")]),
    "two question marks": ("len??", [("stream", "len(obj, /)")]),
    "percent in Python": ("x = 7\ny = (x\n% 4)\ny", [("text", "3")]),
    "a string with commands": ('x = """\n%time\n!ls\n"""\nlen(x)', [("text", "11")]),
    # What was copied with its prompts.
    "a session": (
        ">>> import numpy as np\n>>> a = np.arange(3)\n>>> a\narray([0, 1, 2])\n",
        [("text", "array([0, 1, 2])"), ("note", "were left out")],
    ),
    "a block in a session": (
        ">>> for i in range(2):\n...     print(i)\n...\n0\n1\n>>> i",
        [("stream", "0\n1\n"), ("text", "1"), ("note", "were left out")],
    ),
    "rows of an array in a session": (
        ">>> x = 3\n>>> print([[[0]]])\n[[[ 0  1]\n  ...,\n\n [[12 13]]]\n>>> x\n3",
        [("stream", "[[[0]]]\n"), ("text", "3"), ("note", "were left out")],
    ),
    "a session and more code": (">>> x = 3\n\nx + 1", [("text", "4")]),
    "a session of IPython": (
        "In [1]: x = 5\n\nIn [2]: if x:\n   ...:     print(x)\n   ...: \n5\n\nIn [3]: x\nOut[3]: 5",
        [("stream", "5\n"), ("text", "5"), ("note", "were left out")],
    ),
    "a page of a notebook": (
        "In [1]:\nx = 5\ny = 6\n\nx + y\nOut[1]:\n11\n[2]:\nx * y\n",
        [("text", "30"), ("note", "were left out")],
    ),
    "prompts in a text": ('x = """\n>>> 1\n"""\nlen(x)', [("text", "7")]),
    # What a text has in the place of a character of Python.
    "a space that does not break": ("x =\u00a05", [("error", "delete it, type a space")]),
    "a mark of no width": ("x = 5\u200b", [("error", "delete it, type a space")]),
    "a mark at the beginning": ("\ufeffx = 5", [("error", "delete it, type a space")]),
    "curly quotes": ("print(“a”)", [("error", "type ' or \"")]),
    "German quotes": ("print(„a“)", [("error", "type ' or \"")]),
    "a dash": ("x = 3 – 1", [("error", "type - in its place")]),
    "a cross": ("x = 3 × 2", [("error", "multiplies with *")]),
    "such characters in a text": ("'“–×\u00a0'", [("text", "“–×")]),
    # Display.
    "display of a number": ("display(3)", [("text", "3")]),
    "display of several": ("display(1, 'a')", [("text", "1"), ("text", "'a'")]),
    "display imported": (DISPLAY + "display(HTML('<i>x</i>'))", [("html", "<i>x</i>")]),
    "HTML": (DISPLAY + "HTML('<i>x</i>')", [("html", "<i>x</i>")]),
    "SVG": (DISPLAY + "SVG('<svg></svg>')", [("html", "<svg></svg>")]),
    "Markdown": (DISPLAY + "display(Markdown('a < **b**'))", [("html", "a &lt; **b**")]),
    "Image": (DISPLAY + "Image(data=b'\\x89PNG0')", [("html", "data:image/png;base64,")]),
    "Image of another host": (
        DISPLAY + "Image('https://example.org/a.png')",
        [("error", "loads nothing from other hosts")],
    ),
    "clear_output": (
        DISPLAY + "print(1)\nclear_output(wait=True)\nprint(2)",
        [("stream", "1\n"), ("clear", ""), ("stream", "2\n")],
    ),
    "something else of IPython": (
        "from IPython.display import Audio",
        [("error", "a page has no IPython.display.Audio")],
    ),
    "get_ipython": (
        "get_ipython().run_line_magic('matplotlib', 'inline')\n'google' in str(get_ipython())",
        [("text", "False")],
    ),
    "get_ipython().system": ("get_ipython().system('ls')", [("note", "no shell")]),
    "an object's own display": (
        "class A:\n    def _ipython_display_(self): print('own')\nA()",
        [("stream", "own\n")],
    ),
    "the class itself": ("class A:\n    def _repr_html_(self): return 1\nA", [("text", "A'>")]),
    # Python in a cell.
    "a semicolon": ("3;", []),
    "a semicolon before a comment": ("3;  # quiet", []),
    "a semicolon in a comment": ("3  # loud;", [("text", "3")]),
    "await": ("import asyncio\nawait asyncio.sleep(0.01, 5)", [("text", "5")]),
    "await in the middle": (
        "import asyncio\nasync def f(): return 4\nx = sum(await asyncio.gather(f(), f()))\nx",
        [("text", "8")],
    ),
    "asyncio.run": (
        "import asyncio\nasync def f(): return 4\nasyncio.run(f())",
        [("text", "4")],
    ),
    "an await that never ends": (
        "import asyncio\nawait asyncio.Event().wait()",
        [("error", "what is awaited here never comes")],
    ),
    "input": ("n = input('Your name: ')", [("error", "a page cannot ask (Your name); assign")]),
    "standard input": ("import sys\nsys.stdin.readline()", [("error", "a page cannot ask")]),
    "sleep": ("import time\ntime.sleep(0.01)\n1", [("text", "1")]),
    "a missing file": ("open('no.csv')", [("error", "A page does not see your files")]),
    "a missing file for NumPy": (
        "import numpy as np\nnp.loadtxt('no.csv')",
        [("error", "A page does not see your files")],
    ),
    "a package": ("import requestz_ as r", [("error", "installs nothing else")]),
    "a name that holds Out": ("Out = In = 3\nOut", [("text", "3")]),
    "__main__": ("if __name__ == '__main__':\n    print(1)", [("stream", "1\n")]),
    "a class that is stored": (
        "import pickle\nclass A: pass\ntype(pickle.loads(pickle.dumps(A()))) is A",
        [("text", "True")],
    ),
    "a doctest": (
        'import doctest\ndef f(x):\n    """\n    >>> f(2)\n    4\n    """\n    return 2 * x\n'
        "doctest.testmod()",
        [("text", "failed=0, attempted=1")],
    ),
    "names of __main__": ("x = 3\nimport __main__\n__main__.x", [("text", "3")]),
    "colours of a terminal": ("print('\\x1b[1;31mred\\x1b[0m')", [("stream", "red\n")]),
    "exit": ("import sys\nsys.exit()", [("error", "SystemExit")]),
    "warnings": (
        "import warnings\nwarnings.warn('look')",
        [("stream", "UserWarning: look")],
    ),
    "logging": ("import logging\nlogging.warning('look')", [("stream", "WARNING:root:look")]),
}
"""Code by what it uses, and what is shown: in order, each kind with a part of its content."""

ONLY_IN_A_PAGE = {
    "threads": (
        "import threading\nthreading.Thread(target=print).start()",
        [("error", "A page has no threads")],
    ),
    "a pool of threads": (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor() as pool: list(pool.map(abs, [1]))",
        [("error", "A page has no threads")],
    ),
    "another program": (
        "import subprocess\nsubprocess.run(['ls'])",
        [("error", "A page starts no other programs")],
    ),
    "os.system": ("import os\nos.system('ls')", [("text", "")]),
    "a process": (
        "import multiprocessing\nwith multiprocessing.Pool(2) as pool: pool.map(abs, [1])",
        [("error", "A page has one process")],
    ),
    "a package of other hosts": ("import requests", [("error", "installs nothing else")]),
    "a package that Pyodide would have": (
        "import pandas as pd\npd.DataFrame()",
        [("error", "not")],
    ),
    "tqdm": ("from tqdm import tqdm", [("error", "installs nothing else")]),
    "an address": (
        "from urllib.request import urlopen\nurlopen('https://example.org/')",
        [("error", "A page loads nothing from other hosts")],
    ),
    "no warning of infinity": (
        "import numpy as np\nx = np.ones(2) / np.zeros(2)\nx",
        [("text", "[inf inf]|array([inf, inf])"), ("note", "A result holds nan or inf")],
    ),
}


def told(message):
    """Return what a message shows, in words."""
    return {
        "svg": lambda m: m["svg"],
        "html": lambda m: m["html"],
        "error": lambda m: f"{m['text']} {m['summary']}",
    }.get(message["kind"], lambda m: m.get("text", ""))(message)


def differences(messages, expected):
    """Return what is shown otherwise than expected."""
    got = []
    for message in messages:
        if got and message["kind"] == got[-1][0] == "stream":
            got[-1] = "stream", got[-1][1] + message["text"]
        else:
            got.append((message["kind"], told(message)))
    if [kind for kind, _ in got] != [kind for kind, _ in expected]:
        return got
    return [
        (text, wanted)
        for (_, text), (_, wanted) in zip(got, expected, strict=True)
        if not any(part in text for part in wanted.split("|"))
    ]


RUN = """
import json, sys
from pathlib import Path
from sphinx_live_cells.browser import kernel as live_kernel
live_kernel.start(Path(sys.argv[1]))
shown, found = [], {}
kernel = live_kernel.Kernel(shown.append)
for name, code in json.loads(Path(sys.argv[1], "codes.json").read_text("utf8")).items():
    kernel.run(code, space=name)
    found[name] = [*shown]
    shown.clear()
Path(sys.argv[1], "found.json").write_text(json.dumps(found), "utf8")
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """In a Python of its own, as `start` changes what can be imported."""
    folder = tmp_path_factory.mktemp("pasted")
    settings = {"absent": {"pandas": "pandas"}, "available": "NumPy, Matplotlib"}
    (folder / "live-session.json").write_text(json.dumps(settings), "utf8")
    codes = {name: code for name, (code, _) in PASTED.items()}
    (folder / "codes.json").write_text(json.dumps(codes), "utf8")
    result = subprocess.run(
        [sys.executable, "-c", RUN, folder],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads((folder / "found.json").read_text("utf8"))


@pytest.mark.parametrize("name", PASTED)
def test_it_works_or_says_what_to_do_instead(found, name):
    _, expected = PASTED[name]
    assert differences(found[name], expected) == []


def test_python_stays_as_it_is_and_every_line_keeps_its_number():
    for code, _ in PASTED.values():
        python = plain_python(without_prompts(code)[0])
        if python.isascii():  # another character may be what Python complains about
            compile(python, "code", "exec", flags=0x2000)
        if not python.startswith("get_ipython().run_cell_magic"):
            assert python.count("\n") == code.count("\n")


@pytest.mark.parametrize("code", ["a +", "x = (1,\n%time", "if", "f(?)", "\0", "%"])
def test_what_is_neither_stays_for_python_to_complain(code):
    assert plain_python(code) == code
