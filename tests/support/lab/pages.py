"""A page that tries every way there is out of a browser, and tells what became of each."""

from __future__ import annotations

from tests.support.lab.namespaces import ROUTER, SITE, SITE_V6

STUN_PORT, TURNS_PORT, WS_PORT, WSS_PORT = 3478, 5349, 8080, 8443

WORKER = """
addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('message', (event) => {
  fetch('https://from-worker.lab/x', { mode: 'no-cors' })
    .then(() => 'ok', (error) => 'failed: ' + error.name)
    .then((said) => event.source.postMessage(said));
});
"""

EVERYTHING = (
    """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Every way out</title>
<link rel="dns-prefetch" href="//hint-dns.lab">
<link rel="preconnect" href="https://hint-connect.lab">
<link rel="prefetch" href="https://hint-prefetch.lab/x">
<link rel="preload" as="image" href="https://hint-preload.lab/x.png">
<script type="speculationrules">
{"prefetch": [{"source": "list", "urls": ["https://shop.lab/plain", "https://speculated.lab/plain"]}]}
</script></head>
<body><a id="ping" href="#there" ping="https://pinged.lab/x">ping</a>
<a id="download" href="/file.bin" download="lab.bin">download</a>
<script>
const V4 = '%(v4)s', V6 = '%(v6)s', LAN = '%(lan)s';
const within = (work, ms) => Promise.race([
  Promise.resolve().then(work).then((value) => value ?? 'ok', (error) => 'failed: ' + error.name),
  new Promise((done) => setTimeout(() => done('timeout'), ms)),
]);
const reach = (url) => fetch(url, { mode: 'no-cors', cache: 'no-store' }).then(() => 'ok');
const socket = (url) => new Promise((done) => {
  const ws = new WebSocket(url);
  ws.onmessage = (event) => { done(event.data); ws.close(); };
  ws.onerror = () => done('failed');
  ws.onopen = () => ws.send('ok');
});
async function candidates() {
  const found = [];
  const peer = new RTCPeerConnection({ iceServers: [
    { urls: [`stun:${V4}:3478`, `stun:[${V6}]:3478`, 'stun:stun.lab:3478'] },
    { urls: ['turn:turn-udp.lab:3478?transport=udp', `turn:${V4}:3478?transport=tcp`,
             'turn:turn-tcp.lab:3478?transport=tcp', 'turns:turn-tls.lab:5349?transport=tcp'],
      username: 'u', credential: 'c' } ] });
  const all = new Promise((done) => {
    peer.onicecandidate = (event) => event.candidate ? found.push(event.candidate.candidate) : done();
  });
  peer.createDataChannel('x');
  await peer.setLocalDescription(await peer.createOffer());
  await Promise.race([all, new Promise((done) => setTimeout(done, 3000))]);
  peer.close();
  return found;
}
async function worker() {
  await navigator.serviceWorker.register('/worker.js');
  const ready = await navigator.serviceWorker.ready;
  const said = new Promise((done) => { navigator.serviceWorker.onmessage = (event) => done(event.data); });
  ready.active.postMessage('go');
  return said;
}
// What need not succeed, and so is not waited for long.
const HOPELESS = new Set(['transport', 'lan', 'label', 'loopback']);
const tries = {
  again: () => reach('/plain'), rtc: candidates, worker,
  wss: () => socket('wss://shop.lab:8443/'),
  transport: () => new WebTransport('https://shop.lab/transport').ready,
  name: () => reach('https://other.lab/x'), ipv6: () => reach(`https://[${V6}]/x`),
  ipv4: () => reach(`https://${V4}/x`), lan: () => reach(`https://${LAN}/x`),
  label: () => reach('https://printer/x'), loopback: () => reach('https://127.0.0.1/x'),
  beacon: () => navigator.sendBeacon('https://beacon.lab/x', 'b') ? 'ok' : 'failed',
  ping: () => document.getElementById('ping').click(),
  download: () => document.getElementById('download').click(),
};
addEventListener('load', async () => {
  const seen = Object.fromEntries(await Promise.all(
    Object.entries(tries).map(
      async ([name, work]) => [name, await within(work, HOPELESS.has(name) ? 4000 : 20000)])));
  // Once more, when HTTP/3 has been offered.
  seen.later = await within(() => reach('/plain'), 20000);
  seen.online = navigator.onLine;
  seen.connection = navigator.connection && navigator.connection.effectiveType;
  await fetch('/report' + location.search, { method: 'POST', body: JSON.stringify(seen) });
});
</script></body></html>
""".replace("%(v4)s", SITE)
    .replace("%(v6)s", SITE_V6)
    .replace("%(lan)s", ROUTER)
)

PLAIN = '<!doctype html><meta charset="utf-8"><title>A plain page</title><p>Nothing but text.</p>'

# Asks again and again, as chats do, and goes on when an answer fails.
POLLING = """<!doctype html><meta charset="utf-8"><title>Polling</title><script>
const ws = new WebSocket('ws://shop.lab:8080/');  // only from a page without TLS
ws.onopen = () => ws.send('ok');
ws.onmessage = () => fetch('/poll?run=ws');
let number = 0;
setInterval(() => {
  number += 1;
  fetch(`https://poll-${number}.lab/x`, { mode: 'no-cors' }).catch(() => {});
  fetch('/poll' + location.search, { cache: 'no-store' }).catch(() => {});
}, 100);
</script>"""
