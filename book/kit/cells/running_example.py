"""The running example of the book: a 2-2-2 network with two examples, small enough for pencil.

Its first hidden unit is on for the first example and off for the second.
"""

import numpy as np

import nnfs

pencil = nnfs.Parameters(
    W1=np.array([[1.0, -1.0], [0.5, 1.0]]),
    b1=np.array([[0.0], [-0.5]]),
    W2=np.array([[1.0, -1.0], [2.0, 1.0]]),
    b2=np.array([[0.5], [0.0]]),
)
X_pencil = np.array([[1.0, 0.0], [0.5, 1.0]])
y_pencil = np.array([0, 1])
