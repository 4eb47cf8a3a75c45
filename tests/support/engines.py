"""Engines that misbehave at a chosen moment: wrappers around the real browser."""

from __future__ import annotations

from pathlib import Path

from app.isolation.browser.engines import Engine, find_engines

_STRIKING = """#!/bin/bash
case "$*" in
*--no-startup-window*) exec {real} "$@";;
*) if [ -e {armed} ]; then
     {strike}
     sleep 0.3
   fi
   exec {real} "$@";;
esac
"""

_NOTING = """#!/bin/bash
[ "$1" = --version ] || readlink /proc/self/ns/net >> {starts}
exec {real} "$@"
"""

# Stands between keeper and browser on the pipe and swallows one command.
_BETWEEN = """#!/usr/bin/env python3
import os, subprocess, sys, threading, time
REAL, DIES = {real!r}, {dies!r}
if "--remote-debugging-pipe" not in sys.argv or "--no-startup-window" not in sys.argv:
    os.execv(REAL, [REAL, *sys.argv[1:]])
down_read, down_write = os.pipe()
up_read, up_write = os.pipe()
def ends():
    os.dup2(down_read, 100); os.dup2(up_write, 101); os.dup2(100, 3); os.dup2(101, 4); os.closerange(5, 110)
inward, outward = os.dup(3), os.dup(4)
browser = subprocess.Popen([REAL, *sys.argv[1:]], preexec_fn=ends, close_fds=False)
for fd in (down_read, up_write, 3, 4): os.close(fd)
def up():
    while chunk := os.read(up_read, 65536):
        os.write(outward, chunk)
    os._exit(0)
threading.Thread(target=up, daemon=True).start()
rest = b""
while chunk := os.read(inward, 65536):
    *messages, rest = (rest + chunk).split(b"\\0")
    for message in messages:
        if b"Target.createBrowserContext" not in message:
            os.write(down_write, message + b"\\0")
        elif DIES:
            time.sleep(0.3); browser.kill(); browser.wait(); os._exit(9)
os.close(down_write); browser.wait(); os._exit(0)
"""


def striking_engine(folder: Path, strike: str) -> Engine:
    """Runs a shell command just before the second start of an engine, once `folder/armed` exists."""
    return _script(folder, _STRIKING.format(real=_real().path, armed=folder / "armed", strike=strike))


def mute_engine(folder: Path, *, dies: bool) -> Engine:
    """Never answers when a context is to be made; or dies of it."""
    return _script(folder, _BETWEEN.format(real=_real().path, dies=dies))


def noting_engine(folder: Path) -> tuple[Engine, Path]:
    """Writes down, for each start that is no question for its version, in which network it happened."""
    starts = folder / "starts"
    return _script(folder, _NOTING.format(real=_real().path, starts=starts)), starts


def _real() -> Engine:
    return find_engines()[0]


def _script(folder: Path, text: str) -> Engine:
    path = folder / "engine"
    path.write_text(text)
    path.chmod(0o755)
    return Engine("chromium", "custom", _real().version, str(path))
