"""Sphinx extension: a reference by a number, ``{numref}``, does not read the whole page again.

Sphinx looks at one element of the page that it refers to, and reads that page's file anew for each
reference, which took half the time in which it wrote this book. Here the elements with a name are
kept from the first reading: each by itself, so that no page stays in memory.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment


class Named:
    """What a reference asks of a page.

    Attributes
    ----------
    ids : dict
        Its elements by name, with their children and nothing below these.
    """

    def __init__(self, page: nodes.document) -> None:
        self.ids = {name: _alone(element) for name, element in page.ids.items()}


def _alone(element: nodes.Element) -> nodes.Element:
    """Return a copy of an element that keeps neither its page nor what its children hold."""
    copy = element.copy()
    copy.extend(child.copy() for child in element.children)
    for node in (copy, *copy.children):
        node.document = None
    return copy


class Reading:
    """An environment as a reference sees it, which reads each page once.

    Parameters
    ----------
    env : BuildEnvironment
    pages : dict of str to Named
        What was read; it grows.
    """

    def __init__(self, env: BuildEnvironment, pages: dict[str, Named]) -> None:
        self._env, self._pages = env, pages

    def __getattr__(self, name: str) -> Any:
        return getattr(self._env, name)

    def get_doctree(self, docname: str) -> Named:
        """Return what is kept of a page."""
        if docname not in self._pages:
            self._pages[docname] = Named(self._env.get_doctree(docname))
        return self._pages[docname]


class Numbers(StandardDomain):
    """Sphinx's own references, of which those by a number share what they read."""

    def __init__(self, env: BuildEnvironment) -> None:
        super().__init__(env)
        self._pages: dict[str, Named] = {}

    def resolve_xref(self, env: Any, *where: Any) -> nodes.Element | None:
        """Return the reference that takes the place of one that is waiting."""
        kind = where[2]
        if kind == "numref":
            env = Reading(env, self._pages)
        return super().resolve_xref(env, *where)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_domain(Numbers, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
