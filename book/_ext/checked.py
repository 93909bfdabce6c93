"""The checks of equations, by the name that cells have imported them by until now."""

from sphinx_equation_checks.cells import *  # noqa: F403
