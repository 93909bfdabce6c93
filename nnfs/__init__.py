"""A two-layer neural network in plain NumPy: the package behind Neural Networks from Scratch.

>>> import numpy as np, nnfs
>>> X = np.random.default_rng(0).random((7, 4))
>>> y = [0, 2, 1, 2]
>>> training = nnfs.train(X, y, hidden=5, n_classes=3, iterations=200)
>>> nnfs.accuracy(training.params, X, y)
1.0

The modules, in the order in which data flows: `interrupts`; `types`, `room`, `arguments` and
`returned`, which check what callers and their functions hand over; `data` with its readers `idx`,
`kaggle`, `table_lines`, `digit_files` and `file_kinds`; `functions`, `scores`, `activations`,
`layers`, `network`, `initialise`, `checking`, `regularise`; `tiles`, `engine`, `batches` and
`cluster`; `schedules`, `optimizers`, `divergence`, `descent`, `early_stopping`, `progress`,
`checkpoints`, `resuming` and `training`; `pictures`, `storage`, `plots` and `cli`.
`autograd` needs none of them. `gradients` is the former name of `checking`.
"""

from importlib import import_module
from types import ModuleType

from nnfs import interrupts as interrupts
from nnfs.arguments import ScaleWarning
from nnfs.checking import GradientCheck, check_gradients
from nnfs.data import MNIST, load_mnist
from nnfs.digit_files import DataError
from nnfs.functions import cross_entropy, log_softmax, one_hot, relu, relu_mask, softmax
from nnfs.initialise import init_params
from nnfs.layers import accuracy, predict
from nnfs.network import Activations, Parameters, backward, forward
from nnfs.optimizers import update
from nnfs.pictures import prepare_picture, read_picture
from nnfs.storage import load_parameters, save_parameters
from nnfs.training import DivergenceError, History, Training, train

__version__ = "0.2.0.dev0"

__all__ = ["MNIST", "DataError", "load_mnist"]
__all__ += ["cross_entropy", "log_softmax", "one_hot", "relu", "relu_mask", "softmax"]
__all__ += ["Activations", "Parameters", "backward", "forward", "init_params"]
__all__ += ["GradientCheck", "accuracy", "check_gradients", "predict"]
__all__ += ["DivergenceError", "History", "ScaleWarning", "Training", "train", "update"]
__all__ += ["load_parameters", "save_parameters"]
__all__ += ["prepare_picture", "read_picture"]


def __getattr__(name: str) -> ModuleType:
    """Import a module under a name that it had before; the module says what it is called now."""
    if name == "gradients":
        return import_module("nnfs.gradients")
    raise AttributeError(f"module 'nnfs' has no attribute {name!r}")
