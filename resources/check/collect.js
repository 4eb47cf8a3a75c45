// What one context of a page shows of the browser. Runs unchanged in windows, frames and workers.
// Reads only: nothing here changes what a page or another context would see.
"use strict";

const berthIsWindow = typeof document !== "undefined";
const berthFonts = ["Arial", "Helvetica", "Times New Roman", "Courier New", "Verdana", "Georgia", "Calibri",
  "Cambria", "Segoe UI", "Tahoma", "Trebuchet MS", "Comic Sans MS", "Impact", "Microsoft YaHei", "SimSun",
  "PingFang SC", "Hiragino Sans", "Helvetica Neue", "Menlo", "Monaco", "Ubuntu", "DejaVu Sans",
  "DejaVu Serif", "DejaVu Sans Mono", "Liberation Sans", "Noto Sans", "Noto Sans CJK SC", "Noto Color Emoji",
  "Roboto", "Cantarell", "FreeSans", "Droid Sans", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"];

// cyrb53: short, and the same in every context.
function berthHash(bytes) {
  let one = 0xdeadbeef, two = 0x41c6ce57;
  for (let at = 0; at < bytes.length; at++) {
    one = Math.imul(one ^ bytes[at], 2654435761);
    two = Math.imul(two ^ bytes[at], 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return (two >>> 0).toString(16).padStart(8, "0") + (one >>> 0).toString(16).padStart(8, "0");
}

// Something that does not come in time is "late": not known, which is another thing than not there.
function berthWithin(promise, milliseconds) {
  return Promise.race([promise, new Promise((done) => setTimeout(() => done("late"), milliseconds))]);
}

function berthShapes(pen) {
  const sweep = pen.createLinearGradient(0, 0, 200, 0);
  sweep.addColorStop(0, "#f60");
  sweep.addColorStop(1, "#06c");
  pen.fillStyle = sweep;
  pen.fillRect(4, 4, 180, 40);
  pen.globalCompositeOperation = "multiply";
  for (const [at, colour] of [[40, "#f0f"], [70, "#0ff"], [100, "#ff0"]]) {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.arc(at, 50, 30, 0, Math.PI * 2, true);
    pen.closePath();
    pen.fill();
  }
  pen.globalCompositeOperation = "source-over";
}

function berthText(pen) {
  pen.textBaseline = "alphabetic";
  pen.fillStyle = "#069";
  pen.font = "15px Arial, sans-serif";
  pen.fillText("Cwm fjordbank glyphs vext quiz, 1234", 3, 80);
  pen.fillStyle = "rgba(102, 204, 0, 0.7)";
  pen.font = "18px 'Times New Roman', serif";
  pen.fillText("Ωß中文 泊位", 6, 105);
}

function berthPixels(canvas) {
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const read = () => berthHash(pen.getImageData(0, 0, 220, 120).data);
  const empty = pen.getImageData(0, 0, 220, 120).data.some((value) => value !== 0) ? "dirty" : "clean";
  berthShapes(pen);
  const shapes = read();
  const again = read();
  berthText(pen);
  return { empty, shapes, text: read(), steady: shapes === again };
}

function berthFlat(canvas) {
  // A colour put in has to come out as it is.
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const wanted = [17, 130, 211, 255];
  const picture = pen.createImageData(8, 8);
  for (let at = 0; at < picture.data.length; at++) picture.data[at] = wanted[at % 4];
  pen.putImageData(picture, 0, 0);
  return pen.getImageData(0, 0, 8, 8).data.every((value, at) => value === wanted[at % 4]);
}

function berthFontsSeen(pen) {
  const width = (font) => { pen.font = `40px ${font}`; return pen.measureText("mmMwWLliI0O&1").width; };
  const bases = ["monospace", "serif"].map((base) => [base, width(base)]);
  return berthFonts.filter((name) => bases.some(([base, plain]) => width(`'${name}', ${base}`) !== plain));
}

function berthGraphics(canvas, kind) {
  const gl = canvas.getContext(kind);
  if (!gl) return null;
  const more = gl.getExtension("WEBGL_debug_renderer_info");
  const found = {
    vendor: more ? gl.getParameter(more.UNMASKED_VENDOR_WEBGL) : gl.getParameter(gl.VENDOR),
    renderer: more ? gl.getParameter(more.UNMASKED_RENDERER_WEBGL) : gl.getParameter(gl.RENDERER),
    limits: ["MAX_TEXTURE_SIZE", "MAX_VIEWPORT_DIMS", "MAX_RENDERBUFFER_SIZE", "MAX_VERTEX_ATTRIBS"]
      .map((name) => String(gl.getParameter(gl[name]))).join("/"),
  };
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return found;
}

async function berthSound() {
  const Offline = globalThis.OfflineAudioContext;
  if (!Offline) return null;
  const sounds = new Offline(1, 5000, 44100);
  const tone = sounds.createOscillator();
  tone.type = "triangle";
  tone.frequency.value = 10000;
  const press = sounds.createDynamicsCompressor();
  press.threshold.value = -50;
  press.knee.value = 40;
  press.ratio.value = 12;
  press.attack.value = 0;
  press.release.value = 0.25;
  tone.connect(press);
  press.connect(sounds.destination);
  tone.start(0);
  const made = await berthWithin(sounds.startRendering(), 6000);
  if (made === "late") return made;
  const data = made.getChannelData(0);
  const copy = new Float32Array(data.length);
  made.copyFromChannel(copy, 0);
  const hash = berthHash(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const other = berthHash(new Uint8Array(copy.buffer));
  return { hash, steady: hash === other };
}

// Functions that a script which disguises a browser would replace.
function berthSuspects() {
  const wanted = [
    ["Function", "toString"], ["Navigator", "hardwareConcurrency"], ["Navigator", "languages"],
    ["Navigator", "language"], ["Navigator", "userAgent"], ["Navigator", "platform"],
    ["Navigator", "webdriver"], ["Navigator", "deviceMemory"], ["WorkerNavigator", "hardwareConcurrency"],
    ["WorkerNavigator", "languages"], ["WorkerNavigator", "userAgent"], ["WorkerNavigator", "deviceMemory"],
    ["NavigatorUAData", "getHighEntropyValues"], ["Date", "getTimezoneOffset"], ["Date", "toString"],
    ["Screen", "width"], ["Screen", "height"], ["HTMLCanvasElement", "toDataURL"],
    ["HTMLCanvasElement", "getContext"], ["CanvasRenderingContext2D", "getImageData"],
    ["OffscreenCanvasRenderingContext2D", "getImageData"], ["OffscreenCanvas", "convertToBlob"],
    ["WebGLRenderingContext", "getParameter"], ["WebGL2RenderingContext", "getParameter"],
    ["AudioBuffer", "getChannelData"], ["AudioBuffer", "copyFromChannel"], ["Permissions", "query"],
    ["Geolocation", "getCurrentPosition"], ["RTCPeerConnection", "createOffer"],
  ];
  const found = [["Intl.DateTimeFormat.resolvedOptions", Intl.DateTimeFormat.prototype, "resolvedOptions"]];
  for (const [owner, name] of wanted) {
    const prototype = globalThis[owner]?.prototype;
    if (prototype) found.push([`${owner}.${name}`, prototype, name]);
  }
  return found;
}

function berthTampered(nativeText = Function.prototype.toString) {
  const wrong = [];
  for (const [shown, owner, name] of berthSuspects()) {
    const described = Object.getOwnPropertyDescriptor(owner, name);
    const work = described?.get ?? described?.value;
    if (typeof work !== "function") continue;
    const isNative = /^function (get )?[\w.]*\(\) \{\s*\[native code\]\s*\}$/.test(nativeText.call(work));
    const names = Object.getOwnPropertyNames(work).sort().join();
    const isPlain = names === "length,name" && !("prototype" in work);
    if (!isNative || !isPlain) wrong.push(shown);
  }
  wrong.push(...Object.getOwnPropertyNames(navigator).map((name) => `navigator.${name}`));
  return wrong;
}

// Names that drivers of browsers are known to leave behind.
function berthDriverNames() {
  const names = Object.getOwnPropertyNames(globalThis);
  return names.filter((name) => /^(cdc_|\$cdc_|__(playwright|pw|puppeteer|webdriver|selenium|driver)|_phantom)/.test(name));
}

async function berthHints() {
  const data = navigator.userAgentData;
  if (!data) return { low: null, high: null };
  const list = (brands) => brands.map((entry) => `${entry.brand} ${entry.version}`).sort();
  const wanted = ["architecture", "bitness", "formFactors", "fullVersionList", "model", "platformVersion",
    "uaFullVersion", "wow64"];
  const high = await berthWithin(data.getHighEntropyValues(wanted), 6000);
  return {
    low: { brands: list(data.brands), mobile: data.mobile, platform: data.platform },
    high: high === "late" ? high : {
      architecture: high.architecture, bitness: high.bitness, model: high.model,
      platformVersion: high.platformVersion, uaFullVersion: high.uaFullVersion, wow64: high.wow64,
      fullVersionList: list(high.fullVersionList ?? []),
    },
  };
}

async function berthAdapter() {
  if (!navigator.gpu) return null;
  const adapter = await berthWithin(navigator.gpu.requestAdapter().catch(() => null), 6000);
  if (adapter === "late") return adapter;
  return adapter?.info ? `${adapter.info.vendor} ${adapter.info.architecture}`.trim() : null;
}

async function berthCollect() {
  const { low, high } = await berthHints();
  const zone = new Intl.DateTimeFormat().resolvedOptions();
  const year = 2026;
  const facts = {
    userAgent: navigator.userAgent, appVersion: navigator.appVersion, platform: navigator.platform,
    vendor: navigator.vendor ?? null, language: navigator.language, languages: [...navigator.languages],
    cores: navigator.hardwareConcurrency, memory: navigator.deviceMemory ?? null,
    webdriver: navigator.webdriver ?? null, hintsLow: low, hintsHigh: high,
    timezone: zone.timeZone, locale: zone.locale, numbers: (1234567.891).toLocaleString(),
    offsets: [new Date(year, 0, 1).getTimezoneOffset(), new Date(year, 6, 1).getTimezoneOffset()],
    dateText: new Date(Date.UTC(year, 6, 1, 12)).toString(),
    secure: isSecureContext, driverNames: berthDriverNames(), tampered: berthTampered(),
  };
  if (globalThis.OffscreenCanvas) {
    const pixels = berthPixels(new OffscreenCanvas(220, 120));
    facts.offscreenShapes = pixels.shapes;
    facts.offscreenText = pixels.text;
    facts.canvasSteady = pixels.steady && pixels.empty === "clean" && berthFlat(new OffscreenCanvas(8, 8));
    facts.webgl = berthGraphics(new OffscreenCanvas(16, 16), "webgl");
  }
  facts.webgpu = await berthAdapter();
  if (berthIsWindow) Object.assign(facts, await berthCollectWindow());
  return facts;
}

// Only where the person has said yes before: the check itself never asks for a place.
async function berthPlace() {
  const leave = await navigator.permissions.query({ name: "geolocation" }).catch(() => null);
  if (!leave) return { state: "unknown", place: null };
  if (leave.state !== "granted") return { state: leave.state, place: null };
  const place = await berthWithin(new Promise((done) => navigator.geolocation.getCurrentPosition(
    ({ coords }) => done([coords.latitude, coords.longitude, coords.accuracy]),
    (error) => done(`failed ${error.code}`))), 8000);
  return { state: leave.state, place };
}

async function berthCollectWindow() {
  const make = (width, height) => Object.assign(document.createElement("canvas"), { width, height });
  const pixels = berthPixels(make(220, 120));
  return {
    canvasShapes: pixels.shapes, canvasText: pixels.text,
    pageCanvasSteady: pixels.steady && pixels.empty === "clean" && berthFlat(make(8, 8)),
    pageWebgl: berthGraphics(make(16, 16), "webgl"), webgl2: berthGraphics(make(16, 16), "webgl2"),
    fonts: berthFontsSeen(make(8, 8).getContext("2d")), audio: await berthSound(),
    screen: [screen.width, screen.height], available: [screen.availWidth, screen.availHeight],
    depth: screen.colorDepth, scale: devicePixelRatio, scheme: matchMedia("(prefers-color-scheme: dark)").matches,
    pointer: matchMedia("(pointer: fine)").matches, touch: navigator.maxTouchPoints,
    plugins: [...navigator.plugins].map((plugin) => plugin.name), pdf: navigator.pdfViewerEnabled,
    geolocation: await berthPlace(), outer: [outerWidth, outerHeight], inner: [innerWidth, innerHeight],
  };
}

// Opaque origins may only send what needs no leave, so everybody sends plain text.
function berthTell(base, context, facts) {
  return fetch(`${base}/report?context=${context}`, {
    method: "POST", mode: "no-cors", headers: { "Content-Type": "text/plain" }, body: JSON.stringify(facts),
  });
}

async function berthReport(base, context) {
  let facts;
  try {
    facts = await berthCollect();
  } catch (error) {
    facts = { failed: String(error) };
  }
  await berthTell(base, context, facts);
}
