"""`berth`: arguments, then a face."""

from __future__ import annotations

import sys


def main() -> int:
    """Runs the face that the arguments ask for, and returns its exit code."""
    try:
        return _run(sys.argv[1:])
    except KeyboardInterrupt:  # while a face was still loading
        return 130


def _run(words: list[str]) -> int:
    from multiprocessing import freeze_support

    freeze_support()
    if words[:1] == ["--keeper"]:
        # How Berth starts its own keeper; not for people.
        from app.isolation.keeper.main import main as keep

        return keep(words[1:])
    from app.cli.main import main as command_line

    return command_line(words)


if __name__ == "__main__":
    sys.exit(main())
