// The probe's first page: looks at itself, then makes every other kind of context.
"use strict";

const berthBase = location.origin;
const berthOther = document.documentElement.dataset.other;

async function berthStored() {
  const found = [];
  if (document.cookie) found.push("cookies");
  if (localStorage.length) found.push("localStorage");
  if (sessionStorage.length) found.push("sessionStorage");
  if ((await indexedDB.databases()).length) found.push("IndexedDB");
  if ((await caches.keys()).length) found.push("caches");
  if ((await navigator.serviceWorker.getRegistrations()).length) found.push("service workers");
  const folder = await navigator.storage.getDirectory();
  for await (const name of folder.keys()) found.push(`file ${name}`);
  return found;
}

// Addresses that WebRTC would tell a page. No server is named, so nothing has to be asked for this.
async function berthCandidates() {
  const peer = new RTCPeerConnection();
  const found = [];
  const gathered = new Promise((done) => {
    peer.onicecandidate = (event) => {
      if (!event.candidate) done();
      else if (event.candidate.candidate) found.push(event.candidate.candidate);
    };
  });
  peer.createDataChannel("check");
  await peer.setLocalDescription(await peer.createOffer());
  await berthWithin(gathered, 3000);
  peer.close();
  return found;
}

async function berthOwnFacts() {
  const facts = await berthCollect();
  const frame = document.body.appendChild(document.createElement("iframe"));
  facts.tampered.push(...berthTampered(frame.contentWindow.Function.prototype.toString)
    .filter((name) => !facts.tampered.includes(name)));
  frame.remove();
  facts.candidates = await berthWithin(berthCandidates().catch((error) => [`failed ${error}`]), 6000);
  facts.notification = [Notification.permission,
    (await navigator.permissions.query({ name: "notifications" })).state];
  return facts;
}

function berthFrame(attributes) {
  return document.body.appendChild(Object.assign(document.createElement("iframe"), attributes));
}

function berthScriptIn(frame, context) {
  const page = frame.contentDocument;
  const script = page.createElement("script");
  script.textContent = document.getElementById("collect").textContent
    + `\nberthReport(${JSON.stringify(berthBase)}, ${JSON.stringify(context)});`;
  page.body.append(script);
}

function berthBlobWorker() {
  const text = `importScripts("${berthBase}/collect.js"); berthReport("${berthBase}", "blob");`;
  return new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
}

// A person's click allows a page one window of its own; Berth gives that leave instead, without a script.
async function berthPopup() {
  const ends = Date.now() + 15000;
  while (Date.now() < ends) {
    if (navigator.userActivation.isActive) {
      const popup = open(`${berthBase}/frame?context=popup`, "_blank", "popup,width=420,height=320");
      if (!popup) await berthTell(berthBase, "popup", { failed: "blocked" });
      return;
    }
    await new Promise((done) => setTimeout(done, 20));
  }
  await berthTell(berthBase, "popup", { failed: "never allowed" });
}

async function berthMain() {
  const stored = await berthWithin(berthStored().catch((error) => [`failed ${error}`]), 5000);
  const facts = await berthOwnFacts();
  facts.stored = stored;
  await berthTell(berthBase, "main", facts);
  berthScriptIn(berthFrame({}), "blank");
  berthFrame({ src: `${berthBase}/frame?context=frame` });
  berthFrame({ srcdoc: `<!doctype html><body><script src="${berthBase}/collect.js"><\/script>`
    + `<script>berthReport("${berthBase}", "srcdoc")<\/script>` });
  const sandboxed = document.createElement("iframe");
  sandboxed.setAttribute("sandbox", "allow-scripts");
  sandboxed.src = `${berthBase}/frame?context=sandbox`;
  document.body.append(sandboxed);
  berthFrame({ allow: "geolocation", src: `${berthOther}/frame?context=cross` });
  globalThis.berthKept = [new Worker("/worker.js", { name: "dedicated" }), berthBlobWorker(),
    new SharedWorker("/shared.js")];
  const service = await navigator.serviceWorker.register("/service.js")
    .catch((error) => berthTell(berthBase, "service", { failed: String(error) }));
  await berthPopup();
  await berthTakenAway();
  await service?.unregister?.();
}

// When everything has been told, the answer takes along what the browser keeps for this site.
async function berthTakenAway() {
  while (!(await fetch("/done").then((answer) => answer.status === 200, () => true))) {
    await new Promise((done) => setTimeout(done, 100));
  }
}

berthMain().catch((error) => berthTell(berthBase, "main", { failed: String(error) }));
