"""The list of SHA-256: what is not hidden, in order, and as the system's own program reads it."""

import hashlib
import shutil
import subprocess

import pytest
from sphinx.errors import SphinxError

from kit.build.manifest import NAME, manifest, write_into


@pytest.fixture
def site(tmp_path):
    hidden = (".buildinfo", ".nojekyll", ".doctrees/a.doctree")
    for name in ("b.html", "a/z.js", "a.html", "a/é ü.svg", "B.txt", *hidden):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{name}\r\n", "utf8", newline="")
    return tmp_path


def test_every_file_that_is_not_hidden_is_in_the_list_once_and_in_order(site):
    write_into(site)
    first = (site / NAME).read_bytes()
    write_into(site)
    assert (site / NAME).read_bytes() == first
    names = [line[66:] for line in first.decode().splitlines()]
    assert names == ["B.txt", "a.html", "a/z.js", "a/é ü.svg", "b.html"]
    assert first.decode().startswith(hashlib.sha256(b"B.txt\r\n").hexdigest() + "  B.txt\n")


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="there is no sha256sum")
def test_the_systems_program_reads_the_list_and_notices_a_changed_file(site):
    write_into(site)
    command = ["sha256sum", "-c", "--strict", "--quiet", NAME]
    assert subprocess.run(command, cwd=site, check=False).returncode == 0
    (site / "a" / "z.js").write_text("another", "utf8")
    result = subprocess.run(command, cwd=site, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "a/z.js: FAILED" in result.stdout


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="a name without a line break only")
def test_a_name_that_breaks_a_line_is_refused(site):
    (site / "a\nb").touch()
    with pytest.raises(SphinxError, match="no name for a file"):
        manifest(site)
