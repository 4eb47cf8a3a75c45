"""What a coherent browser would post to the probe, to be changed where a test wants a contradiction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.isolation.coherence.probing import Probe
from app.isolation.coherence.sameness import WINDOWS
from app.isolation.coherence.site import CONTEXTS, Shown

VERSION = "156.0.8078.79"
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
)
EVERYWHERE: dict[str, Any] = {
    "userAgent": AGENT,
    "appVersion": AGENT.removeprefix("Mozilla/"),
    "platform": "Linux x86_64",
    "language": "de-DE",
    "languages": ["de-DE", "de", "en"],
    "cores": 4,
    "memory": 16,
    "hintsLow": {"brands": ["Chromium 156", "Not:A-Brand 8"], "mobile": False, "platform": "Linux"},
    "hintsHigh": {
        "architecture": "x86",
        "bitness": "64",
        "model": "",
        "platformVersion": "6.1.0",
        "uaFullVersion": VERSION,
        "wow64": False,
        "fullVersionList": [f"Chromium {VERSION}", "Not:A-Brand 8.0.0.0"],
    },
    "timezone": "Europe/Berlin",
    "offsets": [-60, -120],
    "dateText": "Wed Jul 01 2026 14:00:00 GMT+0200",
    "locale": "de",
    "numbers": "1.234.567,891",
    "webgl": {"vendor": "Intel", "renderer": "Mesa Intel(R) UHD", "limits": "16384"},
    "webgpu": None,
    "driverNames": [],
    "tampered": [],
    "offscreenShapes": "aa",
    "offscreenText": "bb",
    "canvasSteady": True,
}
IN_WINDOWS: dict[str, Any] = {
    "vendor": "Google Inc.",
    "webdriver": False,
    "canvasShapes": "aa",
    "canvasText": "bb",
    "pageCanvasSteady": True,
    "pageWebgl": EVERYWHERE["webgl"],
    "audio": {"hash": "cc", "steady": True},
    "fonts": ["Arial"],
    "screen": [1920, 1080],
    "available": [1920, 1040],
    "depth": 24,
    "scale": 1,
    "plugins": ["PDF Viewer"],
    "pdf": True,
    "geolocation": {"state": "denied", "place": None},
    "outer": [1280, 800],
    "inner": [1280, 713],
}
IN_MAIN: dict[str, Any] = {"candidates": [], "stored": []}
HEADERS = {"user-agent": AGENT, "accept-language": "de-DE,de;q=0.9,en;q=0.8"}
HINTS = {
    "sec-ch-ua": '"Chromium";v="156", "Not:A-Brand";v="8"',
    "sec-ch-ua-mobile": "?0",
    "sec-ch-ua-platform": '"Linux"',
    "sec-ch-ua-full-version-list": f'"Chromium";v="{VERSION}", "Not:A-Brand";v="8.0.0.0"',
    "sec-ch-ua-arch": '"x86"',
    "sec-ch-ua-bitness": '"64"',
    "sec-ch-ua-model": '""',
    "sec-ch-ua-platform-version": '"6.1.0"',
    "sec-ch-device-memory": "16",
    "sec-ch-dpr": "1",
}


@dataclass
class Shows:
    """A browser in the making: change `facts` and `headers`, then take its `probe`."""

    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in CONTEXTS:
            self.facts[name] = dict(EVERYWHERE)
            self.headers[name] = dict(HEADERS)
            if name in WINDOWS:
                self.facts[name] |= IN_WINDOWS
                self.headers[name] |= HINTS
        self.facts["main"] |= IN_MAIN

    def everywhere(self, **facts: Any) -> Shows:
        """Other facts in every context that has them."""
        for told in self.facts.values():
            told.update({name: value for name, value in facts.items() if name in told})
        return self

    def probe(self) -> Probe:
        """What the check is given."""
        shown = {name: Shown(facts, self.headers[name]) for name, facts in self.facts.items()}
        return Probe(shown, {"main": dict(self.headers.get("main", {}))})
