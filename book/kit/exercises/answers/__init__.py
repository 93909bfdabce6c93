"""The answers to the exercises that mark the reader's code: a small nnfs in one file.

The page of an exercise shows its function as an answer, and without its body as what the reader
starts from. Conventions are those of `nnfs`: units stand in rows, examples in columns. The module
is never sent to a browser.
"""

import numpy as np


def one_hot(labels, n_classes=10):
    """Return the (n_classes, m) matrix whose column i has a 1 in row labels[i]."""
    Y = np.zeros((n_classes, len(labels)))
    Y[labels, np.arange(len(labels))] = 1
    return Y


def softmax(Z):
    """Return the probabilities of logits Z, classes in rows and examples in columns."""
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)


def cross_entropy(Z2, Y):
    """Return the mean over the examples of -log p(true class), from logits Z2."""
    S = Z2 - Z2.max(axis=0)
    log_p = S - np.log(np.exp(S).sum(axis=0))
    return -(Y * log_p).sum(axis=0).mean()


def cross_entropy_gradient(A2, Y):
    """Return dZ2; column i is the gradient of example i's own loss by its logits."""
    return A2 - Y


def weight_gradient(dZ, A):
    """Return the gradient of the mean loss by W, where Z = W A + b."""
    m = A.shape[1]
    return dZ @ A.T / m


def bias_gradient(dZ):
    """Return the gradient of the mean loss by the column b, where Z = W A + b."""
    return dZ.mean(axis=1, keepdims=True)


def affine_adjoint(W, dZ):
    """Return dA, what reaches A on the way back from Z = W A + b."""
    return W.T @ dZ


def relu(Z):
    """Return the larger of 0 and z, entry by entry, in a new array."""
    return np.maximum(Z, 0)


def relu_mask(Z):
    """Return the slope of ReLU at every entry: 1 or 0, and 0 at the bend."""
    return Z > 0


def forward(params, X):
    """Return Z1, A1, Z2, A2 of the network with ReLU and softmax."""
    W1, b1, W2, b2 = params
    Z1 = W1 @ X + b1
    A1 = relu(Z1)
    Z2 = W2 @ A1 + b2
    A2 = softmax(Z2)
    return Z1, A1, Z2, A2


def backward(params, activations, X, Y):
    """Return dW1, db1, dW2, db2, the gradients of the mean loss."""
    W2 = params[2]
    Z1, A1, _, A2 = activations
    dZ2 = cross_entropy_gradient(A2, Y)
    dZ1 = affine_adjoint(W2, dZ2) * relu_mask(Z1)
    return (
        weight_gradient(dZ1, X),
        bias_gradient(dZ1),
        weight_gradient(dZ2, A1),
        bias_gradient(dZ2),
    )


def init_params(n, hidden, classes, rng):
    """Return W1, b1, W2, b2: weights normal with He's variance, biases zero."""
    W1 = rng.normal(size=(hidden, n)) * np.sqrt(2 / n)
    W2 = rng.normal(size=(classes, hidden)) * np.sqrt(2 / hidden)
    return W1, np.zeros((hidden, 1)), W2, np.zeros((classes, 1))


def update(params, gradients, alpha):
    """Return new parameters, one step against the gradients; the old ones stay."""
    return tuple(P - alpha * dP for P, dP in zip(params, gradients, strict=True))


def train(params, X, y, alpha, iterations):
    """Return the parameters after some steps of gradient descent on all examples."""
    Y = one_hot(y, n_classes=len(params[3]))
    for _ in range(iterations):
        activations = forward(params, X)
        gradients = backward(params, activations, X, Y)
        params = update(params, gradients, alpha)
    return params
