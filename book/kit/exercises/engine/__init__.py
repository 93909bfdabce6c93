"""What all exercises share: the small network they run on, calling, comparing, marking, training.

It runs in the reader's browser, with NumPy and `nnfs`, and contains none of the answers.
"""
