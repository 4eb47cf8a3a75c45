"""Fields of a store's form that are more than a line of text: its colour, its place, known values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from string import ascii_uppercase

from PySide6.QtCore import QCollator, QEvent, QLocale, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QToolTip, QWidget

from app.isolation.fingerprint.choosing import SCALES, WINDOW_SIZES
from app.isolation.fingerprint.languages import languages_of
from app.isolation.fingerprint.timezones import is_country, zones_of
from app.isolation.template import AUTOMATIC
from app.ui.language import told, tr
from app.ui.pages.stores.words import MARKETS_FIRST, PLATFORM_NAMES, STORE_COLOURS
from app.ui.telling import country_title, named
from app.ui.theme.palette import tokens_now
from app.ui.widgets.fields import Choice

_SWATCH_PX = 22
_GAP_PX = 8
_COLOUR_PX = 104
_FIXED = "fixed"


class Swatches(QWidget):
    """A row of colours; one is chosen by a click, or by the arrow keys."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("colour_swatches")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._at = -1

    def show_colour(self, colour: str) -> None:
        """Marks a colour, or none of them where it is another one."""
        found = [at for at, (_, one) in enumerate(STORE_COLOURS) if one == colour.strip().upper()]
        self._at = found[0] if found else -1
        name = told(STORE_COLOURS[self._at][0]) if found else colour
        self.setAccessibleName(named(tr("Colour"), name))
        self.update()

    def sizeHint(self) -> QSize:
        count = len(STORE_COLOURS)
        return QSize(count * (_SWATCH_PX + _GAP_PX), _SWATCH_PX + 8)

    def _box(self, at: int) -> QRectF:
        return QRectF(4 + at * (_SWATCH_PX + _GAP_PX), 4, _SWATCH_PX, _SWATCH_PX)

    def _at_place(self, x: float) -> int:
        at = int(x // (_SWATCH_PX + _GAP_PX))
        return at if 0 <= at < len(STORE_COLOURS) else -1

    def _choose(self, at: int) -> None:
        self.chosen.emit(STORE_COLOURS[at][1])

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, painter = tokens_now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at, (_, colour) in enumerate(STORE_COLOURS):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(self._box(at), 6, 6)
        marked = max(self._at, 0)
        if self._at >= 0 or self.hasFocus():
            painter.setPen(QPen(QColor(tokens.focus if self.hasFocus() else tokens.text), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self._box(marked).adjusted(-3, -3, 3, 3), 8, 8)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._at_place(event.position().x())
        if event.button() is Qt.MouseButton.LeftButton and at >= 0:
            self._choose(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if by:
            self._choose(max(0, min(len(STORE_COLOURS) - 1, self._at + by)))
        elif event.key() == Qt.Key.Key_Space:
            self._choose(max(0, self._at))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self._at_place(event.pos().x())
            if at >= 0:
                QToolTip.showText(event.globalPos(), told(STORE_COLOURS[at][0]), self)
            return True
        return super().event(event)


class ColourEdit(QWidget):
    """A store's colour: one of the row, or any as #RRGGBB."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__()
        self.edit = QLineEdit(value)
        self.edit.setObjectName(name)
        self.edit.setMaxLength(64)
        self.edit.setPlaceholderText("#RRGGBB")
        self.edit.setFixedWidth(_COLOUR_PX)
        self.swatches = Swatches()
        self.swatches.show_colour(value)
        self.swatches.chosen.connect(self.edit.setText)
        self.edit.textChanged.connect(self.swatches.show_colour)
        self.setFocusProxy(self.edit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.edit)
        row.addWidget(self.swatches)
        row.addStretch(1)

    @property
    def value(self) -> str:
        """What is typed or chosen."""
        return self.edit.text()


class PlaceEdit(QWidget):
    """Where a browser says it is: blocked, real, or a fixed place by its two numbers."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__()
        self._before = value
        parts = value.split(",")
        is_fixed = len(parts) > 1
        self._rest = ",".join(["", *parts[2:]]) if is_fixed else ""  # how exact it is
        kinds = [
            ("blocked", tr("Blocked", "location")),
            ("real", tr("Real, if the person allows it")),
            (_FIXED, tr("A fixed place")),
        ]
        self.choice = Choice(name, kinds, _FIXED if is_fixed else value)
        self.latitude_edit = QLineEdit(parts[0] if is_fixed else "")
        self.longitude_edit = QLineEdit(parts[1] if is_fixed else "")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.choice, 1)
        for edit, what, title in (
            (self.latitude_edit, "latitude", tr("Latitude")),
            (self.longitude_edit, "longitude", tr("Longitude")),
        ):
            edit.setObjectName(name.replace("_edit", f"_{what}_edit"))
            edit.setAccessibleName(title)
            edit.setPlaceholderText(title)
            edit.setMaxLength(32)
            row.addWidget(edit, 1)
        self.setFocusProxy(self.choice)
        self.choice.currentIndexChanged.connect(self._show)
        self._show()

    @property
    def value(self) -> str:
        """As the core reads it; what nobody touched is what it was, to the letter."""
        if self.choice.value != _FIXED:
            return self.choice.value
        typed = f"{self.latitude_edit.text().strip()},{self.longitude_edit.text().strip()}"
        whole = f"{typed}{self._rest}"
        return self._before if whole == self._before else whole

    def _show(self) -> None:
        is_fixed = self.choice.value == _FIXED
        self.latitude_edit.setVisible(is_fixed)
        self.longitude_edit.setVisible(is_fixed)


def platforms() -> list[tuple[str, str]]:
    """The platforms that Berth knows by name."""
    return list(PLATFORM_NAMES.items())


def markets() -> list[tuple[str, str]]:
    """Every country by its code and its name; those where most sellers sell first."""
    return _markets(QLocale().name())


@cache
def _markets(_language: str) -> list[tuple[str, str]]:
    collator = QCollator(QLocale())
    rest = [(code, country_title(code)) for code in _countries() if code not in MARKETS_FIRST]
    rest.sort(key=lambda row: collator.sortKey(row[1]))
    first = [(code, country_title(code)) for code in MARKETS_FIRST]
    return [(code, f"{code} · {title}") for code, title in (*first, *rest)]


def timezones(market: str) -> list[tuple[str, str]]:
    """Automatic, then the market's zones, then all others."""
    return [_automatic(), *_each_once((*zones_of(market), *_every_zone()))]


def languages(market: str) -> list[tuple[str, str]]:
    """Automatic, then what a browser bought in the market starts with, then those of other countries."""
    wanted = [one for one in (market, *MARKETS_FIRST) if one]
    lists = [", ".join(languages_of(country)) for country in (*wanted, *_countries())]
    return [_automatic(), *_each_once(lists)]


def windows() -> list[tuple[str, str]]:
    """The sizes of windows that the core chooses from."""
    return [(f"{width}x{height}", f"{width} × {height}") for width, height in WINDOW_SIZES]


def scales() -> list[tuple[str, str]]:
    """The steps that the core chooses from."""
    return [(f"{scale:g}", f"{scale * 100:.0f} %") for scale in SCALES]


def _automatic() -> tuple[str, str]:
    return AUTOMATIC, tr("Automatic, by the exit")


def _each_once(values: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((value, value) for value in dict.fromkeys(values))


@cache
def _every_zone() -> tuple[str, ...]:
    return tuple(sorted({zone for country in _countries() for zone in zones_of(country)}))


@cache
def _countries() -> tuple[str, ...]:
    codes = (one + other for one in ascii_uppercase for other in ascii_uppercase)
    return tuple(code for code in codes if is_country(code))
