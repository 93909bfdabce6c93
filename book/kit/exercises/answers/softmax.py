"""An answer to the exercise `softmax`."""

import numpy as np


def softmax(Z):
    """Return the probabilities of logits Z, classes in rows and examples in columns."""
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)


MISTAKES = [
    ("E = np.exp(Z); return E / E.sum(axis=1, keepdims=True)", "It should run over classes"),
    (
        "E = np.exp(Z - Z.max(axis=0)); return E / E.sum(axis=1, keepdims=True)",
        "It should run over classes",
    ),
    (
        "E = np.exp((Z - Z.max(axis=0)).astype(np.float32)); return E / E.sum(axis=0)",
        "nearly right. Compute in float64",
    ),
    ("E = np.exp(Z); return E / E.sum()", "whole matrix"),
    ("E = np.exp(Z); return E / E.sum(axis=0)", "subtract each column's largest"),
    ("E = np.exp(Z - Z.max()); return E / E.sum(axis=0)", "each column's own largest"),
    ("return np.exp(Z)", "not divided"),
    ("return np.exp(Z - Z.max(axis=0))", "not divided"),
    ("return Z / Z.sum(axis=0)", "exponential is missing"),
    ("Z -= Z.max(axis=0); E = np.exp(Z); return E / E.sum(axis=0)", "changes an array"),
    ("S = Z - Z.max(axis=0); return S - np.log(np.exp(S).sum(axis=0))", "logarithms"),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
