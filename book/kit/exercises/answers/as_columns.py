"""An answer to the exercise `as_columns`."""


def as_columns(images):
    """Return (m, rows, columns) images of bytes as (rows * columns, m) numbers from 0 to 1."""
    return images.reshape(len(images), -1).T / 255


MISTAKES = [
    ("return images.reshape(len(images), -1) / 255", "are in rows"),
    ("return images.reshape(-1, len(images)) / 255", "mix pixels"),
    ("return images.transpose(2, 1, 0).reshape(-1, len(images)) / 255", "column by column"),
    ("return images.reshape(len(images), -1).T", "between 0 and 1"),
    ("return images.reshape(len(images), -1).T / images.max()", "largest byte"),
    ("return images.reshape(len(images), -1).T // 255", "Whole-number division"),
    ("return images.reshape(len(images), -1).T / 256", "divide by 256"),
]
