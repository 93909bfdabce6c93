"""The widget "Watch it learn"."""
