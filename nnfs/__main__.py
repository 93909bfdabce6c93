"""python -m nnfs."""

import sys

from nnfs.cli import main

if __name__ == "__main__":
    sys.exit(main())
