"""Starts processes of the tests' own that use a vault, so that they can be killed."""

from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
import sys
from pathlib import Path
from typing import Self

from app.kernel.paths import Paths

ROOT = Path(__file__).resolve().parents[2]
_LIMIT_S = 60.0


class Child:
    """A running child: lines it said, and ways to end it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._unread = b""
        self.pid = process.pid

    @property
    def stderr(self) -> str:
        """What it complained about; only after its end."""
        assert self._process.stderr is not None
        return "" if self._process.stderr.closed else self._process.stderr.read().decode()

    def line(self) -> str:
        """The next line it says. Raises AssertionError when none comes in time."""
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._unread:
                assert selector.select(_LIMIT_S), "the child says nothing"
                more = os.read(self._process.stdout.fileno(), 65536)
                assert more, f"the child ended: {self.stderr}"
                self._unread += more
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode()

    def rest(self) -> list[str]:
        """Every line it said before it ended."""
        assert self._process.stdout is not None
        lines = (self._unread + self._process.stdout.read()).decode().splitlines()
        self._unread = b""
        return lines

    def kill(self) -> list[str]:
        """SIGKILL; gives the lines that were not read yet."""
        self._process.kill()
        self._process.wait(_LIMIT_S)
        lines = self.rest()
        self._close()
        return lines

    def end(self) -> None:
        """Lets it end by itself: it waits for the end of its input."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(_LIMIT_S)
        self._close()

    def wait(self, limit_s: float = _LIMIT_S) -> int:
        """Its exit code; minus the signal that ended it."""
        return self._process.wait(limit_s)

    def _close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(_LIMIT_S)
        self._close()


def child(what: str, paths: Paths, *words: str, before: tuple[str, ...] = ()) -> Child:
    """Starts `tests.support.vault_child` on a data folder; `before` is a command to run it under."""
    process = subprocess.Popen(
        [*before, sys.executable, "-m", "tests.support.vault_child", what, str(paths.data), *words],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    return Child(process)
