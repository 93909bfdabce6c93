"""The mark of an equation: small where it stands, and open the evidence for what it says."""

from docutils import nodes

from .compat import title_of
from .folds import Fold, fold
from .pages import Notes, Shown
from .writer import Writer

CHECKED = "checked"


class Marks(Writer):
    """Says below each equation that it is checked, and keeps the cells that check it there."""

    def below(self, place: Notes) -> nodes.Element:
        """Return what stands below an equation on its own page.

        If its checks are folded, this is its mark and what is known of it besides; else a line.
        """
        label, here = place["label"], place["docname"]
        if not label:
            numbers = ", ".join(self.number(name, here) for name in place["labels"])
            mark = self.mark(f"checked: {numbers}", f"Check of {numbers}: checked", place, [], here)
            return nodes.container("", mark, classes=["equation-note", "folded"])
        checks = self.checks(label, here)
        elsewhere = [found for found in checks if found[1].under != label]
        if not place.children and not any(shown.under for _, shown in elsewhere):
            return self.note(here, label, here=here)
        if not self.folds:
            return nodes.container("", self.note(here, label, here=here), *self.evidence(place))
        below = nodes.container("", classes=["equation-note", "folded"])
        if place.children:
            spoken = f"Check of equation {self.number(label, here)}: {CHECKED}"
            below += self.mark(CHECKED, spoken, place, elsewhere, here)
        else:
            below += nodes.paragraph(
                "", "", *self.with_others(elsewhere, here), classes=["checked"]
            )
        rest = nodes.paragraph("", "", *self.words(label), *self.code(label, here))
        if rest.children:
            below += rest
        return below

    def evidence(self, place: Notes) -> list[nodes.Node]:
        """Return the cells that check an equation, for pages that show them all or none."""
        return [fold(CHECKED, *place.children, kind="equation-mark", titled=False)]

    def mark(
        self,
        seen: str,
        spoken: str,
        place: Notes,
        elsewhere: list[tuple[str, Shown]],
        here: str,
    ) -> Fold:
        """Return the mark of an equation, which opens its evidence."""
        last = nodes.paragraph("", "", classes=["equation-more"])
        if elsewhere:
            last += [nodes.Text("Also "), *self.with_others(elsewhere, here), nodes.Text(". ")]
        last += self.explanation(here)
        content = [*place.children, *([last] if last.children else [])]
        return fold(seen, *content, kind="equation-mark", spoken=spoken, titled=False)

    def with_others(self, checks: list[tuple[str, Shown]], here: str) -> list[nodes.Node]:
        """Return links to checks that are not in the mark of the equation itself."""
        links: dict[str, nodes.Node] = {}
        for page, shown in checks:
            words = CHECKED
            if shown.under and page == here:
                words = f"{CHECKED} with {self.number(shown.under, here)}"
            elif page != here:
                words = f"{CHECKED} in {title_of(self.env, page)}"
            links.setdefault(words, self.link(here, page, shown.anchor, words))
        return [part for link in links.values() for part in (nodes.Text(", "), link)][1:]

    def explanation(self, here: str) -> list[nodes.Node]:
        """Return a link to the page that explains what a check is, if the book has it."""
        labels = self.env.get_domain("std").data["labels"]
        found = labels.get(self.config.equation_checks_explained.lower())
        return [self.link(here, found[0], found[1], "How checks work")] if found else []
