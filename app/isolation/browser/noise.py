"""Seeded noise for canvas and audio: the script that every target runs before its first own one.

A person chooses it for a profile whose stores must not meet by canvas or audio, and is told that it can be
seen as noise: wrapped functions differ from native ones where a page looks for that. What it keeps:

* the same picture gives the same result, in every frame and worker and after every start;
* another profile gets another result;
* what a page has put in, it gets back: only text, curves and WebGL pictures are changed, at their edges, and
  sound only where the browser has rendered it;
* it is applied once, however often a realm is given the script.
"""

from __future__ import annotations

import hashlib
import json

from app.isolation.plan import Fingerprint

NOISE = "noise"

_SCRIPT = """'use strict';
(({seed, token, canvas, audio}) => {
  const {apply, defineProperty, getOwnPropertyDescriptor} = Reflect;
  const scope = globalThis;
  const {WeakSet, Proxy, Uint8ClampedArray, Float32Array, Math, Number} = scope;
  const {imul, min, trunc, abs} = Math;
  const has = WeakSet.prototype.has, add = WeakSet.prototype.add;
  const known = (set, one) => apply(has, set, [one]);
  const note = (set, one) => apply(add, set, [one]);

  const wrap = (holder, name, work, kind = 'value') => {
    const found = holder && getOwnPropertyDescriptor(holder, name);
    const native = found && found[kind];
    if (typeof native !== 'function') return;
    found[kind] = new Proxy(native, {
      apply: (target, self, words) => (self === token ? token : work(target, self, words)),
    });
    defineProperty(holder, name, found);
  };
  const prototype = (name) => scope[name] && scope[name].prototype;
  const native = (name, method) => {
    const holder = prototype(name);
    return holder && holder[method];
  };

  // A realm may be given the script twice: a popup's first document is used again. One of the wrapped
  // functions answers to the token; a native one throws.
  const asked = !canvas ? native('AnalyserNode', 'getFloatFrequencyData')
    : native('CanvasRenderingContext2D', 'fillText')
      || native('OffscreenCanvasRenderingContext2D', 'fillText');
  if (!asked) return;
  try { if (apply(asked, token, []) === token) return; } catch {}

  // By kind and not by constructor: a frame's canvas gives a frame's arrays.
  const tag = getOwnPropertyDescriptor(Object.getPrototypeOf(Float32Array.prototype), Symbol.toStringTag).get;
  const kindOf = (one) => apply(tag, one, []);

  const hash = (one, other) => {
    let h = imul(seed ^ one, 0x85ebca6b) ^ imul(other, 0xc2b2ae35);
    h = imul(h ^ (h >>> 15), 0x2c1b3c6d);
    h = imul(h ^ (h >>> 12), 0x297a2d39);
    return (h ^ (h >>> 15)) >>> 0;
  };

  if (canvas) {
    const marked = new WeakSet();  // canvases that hold text, a curve or a WebGL picture
    const flat = ['CanvasRenderingContext2D', 'OffscreenCanvasRenderingContext2D'];
    const deep = ['WebGLRenderingContext', 'WebGL2RenderingContext'];
    const own = ['HTMLCanvasElement', 'OffscreenCanvas'].map((name) => scope[name]).filter(Boolean);
    // A canvas of another realm is in that realm's list.
    const isMarked = (one) => known(marked, one) || !own.some((kind) => one instanceof kind);
    const getters = {};
    for (const name of [...flat, ...deep]) {
      const found = prototype(name) && getOwnPropertyDescriptor(prototype(name), 'canvas');
      if (found) getters[name] = found.get;
    }
    const canvasOf = (name, self) => apply(getters[name], self, []);
    const getData = {};
    for (const name of flat) getData[name] = native(name, 'getImageData');
    const getContext = native('HTMLCanvasElement', 'getContext');
    const getOffscreen = native('OffscreenCanvas', 'getContext');
    const draw = native('CanvasRenderingContext2D', 'drawImage');
    const put = native('CanvasRenderingContext2D', 'putImageData');
    const drawOff = native('OffscreenCanvasRenderingContext2D', 'drawImage');
    const putOff = native('OffscreenCanvasRenderingContext2D', 'putImageData');
    const create = native('Document', 'createElement');

    // `wide` has one column and one row more than wanted, so that an edge is one wherever it is cut.
    const change = (target, wide, left, top, columns, rows, stride) => {
      for (let y = 0; y < rows; y++) {
        for (let x = 0; x < columns; x++) {
          const at = 4 * (y * stride + x), to = 4 * (y * columns + x);
          const right = at + 4, below = at + 4 * stride;
          const own = wide[at] | wide[at + 1] << 8 | wide[at + 2] << 16 | wide[at + 3] << 24;
          if (own === (wide[right] | wide[right + 1] << 8 | wide[right + 2] << 16 | wide[right + 3] << 24)
            && own === (wide[below] | wide[below + 1] << 8 | wide[below + 2] << 16 | wide[below + 3] << 24)) {
            continue;
          }
          // Others are kept multiplied by their opacity, and would come back as another colour once more.
          if (wide[at + 3] !== 255) continue;
          const h = hash(imul(left + x, 73856093) ^ imul(top + y, 19349663), own);
          if (h & 3) continue;
          const part = to + (h >>> 2) % 3;
          target[part] ^= 1;
        }
      }
    };
    const noisy = (name, context, result, x, y, columns, rows, settings) => {
      if (kindOf(result.data) !== 'Uint8ClampedArray') return result;
      const wide = apply(getData[name], context, [x, y, columns + 1, rows + 1, settings]);
      change(result.data, wide.data, x, y, columns, rows, columns + 1);
      return result;
    };
    // A copy with the noise in it, or null where the page may not read it either.
    const copy = (source, isOffscreen) => {
      const {width, height} = source;
      if (!width || !height) return null;
      const made = isOffscreen ? new scope.OffscreenCanvas(width, height)
        : apply(create, scope.document, ['canvas']);
      made.width = width; made.height = height;
      const name = flat[isOffscreen ? 1 : 0];
      const words = ['2d', {willReadFrequently: true}];
      const context = apply(isOffscreen ? getOffscreen : getContext, made, words);
      try {
        apply(isOffscreen ? drawOff : draw, context, [source, 0, 0]);
        const result = apply(getData[name], context, [0, 0, width, height]);
        noisy(name, context, result, 0, 0, width, height);
        apply(isOffscreen ? putOff : put, context, [result, 0, 0]);
      } catch { return null; }
      return made;
    };

    for (const name of flat) {
      for (const method of ['fillText', 'strokeText', 'arc', 'arcTo', 'ellipse', 'bezierCurveTo',
        'quadraticCurveTo']) {
        wrap(prototype(name), method, (target, self, words) => {
          const result = apply(target, self, words);
          note(marked, canvasOf(name, self));
          return result;
        });
      }
      wrap(prototype(name), 'drawImage', (target, self, words) => {
        const result = apply(target, self, words);
        const source = words[0];
        if (source !== null && typeof source === 'object' && known(marked, source)) {
          note(marked, canvasOf(name, self));
        }
        return result;
      });
      wrap(prototype(name), 'getImageData', (target, self, words) => {
        const result = apply(target, self, words);
        if (!isMarked(canvasOf(name, self))) return result;
        let [x, y, columns, rows] = [trunc(words[0]), trunc(words[1]), trunc(words[2]), trunc(words[3])];
        if (columns < 0) x += columns;
        if (rows < 0) y += rows;
        return noisy(name, self, result, x, y, abs(columns), abs(rows), words[4]);
      });
    }
    for (const name of deep) {
      for (const method of ['drawArrays', 'drawElements', 'drawArraysInstanced', 'drawElementsInstanced']) {
        wrap(prototype(name), method, (target, self, words) => {
          const result = apply(target, self, words);
          note(marked, canvasOf(name, self));
          return result;
        });
      }
      wrap(prototype(name), 'readPixels', (target, self, words) => {
        const result = apply(target, self, words);
        const [x, y, columns, rows, , , pixels] = words;
        const kind = kindOf(pixels);
        if (isMarked(canvasOf(name, self)) && (kind === 'Uint8Array' || kind === 'Uint8ClampedArray')
          && columns > 0 && rows > 0 && pixels.length >= 4 * columns * rows) {
          // The last column and row are compared with themselves: there is nothing beyond them to ask.
          const stride = columns + 1, wide = new Uint8ClampedArray(4 * stride * (rows + 1));
          for (let row = 0; row <= rows; row++) {
            for (let column = 0; column <= columns; column++) {
              const from = 4 * (min(row, rows - 1) * columns + min(column, columns - 1));
              const to = 4 * (row * stride + column);
              for (let part = 0; part < 4; part++) wide[to + part] = pixels[from + part];
            }
          }
          change(pixels, wide, x, y, columns, rows, stride);
        }
        return result;
      });
    }
    for (const method of ['toDataURL', 'toBlob']) {
      wrap(prototype('HTMLCanvasElement'), method, (target, self, words) =>
        apply(target, (isMarked(self) && copy(self, false)) || self, words));
    }
    wrap(prototype('OffscreenCanvas'), 'convertToBlob', (target, self, words) =>
      apply(target, (isMarked(self) && copy(self, true)) || self, words));
    // A picture of a marked canvas, drawn into another one, is still a marked picture.
    const carry = (target, self, words) => {
      const result = apply(target, self, words);
      if (known(marked, self)) note(marked, result);
      return result;
    };
    wrap(prototype('OffscreenCanvas'), 'transferToImageBitmap', carry);
    wrap(prototype('HTMLCanvasElement'), 'transferControlToOffscreen', carry);
    wrap(scope, 'createImageBitmap', (target, self, words) => {
      const result = apply(target, self, words);
      const source = words[0];
      if (source === null || typeof source !== 'object' || !known(marked, source)) return result;
      return apply(scope.Promise.prototype.then, result, [(made) => { note(marked, made); return made; }]);
    });
  }

  if (audio) {
    const changed = new WeakSet();
    const channel = native('AudioBuffer', 'getChannelData');
    // Up to 0.2 %, 0.02 dB, for the whole: changes of single samples alone would cancel out in a sum.
    const whole = 1 + (hash(11, 13) / 2 ** 32 - 0.5) * 4e-3;
    const factor = (at) => whole + ((hash(at, 7) % 2001) - 1000) * 1e-9;
    const noisy = (buffer) => {
      if (!buffer || known(changed, buffer)) return buffer;
      note(changed, buffer);
      for (let number = 0; number < buffer.numberOfChannels; number++) {
        const sound = apply(channel, buffer, [number]);
        for (let at = 0; at < sound.length; at++) sound[at] *= factor(at);
      }
      return buffer;
    };
    wrap(prototype('OfflineAudioContext'), 'startRendering', (target, self, words) =>
      apply(scope.Promise.prototype.then, apply(target, self, words), [noisy]));
    wrap(prototype('OfflineAudioCompletionEvent'), 'renderedBuffer',
      (target, self, words) => noisy(apply(target, self, words)), 'get');
    for (const method of ['getFloatFrequencyData', 'getFloatTimeDomainData']) {
      wrap(prototype('AnalyserNode'), method, (target, self, words) => {
        const result = apply(target, self, words);
        const sound = words[0];
        if (kindOf(sound) === 'Float32Array') {
          for (let at = 0; at < sound.length; at++) {
            if (Number.isFinite(sound[at])) sound[at] *= factor(at);
          }
        }
        return result;
      });
    }
  }
})(WISHES);"""


def noise_script(settings: Fingerprint, profile: str) -> str:
    """The script for a profile's choice; empty when both are real.

    The seed comes from the profile's id, which it keeps for life and shares with no other.
    """
    if NOISE not in (settings.canvas, settings.audio):
        return ""
    digest = hashlib.sha256(b"berth noise " + profile.encode()).digest()
    wishes = {
        "seed": int.from_bytes(digest[:4], "big", signed=True),
        # Known to nobody else, so that no page can ask a function whether it is wrapped.
        "token": digest[4:20].hex(),
        "canvas": settings.canvas == NOISE,
        "audio": settings.audio == NOISE,
    }
    return _SCRIPT.replace("WISHES", json.dumps(wishes))
