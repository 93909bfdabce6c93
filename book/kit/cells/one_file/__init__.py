"""The network in one file, which readers download: `network`."""
