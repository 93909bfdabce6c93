"""The book to be taken away, made from a built site: an EPUB, and what Chromium prints."""
