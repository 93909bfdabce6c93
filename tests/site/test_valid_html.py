"""Every page is valid HTML, as the validator of the Nu project sees it.

It is the npm package ``vnu-jar``, a program for Java: ``VNU_JAR`` names its ``vnu.jar``.
"""

import json
import os
import shutil
import subprocess

import pytest

VALIDATOR = os.environ.get("VNU_JAR", "")


@pytest.mark.exhaustive(share=0)
@pytest.mark.skipif(
    not VALIDATOR or not shutil.which("java"), reason="VNU_JAR names no validator, or no Java"
)
def test_every_page_is_valid(site):
    pages = [page for page in sorted(site.rglob("*.html")) if "_static" not in page.parts]
    assert pages
    # Formulas are nested deeper than Java's stack goes by itself.
    options = ["--errors-only", "--exit-zero-always", "--format", "json"]
    command = ["java", "-Xss8m", "-jar", VALIDATOR, *options, *map(str, pages)]
    found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=1800)
    errors = [
        f"{one['url'].rpartition('/')[2]}:{one.get('lastLine')}: {one['message']}"
        for one in json.loads(found.stderr)["messages"]
    ]
    assert errors == []
