"""What a cell imports for a plaything: ``keep``, the kinds there are, and ``Question``."""

from kit.widgets.playing.cells.arrows import Arrows
from kit.widgets.playing.cells.culprit import Culprit, Patient
from kit.widgets.playing.cells.diagnosis import Case, Columns, Curve, Diagnosis, Rows
from kit.widgets.playing.cells.grid import Grid
from kit.widgets.playing.cells.kept import keep
from kit.widgets.playing.cells.network import Drawing, OneNudge, StepThrough
from kit.widgets.playing.cells.planes import Planes
from kit.widgets.playing.cells.question import Question
from kit.widgets.playing.cells.scores import SoftmaxSliders

__all__ = [
    "Arrows",
    "Case",
    "Columns",
    "Culprit",
    "Curve",
    "Diagnosis",
    "Drawing",
    "Grid",
    "OneNudge",
    "Patient",
    "Planes",
    "Question",
    "Rows",
    "SoftmaxSliders",
    "StepThrough",
    "keep",
]
