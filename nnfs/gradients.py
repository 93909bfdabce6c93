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

Gradient: TypeAlias = Callable[..., tuple[Any, int, Sequence[Array]]]
Loss: TypeAlias = Callable[[Array], Any]

DIFFERENCE_STEP = float(np.cbrt(np.finfo(np.float64).eps))
COMPLEX_STEP = 1e-30
KINK = 1e-6


class Worst(NamedTuple):
    """The largest relative error, with its block and its row and column there."""

    error: float
    block: str
    entry: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.error:.1e} at {self.block}{list(self.entry)}"


@dataclass(frozen=True)
class GradientCheck:
    """What `check_gradients` found.

    Attributes
    ----------
    differences, complex_step : Worst
        Largest error against each derivative, kinks left out.
    checked : int
        How many entries were compared, kinks included.
    kinks : tuple of (block, entry)
        Entries whose central difference steps across a bend.
    unchecked : tuple of str
        Blocks of which every compared entry is a kink, so that nothing is known of them.
    dtype : dtype
        In which the gradients were taken.
    """

    differences: Worst
    complex_step: Worst
    checked: int
    kinks: tuple[tuple[str, tuple[int, ...]], ...]
    unchecked: tuple[str, ...]
    dtype: "np.dtype[Any]" = np.dtype(np.float64)  # noqa: RUF009

    @property
    def worst(self) -> Worst:
        """The larger of the two errors, with its place."""
        return max(self.differences, self.complex_step, key=lambda worst: worst.error)

    def passed(self, differences: float | None = None, complex_step: float | None = None) -> bool:
        """Whether both errors are within these bounds and no block went unchecked.

        By default the bounds are what rounding allows: 1e-8 and 1e-12 for gradients in double
        precision, 1e-5 for both in single.
        """
        usual = (1e-8, 1e-12) if self.dtype == np.float64 else (1e-5, 1e-5)
        differences = usual[0] if differences is None else differences
        complex_step = usual[1] if complex_step is None else complex_step
        within = self.differences.error <= differences and self.complex_step.error <= complex_step
        return within and not self.unchecked

    def __str__(self) -> str:
        unknown = f"; nothing known of {', '.join(self.unchecked)}" if self.unchecked else ""
        return (
            f"central differences: worst error {self.differences}\n"
            f"complex step:        worst error {self.complex_step}\n"
            f"{self.checked} entries, {len(self.kinks)} at a kink{unknown}"
        )


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
    Book: :eq:`eq-central-difference`, :eq:`eq-complex-step`.

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
    X, params = arguments.examples(X), arguments.blocks(params)
    arguments.shapes(params, X)
    arguments.finite(params)
    y = arguments.labels(y, params[-1].shape[-2], X.shape[-1])
    gradients = gradient(params, X, y)[2]
    arguments.same_shapes(gradients, params)

    double = X.astype(np.float64)

    def loss(theta: Array) -> Any:
        return gradient(_blocks(theta, params), double, y)[0]

    theta, manual = _vector(params), _vector(gradients)
    chosen = _chosen(params, sample, arguments.generator(seed))
    central = np.array([_central_difference(loss, theta, i) for i in chosen])
    steps = np.array([_complex_step(loss, theta, i) for i in chosen])
    if not np.isfinite([central, steps, manual[chosen]]).all():
        raise ValueError("the loss or its gradient is not finite at these parameters")
    return _compare(params, chosen, manual[chosen], central, steps)


def _vector(blocks: Sequence[Array]) -> Array:
    return np.concatenate([np.ravel(P) for P in blocks]).astype(np.float64)


def _blocks(theta: Array, like: Sequence[Array]) -> Any:
    ends = np.cumsum([P.size for P in like])[:-1]
    parts = zip(np.split(theta, ends), like, strict=True)
    return arguments.rebuilt(like, [part.reshape(P.shape) for part, P in parts])


def _chosen(params: Sequence[Array], sample: int | None, rng: "np.random.Generator") -> Array:
    sizes = [P.size for P in params]
    starts = np.cumsum([0, *sizes[:-1]])
    if sample is None:
        return np.arange(sum(sizes))
    count = arguments.whole_number(sample, "sample", at_least=1)
    drawn = [np.sort(rng.choice(size, min(count, size), replace=False)) for size in sizes]
    return np.concatenate([start + part for start, part in zip(starts, drawn, strict=True)])


def _central_difference(loss: Loss, theta: Array, i: int) -> Any:
    right, left = theta.copy(), theta.copy()
    right[i] += DIFFERENCE_STEP
    left[i] -= DIFFERENCE_STEP
    return (loss(right) - loss(left)) / (right[i] - left[i])


def _complex_step(loss: Loss, theta: Array, i: int) -> Any:
    moved = theta.astype(np.complex128)
    moved[i] += 1j * COMPLEX_STEP
    value = loss(moved)
    if not np.iscomplexobj(value):
        raise ValueError(
            f"the loss of complex parameters is {type(value).__name__}, not complex: "
            "remove float(), abs or a norm on the way to the loss"
        )
    return value.imag / COMPLEX_STEP


def _compare(
    params: Sequence[Array], chosen: Array, manual: Array, central: Array, steps: Array
) -> GradientCheck:
    ends = np.cumsum([P.size for P in params])
    block = np.searchsorted(ends, chosen, side="right")
    size = np.maximum(np.abs(manual), np.abs(steps))
    largest = np.zeros(len(params))
    np.maximum.at(largest, block, size)
    scale = np.where(largest > 0, largest, size.max() or 1.0)[block]
    kink = np.abs(central - steps) > KINK * scale

    def place(at: int) -> tuple[str, tuple[int, ...]]:
        P = params[block[at]]
        entry = np.unravel_index(chosen[at] - ends[block[at]] + P.size, P.shape)
        return arguments.name(int(block[at])), tuple(map(int, entry))

    def worst(derivative: Array) -> Worst:
        errors = np.where(kink, -1.0, np.abs(manual - derivative) / scale)
        at = int(errors.argmax())
        return Worst(0.0, "none", ()) if kink.all() else Worst(float(errors[at]), *place(at))

    return GradientCheck(
        differences=worst(central),
        complex_step=worst(steps),
        checked=len(chosen),
        kinks=tuple(place(int(at)) for at in np.flatnonzero(kink)),
        unchecked=tuple(arguments.name(int(n)) for n in np.unique(block) if kink[block == n].all()),
        dtype=np.result_type(*params, np.float32),
    )
