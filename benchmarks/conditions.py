"""What the book's checks and claims have to spare on machines that are not this one.

python benchmarks/conditions.py [train/learned ...] [--under blas=Haswell noise=0 ...]

Executes pages once as the book is built, and once under each of the conditions, and prints how each
ended and how near every statement came to being false. Where one does not hold, that is written
down and the page goes on. A statement has room to spare if its margin, the smallest in any of the
conditions, is at least twice the shift, the distance from the smallest to the largest, and one per
cent of the sides: accuracies are counts of images, which may agree in a few conditions by luck.
The others are listed, thinnest first; the exit code is 1 if a statement fails somewhere or a page
ends early. A margin cannot tell whether other seeds would say the same.

Conditions, which + joins to one:

blas=NAME         OpenBLAS's functions for another processor, such as Haswell or Nehalem; those
                  that this processor does not have are skipped
threads=N         threads of BLAS; the book is built with one
processors=N      run on N processors, where the platform lets a process choose (Linux)
noise=SEED        the digits' grey pixels (between 0 and 1) moved by one unit in the last place,
                  up or down at random, an image alike wherever it stands
python=FILE       another Python interpreter, in an environment that has the requirements
lowest=FILE       an environment made for that interpreter, with the lowest series of NumPy that
                  requirements.txt allows
newest=FILE       the same with everything as new as requirements.txt allows

Results stay in a folder, one for each state of code and data, so that pages can be measured one by
one. --report prints what is there without executing anything.
"""

import argparse
import json
import math
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
FOLDERS = [str(ROOT), str(BOOK)]
AS_BUILT = "built"
ENOUGH = 2.0
CLOSE = 0.01
SETTINGS = "BOOK_CONDITION"

KERNELS = {
    "Prescott": {"pni"},
    "Nehalem": {"sse4_2"},
    "Sandybridge": {"avx"},
    "Haswell": {"avx2", "fma"},
    "Zen": {"avx2", "fma"},
    "SkylakeX": {"avx512f", "avx512dq", "avx512bw", "avx512vl"},
    "Cooperlake": {"avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512_bf16"},
    "SapphireRapids": {"avx512f", "avx512_bf16", "amx_tile", "amx_bf16"},
    "ARMV8": {"asimd"},
    "NEOVERSEN1": {"asimd", "asimddp"},
    "NEOVERSEV1": {"asimd", "sve"},
}
"""Kernels of OpenBLAS with the processor's flags that they need, as Linux names them."""

THREADS = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
PROBE = """
import json, os, sys
import numpy as np
square = np.ones((300, 300))
assert (square @ square == 300).all() and (np.float32(square) @ np.float32(square) == 300).all()
import ipykernel, matplotlib, joblib, pandas, sympy, myst_nb
from threadpoolctl import threadpool_info
blas = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
print(json.dumps({
    "python": sys.version.split()[0],
    "numpy": np.__version__,
    "blas": [pool.get("architecture") or pool["internal_api"] for pool in blas],
    "threads": [pool["num_threads"] for pool in blas],
}))
"""
"""Run once in each condition: whether it is what it should be, and all that pages need is there."""


class UnfitError(Exception):
    """A condition that this machine cannot make; the text says why."""


class UsageError(Exception):
    """What was asked for is not there or not understood."""


@dataclass(frozen=True)
class Condition:
    """One set of circumstances.

    Attributes
    ----------
    name : str
        As it is asked for, such as ``blas=Haswell+threads=2``.
    settings : dict
        Its parts by name.
    """

    name: str
    settings: dict[str, str]

    @classmethod
    def parse(cls, name: str) -> "Condition":
        """Read a condition; raise UsageError if it is none."""
        settings: dict[str, str] = {}
        for part in [] if name == AS_BUILT else name.split("+"):
            key, _, value = part.partition("=")
            if key not in READERS or not value:
                raise UsageError(f"{part!r} is no condition; expected {', '.join(EXPECTED)}")
            settings[key] = READERS[key](part, value)
        if len({"python", "lowest", "newest"} & set(settings)) > 1:
            raise UsageError(f"{name!r} names more than one Python")
        return cls(name, settings)

    @property
    def folder(self) -> str:
        """A name for a folder on any platform."""
        return re.sub(r"[^\w.=+-]+", "-", self.name)


def _kernel(part: str, value: str) -> str:
    known = {name.lower(): name for name in KERNELS}
    if value.lower() not in known:
        raise UsageError(f"{part!r}: no such kernel of OpenBLAS; known are {', '.join(KERNELS)}")
    return known[value.lower()]


def _number(part: str, value: str) -> str:
    least = 0 if part.startswith("noise") else 1
    if not value.isdecimal() or int(value) < least:
        raise UsageError(f"{part!r}: expected a whole number of at least {least}")
    return value


def _interpreter(part: str, value: str) -> str:
    found = shutil.which(value)
    if found is None:
        raise UsageError(f"{part!r}: no such interpreter")
    # Not resolved: the interpreter of an environment may be a link to one outside.
    return str(Path(found).absolute())


READERS = {
    "blas": _kernel,
    "threads": _number,
    "processors": _number,
    "noise": _number,
    "python": _interpreter,
    "lowest": _interpreter,
    "newest": _interpreter,
}
EXPECTED = (
    *("blas=NAME", "threads=N", "processors=N", "noise=SEED"),
    *("python=FILE", "lowest=FILE", "newest=FILE"),
)


def usual() -> list[str]:
    """Return the conditions that need no other environment."""
    return [*(f"blas={name}" for name in KERNELS), "threads=2", "processors=1", "noise=0"]


@dataclass(frozen=True)
class Place:
    """Where the results of a condition are kept."""

    folder: Path
    condition: Condition

    @property
    def own(self) -> Path:
        """The condition's own folder."""
        return self.folder / self.condition.folder

    def margins(self, page: str) -> Path:
        """Where the kernel of a page writes."""
        return self.own / "margins" / page.replace("/", "-")

    def outcome(self, page: str) -> Path:
        """How the page ended."""
        return self.own / "outcomes" / f"{page.replace('/', '-')}.json"

    def environment(self) -> dict[str, str]:
        """Return the variables of kernels in this condition."""
        mine = self.condition.settings
        ours = {name: value for name, value in os.environ.items() if not name.startswith("BOOK_")}
        for name in ("MPLBACKEND", "PYTHONHOME", "OPENBLAS_CORETYPE"):
            ours.pop(name, None)
        ours |= dict.fromkeys(THREADS, mine.get("threads", "1"))
        if "blas" in mine:
            ours["OPENBLAS_CORETYPE"] = mine["blas"]
        return ours | {
            SETTINGS: json.dumps(mine),
            "BOOK_TRAINED_CACHE": str(self.own / "trained"),
            "MPLCONFIGDIR": str(self.own / "matplotlib"),
            "PYTHONPATH": os.pathsep.join(FOLDERS),
            "PYTHONWARNINGS": "error::RuntimeWarning",
            "PYTHONUTF8": "1",
        }

    def interpreter(self) -> str:
        """Return the Python of this condition; make its environment if there is none."""
        for kind in ("lowest", "newest"):
            if kind in self.condition.settings:
                return _environment(self.folder.parent, kind, self.condition.settings[kind])
        return self.condition.settings.get("python", sys.executable)


def _environment(folder: Path, kind: str, interpreter: str) -> str:
    """Make an environment with NumPy's lowest series or everything newest; return its Python."""
    state = "\n".join([interpreter, *requirements(kind)])
    name = re.sub(r"\W+", "-", f"{kind}-{Path(interpreter).parent.parent.name}-{_short(state)}")
    home = folder / "environments" / name
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if (home / "complete").exists():
        return str(python)
    print(f"making {home}", flush=True)
    for command in (
        [interpreter, "-m", "venv", "--clear", str(home)],
        [str(python), "-m", "pip", "install", "--quiet", *requirements(kind)],
    ):
        made = subprocess.run(command, capture_output=True, encoding="utf8", check=False)
        if made.returncode:
            lines = (made.stderr + made.stdout).strip().splitlines()
            errors = [line for line in lines if line.startswith("ERROR")] or lines
            said = errors[-1] if errors else f"it ended with {made.returncode}"
            raise UnfitError(f"no environment: {said}")
    (home / "complete").touch()
    return str(python)


def _short(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()[:8]


def requirements(kind: str) -> list[str]:
    """Return what an environment needs, by the ranges of requirements.txt and pyproject.toml."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf8").splitlines()
    needed = [line.partition("#")[0].strip() for line in lines]
    needed = [line for line in needed if line and not line.startswith("-")]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))
    needed += project.get("project", {}).get("dependencies", [])
    needed.append("threadpoolctl")
    if kind == "lowest":
        needed.append(lowest_series(needed, "numpy"))
    return needed


def lowest_series(needed: Sequence[str], package: str) -> str:
    """Return a requirement for the newest fixes of the lowest series that the ranges allow.

    Parameters
    ----------
    needed : sequence of str
        Requirements, such as ``numpy>=2.0,<3``.
    package : str

    Raises
    ------
    UsageError
        If none of them has a lower end.
    """
    from packaging.requirements import Requirement
    from packaging.version import Version

    ends = [
        Version(range_.version)
        for requirement in map(Requirement, needed)
        if requirement.name == package
        for range_ in requirement.specifier
        if range_.operator in (">=", "~=", "==")
    ]
    if not ends:
        raise UsageError(f"requirements.txt: expected a range with a lower end for {package}")
    low = max(ends)
    return f"{package}~={low.major}.{low.minor}.{low.micro}"


def probe(place: Place) -> dict[str, Any]:
    """Return what really runs in a condition; raise UnfitError if it is not what was asked for."""
    mine = place.condition.settings
    _check_platform(mine)
    try:
        ran = subprocess.run(
            [place.interpreter(), "-c", PROBE],
            env=place.environment(),
            capture_output=True,
            encoding="utf8",
            check=False,
        )
    except OSError as error:
        raise UnfitError(str(error)) from error
    if ran.returncode < 0:
        raise UnfitError(f"the probe was ended by signal {-ran.returncode}")
    if ran.returncode:
        lines = ran.stderr.strip().splitlines()
        raise UnfitError(lines[-1] if lines else f"the probe ended with {ran.returncode}")
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    asked = mine.get("blas")
    if asked and asked.lower() not in [name.lower() for name in found["blas"]]:
        raise UnfitError(f"{', '.join(found['blas']) or 'no known BLAS'} ran instead")
    wanted = int(mine.get("threads", "1"))
    if "threads" in mine and found["threads"] and wanted not in found["threads"]:
        raise UnfitError(f"BLAS ran with {found['threads'][0]} threads")
    return found


def _check_platform(mine: dict[str, str]) -> None:
    if "blas" in mine:
        flags = processor_flags()
        missing = KERNELS[mine["blas"]] - flags if flags else set()
        if missing:
            raise UnfitError(f"the processor lacks {', '.join(sorted(missing))}")
    if "processors" in mine:
        if not hasattr(os, "sched_setaffinity"):
            raise UnfitError("this platform does not let a process choose its processors")
        allowed = len(os.sched_getaffinity(0))
        if int(mine["processors"]) > allowed:
            raise UnfitError(f"this process may use {allowed}")


def processor_flags() -> set[str]:
    """Return what the processor can do in Linux's words; nothing where they cannot be read."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf8")
    except OSError:
        return set()
    found = re.search(r"^(?:flags|Features)\s*:(.*)$", text, re.MULTILINE)
    return set(found[1].split()) if found else set()


def serve() -> None:
    """Be the kernel of a page: make the condition, then start IPython's."""
    mine = json.loads(os.environ[SETTINGS])
    beside = str(Path(__file__).resolve().parent)
    sys.path[:] = [folder for folder in sys.path if folder != beside]
    if "processors" in mine and hasattr(os, "sched_setaffinity"):
        chosen = sorted(os.sched_getaffinity(0))[: int(mine["processors"])]
        os.sched_setaffinity(0, chosen)
    if "noise" in mine:
        disturb(int(mine["noise"]))
    from ipykernel.kernelapp import IPKernelApp

    # In the kernel's own words, since the checks look for a kernel when they are loaded.
    margins = "__import__('sphinx_equation_checks.cells.margins', fromlist=['go_on'])"
    going_on = f"--IPKernelApp.exec_lines={margins}.go_on = True"
    IPKernelApp.launch_instance(argv=[*sys.argv[1:], "--log-level=ERROR", going_on])


def disturb(seed: int) -> None:
    """Let the digits be loaded with grey pixels one unit in the last place off, up or down."""
    import numpy as np

    import nnfs
    from nnfs import data

    load = data.load_mnist

    def load_disturbed(*arguments: Any, **settings: Any) -> Any:
        digits = load(*arguments, **settings)
        return digits._replace(
            **{name: nudged(getattr(digits, name)) for name in ("x_train", "x_test")}
        )

    def nudged(x: Any) -> Any:
        # An image is moved alike wherever it stands. Transposed to keep the order in memory.
        rows = x.T.copy()
        rng = np.random.default_rng(seed)
        weights = rng.integers(0, 2**63, rows.shape[1], dtype=np.uint64)
        bits = rng.integers(0, 64, rows.shape[1], dtype=np.uint64)
        for start in range(0, len(rows), 5_000):
            part = rows[start : start + 5_000]
            image = np.rint(255 * part).astype(np.uint64) @ weights
            grey = (part > 0) & (part < 1)
            up = ((image[:, None] >> bits) & np.uint64(1)).astype(part.dtype)
            part[grey] = np.nextafter(part, up)[grey]
        return rows.T

    nnfs.load_mnist = data.load_mnist = load_disturbed


def all_pages() -> list[str]:
    """Return the book's pages in order; those that measure time last."""
    import yaml

    def files(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            yield from (str(part[key]) for key in ("root", "file") if key in part)
            part = list(part.values())
        if isinstance(part, list):
            for item in part:
                yield from files(item)

    contents = yaml.safe_load((BOOK / "_toc.yml").read_text(encoding="utf8"))
    settings = yaml.safe_load((BOOK / "_config.yml").read_text(encoding="utf8"))
    alone = settings.get("sphinx", {}).get("config", {}).get("execute_alone", [])
    found = [name for name in files(contents) if (BOOK / f"{name}.md").is_file()]
    return sorted(found, key=lambda name: name in alone)


def named(pages: Sequence[str]) -> list[str]:
    """Return the asked pages by their names, all if none is; raise UsageError for others."""
    known = all_pages()
    asked = []
    for page in pages:
        name = Path(page).with_suffix("").as_posix() if page.endswith(".md") else page
        name = name.removeprefix(f"{BOOK.as_posix()}/").removeprefix("book/").rstrip("/")
        inside = [one for one in known if one.startswith(f"{name}/")]
        if name not in known and not inside:
            raise UsageError(f"{page}: no page or folder of the book; pages are {', '.join(known)}")
        asked += inside or [name]
    return asked or known


def _kernel(place: Place, page: str, python: str) -> "AsyncKernelManager":
    """Return what starts the kernel of a page in a condition, which writes its margins."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    margins = place.margins(page)
    shutil.rmtree(margins, ignore_errors=True)
    specification = {
        "argv": [python, str(Path(__file__).resolve()), "-f", "{connection_file}"],
        "display_name": place.condition.name,
        "language": "python",
        "env": place.environment() | {"EQUATION_CHECKS_MARGINS": str(margins)},
    }
    spec = place.own / "kernels" / page.replace("/", "-").lower()
    spec.mkdir(parents=True, exist_ok=True)
    (spec / "kernel.json").write_text(json.dumps(specification), encoding="utf8")
    finder = KernelSpecManager(kernel_dirs=[str(spec.parent)], ensure_native_kernel=False)
    return AsyncKernelManager(kernel_name=spec.name, kernel_spec_manager=finder)


def execute(place: Place, page: str, python: str, timeout: int) -> dict[str, Any]:
    """Execute a page in a condition; keep how it ended and return it.

    Parameters
    ----------
    place : Place
    page : str
        Such as ``train/learned``.
    python : str
        The interpreter.
    timeout : int
        Seconds that a cell may take.

    Returns
    -------
    dict
        ``seconds``, and ``error``: where a cell ended early and of what, or None.
    """
    from jupyter_core.utils import run_sync
    from myst_nb.core.read import read_myst_markdown_notebook
    from nbclient import NotebookClient

    path = BOOK / f"{page}.md"
    text = path.read_text(encoding="utf8")
    notebook = read_myst_markdown_notebook(text, add_source_map=True)
    manager = _kernel(place, page, python)
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=timeout,
        allow_errors=True,
        resources={"metadata": {"path": str(path.parent)}},
    )

    def run() -> str | None:
        try:
            client.execute()
            return _first_error(path, notebook)
        except Exception as problem:  # a kernel that died, or a cell that took too long
            said = str(problem).strip().splitlines() or ["nothing said"]
            return f"{page}: {type(problem).__name__}: {said[0]}"
        finally:
            if manager.has_kernel:
                run_sync(manager.shutdown_kernel)(now=True)

    clock = time.perf_counter()
    error = _beside(run)
    result = {"seconds": time.perf_counter() - clock, "error": error}
    outcome = place.outcome(page)
    outcome.parent.mkdir(parents=True, exist_ok=True)
    outcome.write_text(json.dumps(result), encoding="utf8")
    return result


def _beside(function: Callable[[], str | None]) -> str | None:
    """Call a function in a thread, where nbclient leaves this process's signals alone.

    In the main thread it would take Ctrl-C and a request to end for the death of the kernel, and
    the next page would be executed. A kernel ends with the process that has started it.
    """
    returned: list[str | None] = []
    thread = threading.Thread(target=lambda: returned.append(function()), daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.2)  # with an end, since Windows lets nothing interrupt a wait without one
    return returned[0]


def _first_error(path: Path, notebook: Any) -> str | None:
    lines = notebook.metadata.get("source_map", [])
    for number, cell in enumerate(notebook.cells):
        expected = "raises-exception" in cell.metadata.get("tags", [])
        for output in cell.get("outputs", []):
            if output.output_type == "error" and not expected:
                line = lines[number] + 1 if number < len(lines) else "?"
                said = (str(output.evalue).strip().splitlines() or [""])[0]
                where = path.relative_to(BOOK).as_posix()
                return f"{where}:{line}: {output.ename}: {said}"
    return None


Key = tuple[str, str, str, int]
"""Page, kind, words, and which of several such statements."""


@dataclass(frozen=True)
class Statement:
    """A check or claim with its records by the condition's name."""

    key: Key
    records: dict[str, dict[str, Any]]

    @property
    def margins(self) -> dict[str, float]:
        """Where both sides are known."""
        return {
            name: record["margin"] for name, record in self.records.items() if "margin" in record
        }

    @property
    def fails(self) -> list[str]:
        """The conditions in which it does not hold."""
        return [name for name, one in self.records.items() if one["holds"] < one["of"]]

    @property
    def equality(self) -> bool:
        """Whether it has no room by its nature: the sides are to be the same, or a bound is met."""
        return any(
            one.get("sign") == "==" or (one.get("sign") in ("<=", ">=") and one["margin"] == 0)
            for one in self.records.values()
        )

    @property
    def shift(self) -> float:
        """From the smallest margin to the largest; NaN if they are not numbers."""
        margins = list(self.margins.values())
        if not margins or len(set(margins)) == 1:
            return 0.0
        return max(margins) - min(margins) if all(map(math.isfinite, margins)) else math.nan

    @property
    def ratio(self) -> float:
        """The smallest margin in units of the shift; infinite where nothing moves."""
        margins = list(self.margins.values())
        if not margins:
            return math.nan
        if self.shift == 0:
            return math.inf if not self.fails else -math.inf
        return min(margins) / self.shift

    @property
    def thin(self) -> bool:
        """Whether it has no room to spare."""
        if self.fails or (self.margins and math.isnan(self.ratio)):
            return True
        if self.equality:
            return self.shift > 0
        return self.ratio < ENOUGH or self.relative < CLOSE

    @property
    def relative(self) -> float:
        """The smallest margin as a share of the sides; infinite if they are not known."""
        shares = (one["relative"] for one in self.records.values() if "relative" in one)
        return min(shares, default=math.inf)

    def __str__(self) -> str:
        page, kind, words, number = self.key
        again = f" ({number + 1})" if number else ""
        what = words if kind == "claim" else f"{words}, {kind}"
        lines = [f"{self._ratio:>7}  {page}: {what}{again}"]
        for name, one in self.records.items():
            held = "" if one["holds"] == one["of"] else f"  FAILS, {one['holds']} of {one['of']}"
            sides = "sides not known"
            if "margin" in one:
                digits = ".0f" if one.get("whole") else ".6g"
                sides = f"{one['left'] + 0.0:{digits}} {one['sign']} {one['right'] + 0.0:{digits}}"
                sides += f"  margin {one['margin']:{'.0f' if one.get('whole') else '.3g'}}"
                sides += f" ({100 * one['relative']:.2g} %)"
            lines.append(f"{'':9}{name:16} {sides}{held}")
        return "\n".join(lines)

    @property
    def _ratio(self) -> str:
        if self.fails:
            return "fails"
        return f"{self.ratio:.2f}" if math.isfinite(self.ratio) else "-"


def statements(places: Sequence[Place], pages: Sequence[str]) -> list[Statement]:
    """Read what was recorded and join what is said of the same statement."""
    records: dict[Key, dict[str, dict[str, Any]]] = defaultdict(dict)
    for place in places:
        for page in pages:
            seen: dict[tuple[str, str], int] = defaultdict(int)
            for path in sorted(place.margins(page).glob("*.jsonl")):
                for line in path.read_text(encoding="utf8").splitlines():
                    one = json.loads(line)
                    which = one["kind"], one["statement"]
                    records[(page, *which, seen[which])][place.condition.name] = one
                    seen[which] += 1
    return [Statement(key, found) for key, found in records.items()]


def report(
    places: Sequence[Place], pages: Sequence[str], skipped: dict[str, str], every: bool
) -> int:
    """Print the conditions and the statements that have no room; return the exit code."""
    found = statements(places, pages)
    rows = [("condition", "outcome", "seconds", "thinnest claim, by the size of its sides")]
    errors = []
    for place in places:
        name = place.condition.name
        paths = [place.outcome(page) for page in pages]
        ended = [json.loads(path.read_text(encoding="utf8")) for path in paths if path.exists()]
        broken = [one["error"] for one in ended if one["error"]]
        errors += [f"{name}: {error}" for error in broken]
        failing = sum(name in one.fails for one in found)
        total = sum(name in one.records for one in found)
        outcome = f"{failing} of {total} fail" if failing else f"all {total} hold"
        outcome += f", {len(broken)} pages ended early" if broken else ""
        outcome += f", {len(ended)} of {len(pages)} pages" if len(ended) < len(pages) else ""
        seconds = f"{sum(one['seconds'] for one in ended):.0f}"
        rows.append((name, outcome, seconds, _thinnest(found, name)))
    rows += [(name, "skipped", "", reason) for name, reason in skipped.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        cells = [f"{cell:{width}}" for cell, width in zip(row, widths, strict=False)]
        print("  ".join([*cells, row[3]]).rstrip())
    for error in errors:
        print(f"ended early: {error}")
    listed = [one for one in found if every or one.thin]
    listed.sort(key=lambda one: (not one.fails, not one.thin, one.ratio, one.relative))
    unknown = sum(not one.margins for one in found)
    print(
        f"\n{len(found)} statements, {sum(one.thin for one in found)} without room to spare"
        f" (margin / shift below {ENOUGH:g}, or margin below {100 * CLOSE:g} % of the sides);"
        f" of {unknown} the sides are not known"
    )
    for one in listed:
        print(one)
    return int(bool(errors) or any(one.fails for one in found))


def _thinnest(found: Sequence[Statement], condition: str) -> str:
    claims = [
        (one.records[condition]["relative"], one.key)
        for one in found
        if one.key[1] == "claim"
        and not one.equality
        and "relative" in one.records.get(condition, {})
    ]
    if not claims:
        return ""
    relative, (page, _, words, _) = min(claims)
    return f"{100 * relative:.2g} %, {page}: {words}"


def measure(options: argparse.Namespace) -> int:
    """Do what the command line asks for and return the exit code."""
    sys.path[:0] = FOLDERS
    from kit.build.execution_cache import digest

    pages = named(options.pages)
    names = list(dict.fromkeys([AS_BUILT, *(options.under or usual())]))
    asked = [Condition.parse(name) for name in names]
    folder = options.folder.absolute() / digest()
    places: list[Place] = []
    skipped: dict[str, str] = {}
    for place in (Place(folder, condition) for condition in asked):
        name = place.condition.name
        if options.report:
            if place.own.exists():
                places.append(place)
            continue
        try:
            found = probe(place)
        except UnfitError as error:
            skipped[name] = str(error)
            print(f"{name}: skipped, {error}", flush=True)
            continue
        places.append(place)
        versions = f"Python {found['python']}, NumPy {found['numpy']}"
        blas = f"{', '.join(found['blas']) or 'BLAS not known'}, threads {found['threads']}"
        print(f"{name}: {versions}, {blas}", flush=True)
        for page in pages:
            ended = execute(place, page, place.interpreter(), options.timeout)
            note = f", ended early: {ended['error']}" if ended["error"] else ""
            print(f"  {page}: {ended['seconds']:.1f} s{note}", flush=True)
    if not places:
        raise UsageError(f"nothing has been measured in {folder}; run without --report first")
    print()
    return report(places, pages, skipped, options.every)


def main() -> None:
    """Read the command line, or be a kernel that it has started."""
    if SETTINGS in os.environ and "-f" in sys.argv[1:2]:
        serve()
        return
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pages", nargs="*", help="pages or folders of the book; default: all")
    parser.add_argument(
        "--under",
        nargs="+",
        metavar="CONDITION",
        help="default: all kernels of OpenBLAS, threads=2, processors=1, noise=0",
    )
    parser.add_argument("--every", action="store_true", help="list all statements")
    parser.add_argument("--report", action="store_true", help="print earlier results")
    parser.add_argument(
        "--folder",
        type=Path,
        default=BOOK / "_build" / ".conditions",
        help="where results are kept (default: %(default)s)",
    )
    parser.add_argument(
        "--timeout", type=int, default=1800, help="seconds for a cell (default: %(default)s)"
    )
    options = parser.parse_args()
    try:
        code = measure(options)
    except UsageError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    except KeyboardInterrupt:
        parser.exit(130, f"{parser.prog}: stopped; --report shows what was measured\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
