"""The head of a page: where it is narrow, buttons show icons alone, so that the title keeps its place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

_TITLE_PX = 140
_LEAST_TITLE_PX = 72
_AROUND_PX = 56  # margins, and the gaps around title and count
_GAP_PX = 8
_SHOWN = frozenset({QEvent.Type.ShowToParent, QEvent.Type.HideToParent})


class HeadFold(QObject):
    """Watches how wide a page is. The last of `buttons` loses its words first, the count goes at last.

    All buttons need an icon.
    """

    def __init__(
        self,
        watched: QWidget,
        title: QLabel,
        count: QLabel,
        others: Sequence[QWidget],
        buttons: Sequence[QPushButton],
    ) -> None:
        super().__init__(watched)
        self._watched = watched
        self._title = title
        title.setMinimumWidth(_LEAST_TITLE_PX)
        self._count = count
        self._others = others
        self._buttons = [(made, made.text()) for made in buttons]
        for made, text in self._buttons:
            made.setAccessibleName(text)
            made.installEventFilter(self)
        watched.installEventFilter(self)

    def rename(self, button: QPushButton, text: str) -> None:
        """Another word on one of the buttons."""
        self._buttons = [(made, text if made is button else word) for made, word in self._buttons]
        button.setAccessibleName(text)
        self.fold()

    def fold(self) -> None:
        """Takes away as many words as it must, and gives back those that find room."""
        shown = [(made, text) for made, text in self._buttons if not made.isHidden()]
        for made, text in shown:
            _say(made, text)
        self._count.show()
        wanted = min(_TITLE_PX, self._title.sizeHint().width())
        for made, text in reversed(shown):
            if self._room() >= wanted:
                return
            _say(made, text, has_words=False)
        self._count.setVisible(self._room() >= min(wanted, _LEAST_TITLE_PX))

    def _room(self) -> int:
        """What is left for the title."""
        parts: list[QWidget] = [self._count, *self._others, *(made for made, _ in self._buttons)]
        taken = sum(one.sizeHint().width() + _GAP_PX for one in parts if not one.isHidden())
        return self._watched.width() - taken - _AROUND_PX

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Resize if watched is self._watched else kind in _SHOWN:
            self.fold()
        return False


def _say(made: QPushButton, text: str, *, has_words: bool = True) -> None:
    made.setText(text if has_words else "")
    made.setToolTip("" if has_words else text)
