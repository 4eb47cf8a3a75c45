"""A real keeper process whose requests can be made to take long, hang or fail: what windows do to it."""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.isolation.keeper import keeper, server
from app.isolation.keeper.messages import Plain
from app.kernel.paths import Paths

ROOT = Path(__file__).resolve().parents[2]
WINDOW = {"profile": "A", "number": 7, "name": "Anna", "state": "open"}


class _Troubled(keeper.Keeper):
    how: dict[str, Any]

    async def stop(self) -> None:
        if self.how.get("stop_blocks"):
            time.sleep(1000)
        await asyncio.sleep(self.how.get("stop_s", 0))
        await super().stop()

    async def answer(self, request: Plain) -> Plain:
        op = request.get("op")
        if op == "wait":
            await asyncio.sleep(request["seconds"])
            return {"reason": "person"}
        if op == "hang":
            time.sleep(1000)
        if op == "fail":
            raise RuntimeError(request["secret"])
        if op == "watch" and self.how.get("watch_fails"):
            self.how["watch_fails"] -= 1
            raise RuntimeError("a bug")
        if op == "windows" and "window" in self.how:
            return {"windows": [self.how["window"]]}
        if op == "close" and "window" in self.how:
            self.how.pop("window")
            return {"closed": [{"name": "Anna"}]}
        return await super().answer(request)

    @property
    def is_idle(self) -> bool:
        return "window" not in self.how and super().is_idle


@contextmanager
def keeper_child(paths: Paths, **how: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A keeper of the test's own; killed at the end if it is still there."""
    folders = [str(paths.data), str(paths.state), str(paths.runtime)]
    command = [sys.executable, "-m", "tests.support.keeper_child", *folders, json.dumps(how)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def _main() -> int:
    data, state, runtime, how = sys.argv[1:]
    _Troubled.how = json.loads(how)
    server.Keeper = _Troubled
    for name in ("BEAT_S", "GREETING_S", "_STOP_S"):
        setattr(server, name, _Troubled.how.get(name, getattr(server, name)))
    keeper.PROTOCOL_VERSION = _Troubled.how.get("version", keeper.PROTOCOL_VERSION)
    if most := _Troubled.how.get("most_files"):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return server.serve(Paths(Path(data), Path(state), Path(runtime)))


if __name__ == "__main__":
    sys.exit(_main())
