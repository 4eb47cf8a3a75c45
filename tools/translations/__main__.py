"""`python -m tools.translations update | check | build`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.translations import FOLDER, ROOT


def main(words: list[str] | None = None, root: Path = ROOT) -> int:
    """One of the three words on a tree; ends with 1 when something has to be mended."""
    parser = argparse.ArgumentParser(prog="python -m tools.translations", description=__doc__)
    parser.add_argument("word", choices=("update", "check", "build"))
    match parser.parse_args(words).word:
        case "update":
            from tools.translations.updating import update

            done, faults = update(root)
        case "check":
            from tools.translations.checking import check

            done, faults = check(root)
        case _:
            from tools.translations.building import build

            done, faults = build(root / FOLDER)
    sys.stdout.writelines(f"{line}\n" for line in done)
    sys.stderr.writelines(f"{line}\n" for line in faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
