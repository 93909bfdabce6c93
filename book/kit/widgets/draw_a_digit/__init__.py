"""The widget "Draw a digit"."""
