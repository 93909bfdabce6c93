"""The former name of `nnfs.checking`."""

import warnings

from nnfs.checking import COMPLEX_STEP as COMPLEX_STEP
from nnfs.checking import DIFFERENCE_STEP as DIFFERENCE_STEP
from nnfs.checking import KINK as KINK
from nnfs.checking import GradientCheck as GradientCheck
from nnfs.checking import Worst as Worst
from nnfs.checking import check_gradients as check_gradients
from nnfs.types import Gradient as Gradient

warnings.warn(
    "nnfs.gradients is now called nnfs.checking: import from there, or from nnfs; the old name "
    "goes in version 1.0",
    DeprecationWarning,
    stacklevel=2,
)
