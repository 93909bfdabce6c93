"""Check any gradient against derivatives that need nothing but the loss.

Two derivatives of the loss J with respect to one parameter p, both taken in double precision:

* the central difference (J(p + h) - J(p - h)) / 2h, wrong by about h^2 from truncation and by
  about 1e-16 / h from rounding;
* the complex step Im J(p + ih) / h, exact to rounding because nothing is subtracted.

The complex step cannot see a kink: at a bend of ReLU it returns the slope of one side. Where the
central difference steps across a bend the two disagree, and such an entry is reported apart.

Errors are relative to the largest entry of the gradient's block (W1, b1, ...). A block that is zero
throughout is measured against the largest entry of all blocks.

Where a network is right about every example the gradient is a small rest of large terms, and what
rounding leaves of it is not small beside it. How large the terms are shows in the gradient for
other labels, which the network gets wrong. So where an error is beyond the usual bounds, it is
measured against a share of that instead.

Gradients in single precision are compared twice: as they are, within what rounding to single
precision allows, and computed again in double, where only a wrong formula can leave an error.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from nnfs import arguments, network, returned
from nnfs.types import Array, Gradient

Loss: TypeAlias = Callable[[Array], Any]

DIFFERENCE_STEP = float(np.cbrt(np.finfo(np.float64).eps))
COMPLEX_STEP = 1e-30
KINK = 1e-6


class Bounds(NamedTuple):
    """The largest errors that rounding explains.

    Attributes
    ----------
    differences, complex_step : float
        Against each derivative.
    """

    differences: float
    complex_step: float


BOUNDS = {
    np.dtype(np.float64): Bounds(1e-8, 1e-12),
    np.dtype(np.float32): Bounds(1e-5, 1e-5),
}
SHARE = 0.1
"""Of the terms of a gradient, what an error is measured against at least."""


class Worst(NamedTuple):
    """The largest relative error, with its block and its row and column there.

    Attributes
    ----------
    error : float
    block : str, such as "W1"
    entry : (int, int)
    """

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
    in_double : GradientCheck or None
        Of gradients in single precision, the check of the same gradients in double.
    """

    differences: Worst
    complex_step: Worst
    checked: int
    kinks: tuple[tuple[str, tuple[int, ...]], ...]
    unchecked: tuple[str, ...]
    dtype: "np.dtype[Any]" = np.dtype(np.float64)  # noqa: RUF009
    in_double: "GradientCheck | None" = None

    @property
    def worst(self) -> Worst:
        """The larger of the two errors, with its place."""
        return max(self.differences, self.complex_step, key=lambda worst: worst.error)

    def passed(self, differences: float | None = None, complex_step: float | None = None) -> bool:
        """Whether both errors are within these bounds and no block went unchecked.

        By default the bounds are what rounding allows: 1e-8 and 1e-12 for gradients in double
        precision, 1e-5 for both in single. Gradients in single precision must then pass in double
        as well, so that an error that rounding could explain is found all the same.

        Parameters
        ----------
        differences, complex_step : float, optional
            How large the worst relative error of either way may be.
        """
        usual = BOUNDS[self.dtype]
        bounds = usual._replace(
            differences=usual.differences if differences is None else differences,
            complex_step=usual.complex_step if complex_step is None else complex_step,
        )
        formula = self.in_double is None or bounds != usual or self.in_double.passed()
        return formula and self.within(bounds)

    def within(self, bounds: Bounds) -> bool:
        """Whether both errors are within these bounds and no block went unchecked."""
        return (
            self.differences.error <= bounds.differences
            and self.complex_step.error <= bounds.complex_step
            and not self.unchecked
        )

    def __str__(self) -> str:
        unknown = f"; nothing known of {', '.join(self.unchecked)}" if self.unchecked else ""
        formula = ""
        if self.in_double is not None and not self.in_double.passed():
            formula = f"\nin double precision: worst error {self.in_double.worst}"
        return (
            f"central differences: worst error {self.differences}\n"
            f"complex step:        worst error {self.complex_step}\n"
            f"{self.checked} entries, {len(self.kinks)} at a kink{unknown}{formula}"
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
    arguments.function(gradient, "gradient", "params", "X", "y")
    X, params = arguments.examples(X), arguments.blocks(params)
    arguments.finite(params)
    params = arguments.start(params)
    arguments.shapes(params, X)
    y = arguments.labels(y, params[-1].shape[-2], X.shape[-1])
    dtype = _dtype(params)
    manual = _gradients(gradient, params, X, y)

    theta, double = _vector(params), X.astype(np.float64)
    chosen = _chosen(params, sample, arguments.generator(seed))

    def loss(theta: Array) -> Any:
        moved = _blocks(theta, params)
        return returned.gradient(gradient(moved, double, y), moved, y.size)[0]

    derivatives = _Derivatives(
        params,
        chosen,
        *_central_differences(loss, theta, chosen),
        np.array([_complex_step(loss, theta, i) for i in chosen]),
    )

    def report(manual: Array, dtype: "np.dtype[Any]", **more: Any) -> GradientCheck:
        plain = derivatives.report(manual[chosen], np.zeros(len(params)), dtype, **more)
        if plain.within(BOUNDS[dtype]):
            return plain
        least = SHARE * _terms(gradient, _blocks(theta, params), double, y)
        finer = derivatives.refined(loss, theta, manual[chosen], least, BOUNDS[dtype].differences)
        acquitted = finer.report(manual[chosen], least, dtype, **more)
        # Of what is wrong the error is told as it is, relative to the gradient itself.
        return acquitted if acquitted.within(BOUNDS[dtype]) else plain

    if dtype == np.float64:
        return report(manual, dtype)
    again = _gradients(gradient, _blocks(theta, params), double, y)
    return report(manual, dtype, in_double=report(again, np.dtype(np.float64)))


def _dtype(params: Sequence[Array]) -> "np.dtype[Any]":
    """Return float64, or float32 where any parameter has no more digits than that."""
    single = any(P.dtype == np.float32 for P in params)
    return np.dtype(np.float32 if single else np.float64)


def _gradients(gradient: Gradient, params: Sequence[Array], X: Array, y: Array) -> Array:
    return _vector(returned.gradient(gradient(params, X, y), params, y.size)[2])


def _terms(gradient: Gradient, params: Sequence[Array], X: Array, y: Array) -> Array:
    """Return for each block how large the terms are that its gradient is the sum of.

    It is the largest entry of the gradient for labels that the network gets wrong: other ones, and
    one for all, whose terms do not cancel. Differences of large logits are known to fewer digits
    than those of small ones, and the loss is about as large as they are.
    """
    terms = np.zeros(len(params))
    for others in ((y + 1) % params[-1].shape[-2], np.zeros_like(y)):
        loss, _, gradients = returned.gradient(gradient(params, X, others), params, y.size)
        sizes = [float(np.abs(dP).max()) for dP in gradients]
        terms = np.maximum(terms, np.multiply(sizes, max(1.0, float(np.real(loss)))))
    return terms


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


def _central_differences(loss: Loss, theta: Array, chosen: Array) -> tuple[Array, Array]:
    """Return the central difference of each entry, and how far the slopes beside it differ."""
    middle = loss(theta)
    found = [_central_difference(loss, theta, i, DIFFERENCE_STEP, middle) for i in chosen]
    return np.array([slope for slope, _ in found]), np.array([bend for _, bend in found])


def _central_difference(
    loss: Loss, theta: Array, i: int, step: float, middle: Any
) -> tuple[Any, Any]:
    right, left = theta.copy(), theta.copy()
    right[i] += step
    left[i] -= step
    after, before = loss(right), loss(left)
    return (after - before) / (right[i] - left[i]), abs(after - 2 * middle + before) / step


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


def _finer_difference(loss: Loss, theta: Array, i: int) -> tuple[Any, Any]:
    """Return the central difference of the step, of many, that seems to be wrong by least.

    Rounding of the loss counts by the step, and truncation shows in what a step ten times as long
    returns.
    """
    middle = loss(theta)
    rounding = np.finfo(np.float64).eps * max(1.0, abs(middle))
    steps = DIFFERENCE_STEP * 10.0 ** np.arange(-4, 4)
    found = [_central_difference(loss, theta, i, step, middle) for step in steps]
    slopes = np.array([slope for slope, _ in found])
    errors = rounding / steps[1:] + np.abs(np.diff(slopes))
    return found[1 + int(errors.argmin())]


@dataclass(frozen=True)
class _Derivatives:
    """Both derivatives with respect to the chosen entries.

    Attributes
    ----------
    params : sequence of arrays
    chosen : (k,) array of int, places among all entries of params
    central, steps : (k,) arrays, the central differences and the complex steps
    bends : (k,) array, how far the slopes on both sides differ
    """

    params: Sequence[Array]
    chosen: Array
    central: Array
    bends: Array
    steps: Array

    @property
    def blocks(self) -> Array:
        """Of each entry, the place of its parameter."""
        ends = np.cumsum([P.size for P in self.params])
        return np.searchsorted(ends, self.chosen, side="right")

    def scale(self, manual: Array, least: Array) -> Array:
        """Return what the errors are relative to: the block's largest entry, or more than that.

        Parameters
        ----------
        manual : (k,) array
            The gradient that is checked.
        least : array of one number a parameter
        """
        size = np.maximum(np.abs(manual), np.abs(self.steps))
        largest = np.zeros(len(self.params))
        np.maximum.at(largest, self.blocks, size)
        largest = np.where(largest > 0, largest, size.max() or 1.0)
        return np.asarray(np.maximum(largest, least)[self.blocks])

    def kinks(self, scale: Array) -> Array:
        """Return at which entries the central difference steps across a bend.

        There it is wrong by half of what the slopes on both sides differ by, wherever in the step
        the bend is. What truncation leaves is small beside that.
        """
        apart = np.abs(self.central - self.steps)
        return np.asarray((apart > KINK * scale) & (apart > self.bends / 4))

    def unchecked(self, kinks: Array) -> Array:
        """Return the places of the parameters that are all kinks."""
        return np.array([n for n in np.unique(self.blocks) if kinks[self.blocks == n].all()], int)

    def refined(
        self, loss: Loss, theta: Array, manual: Array, least: Array, bound: float
    ) -> "_Derivatives":
        """Return the same with better central differences, where the step did not suit.

        It is too short where inputs are small and too long where they are large: what rounding or
        truncation then leaves shows as a difference from the complex step. At a bend no step suits.
        """
        scale = self.scale(manual, least)
        kinks = self.kinks(scale)
        unknown = np.isin(self.blocks, self.unchecked(kinks))
        doubtful = (np.abs(self.central - self.steps) > bound * scale) & (~kinks | unknown)
        central, bends = self.central.copy(), self.bends.copy()
        for at in np.flatnonzero(doubtful):
            central[at], bends[at] = _finer_difference(loss, theta, int(self.chosen[at]))
        return replace(self, central=central, bends=bends)

    def report(
        self,
        manual: Array,
        least: Array,
        dtype: "np.dtype[Any]",
        in_double: GradientCheck | None = None,
    ) -> GradientCheck:
        """Return how a gradient compares; ``least`` is as for `scale`."""
        if not np.isfinite([self.central, self.steps, manual]).all():
            raise ValueError("the loss or its gradient is not finite at these parameters")
        scale = self.scale(manual, least)
        kinks = self.kinks(scale)

        def worst(derivative: Array) -> Worst:
            errors = np.where(kinks, -1.0, np.abs(manual - derivative) / scale)
            at = int(errors.argmax())
            return Worst(0.0, "none", ()) if kinks.all() else Worst(float(errors[at]), *self.at(at))

        return GradientCheck(
            differences=worst(self.central),
            complex_step=worst(self.steps),
            checked=len(self.chosen),
            kinks=tuple(self.at(int(at)) for at in np.flatnonzero(kinks)),
            unchecked=tuple(arguments.name(int(n)) for n in self.unchecked(kinks)),
            dtype=dtype,
            in_double=in_double,
        )

    def at(self, place: int) -> tuple[str, tuple[int, ...]]:
        """Return the name of an entry's block, and its row and column there."""
        block = int(self.blocks[place])
        start = sum(P.size for P in self.params[:block])
        entry = np.unravel_index(self.chosen[place] - start, self.params[block].shape)
        return arguments.name(block), tuple(map(int, entry))
