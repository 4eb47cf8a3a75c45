"""Files stay small enough to be read in one go."""

from __future__ import annotations

import ast
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "app"
FILE_LIMIT = 500
FUNCTION_LIMIT = 50


def test_no_file_is_longer_than_500_lines():
    long = {
        path.name: lines
        for path in APP.rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > FILE_LIMIT
    }

    assert long == {}


def test_no_function_is_longer_than_50_lines():
    long = [
        f"{path.relative_to(APP)}: {node.name}"
        for path in APP.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno > FUNCTION_LIMIT
    ]

    assert long == []
