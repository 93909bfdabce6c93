"""A neural network that learns to read digits, in one file and plain NumPy.

Run it with a folder that has MNIST's two training files, gzipped or not:

    python network.py mnist_data

It learns from up to 41,000 images in 750 steps, and is judged on 1,000 others.
A second argument is another number of steps. Images stand in columns: X is
n by m, for n pixels of m images, and Y is c by m, for c classes. There are
h hidden units; alpha is the learning rate.
"""

import gzip
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
WANTED = "name a folder with MNIST's training files"


# The digits: in each file a header, and then a byte for every pixel or label.


def read(folder: Path, name: str, header: int) -> Array:
    """Return what stands behind the header of one of MNIST's files."""
    for path in folder / name, folder / f"{name}.gz":
        if path.is_file():
            content = path.read_bytes()
            if path.suffix == ".gz":
                content = gzip.decompress(content)
            return np.frombuffer(content, np.uint8, offset=header)
    sys.exit(f"{folder} has no {name}, gzipped or not: {WANTED}")


def digits(folder: Path, seed: int = 0) -> tuple[Array, Array]:
    """Return 42,000 images, pixels from 0 to 1, and their labels."""
    images = read(folder, "train-images-idx3-ubyte", 16).reshape(-1, 784)
    labels = read(folder, "train-labels-idx1-ubyte", 8)
    drawn = np.random.default_rng(seed).permutation(len(labels))[:42_000]
    return images[drawn].T / 255, labels[drawn]


# The network: two layers, with ReLU between them and softmax at the end.


def start(n: int = 784, h: int = 10, c: int = 10, seed: int = 0) -> list[Array]:
    """Return W1, b1, W2 and b2, every entry drawn from -1/2 to 1/2."""
    rng = np.random.default_rng(seed)
    shapes = (h, n), (h, 1), (c, h), (c, 1)
    return [rng.uniform(-0.5, 0.5, shape) for shape in shapes]


def log_softmax(Z: Array) -> Array:
    """Return the logarithms of the probabilities; no score overflows."""
    S = Z - Z.max(axis=0)
    return np.asarray(S - np.log(np.exp(S).sum(axis=0)))


def forward(params: list[Array], X: Array) -> list[Array]:
    """Return the sums and outputs of both layers."""
    W1, b1, W2, b2 = params
    Z1 = W1 @ X + b1
    A1 = np.maximum(0, Z1)
    Z2 = W2 @ A1 + b2
    A2 = np.exp(log_softmax(Z2))
    return [Z1, A1, Z2, A2]


def loss(Z2: Array, Y: Array) -> float:
    """Return the cross-entropy, averaged over the images."""
    return float(-(Y * log_softmax(Z2)).sum() / Y.shape[1])


def backward(
    params: list[Array],
    kept: list[Array],
    X: Array,
    Y: Array,
) -> list[Array]:
    """Return the slopes of the loss, in the order of the parameters."""
    W2, m = params[2], X.shape[1]
    Z1, A1, _, A2 = kept
    ones = np.ones((m, 1))
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m
    db2 = dZ2 @ ones / m
    dZ1 = (W2.T @ dZ2) * (Z1 > 0)
    dW1 = dZ1 @ X.T / m
    db1 = dZ1 @ ones / m
    return [dW1, db1, dW2, db2]


# Training: forward, backward, a step against the slopes, and again.


def train(
    params: list[Array],
    X: Array,
    y: Array,
    steps: int = 750,
    alpha: float = 0.1,
) -> list[Array]:
    """Return the parameters after so many steps, each with all images."""
    Y = np.eye(len(params[3]))[:, y]
    for step in range(steps):
        kept = forward(params, X)
        slopes = backward(params, kept, X, Y)
        params = [P - alpha * dP for P, dP in zip(params, slopes, strict=True)]
        if step % 50 == 0:
            print(f"step {step:3}  loss {loss(kept[2], Y):.3f}")
    return params


def accuracy(params: list[Array], X: Array, y: Array) -> float:
    """Return the share of images whose largest score is the label's."""
    Z2 = forward(params, X)[2]
    return float((Z2.argmax(axis=0) == y).mean())


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(f"python network.py FOLDER [STEPS]: {WANTED}")
    X, y = digits(Path(sys.argv[1]))
    steps = int(sys.argv[2]) if len(sys.argv) > 2 else 750
    params = train(start(), X[:, 1_000:], y[1_000:], steps)
    share = accuracy(params, X[:, :1_000], y[:1_000])
    print(f"{share:.1%} of 1,000 validation images are read correctly")
