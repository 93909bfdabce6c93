"""What widgets share: a directive that may stand once on a page, and files for such pages only."""

import shutil
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective


class Widget(SphinxDirective):
    """A directive without arguments. A page that has it is marked with the directive's name.

    Attributes
    ----------
    mark : str
        The directive's name.
    folder : Path
        Where the widget lies, with its ``template.html``, its styles and scripts.
    address : str
        The folder of the site that gets styles and scripts.
    styles, scripts : tuple of str
        Names of files, in the order in which a page loads them, unless `needed` says otherwise.
    """

    mark: ClassVar[str]
    folder: ClassVar[Path]
    address: ClassVar[str]
    styles: ClassVar[tuple[str, ...]]
    scripts: ClassVar[tuple[str, ...]]

    @classmethod
    def markup(cls) -> str:
        """Return what stands on the page: the template as it is, unless a widget fills it in."""
        return (cls.folder / "template.html").read_text(encoding="utf8")

    def run(self) -> list[nodes.Node]:
        """Return the widget's markup and mark the page."""
        page = self.env.metadata[self.env.docname]
        if self.mark in page:
            raise self.error(f"a page can have one {self.mark} only")
        page[self.mark] = True
        return [nodes.raw("", self.markup(), format="html")]

    @classmethod
    def needed(cls, body: str) -> tuple[str, ...]:
        """Return the scripts that a page with this body needs, in the order of their loading."""
        return cls.scripts

    @classmethod
    def register(cls, app: Sphinx) -> None:
        """Register the directive, and its scripts and style for the pages that have it."""

        def add_files(
            app: Sphinx, pagename: str, _: str, context: dict[str, Any], *__: Any
        ) -> None:
            if cls.mark in app.env.metadata.get(pagename, {}):
                for style in cls.styles:
                    app.add_css_file(f"../{cls.address}/{style}")
                for script in cls.needed(context.get("body") or ""):
                    app.add_js_file(f"../{cls.address}/{script}")

        # Before pages are written: they name each file with a digest of what it holds.
        def copy_files(app: Sphinx, env: BuildEnvironment) -> None:
            if app.builder.format == "html":
                target = Path(app.outdir) / cls.address
                target.mkdir(parents=True, exist_ok=True)
                for name in (*cls.styles, *cls.scripts):
                    shutil.copyfile(cls.folder / name, target / name)

        app.add_directive(cls.mark, cls)
        app.connect("html-page-context", add_files)
        app.connect("env-updated", copy_files)
