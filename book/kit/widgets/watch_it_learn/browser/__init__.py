"""What the widget "Watch it learn" runs in the reader's browser."""
