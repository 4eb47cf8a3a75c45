"""Draws the program's icon in every size that desktops, Windows and macOS ask for, into one folder."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SIZES_PX = (16, 22, 24, 32, 48, 64, 96, 128, 256, 512, 1024)
# Small ones are drawn on their own grid, so that their edges fall on pixels.
_OWN_GRID_PX = {16: 16, 22: 22, 24: 22}
_ICO_PX = (16, 24, 32, 48, 64, 128, 256)
_ICNS_PX = (16, 32, 64, 128, 256, 512, 1024)


def build(source: Path, target: Path) -> list[Path]:
    """Writes `berth-<size>.png`, `berth.ico` and `berth.icns`, and returns them."""
    target.mkdir(parents=True, exist_ok=True)
    written = [_png(source, target, size) for size in SIZES_PX]
    by_size = dict(zip(SIZES_PX, written, strict=True))
    return [
        *written,
        _container(target / "berth.ico", [by_size[size] for size in _ICO_PX]),
        _container(target / "berth.icns", [by_size[size] for size in _ICNS_PX]),
    ]


def _png(source: Path, target: Path, size_px: int) -> Path:
    grid_px = _OWN_GRID_PX.get(size_px)
    drawing = source / (f"berth-{grid_px}.svg" if grid_px else "berth.svg")
    drawn_px = grid_px or size_px
    margin_px = (size_px - drawn_px) // 2
    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(drawing)).render(painter, QRectF(margin_px, margin_px, drawn_px, drawn_px))
    painter.end()
    path = target / f"berth-{size_px}.png"
    if not image.save(str(path)):
        raise OSError(f"{path} cannot be written")
    return path


def _container(path: Path, pngs: list[Path]) -> Path:
    images = [Image.open(png).convert("RGBA") for png in pngs]
    largest = images[-1]
    largest.save(path, append_images=images[:-1], sizes=[image.size for image in images])
    return path
