"""Check any gradient against derivatives that need nothing but the loss.

Two derivatives of the loss J by one parameter p, both taken in double precision:

* the central difference (J(p + h) - J(p - h)) / 2h, wrong by about h^2 from truncation and by
  about 1e-16 / h from rounding;
* the complex step Im J(p + ih) / h, exact to rounding because nothing is subtracted.

The complex step cannot see a kink: at a bend of ReLU it returns the slope of one side. Where the
central difference steps across a bend the two disagree, and such an entry is reported apart.

Errors are relative to the largest entry of the gradient's block (W1, b1, ...). A block that is zero
throughout is measured against the largest entry of all blocks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from nnfs import arguments, network
from nnfs.arguments import Array

Gradient: TypeAlias = Callable[[Any, Array, Array], tuple[Any, int, Sequence[Array]]]
Loss: TypeAlias = Callable[[list[Array]], Any]

DIFFERENCE_STEP = float(np.cbrt(np.finfo(np.float64).eps))
COMPLEX_STEP = 1e-30
KINK = 1e-6


class Place(NamedTuple):
    """One entry of the parameters: the name of its block, and its row and column there."""

    block: str
    entry: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.block}[{', '.join(map(str, self.entry))}]"


class Worst(NamedTuple):
    """The largest relative error and where it is; ``place`` is None if nothing was compared."""

    error: float
    place: Place | None


@dataclass(frozen=True)
class GradientCheck:
    """What `check_gradients` found.

    Attributes
    ----------
    differences, complex_step : Worst
        Largest error against each derivative, kinks left out.
    checked : int
        How many entries were compared, kinks included.
    kinks : tuple of Place
        Entries whose central difference steps across a bend.
    unchecked : tuple of str
        Blocks of which every compared entry is a kink, so that nothing is known of them.
    """

    differences: Worst
    complex_step: Worst
    checked: int
    kinks: tuple[Place, ...]
    unchecked: tuple[str, ...]

    @property
    def worst(self) -> Worst:
        """The larger of the two errors, with its place."""
        return max(self.differences, self.complex_step, key=lambda worst: worst.error)

    def passed(self, differences: float = 1e-8, complex_step: float = 1e-12) -> bool:
        """Whether both errors are within these bounds and no block went unchecked."""
        return (
            self.differences.error <= differences
            and self.complex_step.error <= complex_step
            and not self.unchecked
        )

    def __str__(self) -> str:
        lines = [
            f"{name:<19} worst error {worst.error:.1e} at {worst.place}"
            for name, worst in (
                ("central differences", self.differences),
                ("complex step", self.complex_step),
            )
        ]
        lines.append(f"{self.checked} entries, {len(self.kinks)} at a kink")
        if self.unchecked:
            lines.append(f"nothing known of {', '.join(self.unchecked)}: every entry is at a kink")
        return "\n".join(lines)


def check_gradients(
    params: Sequence[Array],
    X: ArrayLike,
    y: ArrayLike,
    *,
    gradient: Gradient = network.gradient,
    sample: int | None = None,
    seed: int = 0,
) -> GradientCheck:
    """Compare the gradients of ``gradient`` with central differences and the complex step.

    Parameters
    ----------
    params : Parameters or another flat sequence W1, b1, ..., WL, bL of float32 or float64
        The gradients are taken in this dtype, the derivatives always in double precision.
    X : (n, m) array
    y : (m,) integer labels
    gradient : function (params, X, y) -> (loss, correct, gradients)
        Its loss must accept complex parameters.
    sample : int, optional
        Compare this many entries of each block, drawn by ``seed``, instead of all.
    seed : int

    Returns
    -------
    GradientCheck

    Raises
    ------
    ValueError
        If an argument does not fit, a gradient has another shape than its parameter, or the
        loss drops the imaginary part or is not finite.

    Notes
    -----
    Source: Squire and Trapp, Using complex variables to estimate derivatives of real functions
    (SIAM Review, 1998).

    Examples
    --------
    >>> import numpy as np, nnfs
    >>> params = nnfs.init_params(7, 5, 3, dtype=np.float64)
    >>> X = np.random.default_rng(0).random((7, 4))
    >>> nnfs.check_gradients(params, X, [0, 2, 1, 2]).passed()
    True
    """
    X = arguments.examples(X)
    arguments.shapes(params, X)
    arguments.finite(params)
    y = arguments.labels(y, params[-1].shape[-2], X.shape[-1])
    gradients = gradient(params, X, y)[2]
    _same_shapes(params, gradients)

    def loss(entries: list[Array]) -> Any:
        rebuilt = params._make(entries) if hasattr(params, "_make") else tuple(entries)
        return gradient(rebuilt, X.astype(np.float64), y)[0]

    places = _places(params, sample, arguments.generator(seed))
    central = _central_differences(loss, params, places)
    steps = _complex_steps(loss, params, places)
    manual = np.array([_entry(gradients, place) for place in places], np.float64)
    if not np.isfinite([central, steps, manual]).all():
        raise ValueError("the loss or its gradient is not finite at these parameters")
    return _compare(places, manual, central, steps)


def _same_shapes(params: Sequence[Array], gradients: Sequence[Array]) -> None:
    expected = [P.shape for P in params]
    found = [np.shape(dP) for dP in gradients]
    if found != expected:
        raise ValueError(f"gradients have shapes {found}; expected those of params, {expected}")


def _places(params: Sequence[Array], sample: int | None, rng: np.random.Generator) -> list[Place]:
    if sample is not None:
        sample = arguments.whole_number(sample, "sample", at_least=1)
    places = []
    for number, P in enumerate(params):
        chosen = np.arange(P.size)
        if sample is not None and sample < P.size:
            chosen = np.sort(rng.choice(P.size, sample, replace=False))
        rows = zip(*np.unravel_index(chosen, P.shape), strict=True)
        places += [Place(_block(number), tuple(map(int, entry))) for entry in rows]
    return places


def _block(number: int) -> str:
    return f"{'Wb'[number % 2]}{number // 2 + 1}"


def _number(block: str) -> int:
    return 2 * (int(block[1:]) - 1) + "Wb".index(block[0])


def _entry(blocks: Sequence[Array], place: Place) -> Any:
    return blocks[_number(place.block)][place.entry]


def _central_differences(loss: Loss, params: Sequence[Array], places: list[Place]) -> Array:
    moved = [P.astype(np.float64) for P in params]
    slopes = np.empty(len(places))
    for i, place in enumerate(places):
        block = moved[_number(place.block)]
        start = block[place.entry]
        right, left = start + DIFFERENCE_STEP, start - DIFFERENCE_STEP
        block[place.entry] = right
        rise = loss(moved)
        block[place.entry] = left
        slopes[i] = (rise - loss(moved)) / (right - left)
        block[place.entry] = start
    return slopes


def _complex_steps(loss: Loss, params: Sequence[Array], places: list[Place]) -> Array:
    moved = [P.astype(np.complex128) for P in params]
    slopes = np.empty(len(places))
    for i, place in enumerate(places):
        block = moved[_number(place.block)]
        start = block[place.entry]
        block[place.entry] = start + 1j * COMPLEX_STEP
        value = loss(moved)
        if not np.iscomplexobj(value):
            raise ValueError(
                f"the loss of complex parameters is {type(value).__name__}, not complex: "
                "remove float(), abs or a norm on the way to the loss"
            )
        slopes[i] = value.imag / COMPLEX_STEP
        block[place.entry] = start
    return slopes


def _compare(places: list[Place], manual: Array, central: Array, steps: Array) -> GradientCheck:
    blocks = np.array([place.block for place in places])
    size = np.maximum(np.abs(manual), np.abs(steps))
    scale = np.array([size[blocks == block].max() for block in blocks])
    scale = np.where(scale > 0, scale, size.max() or 1.0)
    kink = np.abs(central - steps) > KINK * scale

    def worst(derivative: Array) -> Worst:
        errors = np.where(kink, -1.0, np.abs(manual - derivative) / scale)
        place = int(errors.argmax())
        return Worst(0.0, None) if kink.all() else Worst(float(errors[place]), places[place])

    return GradientCheck(
        differences=worst(central),
        complex_step=worst(steps),
        checked=len(places),
        kinks=tuple(place for place, bent in zip(places, kink, strict=True) if bent),
        unchecked=tuple(b for b in dict.fromkeys(blocks.tolist()) if kink[blocks == b].all()),
    )
