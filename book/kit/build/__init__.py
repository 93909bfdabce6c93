"""Sphinx extensions that turn the book's pages into the site, by a build that is strict."""
