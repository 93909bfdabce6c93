"""Settings of the tests of all packages."""

# Each example has a conf.py, and nothing to be collected.
collect_ignore_glob = ["*/example/*", "*/tests/conftest.py"]
