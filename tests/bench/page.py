"""A page heavy with scripts, in a window with the hub attached and in the same engine started bare."""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.demo.internet.web import Request, Response, Site
from app.demo.screen import some_screen
from app.isolation.browser.engines import find_engines
from app.isolation.network.relay import Relay
from app.isolation.plan import DIRECT
from app.kernel.jobs import CoreThread
from app.kernel.paths import Paths
from tests.bench.row import Row
from tests.bench.windows import Bare, end_bare, stage_keeper
from tests.support.stage import Stage, stage_at, until

ROUNDS = 7
FRAMES, WORKERS = 200, 20
_LIMIT_S = 20.0
_WORK = "let n = 0; for (let i = 0; i < 200000; i++) n = (n * 31 + i) | 0;"
_FRAME = f"<!doctype html><script>{_WORK} parent.postMessage(n, '*')</script>"
_WORKER = f"{_WORK} postMessage(n);"
# Half of the frames are of another site, and so targets of their own, as every worker is.
_PAGE = """<!doctype html><meta charset=utf-8><title>Heavy</title><body><script>
const started = performance.now(), run = new URLSearchParams(location.search).get('run');
const other = 'http://localhost:' + location.port;
let left = FRAMES + WORKERS;
const done = () => { if (--left === 0) fetch('/report', {method: 'POST',
  body: JSON.stringify({run, ms: performance.now() - started})}); };
onmessage = done;
for (let number = 0; number < FRAMES; number++) {
  const frame = document.createElement('iframe');
  frame.src = (number % 2 ? other : '') + '/frame';
  document.body.append(frame);
}
for (let number = 0; number < WORKERS; number++) new Worker('/worker.js').onmessage = done;
</script>"""


def measure() -> Iterator[Row]:
    """One row."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, some_screen(always_virtual=True):
        paths = Paths(Path(folder) / "data", Path(folder) / "state", Path(folder) / "run")
        with stage_at(paths) as stage, _heavy_site() as site, _bare(Path(folder)) as bare:
            stage.work.settings.set("network.echo_urls", stage.net.echo_address_url)
            stage.make("Anna", "direct", ("allow_private", "on"), ("market", ""), ("fingerprint.scale", "1"))
            ours: list[float] = []
            theirs: list[float] = []
            with stage_keeper(stage):
                for number in range(ROUNDS + 1):
                    steps: list[Callable[[], None]] = [
                        lambda number=number: ours.append(_ours(stage, site, f"ours-{number}")),
                        lambda number=number: theirs.append(_theirs(bare, site, f"bare-{number}")),
                    ]
                    for step in steps if number % 2 else reversed(steps):
                        step()
    yield Row(
        f"page with {FRAMES} frames and {WORKERS} workers, hub attached",
        statistics.median(ours[1:]),
        "ms",
        statistics.median(theirs[1:]),
        budget=1.05,
    )


def _answer(request: Request) -> Response:
    match request.path:
        case "/":
            page = _PAGE.replace("FRAMES", str(FRAMES)).replace("WORKERS", str(WORKERS))
            return Response(page.encode())
        case "/frame":
            return Response(_FRAME.encode())
        case "/worker.js":
            return Response(_WORKER.encode(), "text/javascript")
    return Response(b"")


@contextmanager
def _heavy_site() -> Iterator[Site]:
    core, site = CoreThread("bench-site").start(), Site("127.0.0.1", _answer)
    try:
        core.run(site.start("127.0.0.1"), _LIMIT_S)
        yield site
        core.run(site.stop(), _LIMIT_S)
    finally:
        core.stop()


@contextmanager
def _bare(folder: Path) -> Iterator[Bare]:
    async def begin() -> int:
        port = await relay.start()
        relay.open()
        return port

    core = CoreThread("bench-relay").start()
    relay = Relay(DIRECT, allow_private=True, is_ours=lambda _port: True)
    try:
        yield Bare(find_engines()[0], core.run(begin()), folder)
        core.run(relay.close())
    finally:
        core.stop()


def _ours(stage: Stage, site: Site, run: str) -> float:
    opened = stage.open("Anna", f"http://127.0.0.1:{site.port}/?run={run}")
    assert opened.is_open
    took = _took(site, run)
    with stage.keeper() as keeper:
        keeper.close_windows()
    shutil.rmtree(
        stage.paths.profile(opened.profile.id) / "browser" / "Default" / "Sessions", ignore_errors=True
    )
    return took


def _theirs(bare: Bare, site: Site, run: str) -> float:
    shutil.rmtree(bare.folder / "bare-0" / "Default" / "Sessions", ignore_errors=True)
    process = bare.start(0, f"http://127.0.0.1:{site.port}/?run={run}")
    took = _took(site, run)
    end_bare(process)
    return took


def _took(site: Site, run: str) -> float:
    def look() -> float | None:
        for request in list(site.requests):
            if request.path == "/report" and (told := json.loads(request.body))["run"] == run:
                return float(told["ms"])
        return None

    return until(look)
