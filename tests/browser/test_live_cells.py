"""The cells of the book, run by Pyodide in a page."""

import json
import os
import re
import runpy
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.book.pages import all_pages
from tests.browser.folds import unfold
from tests.browser.serving import pyodide_folder, serve

OF_THE_PACKAGE = runpy.run_path(
    str(Path(__file__).parents[2] / "packages/sphinx-live-cells/tests/test_notebook.py")
)
PASTED, ONLY_IN_A_PAGE = OF_THE_PACKAGE["PASTED"], OF_THE_PACKAGE["ONLY_IN_A_PAGE"]
differences = OF_THE_PACKAGE["differences"]

PAGES = [page.docname for page in all_pages() if page.cells]
# A small page that wants NumPy alone, and its last cell: where any page will do.
LIGHT, FORMULA = "appendices/how-checks-work", "formula = sigma(z)"
PATIENCE = 1800  # seconds of one page: it ends what hangs, and judges no machine
AT_ONCE = min(os.cpu_count() or 1, 4)

# Python is loaded first, so that the seconds of a cell are its own.
RUN_ALL = """() => {
  window.results = [];
  window.finished = false;
  (async () => {
    const began = performance.now();
    const packages = liveCells.cells.flatMap((cell) => cell.packages || []);
    await livePython.start(() => {}, [...new Set(packages)]);
    window.loading = (performance.now() - began) / 1000;
    for (const cell of liveCells.cells) {
      if (cell.away) continue;
      const began = performance.now();
      const messages = [];
      try {
        await livePython.runCells(liveCells.sources(), cell.number, (m) => messages.push(m));
      } catch (error) {
        messages.push({ kind: "error", cell: cell.number, text: error.message });
      }
      const errors = messages.filter((m) => m.kind === "error").map((m) => m.text);
      const seconds = (performance.now() - began) / 1000;
      results.push({ number: cell.number, errors, seconds });
    }
  })().catch((error) => results.push({ number: -1, errors: [error.message], seconds: 0 }))
    .finally(() => { window.finished = true; });
}"""


@pytest.fixture(scope="session")
def runs(request, site, browser):
    """Return what running all cells gave, by page: each of the pages that the tests ask for.

    Python runs in the browser, one thread a page, so as many pages run at once as there are cores.
    """
    folder = pyodide_folder()
    asked = {item.callspec.params["name"] for item in request.session.items if wants_runs(item)}
    waiting, open_pages, found = [name for name in PAGES if name in asked], {}, {}
    with serve(site, pyodide=folder) as address:
        context = browser.new_context()
        while waiting or open_pages:
            while waiting and len(open_pages) < AT_ONCE:
                name = waiting.pop(0)
                open_pages[name] = begin(context, f"{address}/{name}.html")
            for name, page in list(open_pages.items()):
                page.wait_for_timeout(100)
                late = time.monotonic() - page.began > PATIENCE
                if late or page.evaluate("window.finished"):
                    found[name] = page.evaluate("window.results"), page.complaints, late
                    open_pages.pop(name).close()
        context.close()
    return found


def wants_runs(item):
    return "runs" in getattr(item, "fixturenames", ())


def begin(context, address):
    page = context.new_page()
    page.complaints, page.began = [], time.monotonic()
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(address, wait_until="load")
    page.evaluate(RUN_ALL)
    return page


def cell_with(page, text):
    """Return the first cell whose code contains a text."""
    return page.locator(".cell", has=page.locator(".cell_input", has_text=text)).first


def run(cell):
    unfold(cell)
    cell.get_by_role("button", name=re.compile("^Run")).click()
    expect(cell.locator(".live-status")).to_have_attribute(
        "data-state", re.compile("done|failed"), timeout=90_000
    )


def rewrite(page, cell, code):
    unfold(cell)
    cell.get_by_role("button", name=re.compile("^Edit")).click()
    field = cell.get_by_role("textbox")
    expect(field).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)


@pytest.mark.exhaustive(share=1 / 32, fewest=1)
@pytest.mark.parametrize("name", PAGES)
def test_every_cell_of_a_page_runs(runs, site, name):
    results, complaints, late = runs[name]
    assert {r["number"]: r["errors"] for r in results if r["errors"]} == {}
    assert not late, f"{len(results)} cells in {PATIENCE} s"
    listed = (site / f"{name}.html").read_text("utf8").partition('id="live-cells">')[2]
    cells = json.loads(listed.partition("</script>")[0])["cells"]
    here = [number for number, cell in enumerate(cells) if "away" not in cell]
    assert [r["number"] for r in results] == here
    print("seconds of each cell:", {r["number"]: round(r["seconds"], 1) for r in results})
    assert complaints == []


def test_nothing_is_loaded_before_the_first_run_which_without_a_connection_says_why(
    open_page_of_the_cdn, context
):
    page = open_page_of_the_cdn(LIGHT)
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.reload(wait_until="networkidle")
    live = [url for url in requests if re.search(r"worker|pyodide|live\.json|\.zip|editor", url)]
    assert live == []
    assert page.asked == []
    cell = cell_with(page, FORMULA)
    context.set_offline(True)
    run(cell)
    expect(cell.locator(".live-status")).to_contain_text("could not be loaded")
    context.set_offline(False)
    run(cell)
    expect(cell.locator(".live-output")).to_contain_text("holds")
    assert any(url.endswith("pyodide.asm.wasm") for url in page.asked)
    assert not any("matplotlib" in url for url in page.asked)


def test_a_result_replaces_the_built_one_until_reset(shared_page):
    page = shared_page(LIGHT)
    cell = cell_with(page, FORMULA)
    built = cell.locator(".cell_output").inner_html()
    run(cell)
    output = cell.locator(".cell_output")
    expect(output).to_have_class(re.compile("live-output"))
    expect(output).to_contain_text("holds")
    cell.get_by_role("button", name=re.compile("^Reset")).click()
    assert cell.locator(".cell_output").inner_html() == built
    expect(cell.get_by_role("button", name=re.compile("^Run"))).to_be_focused()


def test_an_edited_cell_gives_the_new_result_by_keyboard_alone(shared_page):
    page = shared_page(LIGHT)
    cell = cell_with(page, FORMULA)
    cell.get_by_role("button", name=re.compile("^Edit")).focus()
    page.keyboard.press("Enter")
    expect(cell.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type("\nmeasured.size + 7960")
    page.keyboard.press("Escape")
    expect(cell.get_by_role("button", name=re.compile("^Edit"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(cell.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(cell.locator(".cell_output")).to_contain_text("7969", timeout=90_000)
    cell.get_by_role("button", name=re.compile("^Reset")).click()
    expect(cell.get_by_role("textbox")).to_have_count(0)
    expect(cell.locator(".cell_input pre")).to_be_visible()


def test_an_edited_earlier_cell_changes_what_a_later_one_shows(shared_page):
    page = shared_page(LIGHT)
    rewrite(page, cell_with(page, "def sigma(z)"), "sigma = [1, 2, 3]\n")
    later = cell_with(page, FORMULA)
    rewrite(page, later, "len(sigma)")
    run(later)
    expect(later.locator(".cell_output")).to_have_text("3")


def test_that_python_starts_anew_is_said_with_the_reason_and_only_then(shared_page):
    page = shared_page(LIGHT)
    cell = cell_with(page, "def sigma")
    run(cell)
    heard = """(cell) => {
      window.heard = [];
      const status = cell.querySelector(".live-status");
      new MutationObserver(() => heard.push(status.textContent)).observe(status, {
        childList: true, characterData: true, subtree: true,
      });
    }"""
    cell.evaluate(heard)
    run(cell)
    assert not [text for text in page.evaluate("heard") if "Loading" in text or "anew" in text]
    rewrite(page, cell, "import numpy as np\nnp.sin = np.cos")
    run(cell)
    run(cell)
    assert [text for text in page.evaluate("heard") if "so Python starts anew" in text]
    rewrite(page, cell, "1 + 1")
    run(cell)


def test_an_error_shows_a_traceback_of_the_cell(shared_page):
    page = shared_page(LIGHT)
    cell = cell_with(page, FORMULA)
    rewrite(page, cell, "def f():\n    return np.ones(3) @ np.ones(4)\n\nf()")
    run(cell)
    error = cell.locator(".live-error")
    expect(error).to_contain_text("return np.ones(3) @ np.ones(4)")
    assert "kernel.py" not in error.inner_text()
    expect(cell.locator(".live-status")).to_contain_text("ValueError: matmul")


def test_an_endless_loop_is_stopped_and_the_next_run_works(shared_page):
    page = shared_page(LIGHT)
    cell = cell_with(page, FORMULA)
    rewrite(page, cell, "print('begun')\nwhile True: pass\n")
    page.keyboard.press("Control+Enter")
    expect(cell.locator(".cell_output")).to_contain_text("begun", timeout=90_000)
    cell.get_by_role("button", name=re.compile("^Stop")).click()
    expect(cell.locator(".live-status")).to_have_text("Stopped. Run starts anew.")
    expect(cell.get_by_role("button", name=re.compile("^Run"))).to_be_focused()
    cell.get_by_role("button", name=re.compile("^Reset")).click()
    run(cell)
    expect(cell.locator(".cell_output")).to_contain_text("holds")


CHECKED = 'check("eq-softmax"'


def test_a_check_says_as_much_as_on_the_built_page(shared_page):
    page = shared_page("derive/softmax")
    cell = cell_with(page, CHECKED)
    unfold(cell)
    line = cell.locator(".equation-check")
    built, link = line.inner_text(), line.get_by_role("link").get_attribute("href")
    run(cell)
    expect(cell.locator(".cell_output")).to_have_class(re.compile("live-output"))
    shown = line.inner_text()
    numbers = re.compile(r"\d\.\de-\d+")
    assert numbers.sub("x", shown) == numbers.sub("x", built)
    assert line.get_by_role("link").get_attribute("href") == link


def test_a_failed_check_shows_the_readers_line_and_none_of_what_checks(shared_page):
    page = shared_page("derive/softmax")
    cell = cell_with(page, CHECKED)
    number = cell.locator(".live-controls").get_attribute("data-cell")
    wrong = (
        'Z = np.array([[1.0, 2.0], [3.0, 5.0]])\ncheck("eq-softmax", nnfs.softmax(Z), Z, terms=7)'
    )
    rewrite(page, cell, wrong)
    cell = page.locator(".cell", has=page.locator(f'[data-cell="{number}"]'))
    run(cell)
    told = cell.locator(".live-error").inner_text()
    assert re.findall(r"^  (?:In|File) .*", told, re.MULTILINE) == [
        next(line for line in told.splitlines() if "line 2" in line)
    ]
    assert "nnfs.softmax(Z), Z, terms=7" in told
    assert "eq-softmax fails: worst error" in told


def test_a_figure_keeps_its_caption_and_says_that_it_is_new(shared_page):
    page = shared_page("derive/softmax")
    cell = page.locator(".cell", has=page.locator("figure")).first
    caption = cell.locator("figcaption").inner_text()
    run(cell)
    picture = cell.locator("figure img")
    expect(picture).to_have_attribute("src", re.compile("^blob:"))
    expect(picture).to_have_attribute("alt", re.compile("just drawn"))
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    assert cell.locator("figcaption").inner_text() == caption


def test_results_from_fewer_images_are_marked(shared_page):
    page = shared_page("see/one-page")
    cell = cell_with(page, "x_train.shape, y_train.shape")
    run(cell)
    expect(cell.locator(".cell_output")).to_contain_text("((784, 3000), (3000,)")
    expect(cell.locator(".live-note")).to_contain_text("a part of the digits")


def test_a_cell_that_cannot_run_says_why(shared_page):
    page = shared_page("derive/softmax")
    cell = cell_with(page, "check_symbols(")
    expect(cell.locator(".live-away")).to_contain_text("needs SymPy")
    expect(cell.locator(".live-controls button")).to_have_text(["Link"])


def test_a_page_opened_as_a_file_says_how_to_run_it(new_page, site):
    page = new_page()
    page.goto((site / f"{LIGHT}.html").as_uri(), wait_until="load")
    cell = cell_with(page, FORMULA)
    run(cell)
    expect(cell.locator(".live-status")).to_contain_text("python -m http.server")


def test_a_file_that_is_not_the_expected_one_is_refused(open_page_of_the_cdn, context):
    page = open_page_of_the_cdn(LIGHT)
    context.route(
        "**/pyodide.asm.js",
        lambda route: route.fulfill(
            body="self.foreign = true", headers={"Access-Control-Allow-Origin": "*"}
        ),
    )
    cell = cell_with(page, FORMULA)
    run(cell)
    expect(cell.locator(".live-status")).to_contain_text("pyodide.asm.js could not be loaded")


def test_arrays_and_events_pass_between_page_and_python(shared_page):
    page = shared_page(LIGHT)
    shown = page.evaluate(
        """async () => {
          const shown = [];
          const X = { data: new Float32Array([1, 2, 3, 4, 5, 6]), shape: [2, 3] };
          const code = `from sphinx_live_cells.browser import send_event
send_event("sums", {"rows": X.sum(axis=1), "type": str(X.dtype), "n": n})`;
          const succeeded = await livePython.run(
            code, { space: "test", variables: { X, n: 3 } }, (m) => shown.push(m));
          const event = shown.find((m) => m.kind === "event");
          return { succeeded, name: event.name, type: event.value.type, n: event.value.n,
                   rows: [...event.value.rows.data], shape: event.value.rows.shape };
        }"""
    )
    assert shown == {
        "succeeded": True,
        "name": "sums",
        "type": "float32",
        "n": 3,
        "rows": [6, 15],
        "shape": [2],
    }


def test_a_page_without_javascript_has_no_buttons(new_page, site):
    page = new_page(java_script_enabled=False)
    page.goto((site / "see" / "one-page.html").as_uri())
    assert page.locator(".live-controls button").count() == 0
    assert page.locator(".live-controls >> visible=true").count() == 0


def test_what_is_loaded_at_the_first_run_is_listed_with_hashes(site):
    settings = json.loads((site / "live" / "live.json").read_text("utf8"))
    bundle = site / "live" / settings["bundle"]
    assert bundle.stat().st_size == settings["files"][settings["bundle"]]["size"] < 1_150_000
    assert all(file["integrity"].startswith("sha256-") for file in settings["files"].values())


def test_what_a_notebook_cell_uses_works_in_a_page_or_says_what_to_do(shared_page):
    codes = {name: code for name, (code, _) in {**PASTED, **ONLY_IN_A_PAGE}.items()}
    page = shared_page("see/one-page")
    found = page.evaluate(
        """async (codes) => {
              const found = {};
              for (const [space, code] of Object.entries(codes)) {
                found[space] = [];
                try {
                  await livePython.run(code, { space }, (message) => {
                    if (message.kind !== "progress") found[space].push(message);
                  });
                } catch (error) {
                  found[space].push({ kind: "end", text: error.message });
                }
              }
              return found;
            }""",
        codes,
    )
    other = {
        name: differences(found[name], expected)
        for name, (_, expected) in {**PASTED, **ONLY_IN_A_PAGE}.items()
    }
    assert {name: shown for name, shown in other.items() if shown} == {}


def test_long_output_scrolls_inside_and_a_flood_of_it_is_cut(shared_page):
    page = shared_page(LIGHT)
    cell = cell_with(page, FORMULA)
    rewrite(page, cell, "for i in range(30_000): print(i, 'and so on')")
    run(cell)
    output = cell.locator(".cell_output")
    assert output.bounding_box()["height"] < 700
    expect(output.locator(".stream pre")).to_have_attribute("tabindex", "0")
    assert 100_000 < len(output.locator(".stream").inner_text()) <= 200_000
    expect(output.locator(".live-note")).to_contain_text("output cut")
    rewrite(page, cell, "a = 1\nb = (2 +")
    run(cell)
    assert "zip" not in output.inner_text()
    expect(output.locator(".live-error")).to_contain_text("line 2")
    rewrite(page, cell, "import matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    run(cell)
    expect(output.locator("img")).to_have_count(1)
    assert "font" not in output.inner_text()


def test_a_wait_says_what_it_is_for_and_how_long_it_is(shared_page):
    page = shared_page(LIGHT)
    page.evaluate(
        """() => {
          window.said = [];
          const tell = livePython.ticking((text) => said.push(text));
          tell(livePython.progress({ loaded: 5e6, total: 2e7 }));
          const next = { loaded: 2e7, total: 2e7, step: "Starting NumPy" };
          setTimeout(() => tell(livePython.progress(next)), 1200);
          setTimeout(() => tell(), 2500);
        }"""
    )
    page.wait_for_timeout(3600)
    said = page.evaluate("window.said")
    assert said[0] == "Loading Python: 5 of 20 MB"
    assert "Starting NumPy, 2 s" in said
    assert not any("3 s" in text for text in said)


README = Path(__file__).resolve().parents[2] / "README.md"
POLICY = re.search(
    r"```text\nContent-Security-Policy: (.*?)\n```", README.read_text("utf8"), re.DOTALL
)
FORBIDDEN = "forbids {} \\(Content-Security-Policy\\)"


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (POLICY and POLICY[1], "^Done"),
        (
            "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'",
            FORBIDDEN.format("the scripts of Python"),
        ),
        ("script-src 'self' blob: 'unsafe-inline'", FORBIDDEN.format("WebAssembly")),
        (
            "script-src 'self' blob: 'unsafe-inline' 'wasm-unsafe-eval'; connect-src 'none'",
            FORBIDDEN.format(r"a connection to 127[\d.:]+"),
        ),
        ("worker-src 'none'", FORBIDDEN.format("Python to start")),
    ],
)
def test_a_hosts_policy_is_named_as_the_cause(site, new_page, policy, words):
    with serve(site, pyodide=pyodide_folder(), policy=policy) as address:
        page = new_page(bypass_csp=False)
        page.goto(f"{address}/{LIGHT}.html")
        cell = cell_with(page, FORMULA)
        run(cell)
        expect(cell.locator(".live-status")).to_have_text(re.compile(words))


@pytest.mark.parametrize(
    ("without", "words"),
    [("Worker", "no web workers"), ("WebAssembly", "no WebAssembly")],
)
def test_a_browser_without_what_python_needs_says_so(open_page, context, without, words):
    if without == "Worker":
        context.add_init_script("delete window.Worker")
    else:
        context.route(
            "**/live-worker.js*",
            lambda route: route.fulfill(
                body="delete self.WebAssembly;\n" + route.fetch().text(),
                content_type="text/javascript",
            ),
        )
    page = open_page(LIGHT)
    cell = cell_with(page, FORMULA)
    run(cell)
    expect(cell.locator(".live-status")).to_contain_text(words)
