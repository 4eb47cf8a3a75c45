"""The screens of this desktop as other programs count them: in their own pixels."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication


def screens() -> list[tuple[int, int, int, int]]:
    """Left, top, width and height of the room for windows on each screen."""
    found = []
    for screen in QGuiApplication.screens():
        # Qt scales what lies on a screen, and not where the screen itself begins.
        scale, whole, room = screen.devicePixelRatio(), screen.geometry(), screen.availableGeometry()
        found.append(
            (
                whole.left() + round((room.left() - whole.left()) * scale),
                whole.top() + round((room.top() - whole.top()) * scale),
                round(room.width() * scale),
                round(room.height() * scale),
            )
        )
    return found
