"""Line icons, painted in the palette's colours of the moment, so that a change of theme needs no refresh."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from app.kernel import assets
from app.ui.theme.palette import tokens_now

ICON_PX = 16


def icon(name: str, tone: str = "text") -> QIcon:
    """An icon of the set by its Lucide name, in the colour of a token."""
    return QIcon(_LineIcon(name, tone))


def app_icon() -> QIcon:
    """The program's own icon in every size; the small ones are drawn with fewer lines."""
    made = QIcon()
    for size in (16, 22, 24, 32, 48, 64, 128, 256):
        made.addPixmap(_app_pixmap(size, 1.0))
    return made


def app_sign(size_px: int, ratio: float = 1.0) -> QPixmap:
    """The program's own icon in one size, for painters; kept for the next time."""
    key = f"berth:app:{size_px}:{ratio}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    made = _app_pixmap(size_px, ratio)
    QPixmapCache.insert(key, made)
    return made


def own_icon(*files: str) -> QIcon:
    """One of the program's own drawings: the first file for small sizes, the last for all others."""
    folder = assets.folder("resources") / "icons"
    made = QIcon()
    for size in (16, 22, 24, 32, 44, 48, 64):
        file = folder / files[0 if size <= 22 else -1]
        made.addPixmap(_rendered(_read(file), QSize(size, size), 1.0))
    return made


def painted(name: str, colour: str, size_px: int, ratio: float = 1.0) -> QPixmap:
    """An icon in a colour, as painters of rows want it; kept for the next time."""
    key = f"berth:{name}:{colour}:{size_px}:{ratio}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    source = _read(assets.folder("resources") / "icons" / "lucide" / f"{name}.svg")
    made = _rendered(source.replace("currentColor", colour), QSize(size_px, size_px), ratio)
    QPixmapCache.insert(key, made)
    return made


def flag(country: str, height_px: int, ratio: float = 1.0) -> QPixmap | None:
    """A country's flag by its two letters, or None where there is none."""
    file = assets.folder("resources") / "icons" / "flags" / f"{country.upper()}.svg"
    if len(country) != 2 or not country.isalpha() or not country.isascii() or not _exists(file):
        return None
    key = f"berth:flag:{country}:{height_px}:{ratio}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    made = _rendered(_read(file), QSize(height_px * 3 // 2, height_px), ratio)
    QPixmapCache.insert(key, made)
    return made


class _LineIcon(QIconEngine):
    def __init__(self, name: str, tone: str) -> None:
        super().__init__()
        self._name = name
        self._tone = tone

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(rect, self._pixmap(min(rect.width(), rect.height()), mode, state, ratio))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self._pixmap(min(size.width(), size.height()), mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, _scale: float) -> QPixmap:
        # Qt asks for device pixels here and sets the ratio itself.
        return self._pixmap(min(size.width(), size.height()), mode, state, 1.0)

    def clone(self) -> QIconEngine:
        return _LineIcon(self._name, self._tone)

    def _pixmap(self, size_px: int, mode: QIcon.Mode, _state: QIcon.State, ratio: float) -> QPixmap:
        tokens = tokens_now()
        tone = "disabled" if mode is QIcon.Mode.Disabled else self._tone
        return painted(self._name, getattr(tokens, tone), max(1, size_px), ratio)


@cache
def _read(file: Path) -> str:
    return file.read_text("utf-8")


@cache
def _exists(file: Path) -> bool:
    return file.is_file()


def _app_pixmap(size_px: int, ratio: float) -> QPixmap:
    pixels = round(size_px * ratio)
    name = "berth-16.svg" if pixels <= 16 else "berth-22.svg" if pixels <= 24 else "berth.svg"
    source = _read(assets.folder("resources") / "icons" / name)
    return _rendered(source, QSize(size_px, size_px), ratio)


def _rendered(source: str, size: QSize, ratio: float) -> QPixmap:
    made = QPixmap(size * ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, made.width(), made.height()))
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made
