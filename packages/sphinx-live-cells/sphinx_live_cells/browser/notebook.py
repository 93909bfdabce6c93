"""What people paste from a notebook into a cell of a page: commands of Jupyter, and its display.

`plain_python` turns the lines that only a notebook understands, such as ``%matplotlib inline`` or
``!pip install x``, into calls of a `Shell`, as IPython does. `without_prompts` takes the prompts
from what was copied out of a session. `stand_in` makes the modules that such code imports. Each
thing works, or one line says what to do instead.

The module imports nothing but the standard library, so tests and a browser can load it.
"""

import ast
import base64
import inspect
import re
import sys
import time
import timeit
import types
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any


class PageError(RuntimeError):
    """A page cannot do this. The message says what to do instead."""

    # So that a traceback names it as it names Python's own errors.
    __module__ = "builtins"


SETTINGS = frozenset(
    "alias autoreload autosave colors config load_ext matplotlib pdb reload_ext xmode".split()  # noqa: SIM905
)
"""Magics that a page does without: its figures are drawn below the cell, whatever they say."""

INSTALLERS = frozenset(["pip", "pip3", "conda", "mamba", "uv"])
NOTHING_INSTALLED = (
    "A page installs nothing. {available} are here; for other packages, "
    "take the code to a notebook of your own."
)
NO_SHELL = "A page has no shell, so this line was left out: {}"
NO_MAGIC = "%{} is a command of Jupyter that a page does not have. Write it in plain Python."
TIMED = frozenset(["time", "timeit"])
PROMPT = re.compile(r"\s*(?:>>>|(?:In )?\[\d*\]:)(?: |$)")
RESULT = re.compile(r"\s*Out ?\[\d*\]:")
CONTINUED = re.compile(r"\s*\.\.\.+:?(?: |$)")
OUTPUT_LEFT_OUT = (
    "Pasted with its prompts: the lines right below them are output, and were left out."
)
CHARACTERS = (
    (
        "non-printable character",
        "A space or mark that came with pasted text is none of Python's: delete it, type a space.",
    ),
    (
        "invalid character '[‘’‚‛“”„‟′″«»`]'",
        "Curly quotation marks come from text: type ' or \" in their place.",
    ),
    (
        "invalid character '[−–—‐‑]'",
        "This dash comes from text: type - in its place.",
    ),
    ("invalid character '[×·∗⋅]'", "Python multiplies with *, and matrices with @."),
)
"""What a text has in the place of a character of Python: in the words of its error, what to do."""
AT_MOST = 1.0  # seconds that %timeit takes


def plain_python(source: str) -> str:
    """Return code with a notebook's own lines as Python, line by line; Python stays as it is.

    Parameters
    ----------
    source : str

    Returns
    -------
    str
        With as many lines. Code that is no Python for another reason is returned as it was.
    """
    if _parses(source):
        return source
    lines = source.split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%"):
        name, _, rest = lines[first][2:].strip().partition(" ")
        body = "\n".join(lines[first + 1 :])
        if name not in TIMED and name != "capture":
            return f"get_ipython().run_cell_magic({name!r}, {rest!r}, {body!r})"
        # The code itself stays, so that what it uses and binds can be read from it.
        lines[first] = f"get_ipython().begin({name!r}, {body!r})"
    while not _parses("\n".join(lines)):
        number = _error_line("\n".join(lines))
        python = _command(lines[number]) if 0 <= number < len(lines) else None
        if python is None:
            return source
        lines[number] = python
    return "\n".join(lines)


def without_prompts(source: str) -> tuple[str, bool]:
    """Return what was typed in a session that was copied with its prompts and its output.

    Parameters
    ----------
    source : str

    Returns
    -------
    tuple of str and bool
        Code with as many lines, and whether lines of output were left out. What does not begin
        with a prompt is returned as it was.
    """
    lines = source.split("\n")
    if not PROMPT.match(next(filter(str.strip, lines), "")):
        return source, False
    output = left_out = False
    for i, line in enumerate(lines):
        prompt = PROMPT.match(line) or (not output and CONTINUED.match(line))
        if prompt:
            lines[i] = line[prompt.end() :]
            after = lines[i + 1] if i + 1 < len(lines) else ""
            # A notebook's page has the number of a cell on a line of its own, above the code.
            alone = ":" in prompt[0] and not lines[i].strip()
            output = not (alone or PROMPT.match(after) or CONTINUED.match(after))
        elif not line.strip():
            # As in a doctest, an empty line ends the output, but for the rows of an array.
            output = output and lines[i + 1 : i + 2] != [] and lines[i + 1][:1].isspace()
        elif output or RESULT.match(line):
            lines[i], output, left_out = "", True, True
    return "\n".join(lines), left_out


def about_character(error: BaseException) -> str:
    """Return what to do about a character that Python does not know, or nothing."""
    if not isinstance(error, SyntaxError):
        return ""
    return next((words for found, words in CHARACTERS if re.search(found, str(error.msg))), "")


def _parses(source: str, mode: str = "exec") -> bool:
    try:
        compile(source, "<pasted>", mode, ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError):
        return False
    return True


def _error_line(source: str) -> int:
    try:
        ast.parse(source)
    except SyntaxError as error:
        return (error.lineno or 0) - 1
    except ValueError:
        pass
    return -1


def _command(line: str) -> str | None:
    """Return a notebook's line as Python, or None if it is not one."""
    indent = line[: len(line) - len(line.lstrip())]
    text = line.strip()
    shell = f"{indent}get_ipython()"
    if found := re.fullmatch(r"%(\w+)\s*(.*)", text):
        return f"{indent}{_magic(*found.groups())}"
    if text.startswith("!"):
        return f"{shell}.system({text.lstrip('!')!r})"
    if found := re.fullmatch(r"([\w\s,.\[\]]+=)\s*!(.*)", text):
        return f"{indent}{found[1]} get_ipython().getoutput({found[2]!r})"
    if found := re.fullmatch(r"([\w\s,.\[\]]+=)\s*%(\w+)\s*(.*)", text):
        return f"{indent}{found[1]} {_magic(found[2], found[3])}"
    if found := re.fullmatch(r"\?{1,2}\s*([\w.]+)|([\w.]+)\?{1,2}", text):
        name = found[1] or found[2]
        return f"{shell}.explain({name!r}, {name})"
    if re.match(rf"(?:{'|'.join(sorted(INSTALLERS))})\s+\w", text):
        return f"{shell}.system({text!r})"
    return None


def _magic(name: str, rest: str) -> str:
    """Return the call for a line magic; timed code stays code, so that its names can be read."""
    if name in TIMED:
        code = re.sub(r"^(-[a-z]\s*\d*\s+)+", "", rest) if name == "timeit" else rest
        if _parses(code, "eval"):
            return f"get_ipython().{name}(lambda: ({code}))"
        if name == "time" and _parses(code):
            return f"get_ipython().begin('time', ''); {code}; get_ipython().end()"
        if _parses(code):
            return f"get_ipython().begin('timeit', {code!r}); {code}; get_ipython().end()"
    return f"get_ipython().run_line_magic({name!r}, {rest!r})"


def _duration(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


class Shell:
    """What `get_ipython` returns.

    Parameters
    ----------
    note : function of a str
        Shows a line for the reader beside the cell's output.
    display : function
        Shows an object.
    names : function
        Returns the names of the code that runs.
    available : function
        Returns in words which packages there are.

    Attributes
    ----------
    ast_transformers : list
        As IPython's: each changes the code of a cell before it runs.
    """

    def __init__(
        self,
        note: Callable[[str], None],
        display: Callable[..., Any],
        names: Callable[[], dict[str, Any]],
        available: Callable[[], str],
    ) -> None:
        self.ast_transformers: list[ast.NodeTransformer] = []
        self._available = available
        self._note = note
        self._display = display
        self._names = names
        self._begun: list[tuple[str, str, float]] = []
        # Matplotlib registers itself with IPython's events; nothing comes of it here.
        self.events = types.SimpleNamespace(
            register=lambda *_: None, unregister=lambda *_: None, trigger=lambda *_: None
        )

    @property
    def user_ns(self) -> dict[str, Any]:
        """The names of the code that runs."""
        return self._names()

    def begin(self, magic: str, code: str) -> None:
        """Begin what `end` ends: the time that code takes."""
        self._begun.append((magic, code, time.perf_counter()))

    def end(self) -> None:
        """Print how long the code took since `begin`; if it is to be repeated, repeat it."""
        if self._begun:
            magic, code, began = self._begun.pop()
            if magic == "time":
                print(f"Wall time: {_duration(time.perf_counter() - began)}")
            elif magic == "timeit":
                names = self._names()
                compiled = compile(code, "<timed>", "exec")
                self.timeit(lambda: exec(compiled, dict(names)))

    def drop(self) -> None:
        """Forget what has begun: the code failed."""
        self._begun.clear()

    @staticmethod
    def time(function: Callable[[], Any]) -> Any:
        """Call a function, print how long it took, and return its result."""
        began = time.perf_counter()
        result = function()
        print(f"Wall time: {_duration(time.perf_counter() - began)}")
        return result

    @staticmethod
    def timeit(function: Callable[[], Any]) -> None:
        """Print the mean time of a call, over as many calls as fit into a second."""
        once = timeit.timeit(function, number=1)
        number = max(1, min(10_000, int(AT_MOST / 3 / max(once, 1e-9))))
        best = once
        if once < AT_MOST / 2:
            best = min(timeit.timeit(function, number=number) / number for _ in range(3))
        print(f"{_duration(best)} per loop (best of 3, {number:,} loops each)")

    def run_line_magic(self, name: str, line: str = "", *_: object) -> None:
        """Run ``%name line``."""
        if name in SETTINGS:
            return
        if name in INSTALLERS:
            self._note(NOTHING_INSTALLED.format(available=self._available()))
        elif name in ("who", "whos"):
            hidden = {"In", "Out", "display", "get_ipython"}
            print(*sorted(n for n in self._names() if n[0] != "_" and n not in hidden), sep="  ")
        elif name == "precision":
            sys.modules["numpy"].set_printoptions(precision=int(line or 8))
        else:
            raise PageError(NO_MAGIC.format(name))

    magic = run_line_magic

    def run_cell_magic(self, name: str, line: str, body: str) -> None:
        """Run ``%%name line`` on the rest of the cell, which is not Python."""
        if name in ("html", "HTML", "svg", "SVG"):
            self._display(HTML(body))
        elif name in ("markdown", "latex"):
            self._display(Markdown(body))
        else:
            raise PageError(NO_MAGIC.format(f"%{name}"))

    def system(self, command: str) -> None:
        """Say that ``!command`` is not run."""
        words = command.split()
        installs = INSTALLERS & set(words[:3]) and "install" in words
        nothing = NOTHING_INSTALLED.format(available=self._available())
        self._note(nothing if installs else NO_SHELL.format(command.strip()))

    def getoutput(self, command: str) -> Any:
        """Raise the error that says that ``x = !command`` has nothing to give."""
        raise PageError(
            f"a page has no shell, so !{command.strip()} gives nothing; assign the value"
        )

    @staticmethod
    def explain(name: str, value: Any) -> None:
        """Print signature and documentation of an object, as ``name?`` asks."""
        try:
            signature = str(inspect.signature(value))
        except (TypeError, ValueError):
            signature = ""
        print(f"{name}{signature}\n\n{inspect.getdoc(value) or 'No documentation.'}")


class HTML:
    """Markup to be shown."""

    def __init__(self, data: Any = None, url: str | None = None, **_: object) -> None:
        if url is not None:
            raise PageError("a page loads nothing from other hosts; pass the content itself")
        self.data = data

    def _repr_html_(self) -> str:
        return str(self.data)


class SVG(HTML):
    """A picture as markup."""


class Markdown(HTML):
    """Text, shown as it is written: a page has no reader of Markdown or TeX."""

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self.data))}</pre>"


class Latex(Markdown):
    """See `Markdown`."""


class Math(Markdown):
    """See `Markdown`."""


class Code(Markdown):
    """See `Markdown`."""


class Pretty(Markdown):
    """See `Markdown`."""


class Image(HTML):
    """A picture from bytes or from a file that code has written."""

    KINDS = ((b"\x89PNG", "png"), (b"\xff\xd8", "jpeg"), (b"GIF8", "gif"))

    def __init__(
        self,
        data: Any = None,
        url: str | None = None,
        filename: str | None = None,
        width: int | None = None,
        **settings: object,
    ) -> None:
        if isinstance(data, str) and data.startswith(("http:", "https:")):
            data, url = None, data
        super().__init__(data, url)
        if filename is None and isinstance(data, str | Path):
            filename = str(data)
        if filename is not None:
            self.data = Path(filename).read_bytes()
        self.width = width

    def _repr_html_(self) -> str:
        if not isinstance(self.data, bytes):
            raise PageError("an Image needs the bytes of a PNG, JPEG or GIF")
        kind = next((k for start, k in self.KINDS if self.data.startswith(start)), "svg+xml")
        width = f' width="{int(self.width)}"' if self.width else ""
        content = base64.b64encode(self.data).decode()
        source = f"data:image/{kind};base64,{content}"
        return f'<img alt="A picture that this cell made."{width} src="{source}">'


def stand_in(shell: Shell, display: Callable[..., Any], clear: Callable[..., None]) -> None:
    """Make the modules of IPython that pasted code imports.

    Parameters
    ----------
    shell : Shell
    display, clear : functions
        ``display`` and ``clear_output``.
    """
    shown = {
        kind.__name__: kind for kind in (HTML, SVG, Markdown, Latex, Math, Code, Pretty, Image)
    }
    of_display = {
        "display": display,
        "clear_output": clear,
        "set_matplotlib_formats": lambda *_, **__: None,
        **shown,
    }
    contents: dict[str, dict[str, Any]] = {
        "IPython": {"get_ipython": lambda: shell, "version_info": (9, 0, 0), "__version__": "9.0"},
        "IPython.display": of_display,
        "IPython.core": {},
        "IPython.core.display": of_display,
        "IPython.core.getipython": {"get_ipython": lambda: shell},
        # Matplotlib asks it which windows there are.
        "IPython.core.pylabtools": {"backend2gui": {}},
    }
    for name, content in contents.items():
        module = types.ModuleType(name, "A stand-in, for a page in a browser.")
        module.__dict__.update(content)
        module.__dict__["__getattr__"] = _absent(name)
        module.__path__ = []
        sys.modules[name] = module
        parent, _, last = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], last, module)


def _absent(module: str) -> Callable[[str], Any]:
    def absent(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise ImportError(f"a page has no {module}.{name}; use print, display or a figure")

    return absent
