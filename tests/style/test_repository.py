"""The repository as others get it: by git or as an archive, in workflows, and as a kept site."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests import built_site as site

ROOT = site.ROOT
WORKFLOWS = [
    path
    for folder in (ROOT, ROOT / "template" / "files")
    for path in sorted((folder / ".github" / "workflows").glob("*.yml"))
]


def commands(name: str) -> str:
    """Return the block of the README that follows a mark."""
    readme = (ROOT / "README.md").read_text("utf8")
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", readme, re.DOTALL)
    assert found, f"README.md has no <!-- {name} -->"
    return found[1].strip()


def jobs(path: Path) -> dict[str, dict]:
    return yaml.safe_load(path.read_text("utf8"))["jobs"]


def steps(path: Path) -> list[str]:
    return [
        step["run"].strip() for job in jobs(path).values() for step in job["steps"] if "run" in step
    ]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_triggers_few_rights_and_an_end(path):
    content = yaml.safe_load(path.read_text("utf8"))
    assert content[True], "YAML reads the key `on` as true"
    assert content["permissions"] == {"contents": "read"}
    for job in content["jobs"].values():
        assert job.get("timeout-minutes") or "deployment" in str(job)
        assert all(("uses" in step) != ("run" in step) for step in job["steps"])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_uses_actions_by_the_hash_of_a_commit_and_says_its_release(path):
    uses = re.findall(r"uses: *(.*)", path.read_text("utf8"))
    assert uses
    for action in uses:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", action), action


def test_the_commands_of_the_readme_are_those_of_the_workflows():
    machines, book = (
        steps(ROOT / ".github" / "workflows" / f"{n}.yml") for n in ("machines", "book")
    )
    for name in ("build-command", "build-command-windows"):
        assert commands(name) in machines
    assert ".ci/run" in book
    assert ".ci/run --exhaustive" in machines
    posix, windows = (step for step in machines if step.endswith("python -m pytest"))
    daily = commands("test-command").removesuffix(" --all").partition(" && ")[2]
    assert posix == daily
    assert windows.splitlines() == daily.replace(". .venv/bin/", ".venv\\Scripts\\").split(" && ")
    assert "<!-- test-command -->" in (ROOT / ".ci" / "run").read_text("utf8")


def test_the_machines_have_the_pythons_that_the_readme_names():
    matrix = jobs(ROOT / ".github" / "workflows" / "machines.yml")["build"]["strategy"]["matrix"]
    named = re.search(r"Python ([\d., or]+\d)", (ROOT / "README.md").read_text("utf8"))
    versions = re.findall(r"3\.\d+", named[1])
    assert [matrix["python"][0], matrix["python"][-1]] == [versions[0], versions[-1]]
    systems = " ".join(matrix["os"])
    assert all(name in systems for name in ("ubuntu", "arm", "macos", "windows"))


def test_the_attributes_of_git_cover_every_file():
    """A file with a zero byte is binary, and every other one has the line ends of Unix."""
    lines = (ROOT / ".gitattributes").read_text("utf8").splitlines()
    binary = {line.split()[0].removeprefix("*") for line in lines if line.endswith(" binary")}
    assert "* text=auto eol=lf" in lines
    for name in site.files_of_the_repository():
        path = ROOT / name
        if path.is_file():
            content = path.read_bytes()
            assert (b"\0" in content[:8000]) == (path.suffix in binary), name


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name, text in {
        "README.md": "words",
        "nnfs/data.py": "x = 1\n",
        "book/page.md": "# A page\n",
        "book/_build/html/page.html": "old",
        "tests/test_x.py": "",
        "mnist_data/train.csv": "1,2",
        "nnfs/__pycache__/data.pyc": "",
        ".venv/pyvenv.cfg": "",
        ".venv/lib/x.py": "",
        "own environment/pyvenv.cfg": "",
        "nnfs_book.egg-info/PKG-INFO": "",
        ".pytest_cache/v/x": "",
        ".ci/run": "",
    }.items():
        path = tmp_path / "a folder é" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf8")
    return tmp_path / "a folder é"


KEPT = [".ci/run", "README.md", "book/page.md", "nnfs/data.py", "tests/test_x.py"]


def test_an_archive_without_git_has_the_same_files(repository):
    assert site.files_of_the_repository(repository) == KEPT


def test_the_files_of_this_repository_are_found_without_git():
    if not (ROOT / ".git").exists():
        return
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--", ":!:.git*"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf8",
        check=True,
    )
    there = {name for name in tracked.stdout.split("\0") if name and (ROOT / name).exists()}
    assert there <= set(site.found_without_git(ROOT))


def test_a_file_that_git_lists_but_is_gone_is_left_out(repository):
    for command in (["init", "-q"], ["add", "nnfs", "book/page.md"]):
        subprocess.run(["git", *command], cwd=repository, check=True)
    (repository / "nnfs" / "data.py").unlink()
    listed = site.files_of_the_repository(repository)
    assert "nnfs/data.py" not in listed
    assert "book/page.md" in listed


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("nnfs/data.py", "x = 2\n"),
        ("nnfs/data.py", None),
        ("book/page.md", "# A page \n"),
        ("book/new.md", ""),
        ("mnist_data/digits.gz", "1"),
        ("requirements.txt", "numpy"),
        ("a file of the root", ""),
    ],
)
def test_a_change_of_what_a_site_is_made_of_builds_it_anew(repository, name, text):
    before = site.digest(repository)
    path = repository / name
    path.parent.mkdir(exist_ok=True)
    path.unlink() if text is None else path.write_text(text, "utf8")
    assert site.digest(repository) != before


def test_a_site_depends_on_where_a_file_lies_and_on_settings(repository, monkeypatch):
    before = site.digest(repository)
    (repository / "nnfs" / "data.py").rename(repository / "nnfs" / "other.py")
    moved = site.digest(repository)
    monkeypatch.setenv("BOOK_SOLUTIONS", "0")
    assert len({before, moved, site.digest(repository)}) == 3


@pytest.mark.parametrize("name", ["tests/test_x.py", "book/_build/html/page.html", ".ci/run"])
def test_tests_and_earlier_builds_keep_a_site(repository, name):
    before = site.digest(repository)
    (repository / name).write_text("another", "utf8")
    assert site.digest(repository) == before


def test_a_build_sees_no_file_but_those_of_the_digest(repository, tmp_path):
    copy = tmp_path / "copy"
    site.copy_of_the_repository(copy, repository)
    found = [path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()]
    assert sorted(found) == site.files_of_the_site(repository) == KEPT[1:4]


def test_only_the_latest_sites_are_kept(tmp_path):
    for number in range(5):
        (tmp_path / str(number)).mkdir()
        os.utime(tmp_path / str(number), (number, number))
    (tmp_path / "lock").touch()
    site.forget_the_oldest(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2", "3", "4", "lock"]


def test_a_site_is_built_once_and_a_failed_build_is_not_tried_again(tmp_path, monkeypatch):
    built = []

    def build(place: Path, clone: Path) -> None:
        built.append(place.name)
        assert place.name != "bad", "a page fails"
        place.mkdir()

    monkeypatch.setattr(site, "build", build)
    options = {"failed": tmp_path / "failed", "clone": tmp_path / "clone"}
    for _ in range(2):
        assert site.kept(tmp_path / "good", **options).is_dir()
    with pytest.raises(AssertionError, match="a page fails"):
        site.kept(tmp_path / "bad", **options)
    with pytest.raises(pytest.fail.Exception, match="see the first of its tests"):
        site.kept(tmp_path / "bad", **options)
    assert built == ["good", "bad"]
    assert not (tmp_path / "bad").exists()


DEEP_HAS = re.compile(r":has\(>\s*[^(),>+~]+\s[^(),>+~]+\)")


def test_no_style_looks_deep_below_a_child_for_every_element_that_is_made():
    """A browser looked through whole sections anew, and a page took seconds more to load."""
    assert DEEP_HAS.search(".bd-article section:has(> div.cell #fig-landing) > h1")
    assert not DEEP_HAS.search(".a:has(> .b) .c:is(.d, .e):has(+ .f), .g:has(> a:only-child)")
    found = {
        path.name: DEEP_HAS.findall(path.read_text("utf8"))
        for folder in ("book", "packages")
        for path in (ROOT / folder).rglob("*.css")
        if not {"_build", "_extra"} & set(path.parts)
    }
    assert len(found) > 5
    assert {name: rules for name, rules in found.items() if rules} == {}
