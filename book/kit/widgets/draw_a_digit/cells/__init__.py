"""What a cell imports for the widget "Draw a digit"."""

from kit.widgets.draw_a_digit.cells.networks import Networks

__all__ = ["Networks"]
