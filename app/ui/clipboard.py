"""Secrets on the clipboard: marked for clipboard histories, counted down, and cleared only if still ours."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from app.kernel.secret import Secret

KEPT_S = 30
# What clipboard histories look for: KDE; Windows; macOS.
_MARKS = (
    ("x-kde-passwordManagerHint", b"secret"),
    ("ExcludeClipboardContentFromMonitorProcessing", b"1"),
    ("application/x-nspasteboard-concealed-type", b"1"),
)


class SecretClipboard(QObject):
    """Puts one secret at a time there, and takes it away again."""

    ticked = Signal(int)  # seconds left; 0 when it is gone

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ours: Secret | None = None
        self._left_s = 0
        self._timer = QTimer(self)
        self._timer.setInterval(1_000)
        self._timer.timeout.connect(self._on_second)

    def put(self, secret: Secret) -> None:
        """Copies a secret for half a minute."""
        data = QMimeData()
        data.setText(secret.reveal())
        for kind, mark in _MARKS:
            data.setData(kind, mark)
        QGuiApplication.clipboard().setMimeData(data)
        self._ours, self._left_s = secret, KEPT_S
        self._timer.start()
        self.ticked.emit(self._left_s)

    def clear(self) -> None:
        """Takes it away now, unless somebody has copied something else meanwhile."""
        self._timer.stop()
        ours, self._ours = self._ours, None
        if ours is not None and Secret(QGuiApplication.clipboard().text()).matches(ours):
            QGuiApplication.clipboard().clear()
        self.ticked.emit(0)

    @Slot()
    def _on_second(self) -> None:
        self._left_s -= 1
        if self._left_s > 0:
            self.ticked.emit(self._left_s)
        else:
            self.clear()
