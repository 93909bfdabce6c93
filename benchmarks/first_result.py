"""From Run to the first result of a page, beside Pyodide with NumPy and nothing else.

python benchmarks/first_result.py [PAGE] [--site book/_build/html] [--rounds 5]

Both are cold loads by headless Chromium from this disk, one after the other in each round: the
page's first cell that prints, and a worker that loads Pyodide and NumPy and prints a product. It
needs requirements-test.txt, Debian's chromium, and Pyodide's files in the folder PYODIDE_DIR.
"""

import argparse
import os
import shutil
import statistics
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.serving import serve  # noqa: E402

BARE = """() => new Promise((resolve, reject) => {
  const code = `
    const began = performance.now();
    importScripts("${location.origin}/live/pyodide/pyodide.js");
    (async () => {
      const python = await loadPyodide({ indexURL: "${location.origin}/live/pyodide/" });
      await python.loadPackage("numpy", { messageCallback: () => {} });
      python.runPython("import numpy as np; print(np.eye(3) @ np.ones(3))");
      postMessage((performance.now() - began) / 1000);
    })();`;
  const worker = new Worker(URL.createObjectURL(new Blob([code])));
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => reject(new Error(event.message));
})"""

FIRST = """async () => {
  const first = liveCells.cells.find((cell) => cell.status
    && cell.box.querySelector(".cell_output pre")
    && !cell.box.closest("details"));
  const began = performance.now();
  await liveCells.run(first.number);
  if (first.status.dataset.state !== "done") throw new Error(first.status.textContent);
  return (performance.now() - began) / 1000;
}"""


def seconds(browser: Browser, address: str, measure: str) -> float:
    """Return what a measurement gave on a page that nothing was kept for."""
    # The measurements are texts, one of which makes a worker: the page's policy refuses both.
    context = browser.new_context(bypass_csp=True)
    try:
        page = context.new_page()
        page.goto(address, wait_until="load")
        page.wait_for_function("window.liveCells !== undefined")
        return float(page.evaluate(measure))
    finally:
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", nargs="?", default="derive/backpropagation")
    parser.add_argument("--site", type=Path, default=ROOT / "book" / "_build" / "html")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    pyodide = Path(os.environ.get("PYODIDE_DIR", ""), "pyodide.js").parent
    page = options.site / f"{options.page}.html"
    for there, what in (
        (chromium, "no chromium on this machine (Debian: apt install chromium)"),
        ((pyodide / "pyodide.js").is_file(), "PYODIDE_DIR names no folder of Pyodide"),
        (page.is_file(), f"{page} is not there: build the book first"),
    ):
        if not there:
            sys.exit(what)
    times: dict[str, list[float]] = {options.page: [], "bare Pyodide": []}
    with sync_playwright() as playwright, serve(options.site, pyodide=pyodide) as host:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for _ in range(options.rounds):
            address = f"{host}/{options.page}.html"
            times[options.page].append(seconds(browser, address, FIRST))
            times["bare Pyodide"].append(seconds(browser, address, BARE))
        browser.close()
    for name, measured in times.items():
        print(f"{name:24} best {min(measured):5.1f} s, median {statistics.median(measured):5.1f} s")
    pairs = zip(*times.values(), strict=True)
    print(f"ratio {statistics.median(ours / bare for ours, bare in pairs):.2f}")


if __name__ == "__main__":
    main()
