"""The program's words in other languages: gathered from the code, checked, and compiled for Qt."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path("resources", "i18n")  # below the root of a tree
