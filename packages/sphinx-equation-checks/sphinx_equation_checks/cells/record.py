"""What a check or a claim has found, and the form in which its output carries that to the page.

The cell writes the record and the extension reads it, both by this module; so neither repeats the
words of the other.

>>> made = Check("eq-square", "zero", 0.0, 4.4e-16, (CANCELLING,))
>>> Check.from_html(made._repr_html_()) == made
True
>>> said = Confirmed("two is less than three")
>>> Confirmed.from_html(said._repr_html_()) == said
True
"""

from dataclasses import dataclass
from html import escape
from xml.etree import ElementTree

NUDGE = 1e-4
"""The relative size of the smallest disturbance that a check has to notice."""

FACTOR = "a factor of 1.0001"
SIGN = "a flipped sign"
TRANSPOSE = "a transposition"
CANCELLING = "1e-4 of what cancels"
EXCHANGED = "the sides exchanged"
BEYOND = "1e-4 beyond the limit"

MUST_NOTICE = {
    "equal": (FACTOR, SIGN),
    "zero": (CANCELLING,),
    "bound": (EXCHANGED, BEYOND),
    "symbols": (FACTOR, SIGN),
}
"""By the kind of a statement: the disturbances that each of its checks is seen to notice."""

START = '<p class="equation-check" data-label='
START_OF_CLAIM = '<p class="claim-confirmed" data-claim='


def measured_by(kind: str, *, scaled: bool) -> str:
    """Return what the error of a check of a kind is relative to, in words."""
    return "the terms" if kind == "zero" or scaled else "the largest entry"


class RecordError(ValueError):
    """The output of a check or a claim that cannot be read."""


@dataclass(frozen=True, repr=False)
class Check:
    """A check that held.

    Attributes
    ----------
    label : str
        Of the equation.
    kind : {"equal", "zero", "bound", "symbols"}
    error, bound : float
        The largest error and what it may be, relative to the scale. Of an inequality the error is
        minus the slack of the tightest entry.
    noticed : tuple of str
        The disturbances under which the same check was seen to fail.
    truncation : float
        The part of the bound that is not rounding.
    of : str
        What was compared, where an equation has several checks, such as ``"dW1"``.
    scaled : bool
        Whether two equal sides were measured by the terms instead of by the largest entry.
    """

    label: str
    kind: str
    error: float
    bound: float
    noticed: tuple[str, ...]
    truncation: float = 0.0
    of: str = ""
    scaled: bool = False

    @property
    def finding(self) -> str:
        """The result in words."""
        if self.kind == "symbols":
            return "the same for all values of the symbols"
        cause = "truncation and rounding" if self.truncation else "rounding alone"
        if self.kind == "bound" and self.error > 0:
            return f"over by {self.error:.1e}; {cause} could cause {self.bound:.1e}"
        if self.kind == "bound":
            # Adding 0 lets no minus zero be shown.
            return f"the tightest entry has {0 - self.error:.1e} to spare"
        if self.bound == 0:
            return "no difference, and none allowed"
        what = "remainder" if self.kind == "zero" else "difference"
        measure = measured_by(self.kind, scaled=self.scaled)
        largest = f"largest {what} {self.error:.1e}, relative to {measure}"
        largest = largest if self.error else f"no {what} at all"
        return f"{largest}; {cause} could cause {self.bound:.1e}"

    @property
    def missing(self) -> tuple[str, ...]:
        """What a check of this kind has to have noticed, and this one has not."""
        if self.kind not in MUST_NOTICE:
            return (f"what a check of the kind {self.kind!r} must",)
        return tuple(name for name in MUST_NOTICE[self.kind] if name not in self.noticed)

    @property
    def tightness(self) -> float:
        """How near the check is to failing; the larger, the nearer."""
        return self.error / self.bound if self.error > 0 < self.bound else self.error

    def __repr__(self) -> str:
        return f"{self.label}: {self.kind}, {self.finding}"

    def _repr_html_(self) -> str:
        record = {
            "label": self.label,
            "kind": self.kind,
            "error": self.error,
            "bound": self.bound,
            "noticed": "; ".join(self.noticed),
            "truncation": self.truncation,
            "finding": self.finding,
            **({"of": self.of} if self.of else {}),
            **({"scaled": True} if self.scaled else {}),
        }
        data = " ".join(f'data-{key}="{escape(str(value))}"' for key, value in record.items())
        return f'<p class="equation-check" {data}>{escape(f"{self.label} {self.outcome}")}</p>'

    @property
    def outcome(self) -> str:
        """The result as a sentence, to follow the name of the equation."""
        of = f"for {self.of} " if self.of else ""
        result = f"{of}holds: {self.finding}."
        if not self.noticed:
            return result
        times = "each time" if len(self.noticed) > 1 else "as it must"
        spoilt = ", ".join(self.noticed)
        return f"{result} We also spoiled it on purpose ({spoilt}), and it failed {times}."

    @classmethod
    def from_html(cls, text: str) -> "Check | None":
        """Return the check that an output in HTML is the record of.

        Parameters
        ----------
        text : str

        Returns
        -------
        Check or None
            None if the output is no record of a check.

        Raises
        ------
        RecordError
            If it begins as one does, and cannot be read.
        """
        data = _data(text, START)
        if data is None:
            return None
        try:
            return cls(
                label=data["data-label"],
                kind=data["data-kind"],
                error=float(data["data-error"]),
                bound=float(data["data-bound"]),
                noticed=tuple(name for name in data["data-noticed"].split("; ") if name),
                truncation=float(data.get("data-truncation", 0.0)),
                of=data.get("data-of", ""),
                scaled="data-scaled" in data,
            )
        except KeyError as error:
            raise RecordError(f"it has no {error.args[0]}") from None
        except ValueError as error:
            raise RecordError(str(error)) from None


@dataclass(frozen=True, repr=False)
class Confirmed:
    """A claim that was found true.

    Attributes
    ----------
    text : str
        The sentence.
    """

    text: str

    def __repr__(self) -> str:
        return f"confirmed: {self.text}"

    def _repr_html_(self) -> str:
        text = escape(self.text)
        return f'<p class="claim-confirmed" data-claim="{text}">confirmed: {text}</p>'

    @classmethod
    def from_html(cls, text: str) -> "Confirmed | None":
        """Return the claim that an output in HTML is the record of; as `Check.from_html`."""
        data = _data(text, START_OF_CLAIM)
        return None if data is None else cls(data["data-claim"])


def _data(text: str, start: str) -> dict[str, str] | None:
    """Return the attributes of a record that begins in a certain way; None of anything else."""
    text = text.strip()
    if not text.startswith(start):
        return None
    try:
        return dict(ElementTree.fromstring(text).attrib)
    except ElementTree.ParseError as error:
        raise RecordError(f"its HTML is broken, {error}") from None
