"""A program without a screen that says what it is asked to say in one language, for tests.

An application of Qt's core beside the tests' own one with widgets is impossible in one process.
"""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import QCoreApplication, QTranslator

from app.isolation.keeper.messages import text_from
from app.ui.language import told, tr


def main() -> None:
    """Reads `[[word, number], …]` and `{"source": …}` from its input, and prints what a person would read."""
    app = QCoreApplication(sys.argv[:1])
    translator = QTranslator()
    if sys.argv[1:]:
        assert translator.load(sys.argv[1])
        app.installTranslator(translator)
    said = [
        told(text_from(item)) if isinstance(item, dict) else tr(item[0], "", item[1])
        for item in json.load(sys.stdin)
    ]
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
