"""What pages say of equations and their checks: the words, and links as the builder makes them."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import NoUri

from .compat import builder_of
from .folds import OPEN
from .pages import Shown, equation_link, known

WORDS = {
    "equal": "Checked as equal",
    "zero": "Checked as zero",
    "bound": "Checked as a bound",
    "symbols": "Checked in symbols",
}


def word_for(config: Config, label: str) -> str:
    """Return the word for an equation that states no result, such as "Definition", or nothing."""
    marks: dict[str, str] = config.equation_checks_unchecked
    return next((word for prefix, word in marks.items() if label.startswith(prefix)), "")


class Writer:
    """Says what is known of equations on the pages of one builder.

    Parameters
    ----------
    app : Sphinx
    env : BuildEnvironment
    """

    def __init__(self, app: Sphinx, env: BuildEnvironment) -> None:
        self.app, self.env, self.config = app, env, app.config

    @property
    def folds(self) -> bool:
        """Whether the pages can fold what they show."""
        return bool(self.app.builder.format == "html")

    def checks(self, label: str, docname: str) -> list[tuple[str, Shown]]:
        """Return the checks of an equation with their pages."""
        elsewhere = self.config.equation_checks_elsewhere
        return known(self.env).checks_of(label, docname, elsewhere=elsewhere)

    def number(self, label: str, here: str) -> str:
        """Return the number of an equation as references to it show it."""
        link = equation_link(label, here)
        domain, builder = self.env.get_domain("math"), self.app.builder
        inside = nodes.inline(label, label)
        found = domain.resolve_xref(self.env, here, builder, "eq", label, link, inside)
        return found.astext() if found is not None else label

    def note(self, docname: str, label: str, *, here: str) -> nodes.Element:
        """Return the line below an equation: what its checks found, and where it is in code.

        Parameters
        ----------
        docname, label : str
            Of the equation.
        here : str
            The page that the line is for.
        """
        note = nodes.paragraph("", "", *self.words(label), classes=["equation-note"])
        checks = self.checks(label, docname)
        if checks:
            note["classes"].append("checked")
        for kind in dict.fromkeys(shown.check.kind for _, shown in checks):
            note += self.finding([(p, s) for p, s in checks if s.check.kind == kind], here)
        note += self.code(label, here)
        return note

    def words(self, label: str) -> list[nodes.Node]:
        """Return what is said of an equation that states no result."""
        word = word_for(self.config, label)
        return [nodes.Text(f"{word}. ")] if word else []

    def code(self, label: str, here: str) -> list[nodes.Node]:
        """Return links to the objects that refer to an equation."""
        objects = [place for place, labels in known(self.env).objects().items() if label in labels]
        links: list[nodes.Node] = []
        for number, (page, name) in enumerate(objects):
            links += [
                nodes.Text(", " if number else "In code: "),
                self.link(here, page, name, name),
            ]
        return links

    def finding(self, same: list[tuple[str, Shown]], here: str) -> list[nodes.Node]:
        """Return what the checks of one kind found: the tightest, linked, and how many they are."""
        page, tightest = max(same, key=lambda found: found[1].check.tightness)
        words = WORDS.get(tightest.check.kind, f"Checked as {tightest.check.kind}")
        times = f", {len(same)} checks" if len(same) > 1 else ""
        there = self.folds or not tightest.under or self.config.equation_checks_print == OPEN
        name = self.link(here, page, tightest.anchor, words) if there else nodes.Text(words)
        return [name, nodes.Text(f": {tightest.check.finding}{times}. ")]

    def link(self, here: str, docname: str, anchor: str, text: str) -> nodes.Element:
        """Return a link from one page to a place of it or of another; words if there is none.

        A document in LaTeX need not have every page.
        """
        builder = builder_of(self.env)
        local = docname == here == self.env.docname and builder.name != "latex"
        try:
            address = "" if local else builder.get_relative_uri(here, docname)
        except NoUri:
            return nodes.inline("", text)
        uri = f"{address}#{anchor}" if anchor or local else address
        return nodes.reference("", text, internal=True, refuri=uri)
