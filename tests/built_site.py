"""The site that the tests read: built once, strictly, from a clean copy of the repository.

The site is kept under a digest of all that went into it, so that the next run takes it as it is
where nothing has changed. The copy holds the files of the digest and no others: what the digest
does not cover, the build does not see.
"""

import hashlib
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]
# What no build reads: it is left out of the copy, so a change here keeps the site.
NOT_FOR_THE_SITE = (".ci", ".github", "benchmarks", "template", "tests")
# Where git cannot say what belongs to the repository: what it would ignore or hide.
NOT_OF_THE_REPOSITORY = {"__pycache__", "_build", "dist", "built-site", "nnfs-run", "venv"}
KEPT = 3


def files_of_the_repository(root: Path = ROOT) -> list[str]:
    """Return the paths that git would commit, or, without git, all but caches and builds."""
    listing = None
    if (root / ".git").exists() and shutil.which("git"):
        listing = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=root,
            capture_output=True,
            check=False,
        )
    if listing is not None and listing.returncode == 0:
        names = [os.fsdecode(name) for name in listing.stdout.split(b"\0") if name]
        return sorted(name for name in names if os.path.lexists(root / name))
    return sorted(found_without_git(root))


def found_without_git(root: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        folders[:] = [
            name
            for name in folders
            if name not in NOT_OF_THE_REPOSITORY
            and not name.endswith(".egg-info")
            and (name != "build" or Path(folder, name, "__init__.py").exists())
            and not Path(folder, name, "pyvenv.cfg").exists()
            and (not name.startswith(".") or name in (".ci", ".github"))
        ]
        for name in files:
            path = Path(folder, name).relative_to(root).as_posix()
            if not (path.startswith("mnist_data/") and path.endswith(".csv")):
                yield path


def files_of_the_site(root: Path = ROOT) -> list[str]:
    return [
        name
        for name in files_of_the_repository(root)
        if name.partition("/")[0] not in NOT_FOR_THE_SITE
    ]


def copy_of_the_repository(target: Path, root: Path = ROOT) -> None:
    """Copy what a build of the site reads; caches, builds and tests stay behind."""
    for name in files_of_the_site(root):
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, copy, follow_symlinks=False)


def digest(root: Path = ROOT) -> str:
    """Return the digest of the files, the versions and the settings that make the site."""
    found = hashlib.sha256()

    def add(*parts: bytes) -> None:
        for part in parts:
            found.update(len(part).to_bytes(8, "little") + part)

    for name in files_of_the_site(root):
        path = root / name
        link = path.is_symlink()
        add(os.fsencode(name), os.fsencode(path.readlink()) if link else path.read_bytes())
    versions = {f"{d.name}=={d.version}" for d in importlib.metadata.distributions()}
    settings = {f"{k}={v}" for k, v in os.environ.items() if k.startswith("BOOK_")}
    settings |= {f"SOURCE_DATE_EPOCH={os.environ.get('SOURCE_DATE_EPOCH')}"}
    settings -= {f"BOOK_KEEP={os.environ.get('BOOK_KEEP')}"}
    for text in (sys.version, platform.platform(), *sorted(versions), *sorted(settings)):
        add(text.encode())
    return found.hexdigest()[:16]


def command(name: str) -> str:
    """Return the path of a program of this environment, as its own shell would find it."""
    found = shutil.which(name, path=sysconfig.get_path("scripts"))
    assert found, f"{name} is not installed beside {sys.executable}"
    return found


def build(site: Path, clone: Path, **environment: str) -> None:
    """Build the site strictly from a copy of the repository, and move it into its place.

    Variables of the environment, if any are named, go before those of this process.
    """
    copy_of_the_repository(clone)
    result = subprocess.run(
        [command("jupyter-book"), "build", "book", "--all", "-W", "-n", "--keep-going"],
        cwd=clone,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf8",
        errors="replace",
        check=False,
    )
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-6000:]
    shutil.rmtree(site, ignore_errors=True)
    # Copied beside its place first: a run that is ended here leaves no half of a site.
    beside = site.with_name(f"{site.name}.partial")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(clone / "book" / "_build" / "html", beside)
    beside.rename(site)


def forget_the_oldest(folder: Path) -> None:
    sites = sorted(folder.glob("*/"), key=lambda path: path.stat().st_mtime, reverse=True)
    for site in sites[KEPT:]:
        shutil.rmtree(site, ignore_errors=True)


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built site, which the processes of a run share.

    BOOK_SITE names a site to test instead of building one; BOOK_KEEP a folder to copy it to.
    """
    if ready := os.environ.get("BOOK_SITE"):
        return Path(ready).resolve()
    temporary = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        temporary = temporary.parent
    site = kept(
        folder_of_sites(request.config, temporary) / digest(),
        failed=temporary / "the-site-was-not-built",
        clone=tmp_path_factory.mktemp("clone"),
    )
    if keep := os.environ.get("BOOK_KEEP"):
        with FileLock(site.with_name("lock")):
            shutil.copytree(site, ROOT / keep, dirs_exist_ok=True)
    return site


def kept(site: Path, *, failed: Path, clone: Path) -> Path:
    """Return a site that is there, or build it: one process does, and the others wait for it.

    A build that failed is not tried again by the other processes of the run, which share a file
    that says so.
    """
    with FileLock(site.with_name("lock")):
        if failed.exists():
            pytest.fail("the site was not built: see the first of its tests", pytrace=False)
        if not site.is_dir():
            failed.touch()
            build(site, clone)
            failed.unlink()
        os.utime(site)
        forget_the_oldest(site.parent)
    return site


def folder_of_sites(config: pytest.Config, temporary: Path) -> Path:
    """Return where sites are kept: beside pytest's own cache, or for this run alone without one."""
    cache = getattr(config, "cache", None)
    try:
        folder = cache.mkdir("sites") if cache else temporary / "sites"
        folder.mkdir(exist_ok=True)
    except OSError:
        folder = temporary / "sites"
        folder.mkdir(exist_ok=True)
    return folder
