"""python -m nnfs."""

import signal
import sys

from nnfs.cli import main

if __name__ == "__main__":
    code = main()
    # All is done and said, so there is nothing to interrupt.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(code)
