"""Sphinx extension, and the kernel of the pages: what both take from the reader's environment.

While a build runs, its environment variables are those named in `PASSED`, and the book's own. So a
page comes out the same whatever a reader has set for Python, Jupyter, IPython, Matplotlib, BLAS,
language, or time zone, and whatever lies in the reader's home. The kernel ``python3`` is the Python
that runs the build, started from this file; it reads no one's settings of IPython.

BLAS has one thread in every kernel, since the last bits of a result depend on the number.

Beside what machines need, the following pass, for those who test the book: the processor's kind as
OpenBLAS and NumPy take it (`ARITHMETIC`, part of the cache's name); BOOK_KERNEL_PATH, folders
that are put first on the path of the kernels, for instance with a ``sitecustomize.py`` in one; and
what the package of the checks takes, such as EQUATION_CHECKS_MARGINS.
"""

import atexit
import importlib.util
import json
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

BOOK = Path(__file__).resolve().parents[2]
FOLDERS = [str(BOOK.parent), str(BOOK)]

ARITHMETIC = (
    *("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "NPY_DISABLE_CPU_FEATURES"),
    *("NPY_ENABLE_CPU_FEATURES", "MKL_CBWR", "MKL_ENABLE_INSTRUCTIONS", "GLIBC_TUNABLES"),
)
TERMINAL = ("TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
PASSED = (
    *("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TEMP", "TMP", "LD_*", "DYLD_*"),
    *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "OS", "PROCESSOR_*"),
    *("NUMBER_OF_PROCESSORS", "USERNAME", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "APPDATA"),
    *("LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES*", "COMMONPROGRAM*", "CONDA_PREFIX"),
    *("PYTHONHOME", "PYTHONPLATLIBDIR", "PYTHONNOUSERSITE", "PYTHONDONTWRITEBYTECODE"),
    *("PYTHONPYCACHEPREFIX", "JUPYTER_ALLOW_INSECURE_WRITES", "LOKY_MAX_CPU_COUNT"),
    *("*_PROXY", "SSL_CERT_*", "REQUESTS_CA_BUNDLE", "BOOK_*", "EQUATION_CHECKS_*"),
    *ARITHMETIC,
    *TERMINAL,
)
THREADS = (
    *("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"),
    *("VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS"),
)

LIBRARIES = (
    *("numpy", "pandas", "matplotlib", "sympy", "joblib", "psutil", "distributed"),
    *("ipykernel", "myst_nb"),
)


def passed(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the build takes from an environment, the variables named in `PASSED`."""
    return {
        name: value
        for name, value in environment.items()
        if any(fnmatchcase(name.upper(), pattern) for pattern in PASSED)
    }


def needed(given: str) -> list[str]:
    """Return the folders of a PYTHONPATH without which libraries are not found.

    On some clusters all libraries come that way. Elsewhere none does, and what lies there is not
    the book's business.
    """
    found = [importlib.util.find_spec(name) for name in LIBRARIES]
    used = {Path(spec.origin).resolve().parents[1] for spec in found if spec and spec.origin}
    folders = [Path(entry).resolve() for entry in given.split(os.pathsep) if entry]
    return [str(folder) for folder in folders if folder in used]


def own(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the book's own variables.

    Parameters
    ----------
    folder : Path
        Where Jupyter and IPython keep what they write.
    environment : mapping of str to str
        The reader's.
    """
    given = environment.get("BOOK_KERNEL_PATH", "").split(os.pathsep)
    first = [str(Path(entry).absolute()) for entry in given if entry]
    return {
        "PYTHONPATH": os.pathsep.join([*first, *FOLDERS]),
        "BOOK_LAST_ON_PATH": os.pathsep.join(needed(environment.get("PYTHONPATH", ""))),
        "PYTHONWARNINGS": "error::RuntimeWarning",
        "PYTHONUTF8": "1",
        "PYTHONHASHSEED": "0",
        "TZ": "UTC",
        "DOCUTILSCONFIG": "",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "IPYTHONDIR": str(folder / "ipython"),
        # Where Dask reads settings, and writes a file of them.
        "DASK_ROOT_CONFIG": str(folder / "dask"),
        "DASK_CONFIG": str(folder / "dask"),
        "JUPYTER_PATH": str(folder),
        "JUPYTER_DATA_DIR": str(folder),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        **dict.fromkeys(THREADS, "1"),
    }


def write_kernel(folder: Path) -> None:
    """Write the description of the kernel ``python3`` where Jupyter looks first."""
    # With -P this file's folder is no place for modules.
    start = [sys.executable, "-P", str(Path(__file__).resolve()), "-f", "{connection_file}"]
    kernel = {"argv": start, "display_name": "Python 3", "language": "python"}
    place = folder / "kernels" / "python3"
    place.mkdir(parents=True)
    (place / "kernel.json").write_text(json.dumps(kernel), encoding="utf8")


def enter(app: Any, config: Any) -> None:
    """Make the environment the build's and its kernels', until the build has finished."""
    readers, folder = dict(os.environ), Path(tempfile.mkdtemp(prefix="nnfs-book-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_kernel(folder)
    replace({**passed(readers), **own(folder, readers)})
    app.connect("build-finished", lambda *_: replace(readers), priority=1000)


def replace(environment: Mapping[str, str]) -> None:
    """Make an environment the one of this process."""
    os.environ.clear()
    os.environ.update(environment)


def setup(app: Any) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("config-inited", enter, priority=1)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def start_kernel() -> None:
    """Run the kernel that the arguments describe, until it is told to end."""
    for name in TERMINAL:
        os.environ.pop(name, None)
    # A name with the separator of paths in it, such as a colon, gets lost in PYTHONPATH.
    sys.path[:0] = [folder for folder in FOLDERS if folder not in sys.path]
    sys.path += filter(None, os.environ.pop("BOOK_LAST_ON_PATH", "").split(os.pathsep))
    from ipykernel.kernelapp import IPKernelApp

    class Kernel(IPKernelApp):
        def load_config_file(self, *args: object, **options: object) -> None:
            """Read no file: neither the system's nor the reader's."""

    # A warning says that messages within this machine are not encrypted.
    Kernel.launch_instance(log_level=logging.ERROR)


if __name__ == "__main__":
    # As Jupyter starts it, the folder of the pages is not looked into for modules.
    sys.argv += ["--InteractiveShellApp.ignore_cwd=True", "--HistoryManager.enabled=False"]
    start_kernel()
