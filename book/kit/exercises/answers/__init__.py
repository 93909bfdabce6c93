"""Answers to the exercises, a file each, which no browser is sent.

The page of an exercise shows its function as an answer, and without its body as what the reader
starts from. Conventions are those of `nnfs`: units stand in rows, examples in columns. Together
they are a small nnfs. Below each stand typical wrong answers, which tests give to the marker.
"""
