"""Entry of the program without a console, on Windows and macOS: without words it opens the window program."""

from __future__ import annotations

import sys

from app.__main__ import main

if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.argv.append("gui")
    sys.exit(main())
