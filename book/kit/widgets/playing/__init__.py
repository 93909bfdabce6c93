"""Playthings: figures that a reader can step through, push and slide."""
