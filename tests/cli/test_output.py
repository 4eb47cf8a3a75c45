"""Columns line up, and fit a terminal where there is one."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from pathlib import Path

import pytest

from app.cli.main import main
from app.cli.output import table
from tests.support.commands import BERTH, LIMIT_S, berth, environment

NAME = "安娜的店 " * 20


def test_wide_columns_are_cut_until_a_line_fits():
    lines = table(
        ("no", "name", "path"), [("001", NAME, "x" * 40), ("002", "Bea", "direct")], "", 40
    ).splitlines()

    assert all(_columns(line) <= 40 for line in lines)
    assert lines[1].startswith("001  安娜")
    assert lines[1].count("…") == 2
    assert lines[2].split() == ["002", "Bea", "direct"]
    assert lines[1].index("x") - _wide(lines[1][: lines[1].index("x")]) <= lines[0].index("PATH")


def test_without_a_width_nothing_is_cut():
    assert NAME.strip() in table(("name",), [(NAME,)], "")
    assert table(("name",), [("x" * 50,)], "", 3).splitlines()[1] == "xxxxx…"


def test_a_list_is_cut_at_a_terminal_and_whole_in_a_file(home: Path):
    berth("profile", "new", NAME)

    whole = berth("profile", "list")
    shown = _at_a_terminal_of(60, "profile", "list")

    assert NAME.strip() in whole.out
    assert "…" in shown
    assert max(_columns(line) for line in shown.splitlines()) <= 60


@pytest.mark.parametrize("words", [("--help",), ("profile", "--help")])
def test_help_says_what_a_command_does_in_one_column(
    berth_home: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
):
    main(words)

    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert len(rows) > 5
    assert len({_second_column(row) for row in rows}) == 1


def _second_column(row: str) -> int:
    return row.index("  ", 2) + len(row[row.index("  ", 2) :]) - len(row[row.index("  ", 2) :].lstrip())


def _wide(text: str) -> int:
    return sum(ord(letter) >= 0x2E80 for letter in text)


def _columns(text: str) -> int:
    return len(text) + _wide(text)


def _at_a_terminal_of(columns: int, *words: str) -> str:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    env = {name: value for name, value in environment().items() if name != "COLUMNS"}
    process = subprocess.Popen([*BERTH, *words], env=env, stdin=subprocess.DEVNULL, stdout=slave)
    os.close(slave)
    said = b""
    try:
        while more := os.read(master, 65536):
            said += more
    except OSError:  # how Linux says that nobody holds the other end
        pass
    os.close(master)
    assert process.wait(LIMIT_S) == 0
    return said.decode()
