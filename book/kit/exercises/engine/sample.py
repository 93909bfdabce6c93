"""What the checks run on: a small network of uneven sizes (7-5-3), and four examples."""

import numpy as np

import nnfs
from nnfs import network

LABELS = np.array([2, 0, 1, 2])
ONE_HOT = np.eye(3)[:, LABELS]
PARAMS = nnfs.init_params(7, 5, 3, dtype=np.float64, seed=1)
PARAMS = PARAMS._replace(b1=np.linspace(-0.4, 0.5, 5)[:, None], b2=np.array([[0.3], [-0.2], [0.1]]))
X = np.random.default_rng(2).normal(size=(7, 4))
ACTIVATIONS = network.forward(PARAMS, X)
Z1, A1, Z2, A2 = ACTIVATIONS
DZ = np.random.default_rng(3).normal(size=(3, 4))
M = X.shape[1]
