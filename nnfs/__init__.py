"""A two-layer neural network in plain NumPy: the package behind Neural Networks from Scratch.

>>> import numpy as np, nnfs
>>> X = np.random.default_rng(0).random((7, 4))
>>> y = [0, 2, 1, 2]
>>> training = nnfs.train(X, y, hidden=5, n_classes=3, iterations=200)
>>> nnfs.accuracy(training.params, X, y)
1.0

The modules, in the order in which data flows: `data` with its readers, `functions`, `network`,
`initialise`, `gradients`, `engine`, `training`; `storage`, `plots` and `cli` stand at the end.
"""

from nnfs.data import MNIST, DataError, load_mnist
from nnfs.functions import cross_entropy, log_softmax, one_hot, relu, relu_mask, softmax
from nnfs.gradients import GradientCheck, check_gradients
from nnfs.initialise import init_params
from nnfs.network import (
    Activations,
    Parameters,
    accuracy,
    backward,
    forward,
    predict,
)
from nnfs.training import DivergenceError, History, Training, train, update

__all__ = [
    "MNIST",
    "Activations",
    "DataError",
    "DivergenceError",
    "GradientCheck",
    "History",
    "Parameters",
    "Training",
    "accuracy",
    "backward",
    "check_gradients",
    "cross_entropy",
    "forward",
    "init_params",
    "load_mnist",
    "log_softmax",
    "one_hot",
    "predict",
    "relu",
    "relu_mask",
    "softmax",
    "train",
    "update",
]
