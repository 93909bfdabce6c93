"""An answer to the exercise `interval`."""

import numpy as np


def interval(right, m, u):
    """Return the lower and the upper end of Wilson's interval for right of m."""
    middle = right + u**2 / 2
    root = u * np.sqrt(right * (m - right) / m + u**2 / 4)
    return (middle - root) / (m + u**2), (middle + root) / (m + u**2)


MIDDLE = "s = right + u**2 / 2; "
ROOT = "t = np.sqrt(right * (m - right) / m + u**2 / 4); "
MISTAKES = [
    (
        "q = right / m; h = u * np.sqrt(q * (1 - q) / m); return q - h, q + h",
        "Wald's interval",
    ),
    (MIDDLE + ROOT + "n = m + u**2; return (s + u * t) / n, (s - u * t) / n", "upper end comes"),
    (MIDDLE + ROOT + "return s - u * t, s + u * t", "numbers of images"),
    (MIDDLE + ROOT + "return (s - u * t) / m, (s + u * t) / m", "not by m alone"),
    (MIDDLE + ROOT + "n = m + u**2; return (s - t) / n, (s + t) / n", "not multiplied by u"),
    (ROOT + "n = m + u**2; return (right - u * t) / n, (right + u * t) / n", "The middle is not"),
    (
        MIDDLE + "t = np.sqrt(right * (m - right) + u**2 / 4); n = m + u**2; "
        "return (s - u * t) / n, (s + u * t) / n",
        "divided by m",
    ),
    (
        MIDDLE + "t = np.sqrt(right * (m - right) / m); n = m + u**2; "
        "return (s - u * t) / n, (s + u * t) / n",
        "a quarter",
    ),
    (
        MIDDLE + ROOT + "n = m + u**2; return (s - u * t) / n, min((s + u * t) / n, 0.96)",
        "out of three",
    ),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
