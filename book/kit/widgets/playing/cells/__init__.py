"""What a cell imports for a plaything: ``keep`` and the kinds there are."""

from kit.widgets.playing.cells.grid import Grid
from kit.widgets.playing.cells.kept import keep
from kit.widgets.playing.cells.network import Drawing, OneNudge, StepThrough
from kit.widgets.playing.cells.planes import Planes
from kit.widgets.playing.cells.scores import SoftmaxSliders

__all__ = ["Drawing", "Grid", "OneNudge", "Planes", "SoftmaxSliders", "StepThrough", "keep"]
