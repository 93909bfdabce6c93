"""A site that carries Pyodide itself contacts no other host."""

import shutil

from playwright.sync_api import expect

from tests.book.conftest import small_book
from tests.browser.serving import pyodide_folder, serve

__all__ = ["small_book"]

PAGE = """
```{code-cell} ipython3
import matplotlib.pyplot as plt
import nnfs

x, y, *_ = nnfs.load_mnist("bundled")
fig, ax = plt.subplots()
ax.imshow(x[:, 0].reshape(28, 28));
```
"""


def test_the_unpacked_site_runs_cells_from_its_own_files(small_book, browser, tmp_path):
    folder = pyodide_folder()
    small_book.write(PAGE)
    result = small_book.build(BOOK_PYODIDE=str(folder))
    assert result.returncode == 0, result.stderr
    site = small_book.root / "book" / "_build" / "html"
    packed = shutil.make_archive(str(tmp_path / "site"), "tar", site)
    shutil.unpack_archive(packed, tmp_path / "unpacked")
    requests = []
    context = browser.new_context(bypass_csp=False)
    context.on("request", lambda request: requests.append(request.url))
    with serve(tmp_path / "unpacked") as address:
        page = context.new_page()
        page.goto(f"{address}/page.html")
        page.get_by_role("button", name="Run cell 1").click()
        expect(page.locator(".live-status")).to_contain_text("Done", timeout=90_000)
        expect(page.locator(".cell_output img")).to_be_visible()
        assert any(url.endswith("pyodide.asm.wasm") for url in requests)
        assert [url for url in requests if not url.startswith((address, "blob:", "data:"))] == []
    context.close()
