"""Pages live under their policy: all that is theirs works, and nothing that was put into them runs.

Other tests open pages without it, to look into them; here it holds, and pages are used by a pointer
and keys. A page tells of what is refused by an event, and the browser's console of that and of
errors.
"""

import http.server
import re
import threading

import pytest
from playwright.sync_api import expect

from tests.book.pages import all_pages
from tests.browser.firefox import firefox_page
from tests.browser.folds import unfold
from tests.browser.installed import firefox_program
from tests.browser.serving import answer_for_the_cdn, pyodide_folder, serve
from tests.browser.test_live_cells import cell_with, rewrite, run
from tests.browser.test_marked_exercises import ANSWERS, check, write
from tests.browser.test_watch_it_learn import press, status

LIGHT = "appendices/how-checks-work"
PAGES = [*(page.docname for page in all_pages()), "genindex", "search"]
STARTED = 90_000  # milliseconds, to load Python

TELL = """addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
  console.error(`refused by ${effectiveDirective}: ${blockedURI}`));"""

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
    "an address with a script": """() => {
      const script = document.createElement("script");
      script.src = "data:text/javascript,window.ran = true";
      document.body.append(script);
    }""",
    "a script of another host": """() => {
      const script = document.createElement("script");
      script.src = "https://cdn.jsdelivr.net/npm/ran.js";
      document.body.append(script);
    }""",
    "a script made on the page": """() => {
      const script = document.createElement("script");
      script.src = URL.createObjectURL(new Blob(["window.ran = true"]));
      document.body.append(script);
    }""",
    "a text run as a program": """() => {
      setTimeout("window.ran = true");
    }""",
    "a page within the page": """() => {
      const frame = document.createElement("iframe");
      frame.srcdoc = "<script>parent.ran = true</" + "script>";
      document.body.append(frame);
    }""",
    "another base of addresses": """() => {
      document.head.insertAdjacentHTML("beforeend", "<base href='https://example.org/'>");
    }""",
}
# What an injected text may send to another host, whose address it is given.
SENT = {
    "a request": "(host) => { fetch(host, { mode: 'no-cors' }).catch(() => 0); }",
    "a beacon": "(host) => { navigator.sendBeacon(host, 'kept'); }",
    "a picture": "(host) => { new Image().src = host; }",
    "a style": """(host) => {
      document.body.style.backgroundImage = `url(${host})`;
    }""",
    "a form": """(host) => {
      const form = `<form id='x' method='post' action='${host}'></form>`;
      document.body.insertAdjacentHTML("beforeend", form);
      document.getElementById("x").submit();
    }""",
}


@pytest.fixture
def told():
    """Return the list of what pages complain of."""
    return []


@pytest.fixture
def held(new_page, told):
    """Return a function that opens an address under the policy of its page."""

    def open_page(address, **settings):
        return watched(new_page(bypass_csp=False, **settings), told, address)

    return open_page


def watched(page, told, address):
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("console", lambda said: told.append(said.text) if said.type == "error" else None)
    page.add_init_script(TELL)
    page.goto(address, wait_until="load")
    return page


def wait_for(page, told):
    """Wait until something is told, and a moment more for what else may come."""
    for _ in range(100):
        if told:
            break
        page.wait_for_timeout(100)
    page.wait_for_timeout(100)


@pytest.mark.parametrize("name", INJECTED)
def test_what_is_put_into_a_page_does_not_run(held, address, told, name):
    page = held(f"{address}/{LIGHT}.html")
    assert told == []
    page.evaluate(INJECTED[name])
    wait_for(page, told)
    assert page.evaluate("window.ran") is None
    assert any(text.startswith("refused by") for text in told)


@pytest.fixture
def listening():
    """Return the address of another host and the list of methods that it was asked by."""
    asked = []

    class Listening(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.command)
            self.send_response(204)
            self.end_headers()

        def do_POST(self):
            self.do_GET()

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listening) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/x", asked
        server.shutdown()


@pytest.mark.parametrize("policy", [True, False], ids=["held", "without the policy"])
@pytest.mark.parametrize("name", SENT)
def test_nothing_is_sent_to_another_host(new_page, address, told, listening, name, policy):
    host, asked = listening
    page = watched(new_page(bypass_csp=not policy), told, f"{address}/{LIGHT}.html")
    page.evaluate(SENT[name], host)
    wait_for(page, told if policy else asked)
    assert bool(asked) is not policy
    assert any(text.startswith("refused by") for text in told) is policy


def test_without_the_policy_the_same_would_run(new_page, address):
    page = new_page()
    page.goto(f"{address}/{LIGHT}.html", wait_until="load")
    for name in ("a script", "a handler in an attribute", "an address with a script"):
        page.evaluate("delete window.ran")
        page.evaluate(INJECTED[name])
        page.wait_for_function("window.ran")


@pytest.mark.parametrize("way", ["served", "as a file"])
def test_the_landing_page_reads_a_digit_and_changes_its_colours(held, address, site, told, way):
    page = held(f"{address}/index.html" if way == "served" else (site / "index.html").as_uri())
    ink = page.locator(".digit-ink")
    ink.scroll_into_view_if_needed()
    box = ink.bounding_box()
    across, down = box["x"] + box["width"] / 2, box["y"]
    page.mouse.move(across, down + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(across, down + 0.8 * box["height"], steps=8)
    page.mouse.up()
    expect(page.locator(".digit-answer").first).to_have_text(re.compile("[0-9]"))
    page.locator(".digit-clear").click()
    expect(page.locator(".digit-answer").first).to_have_text("–")
    before = page.locator("html").get_attribute("data-theme")
    for _ in range(3):
        page.locator(".theme-switch-button").first.click()
        if page.locator("html").get_attribute("data-theme") != before:
            break
    assert page.locator("html").get_attribute("data-theme") != before
    assert told == []


def test_the_search_finds_and_leads_to_a_place(held, address, told):
    page = held(f"{address}/appendices/api.html")
    page.keyboard.press("Control+k")
    expect(page.locator("#pst-search-dialog input")).to_be_focused()
    page.keyboard.type("softmax")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=*")
    expect(page.locator(".search-summary")).to_contain_text("found", timeout=60_000)
    page.locator("#search-results li > a").first.click()
    expect(page.locator("article h1")).to_be_visible()
    assert told == []


def test_a_link_shows_what_it_leads_to(held, address, told):
    page = held(f"{address}/derive/softmax.html")
    link = page.locator(".bd-article section a.internal[href*='#equation-eq-softmax']:visible")
    link.first.scroll_into_view_if_needed()
    link.first.hover()
    expect(page.locator("#book-preview .katex")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#book-preview")).to_be_hidden()
    assert told == []


# Every kind of plaything is on one of these.
PLAYED = [
    "see/one-page",
    "see/slopes",
    "derive/a2-minus-y",
    "derive/gallery",
    "derive/matrices",
    "derive/relu",
    "appendices/does-not-learn",
]
CONTROLS = (
    "article :is(figure.plaything, .plaything) :is(button, [role=slider], input, select):visible"
)


@pytest.mark.exhaustive(share=1 / 7, fewest=1)
@pytest.mark.parametrize("name", PLAYED)
def test_playthings_go_by_keys(held, address, told, name):
    page = held(f"{address}/{name}.html")
    shown = page.locator("article").inner_html()
    controls = page.locator(CONTROLS)
    assert controls.count() > 1
    # Some controls come and go with others, and one brings everything back.
    seen = {shown}
    for control in controls.all()[:12]:
        if control.is_visible() and control.is_enabled():
            control.focus()
            page.keyboard.press("Enter")
            page.keyboard.press("ArrowRight")
            seen.add(page.locator("article").inner_html())
    assert len(seen) > 2
    assert told == []


@pytest.mark.exhaustive(share=0)
def test_a_chapter_runs_edits_draws_and_marks(held, address_with_python, told):
    page = held(f"{address_with_python}/derive/softmax.html")
    cell = cell_with(page, 'check("eq-softmax"')
    run(cell)
    expect(cell.locator(".live-status")).to_contain_text("Done")
    expect(cell.locator(".cell_output")).to_contain_text("holds")
    figure = "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()"
    rewrite(page, cell, figure)
    number = cell.locator(".live-controls").get_attribute("data-cell")
    cell = page.locator(".cell", has=page.locator(f'[data-cell="{number}"]'))
    run(cell)
    expect(cell.locator(".cell_output img[src^='blob:']")).to_be_visible()
    assert cell.locator(".cell_output img").evaluate("(img) => img.naturalWidth") > 0
    write(page, "softmax", ANSWERS["softmax"])
    assert check(page, "softmax")[0] == "passed"
    assert told == []


@pytest.mark.exhaustive(share=0)
def test_python_comes_from_its_public_address(browser, address, told):
    context = browser.new_context(bypass_csp=False)
    asked = answer_for_the_cdn(context, pyodide_folder())
    page = watched(context.new_page(), told, f"{address}/{LIGHT}.html")
    cell = cell_with(page, "formula = ")
    run(cell)
    expect(cell.locator(".live-status")).to_contain_text("Done")
    assert any("pyodide.asm.wasm" in url for url in asked)
    assert told == []
    context.close()


@pytest.mark.exhaustive(share=0)
def test_a_network_learns_and_is_drawn(held, address_with_python, told):
    page = held(f"{address_with_python}/train/original-job.html")
    press(page, "Step")
    expect(status(page)).to_contain_text("Iteration 1,", timeout=STARTED)
    assert told == []


@pytest.mark.exhaustive(share=0)
def test_firefox_runs_a_cell_under_the_policy(site, tmp_path):
    profile = tmp_path / "firefox"
    profile.mkdir()
    with (
        serve(site, pyodide=pyodide_folder()) as address,
        firefox_page(firefox_program(), profile) as page,
    ):
        page.goto(f"{address}/{LIGHT}.html")
        page.evaluate(
            f"(() => {{ window.told = []; {TELL.replace('console.error', 'told.push')} }})()"
        )
        page.evaluate(f"({INJECTED['a script']})()")
        assert page.evaluate("[window.ran ?? null, told.length]") == [None, 1]
        said = page.evaluate(f"({RUN})()")
        assert said == "3.5\n"
        assert page.evaluate("told.length") == 1


RUN = """async () => {
  const messages = [];
  await livePython.runCells(["import numpy as np; print(np.mean([3, 4]))"], 0,
    (message) => messages.push(message));
  return messages.filter(({ kind }) => kind === "stream").map(({ text }) => text).join("");
}"""


@pytest.mark.exhaustive
@pytest.mark.parametrize("way", ["served", "as a file"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_breaks_its_own_policy_nowhere(site, address, held, told, name, way):
    page = held(f"{address}/{name}.html" if way == "served" else (site / f"{name}.html").as_uri())
    unfold(page.locator("body"))
    folds = page.locator("article summary:visible")
    if folds.count():
        folds.first.press("Enter")
    assert page.locator("html").get_attribute("data-theme") in ("light", "dark")
    assert told == []
