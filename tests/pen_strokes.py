"""Pen strokes from pictures of digits: what a hand might have done to leave such a picture.

The picture is enlarged, thinned to lines one pixel wide, and the lines are followed from their
ends. The thinning is that of Zhang and Suen, A fast parallel algorithm for thinning digital
patterns (Communications of the ACM, 1984).
"""

import numpy as np

ENLARGED = 4
Point = tuple[int, int]


def enlarged(picture: np.ndarray) -> np.ndarray:
    """Return a (28, 28) picture at four times its size, as ink or not."""
    places = (np.arange(28 * ENLARGED) + 0.5) / ENLARGED - 0.5
    rows = np.array([np.interp(places, np.arange(28), line) for line in picture])
    both = np.array([np.interp(places, np.arange(28), line) for line in rows.T]).T
    return both > 0.5


def around(ink: np.ndarray) -> np.ndarray:
    """Return the eight neighbours of every pixel, clockwise from the one above."""
    padded = np.pad(ink, 1)
    height, width = ink.shape
    shifts = [(0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0), (0, 0)]
    return np.array([padded[r : r + height, c : c + width] for r, c in shifts])


def thinned(ink: np.ndarray) -> np.ndarray:
    """Return the middle lines of the ink, one pixel wide."""
    ink = ink.copy()
    while True:
        before = ink.sum()
        for first in (True, False):
            ring = around(ink)
            p2, p4, p6, p8 = ring[0], ring[2], ring[4], ring[6]
            count = ring.sum(axis=0)
            entries = (~ring & np.roll(ring, -1, axis=0)).sum(axis=0)
            if first:
                open_side = ~(p2 & p4 & p6) & ~(p4 & p6 & p8)
            else:
                open_side = ~(p2 & p4 & p8) & ~(p2 & p6 & p8)
            ink &= ~((count >= 2) & (count <= 6) & (entries == 1) & open_side)
        if ink.sum() == before:
            return ink


def followed(lines: np.ndarray) -> list[list[Point]]:
    """Return paths that pass every pixel of the lines, each from pixel to neighbour."""
    left = {(int(r), int(c)) for r, c in np.argwhere(lines)}
    every = set(left)

    def neighbours(place: Point, among: set[Point]) -> list[Point]:
        r, c = place
        ring = [(r, c + 1), (r + 1, c), (r, c - 1), (r - 1, c)]
        ring += [(r + 1, c + 1), (r + 1, c - 1), (r - 1, c - 1), (r - 1, c + 1)]
        return [place for place in ring if place in among]

    paths = []
    while left:
        ends = [place for place in left if len(neighbours(place, left)) <= 1]
        place = min(ends or left)
        path = [place]
        path[:0] = neighbours(place, every - left)[:1]
        while place is not None:
            left.discard(place)
            place = next(iter(neighbours(place, left)), None)
            if place is not None:
                path.append(place)
        paths.append(path)
    return paths


def strokes(picture: np.ndarray, spacing: int = 3) -> list[list[tuple[float, float]]]:
    """Return pen strokes (x, y), each from 0 to 1 across the picture's sides.

    Parameters
    ----------
    picture : (28, 28) array, 0 to 1
    spacing : int
        Of the points along a stroke, in quarters of a pixel.
    """
    side = 28 * ENLARGED
    found = []
    for path in followed(thinned(enlarged(picture))):
        kept = [*path[:-1:spacing], path[-1]]
        found.append([((c + 0.5) / side, (r + 0.5) / side) for r, c in kept])
    return found
