"""Exercises that mark the reader's code: a file each, with task, hints, checks and named mistakes.

A check runs the reader's function on a small network and compares what it returns with the right
result. If it is another, it is compared with the results of mistakes that people make, and the one
that agrees is named.

A new exercise is a file here and its answer in ``answers``. What lies here and in ``engine`` runs
in the reader's browser; the answers and ``pages``, which makes pages of exercises, do not.
"""
