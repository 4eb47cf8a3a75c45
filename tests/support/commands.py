"""Runs `berth` as a person or a script does: in a process of its own."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import subprocess
import sys
import termios
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
BERTH = [sys.executable, "-m", "app"]
LIMIT_S = 60.0


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on standard output."""
        return json.loads(self.out)


def berth(
    *words: str | Path,
    env: dict[str, str] | None = None,
    stdin: str | None = None,
    before: list[str] | None = None,
) -> Done:
    """Runs a command without a terminal and waits for its end."""
    done = subprocess.run(
        [*(before or []), *BERTH, *map(str, words)],
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        env=environment(env),
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


def environment(more: dict[str, str] | None = None) -> dict[str, str]:
    """The test's environment, with the program found wherever the command starts."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **(more or {})}


class Terminal:
    """A command at a terminal of its own, answered line by line."""

    def __init__(self, *words: str | Path, env: dict[str, str] | None = None) -> None:
        self._master, slave = pty.openpty()
        self.said = ""
        self._process = subprocess.Popen(
            [*BERTH, *map(str, words)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment(env),
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(slave, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no threads here
        )
        os.close(slave)

    def answer(self, prompt: str, line: str) -> None:
        """Waits for a prompt that was not answered yet, then types a line."""
        self.wait_for(prompt)
        self.said = ""
        os.write(self._master, line.encode() + b"\n")

    def press(self, key: bytes) -> None:
        """Presses a key, such as Ctrl+C."""
        os.write(self._master, key)

    def wait_for(self, text: str) -> None:
        """Reads until a text was said."""
        limit = time.monotonic() + LIMIT_S
        while text not in self.said:
            assert time.monotonic() < limit, f"never said {text!r}, but: {self.said}"
            assert self._read(), f"ended without saying {text!r}, but: {self.said}"

    def end(self) -> int:
        """Reads to the end and gives the exit code."""
        while self._read():
            pass
        return self._process.wait(LIMIT_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(LIMIT_S)
        os.close(self._master)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], LIMIT_S)
        assert ready, f"silent; it had said: {self.said}"
        try:
            more = os.read(self._master, 65536)
        except OSError:  # how Linux says that nobody holds the other end
            return False
        self.said += more.decode(errors="replace")
        return bool(more)
