"""The recovery code on paper: one page, as PDF or for the printer."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, Qt
from PySide6.QtGui import QFont, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter

from app.kernel.errors import storage_problem
from app.kernel.files import write_whole
from app.kernel.secret import Secret
from app.ui.language import tr

_MARGIN_MM = 20.0


def save_pdf(path: Path, code: Secret, vault: str, made: str) -> None:
    """Writes the sheet as a PDF that only this user may read. Raises StorageFull or FolderNotWritable."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice

    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(tr("Recovery code for Berth"))
    writer.setCreator("Berth")
    draw(writer, code, vault, made)
    buffer.close()
    try:
        write_whole(path, bytes(content.data()))
    except OSError as error:
        raise storage_problem(error, path.parent) from error


def draw(device: QPagedPaintDevice, code: Secret, vault: str, made: str) -> None:
    """Draws the sheet on a page."""
    device.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM),
            QPageLayout.Unit.Millimeter,
        )
    )
    painter = QPainter(device)
    try:
        unit = painter.device().logicalDpiY() / 72
        width, top = painter.viewport().width(), 0.0
        for text, points, bold, mono in _lines(code, vault, made):
            font = QFont("monospace") if mono else QFont()
            if mono:
                font.setStyleHint(QFont.StyleHint.Monospace)
            font.setPointSizeF(points)
            font.setBold(bold)
            painter.setFont(font)
            box = QRectF(0, top, width, 400 * unit)
            flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            used = painter.boundingRect(box, flags, text)
            painter.drawText(box, flags, text)
            top += used.height() + points * unit
    finally:
        painter.end()


def _lines(code: Secret, vault: str, made: str) -> list[tuple[str, float, bool, bool]]:
    letters = code.reveal()
    half = len(letters) // 2
    return [
        (tr("Recovery code for Berth"), 22, True, False),
        (
            tr("It opens this vault when the passphrase is forgotten. Keep it away from the computer."),
            11,
            False,
            False,
        ),
        (letters[:half].strip("-"), 22, True, True),
        (letters[half:].strip("-"), 22, True, True),
        (tr("Vault: {folder}").format(folder=vault), 10, False, False),
        (tr("Made: {date}").format(date=made), 10, False, False),
        (
            tr(
                'To use it: start Berth, choose "Forgot it? Use the recovery code", and set a new passphrase.'
                " Whoever has this sheet and the data folder can read everything."
            ),
            10,
            False,
            False,
        ),
    ]
