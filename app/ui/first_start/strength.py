"""How hard a passphrase is to guess, in words; judged here, offline (zxcvbn)."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.kernel.text import Text, say
from app.ui.language import told, tr
from app.ui.theme.palette import tokens_now
from app.ui.widgets.parts import label, set_kind

QUICKLY_GUESSED = 1  # this score, and what is beneath it
LONGEST_JUDGED = 72  # zxcvbn takes long for long ones, and by then nothing is left to judge
WORDS: tuple[Text, ...] = (
    say("Very easy to guess"),
    say("Easy to guess"),
    say("Could be better"),
    say("Good"),
    say("Very good"),
)
_TONES = ("danger", "danger", "warn", "ok", "ok")


def strength(passphrase: str) -> int:
    """From 0 (guessed at once) to 4 (very hard to guess), by zxcvbn."""
    from zxcvbn import zxcvbn  # its word lists take a while to load

    return int(zxcvbn(passphrase[:LONGEST_JUDGED])["score"]) if passphrase else 0


class _Judge(QObject):
    """Judges on a thread of its own, always the newest text."""

    judged = Signal(str, int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._newest: str | None = None
        self._runs = False
        self._lock = threading.Lock()

    def judge(self, text: str) -> None:
        with self._lock:
            self._newest = text
            if self._runs:
                return
            self._runs = True
        threading.Thread(target=self._main, name="berth-strength", daemon=True).start()

    def _main(self) -> None:
        while True:
            with self._lock:
                text, self._newest = self._newest, None
                if text is None:
                    self._runs = False
                    return
            score = strength(text)
            try:
                self.judged.emit(text, score)
            except RuntimeError:  # the field has gone meanwhile
                return


class _Bar(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.score = -1
        self.setFixedHeight(4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(0, 0, 0, 0))
        tokens = tokens_now()
        gap, parts = 4.0, len(WORDS)
        width = (self.width() - gap * (parts - 1)) / parts
        for at in range(parts):
            colour = getattr(tokens, _TONES[self.score]) if at <= self.score else tokens.line
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(at * (width + gap), 0, width, 4), 2, 2)


class StrengthBar(QWidget):
    """A bar and a word beneath a passphrase field."""

    def __init__(self, then: Callable[[int], None] | None = None) -> None:
        super().__init__()
        self._then = then
        self._text = ""
        self.score = -1  # of what is typed now; -1 until that is known
        self._bar = _Bar()
        self.word_label = label("", "muted")
        self._judge = _Judge(self)
        self._judge.judged.connect(self._on_judged)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._bar)
        column.addWidget(self.word_label)
        self.judge("")

    def judge(self, text: str) -> None:
        """Judges what has been typed so far."""
        self._text = text
        self.score = -1
        if text:
            self._judge.judge(text)
        else:
            self._show(-1)

    def _on_judged(self, text: str, score: int) -> None:
        if text == self._text:
            self._show(score)

    def _show(self, score: int) -> None:
        self.score = self._bar.score = score
        self._bar.update()
        words = told(WORDS[score]) if score >= 0 else tr("Four or more random words are hard to guess.")
        self.word_label.setText(words)
        set_kind(self.word_label, _TONES[score] if score >= 0 else "muted")
        if self._then is not None:
            self._then(score)
