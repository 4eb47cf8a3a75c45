"""A local site with judges of fingerprints: FingerprintJS, BotD and fpscanner look at whoever comes.

The page posts what they say by itself; nothing is evaluated in it. It stands on a loopback address, which is
a secure context without a certificate, as the judges' own pages are.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tools.npm import package

_SCRIPTS = {
    "/fp.js": ("@fingerprintjs/fingerprintjs", "dist/fp.esm.js"),
    "/botd.js": ("@fingerprintjs/botd", "dist/botd.esm.js"),
    "/fpscanner.js": ("fpscanner", "dist/fpScanner.es.js"),
}
_PAGE = b"""<!doctype html><meta charset="utf-8"><title>Judges</title><link rel="icon" href="data:,">
<script type="module">
import * as FingerprintJS from "/fp.js";
import { load as loadBotd } from "/botd.js";
import Scanner from "/fpscanner.js";
async function judge() {
  const fingerprint = await (await FingerprintJS.load({ monitoring: false })).get();
  const bot = (await loadBotd({ monitoring: false })).detect();
  const scanned = await new Scanner().collectFingerprint({ encrypt: false });
  return {
    visitor: fingerprint.visitorId, bot: bot.bot, kind: bot.botKind ?? null, fsid: scanned.fsid,
    components: Object.fromEntries(Object.entries(fingerprint.components)
      .map(([name, part]) => [name, JSON.stringify("value" in part ? part.value : String(part.error))])),
    found: Object.entries(scanned.fastBotDetectionDetails)
      .filter(([, detail]) => detail.detected).map(([name]) => name).sort(),
  };
}
judge().catch((error) => ({ failed: String(error) })).then((said) => fetch("/said" + location.search,
  { method: "POST", body: JSON.stringify(said) }));
</script>
"""


class Judges:
    """What was said of each run. Threads: any."""

    def __init__(self) -> None:
        self.said: dict[str, dict[str, Any]] = {}
        self.port = 0

    def url(self, run: str) -> str:
        """The page that is looked at under this run's name."""
        return f"http://127.0.0.1:{self.port}/judge?run={run}"


@contextmanager
def judges_on_loopback() -> Iterator[Judges]:
    """The site, until the end of the block."""
    judges = Judges()
    scripts = {path: (package(name) / file).read_bytes() for path, (name, file) in _SCRIPTS.items()}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path == "/judge":
                self._answer(200, _PAGE, "text/html; charset=utf-8")
            elif path in scripts:
                self._answer(200, scripts[path], "text/javascript; charset=utf-8")
            else:
                self._answer(404, b"", "text/plain")

        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            judges.said[parse_qs(urlsplit(self.path).query)["run"][0]] = said
            self._answer(204, b"", "text/plain")

        def log_message(self, *_: object) -> None:
            """Says nothing."""

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False  # none of them outlives the block
    judges.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, name="judges")
    thread.start()
    try:
        yield judges
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
