"""Widgets, each in a folder of its own: directive, template, scripts, style, and its Python.

This file and those of the folders import nothing, since a browser loads them too.
"""
