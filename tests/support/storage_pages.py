"""A site that stores a mark in everything a browser can store, and tells what it finds there."""

from __future__ import annotations

import json
from typing import Any, Self

from app.demo.internet.web import Request, Response, Site

_WORKER = """
onmessage = (event) => event.source.postMessage('alive');
onfetch = (event) => {
  if (new URL(event.request.url).pathname === '/from-worker')
    event.respondWith(new Response(new URL(location).searchParams.get('mark')));
};
"""
_PAGE = """<!doctype html><meta charset=utf-8><title>Storage</title><script>
const asked = new URLSearchParams(location.search), mark = asked.get('mark'), run = asked.get('run');
const finished = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result); request.onerror = () => failed(request.error); });
async function database() {
  const opening = indexedDB.open('kept', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('marks');
  return finished(opening);
}
async function file(create) {
  try {
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle('mark', {create});
    if (create) { const out = await handle.createWritable(); await out.write(mark); await out.close(); }
    return await (await handle.getFile()).text();
  } catch { return null; }
}
async function write() {
  document.cookie = `kept=${mark}; max-age=86400`; document.cookie = `session=${mark}`;
  localStorage.setItem('kept', mark); sessionStorage.setItem('kept', mark);
  const db = await database();
  await finished(db.transaction('marks', 'readwrite').objectStore('marks').put(mark, 'kept'));
  await (await caches.open('kept')).put('/kept', new Response(mark));
  await file(true);
  await navigator.serviceWorker.register('/worker.js?mark=' + mark);
  await navigator.serviceWorker.ready;
  await (await fetch('/cached')).text();
}
async function read() {
  const db = await database(), hit = await (await caches.open('kept')).match('/kept');
  const registered = await navigator.serviceWorker.getRegistrations();
  const locks = await navigator.locks.query();
  return {
    cookies: document.cookie, local: localStorage.getItem('kept'), session: sessionStorage.getItem('kept'),
    database: await finished(db.transaction('marks').objectStore('marks').get('kept')) ?? null,
    cache: hit ? await hit.text() : null, file: await file(false),
    worker: registered.map((one) => one.active && new URL(one.active.scriptURL).searchParams.get('mark')),
    locks: locks.held.map((one) => one.name), http: await (await fetch('/cached')).text(),
    allowed: (await navigator.permissions.query({name: 'notifications'})).state,
    heard: window.heard, estimate: (await navigator.storage.estimate()).usage > 0,
  };
}
window.heard = [];
const channel = new BroadcastChannel('kept');
channel.onmessage = (event) => window.heard.push(event.data);
async function main() {
  if (mark) await write();
  if (mark) navigator.locks.request('held-by-' + mark, () => new Promise(() => {}));
  if (mark) setInterval(() => channel.postMessage(mark), 100);
  // A tab behind another one speaks once a second.
  await new Promise((done) => setTimeout(done, mark ? 400 : 2500));
  const found = await read();
  await fetch('/report?run=' + run, {method: 'POST', body: JSON.stringify(found)});
}
main().catch((error) => fetch('/report?run=' + run, {method: 'POST',
  body: JSON.stringify({error: String(error.stack)})}));
</script>"""


class StoragePages:
    """The site, on a loopback address, which is a secure context."""

    def __init__(self) -> None:
        self.site = Site("127.0.0.1", self._answer)
        self._served = 0

    async def __aenter__(self) -> Self:
        await self.site.start("127.0.0.1")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.site.stop()

    def url(self, run: str, mark: str = "") -> str:
        """A visit; with a mark it stores that everywhere first."""
        return f"http://127.0.0.1:{self.site.port}/?run={run}&mark={mark}"

    def found(self, run: str) -> dict[str, Any] | None:
        """What a visit told."""
        for request in self.site.requests:
            if request.path == "/report" and request.query.get("run") == run:
                facts: dict[str, Any] = json.loads(request.body)
                return facts
        return None

    def _answer(self, request: Request) -> Response:
        match request.path:
            case "/":
                return Response(_PAGE.encode())
            case "/worker.js":
                return Response(_WORKER.encode(), "text/javascript")
            case "/cached":
                # Another text for each time that it is really asked for.
                self._served += 1
                headers = (("Cache-Control", "max-age=86400"),)
                return Response(f"serving {self._served}".encode(), "text/plain", headers=headers)
        return Response(b"")
