"""What a page may load and run: the book's own, and nothing that something has put into it."""

import pytest

from tests.book.pages import all_pages

LIGHT = "appendices/how-checks-work"
PAGES = [page.docname for page in all_pages()]

# What an injected text may try. Each would set `window.ran`.
INJECTED = {
    "a script": """() => {
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
    }""",
    "a handler in an attribute": """() => {
      const image = "<img src='data:,' onerror='window.ran = true'>";
      document.body.insertAdjacentHTML("beforeend", image);
    }""",
    "a link with a script": """() => {
      const link = "<a id='x' href='javascript:window.ran = true'>x</a>";
      document.body.insertAdjacentHTML("beforeend", link);
      document.getElementById("x").click();
    }""",
    "a text as a program": """() => {
      const script = document.createElement("script");
      script.src = "data:text/javascript,window.ran = true";
      document.body.append(script);
    }""",
}
COUNT = """() => {
  window.violations = [];
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) =>
    window.violations.push(`${violatedDirective} ${blockedURI} ${sourceFile}`));
}"""

RUN = """async () => {
  const messages = [];
  await livePython.runCells(["import numpy as np; print(np.mean([3, 4]))"], 0,
    (message) => messages.push(message));
  return messages.filter(({ kind }) => kind === "stream").map(({ text }) => text).join("");
}"""


@pytest.mark.parametrize("name", INJECTED)
def test_what_is_put_into_a_page_does_not_run(open_page, name):
    page = open_page(LIGHT)
    page.evaluate(f"({COUNT})()")
    page.evaluate(INJECTED[name])
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is None
    assert page.evaluate("window.violations.length") > 0


def test_a_cell_runs_and_nothing_of_the_book_is_refused(open_page):
    page = open_page(LIGHT)
    page.evaluate(f"({COUNT})()")
    assert page.evaluate(RUN) == "3.5\n"
    assert page.evaluate("window.violations") == []
    assert page.complaints == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("way", ["served", "as a file"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_breaks_its_own_policy_nowhere(site, address, new_page, name, way):
    page = new_page()
    page.add_init_script(f"({COUNT})()")
    page.goto(f"{address}/{name}.html" if way == "served" else (site / f"{name}.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
    assert page.evaluate("window.violations") == []
    assert page.evaluate("document.documentElement.dataset.theme") in ("light", "dark")
