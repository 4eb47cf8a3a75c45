"""Fingerprint: what was chosen for a store beside what is real, and what each choice costs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.isolation.plan import GeoMode, WebRtcPolicy
from app.isolation.profile_listing import ProfileRow
from app.isolation.room import IsolationRoom
from app.kernel.text import Text, say
from app.ui.language import told, tr
from app.ui.telling import named
from app.ui.widgets.lines import Facts
from app.ui.widgets.parts import button, label

_GEO: dict[GeoMode, Text] = {
    GeoMode.REAL: say("real, if the person allows it"),
    GeoMode.FIXED: say("fixed"),
    GeoMode.BLOCKED: say("blocked"),
}
_WEBRTC: dict[WebRtcPolicy, Text] = {
    WebRtcPolicy.PROXY_ONLY: say("through the proxy only"),
    WebRtcPolicy.PUBLIC_ONLY: say("public address only"),
    WebRtcPolicy.DEFAULT: say("as the browser does by itself"),
}
_GEO_COSTS: dict[GeoMode, Text] = {
    GeoMode.REAL: say("Sites may learn where this computer is."),
    GeoMode.FIXED: say("Has to fit the exit's country."),
    GeoMode.BLOCKED: say("Checkouts that ask for it get no answer."),
}
_WEBRTC_COSTS: dict[WebRtcPolicy, Text] = {
    WebRtcPolicy.PROXY_ONLY: say("Calls in the browser may not work."),
    WebRtcPolicy.PUBLIC_ONLY: say("May show this computer's own address."),
    WebRtcPolicy.DEFAULT: say("May show this computer's own address."),
}
_PICTURES: dict[str, Text] = {"real": say("real"), "noise": say("noise")}
_PICTURE_COSTS: dict[str, Text] = {
    "real": say("The same for all stores on this computer."),
    "noise": say("Another for each store; a site that looks for it can see that it is noise."),
}


class FingerprintTab(QWidget):
    """Chosen once, then frozen; everything else stays what the real browser shows."""

    def __init__(self, room: IsolationRoom, edit: Callable[[], None]) -> None:
        super().__init__()
        self._room = room
        self.chosen = Facts()
        self.real = Facts()
        self.cost = label(
            tr(
                "Stores on this computer share what is real: graphics card, fonts, screen. Berth never "
                "pretends another one, because such a lie contradicts itself somewhere."
            ),
            "muted",
            wraps=True,
        )
        self.edit_button = button(tr("Change…"), "edit_fingerprint_button", edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(10)
        column.addWidget(label(tr("Chosen for this store"), "heading"))
        column.addWidget(self.chosen)
        column.addWidget(self.edit_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(6)
        column.addWidget(label(tr("Real, as on this computer"), "heading"))
        column.addWidget(self.real)
        column.addWidget(self.cost)
        column.addStretch(1)

    def show_row(self, row: ProfileRow) -> None:
        """Shows a store."""
        settings, profile = row.profile.fingerprint, row.profile
        nothing = tr("Costs nothing.")
        automatic = tr("automatic, by the exit")
        place = settings.place
        geo = told(_GEO[settings.geolocation])
        if place is not None:
            geo = named(geo, f"{place.latitude:.5g}, {place.longitude:.5g}")
        window = f"{settings.window_width_px} × {settings.window_height_px}"
        self.chosen.show_facts(
            [
                (tr("Languages"), ", ".join(settings.languages) or automatic),
                (tr("Time zone"), settings.timezone or automatic),
                (tr("Location"), geo),
                (tr("Window size"), window),
                (tr("Scale"), f"{settings.scale * 100:.0f} %"),
                (tr("Processor cores"), str(settings.cores) if settings.cores else tr("all")),
                (tr("WebRTC"), told(_WEBRTC[settings.webrtc])),
                (tr("Canvas"), told(_PICTURES[settings.canvas])),
                (tr("Audio"), told(_PICTURES[settings.audio])),
            ],
            costs=[
                tr("Shops expect the language of their market."),
                tr("Has to fit the exit's country."),
                told(_GEO_COSTS[settings.geolocation]),
                tr("Costs nothing: windows have every size."),
                tr("Pages look larger or smaller.") if settings.scale != 1 else nothing,
                tr("The window really runs on so many cores, so it may be slower.")
                if settings.cores
                else nothing,
                told(_WEBRTC_COSTS[settings.webrtc]),
                told(_PICTURE_COSTS[settings.canvas]),
                told(_PICTURE_COSTS[settings.audio]),
            ],
        )
        seen = profile.engine_seen.capitalize() or tr("known after the first opening")
        self.real.show_facts(
            [
                (tr("Browser"), seen),
                (tr("Graphics"), tr("this computer's own")),
                (tr("Fonts"), tr("this computer's own")),
                (tr("Screen"), tr("this computer's own")),
            ]
        )
        self.edit_button.setVisible(profile.deleted_at is None)
