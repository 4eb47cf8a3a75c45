"""A site whose page looks at canvas and audio in every kind of context, and posts what it saw."""

from __future__ import annotations

import json
from typing import Any, Self

from app.demo.internet.web import Request, Response, Site

_LOOK = """
function sum(bytes) { let h = 2166136261; for (const b of bytes) { h ^= b; h = Math.imul(h, 16777619); }
  return (h >>> 0).toString(16); }
function shapes(context) {
  context.fillStyle = '#f60'; context.fillRect(10, 10, 60, 30);
  context.fillStyle = '#069';
  for (const [x, y] of [[40, 40], [90, 30], [70, 70]]) {
    context.beginPath(); context.arc(x, y, 27.5, 0, 7); context.fill(); }
  context.beginPath(); context.moveTo(5, 90);
  context.bezierCurveTo(40, 20, 80, 120, 150, 60); context.stroke();
}
function offscreen() {
  const canvas = new OffscreenCanvas(160, 100), context = canvas.getContext('2d');
  shapes(context);
  return sum(context.getImageData(0, 0, 160, 100).data);
}
"""
_WORKER = (
    _LOOK
    + """
const tell = (to) => to.postMessage(offscreen());
if (self.SharedWorkerGlobalScope) onconnect = (event) => tell(event.ports[0]);
else if (self.ServiceWorkerGlobalScope) onmessage = (event) => tell(event.source);
else if (location.hash === '#nested') {
  const inner = new Worker('/worker.js'); inner.onmessage = (event) => postMessage(event.data); }
else tell(self);
"""
)
_FRAME = (
    "<!doctype html><meta charset=utf-8><script>"
    + _LOOK
    + "(opener ?? parent).postMessage({who: new URLSearchParams(location.search).get('who') ?? 'srcdoc',"
    " seen: offscreen()}, '*');</script>"
)
_MAIN = (
    "<!doctype html><meta charset=utf-8><title>Noise</title><body><button id=go>go</button><script>"
    + _LOOK
    + """
const found = {}, waiting = {};
const once = (who) => new Promise((done) => { waiting[who] = done; });
onmessage = (event) => { found[event.data.who] = event.data.seen; waiting[event.data.who]?.(); };
const first = (port) => new Promise((done) => { port.onmessage = (event) => done(event.data); });
function frame(who, set) {
  const seen = once(who), made = document.createElement('iframe'); set(made); document.body.append(made);
  return seen;
}
function drawn() {
  const canvas = document.createElement('canvas'); canvas.width = 160; canvas.height = 100;
  const context = canvas.getContext('2d'); shapes(context);
  context.font = '18px sans-serif'; context.fillText('Berth, 泊位 £', 4, 80);
  return [canvas, context];
}
async function pixels(blob) {
  const picture = await createImageBitmap(blob), canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext('2d'); context.drawImage(picture, 0, 0);
  return [...context.getImageData(0, 0, picture.width, picture.height).data];
}
async function sound() {
  const context = new OfflineAudioContext(1, 5000, 44100), source = context.createOscillator();
  source.type = 'triangle'; source.frequency.value = 10000;
  const squeeze = context.createDynamicsCompressor();
  source.connect(squeeze); squeeze.connect(context.destination); source.start();
  let told; context.oncomplete = (event) => { told = event.renderedBuffer; };
  const buffer = await context.startRendering(), data = buffer.getChannelData(0);
  const copied = new Float32Array(5000); buffer.copyFromChannel(copied, 0);
  const quiet = await new OfflineAudioContext(1, 500, 44100).startRendering();
  const own = new AudioBuffer({length: 100, sampleRate: 44100});
  own.getChannelData(0).fill(0.25);
  return {sum: data.slice(4500).reduce((all, one) => all + Math.abs(one), 0),
    bytes: sum(new Uint8Array(data.buffer)), same: data.every((one, at) => one === copied[at]),
    told: told === undefined || told.getChannelData(0).every((one, at) => one === data[at]),
    quiet: quiet.getChannelData(0).every((one) => one === 0),
    own: own.getChannelData(0).every((one) => one === 0.25)};
}
async function look() {
  // First: a click allows a popup for a few seconds.
  const popped = once('popup'); window.open('/frame?who=popup'); await popped;
  found.main = offscreen();
  const blank = document.createElement('iframe'); document.body.append(blank);
  const inner = new blank.contentWindow.OffscreenCanvas(160, 100), there = inner.getContext('2d');
  shapes(there); found.blank = sum(there.getImageData(0, 0, 160, 100).data);
  found.foreign = sum(OffscreenCanvasRenderingContext2D.prototype.getImageData
    .call(there, 0, 0, 160, 100).data);
  await frame('same', (made) => { made.src = '/frame?who=same'; });
  await frame('srcdoc', (made) => { made.srcdoc = SRCDOC; });
  await frame('sandbox', (made) => { made.sandbox = 'allow-scripts'; made.src = '/frame?who=sandbox'; });
  await frame('cross', (made) => { made.src = CROSS + '/frame?who=cross'; });
  found.dedicated = await first(new Worker('/worker.js'));
  found.nested = await first(new Worker('/worker.js#nested'));
  const text = await (await fetch('/worker.js')).text();
  found.blob = await first(new Worker(URL.createObjectURL(new Blob([text], {type: 'text/javascript'}))));
  found.shared = await first(new SharedWorker('/worker.js').port);
  await navigator.serviceWorker.register('/worker.js');
  const ready = await navigator.serviceWorker.ready;
  const heard = first(navigator.serviceWorker); navigator.serviceWorker.startMessages();
  ready.active.postMessage(''); found.service = await heard;

  const [canvas, context] = drawn(), whole = context.getImageData(0, 0, 160, 100).data;
  const again = drawn()[1].getImageData(0, 0, 160, 100).data;
  const part = context.getImageData(30, 20, 50, 40).data;
  let cut = true;
  for (let y = 0; y < 40; y++) for (let x = 0; x < 200; x++)
    cut &&= part[200 * y + x] === whole[640 * (y + 20) + 120 + x];
  const url = await pixels(await (await fetch(canvas.toDataURL())).blob());
  const blob = await pixels(await new Promise((done) => canvas.toBlob(done)));
  const flat = document.createElement('canvas').getContext('2d');
  flat.fillStyle = '#123456'; flat.fillRect(0, 0, 300, 150);
  const plain = flat.getImageData(0, 0, 300, 150).data, trash = flat.createImageData(40, 40);
  crypto.getRandomValues(trash.data); for (let at = 3; at < trash.data.length; at += 4) trash.data[at] = 255;
  const sent = [...trash.data]; flat.putImageData(trash, 0, 0);
  const back = flat.getImageData(0, 0, 40, 40).data;
  const page = {contexts: found, picture: sum(whole), stable: sum(again) === sum(whole), cut,
    url: sum(url) === sum(whole), blob: sum(blob) === sum(whole), pixels: [...whole],
    flat: plain.every((one, at) => one === [18, 52, 86, 255][at % 4]),
    back: sent.every((one, at) => one === back[at]), sound: await sound(),
    globals: Object.getOwnPropertyNames(window).length};
  await fetch('/report', {method: 'POST', body: JSON.stringify(page)});
}
document.getElementById('go').onclick = () => look().catch((error) =>
  fetch('/report', {method: 'POST', body: JSON.stringify({error: String(error.stack)})}));
</script>"""
)


class NoisePages:
    """The site; `other` is the same one under a name of another site."""

    def __init__(self) -> None:
        self.site = Site("127.0.0.1", self._answer)

    async def __aenter__(self) -> Self:
        await self.site.start("127.0.0.1")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.site.stop()

    @property
    def url(self) -> str:
        """The page, in a secure context."""
        return f"http://127.0.0.1:{self.site.port}/"

    @property
    def reports(self) -> list[dict[str, Any]]:
        """What was posted, oldest first."""
        return [json.loads(one.body) for one in self.site.requests if one.path == "/report"]

    def _answer(self, request: Request) -> Response:
        match request.path:
            case "/":
                cross = json.dumps(f"http://localhost:{self.site.port}")
                srcdoc = json.dumps(_FRAME).replace("</", "<\\/")
                return Response(_MAIN.replace("CROSS", cross).replace("SRCDOC", srcdoc).encode())
            case "/frame":
                return Response(_FRAME.encode())
            case "/worker.js":
                return Response(_WORKER.encode(), "text/javascript")
        return Response(b"")
