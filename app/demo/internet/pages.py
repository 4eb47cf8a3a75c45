"""The sample store's page: its style, its two faces, and the script that reads the browser back."""

FAVICON = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" '
    b'fill="#0f6e6e"/><path d="M7 19h18l-3 6H10zM15 6h2v11h-2zM17 7l7 8h-7z" fill="#fff"/></svg>'
)

SIGN_IN = """
<h2>Sign in</h2>
<p class="quiet">New here? Any name will do.</p>
<form method="post" action="/login?{{query}}">
  <label for="name">Your name</label>
  <input id="name" name="name" autocomplete="off" maxlength="60" required>
  <button id="sign-in">Sign in</button>
</form>
"""

SIGNED_IN = """
<div class="who"><span class="face">{{initial}}</span>
  <div><p class="quiet">Signed in as</p><h2 id="customer">{{customer}}</h2></div></div>
<p class="quiet">Your orders, messages and payouts are waiting.</p>
<form method="post" action="/logout"><button id="sign-out" class="plain">Sign out</button></form>
"""

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{title}}</title>
<link rel="icon" href="/favicon.ico" type="image/svg+xml">
<style>
:root { --sea:#0f6e6e; --ink:#17262b; --quiet:#5d6f76; --line:#dfe7e8; --paper:#fff; --sand:#f3f6f5; }
* { box-sizing:border-box; margin:0 }
body { font:16px/1.5 system-ui,"Noto Sans",sans-serif; color:var(--ink); background:var(--sand) }
header { background:var(--sea); color:#fff }
header div, main { max-width:960px; margin:0 auto; padding:0 24px }
header div { display:flex; align-items:center; gap:12px; height:64px }
header svg { width:30px; height:30px }
header b { font-size:19px; letter-spacing:.2px }
header nav { margin-left:auto; display:flex; gap:22px; font-size:15px; opacity:.9 }
main { display:grid; grid-template-columns:5fr 6fr; gap:24px; padding-top:36px; padding-bottom:48px }
section { background:var(--paper); border:1px solid var(--line); border-radius:12px; padding:26px }
h2 { font-size:22px; line-height:1.25 }
h3 { font-size:15px; margin-bottom:14px }
.quiet { color:var(--quiet); font-size:15px }
form { margin-top:20px; display:grid; gap:8px }
label { font-size:14px; font-weight:600 }
input { font:inherit; padding:10px 12px; border:1px solid #b9c7ca; border-radius:8px }
input:focus { outline:3px solid #bfe0df; border-color:var(--sea) }
button { font:inherit; font-weight:600; margin-top:8px; padding:11px 16px; border:0; border-radius:8px;
  background:var(--sea); color:#fff; cursor:pointer; justify-self:start }
button.plain { background:var(--sand); color:var(--ink); border:1px solid var(--line) }
.who { display:flex; gap:16px; align-items:center; margin-bottom:16px }
.face { width:56px; height:56px; border-radius:50%; background:#e2f0ef; color:var(--sea); display:grid;
  place-items:center; font-size:24px; font-weight:700 }
dl { display:grid; grid-template-columns:auto 1fr; gap:9px 18px; font-size:15px }
dt { color:var(--quiet) }
dd { font-variant-numeric:tabular-nums; overflow-wrap:anywhere }
.goods { grid-column:1 / -1; display:grid; grid-template-columns:repeat(4,1fr); gap:16px }
.goods div { background:var(--paper); border:1px solid var(--line); border-radius:12px; padding:14px;
  font-size:14px }
.goods i { display:block; height:84px; border-radius:8px; margin-bottom:10px }
.goods b { display:block }
@media (max-width:720px) { main { grid-template-columns:1fr } .goods { grid-template-columns:1fr 1fr } }
</style>
<body data-customer="{{customer}}">
<header><div>
  <svg viewBox="0 0 32 32" aria-hidden="true">
    <path d="M5 20h22l-4 7H9zM15 4h2v14h-2zM18 5l8 11h-8z" fill="#fff"/></svg>
  <b>{{title}}</b><nav><span>Orders</span><span>Messages</span><span>Payouts</span></nav>
</div></header>
<main>
<section>{{inner}}</section>
<section><h3>What this store sees of you</h3>
<dl>
  <dt>Address</dt><dd id="address">{{address}}</dd>
  <dt>Timezone</dt><dd id="timezone">…</dd>
  <dt>Local time</dt><dd id="clock">…</dd>
  <dt>Languages</dt><dd id="languages">…</dd>
  <dt>Language header</dt><dd id="language-header">{{language_header}}</dd>
  <dt>Cores</dt><dd id="cores">…</dd>
  <dt>Driven by a script</dt><dd id="webdriver">…</dd>
  <dt>Remembered here</dt><dd id="remembered">…</dd>
</dl></section>
<div class="goods">
  <div><i style="background:linear-gradient(135deg,#8fc7c2,#2b7f7f)"></i><b>Rope basket</b>24.00</div>
  <div><i style="background:linear-gradient(135deg,#f2c9a0,#d98a4b)"></i><b>Deck lantern</b>38.50</div>
  <div><i style="background:linear-gradient(135deg,#b7c4e8,#5d74b8)"></i><b>Wool blanket</b>61.00</div>
  <div><i style="background:linear-gradient(135deg,#e7d9b4,#b99a54)"></i><b>Brass compass</b>45.90</div>
</div>
</main>
<script>
const asked = new URLSearchParams(location.search);
const customer = document.body.dataset.customer;
const show = (id, text) => { document.getElementById(id).textContent = text; };

function database() {
  return new Promise((done, failed) => {
    const opening = indexedDB.open("shop", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("kept");
    opening.onsuccess = () => done(opening.result);
    opening.onerror = () => failed(opening.error);
  });
}
function finished(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}
async function keep(db, name) {
  localStorage.setItem("customer", name);
  await finished(db.transaction("kept", "readwrite").objectStore("kept").put(name, "customer"));
}
async function look() {
  const db = await database();
  if (customer && asked.has("welcome")) await keep(db, customer);
  const zone = new Intl.DateTimeFormat().resolvedOptions();
  return {
    cookies: document.cookie,
    local_storage: localStorage.getItem("customer"),
    indexed_db: await finished(db.transaction("kept").objectStore("kept").get("customer")) ?? null,
    timezone: zone.timeZone, locale: zone.locale,
    offset_min: new Date().getTimezoneOffset(),
    languages: [...navigator.languages], language: navigator.language,
    cores: navigator.hardwareConcurrency, webdriver: navigator.webdriver,
    user_agent: navigator.userAgent, platform: navigator.platform,
    window: [innerWidth, innerHeight], screen: [screen.width, screen.height], scale: devicePixelRatio,
    visible: document.visibilityState,
  };
}
look().then(async (seen) => {
  show("timezone", seen.timezone);
  show("clock", new Date().toLocaleString());
  show("languages", seen.languages.join(", "));
  show("cores", seen.cores);
  show("webdriver", seen.webdriver ? "yes" : "no");
  show("remembered", [seen.cookies && "cookies", seen.local_storage && "local storage",
    seen.indexed_db && "IndexedDB"].filter(Boolean).join(", ") || "nothing");
  if (customer) document.title = document.title + " – " + customer;
  await fetch("/report?run=" + encodeURIComponent(asked.get("run") || ""), {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(seen) });
  document.documentElement.dataset.ready = "yes";
}).catch((error) => { document.documentElement.dataset.ready = "failed: " + error; });
</script>
</body>
</html>
"""
