"""The bar above a page: search, the palette, the lock, and who is signed in."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.ui.language import tr
from app.ui.shell.bell import Bell, Note, Notes
from app.ui.theme.icons import icon
from app.ui.widgets.fields import LONGEST_PASTE
from app.ui.widgets.parts import button, icon_button, label

_PAUSE_MS = 0  # a keystroke is searched for at once; several that wait in the queue are one search


class SearchEdit(QLineEdit):
    """Where people search; Esc empties it and goes back to the page."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("search_edit")
        self.setMaxLength(LONGEST_PASTE)
        self.setClearButtonEnabled(True)
        self.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.setAccessibleName(tr("Search"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
            else:
                self.left.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class TopBar(QWidget):
    """Searches the page that is shown."""

    searched = Signal(str)

    def __init__(
        self,
        operator: str,
        notes: Notes,
        on_note: Callable[[Note], None],
        open_palette: Callable[[], object],
        lock: Callable[[], object],
    ) -> None:
        super().__init__()
        self.setObjectName("top_bar")
        self.setProperty("kind", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.search_edit = SearchEdit()
        self.search_edit.textEdited.connect(self._on_edited)
        self.search_edit.textChanged.connect(self._on_changed)
        self._is_told = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_time)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self.search_edit, 1)
        row.addStretch(1)
        palette = button(tr("Commands"), "palette_button", open_palette, kind="quiet", icon_name="zap")
        palette.setToolTip(tr("Every command, and every store (Ctrl+K)"))
        row.addWidget(palette)
        row.addWidget(Bell(notes, on_note))
        row.addWidget(icon_button("lock", tr("Lock (Ctrl+L)"), "lock_button", lock))
        who = label(operator, "muted")
        who.setObjectName("operator_label")
        who.setToolTip(tr("Signed in"))
        row.addSpacing(4)
        row.addWidget(who)

    def show_search(self, text: str, hint: str) -> None:
        """What the page that is shown searches for; an empty hint hides the field."""
        self.search_edit.setVisible(bool(hint))
        self.search_edit.setPlaceholderText(hint)
        if self.search_edit.text() != text:
            # Without blocking its signals: the field itself hears them, for its clear button.
            self._is_told = True
            self.search_edit.setText(text)
            self._is_told = False

    def focus_search(self) -> None:
        """Puts the caret into the search field."""
        if self.search_edit.isVisible():
            self.search_edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search_edit.selectAll()

    def _on_edited(self, _text: str) -> None:
        self._timer.start(_PAUSE_MS)

    def _on_changed(self, text: str) -> None:
        if not text and not self._is_told:  # the clear button does not count as an edit
            self._timer.start(_PAUSE_MS)

    def _on_time(self) -> None:
        self.searched.emit(self.search_edit.text())
