"""The preview of pasted lines as Qt sees it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QIcon

from app.isolation.network.proxy_string import ProxyString
from app.kernel.text import Text, say
from app.ui.language import told, tr
from app.ui.pages.proxies.reading import Line, Standing
from app.ui.telling import named, number, proxy_words
from app.ui.theme.icons import icon
from app.ui.theme.palette import tokens_now
from app.ui.widgets.parts import plain_tip

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
TITLES: tuple[Text, ...] = (say("Line"), say("State"), say("Read as"), say("Note"))
STANDINGS: dict[Standing, tuple[Text, str, str]] = {
    Standing.GOOD: (say("Ready"), "circle-check", "ok"),
    Standing.ADDED: (say("Added"), "circle-check", "ok"),
    Standing.KNOWN: (say("Known"), "info", "muted"),
    Standing.AMBIGUOUS: (say("Two readings"), "circle-help", "warn"),
    Standing.WRONG: (say("Wrong"), "circle-x", "danger"),
}


def shown(reading: ProxyString) -> str:
    """A reading without its password."""
    upstream = reading.upstream
    return proxy_words(upstream.kind, upstream.host, upstream.port, upstream.username)


class LinesModel(QAbstractTableModel):
    """Holds the lines in memory: there are a few thousand at most."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.lines: tuple[Line, ...] = ()
        self._icons: dict[Standing, QIcon] = {
            standing: icon(sign, tone) for standing, (_, sign, tone) in STANDINGS.items()
        }

    def show(self, lines: Sequence[Line]) -> None:
        """Shows other lines; the same ones judged anew keep their places."""
        if [line.number for line in lines] == [line.number for line in self.lines]:
            self.lines = tuple(lines)
            if self.lines:
                last = self.index(len(self.lines) - 1, len(TITLES) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self.lines = tuple(lines)
        self.endResetModel()

    def count(self, standing: Standing) -> int:
        """How many lines stand so."""
        return sum(line.standing is standing for line in self.lines)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(TITLES)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        line, column = self.lines[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(line, column)
        if role == Qt.ItemDataRole.ToolTipRole and column > 1:
            return plain_tip(self._text(line, column))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return named(told(TITLES[column]), self._text(line, column))
        if role == Qt.ItemDataRole.DecorationRole and column == 1:
            return self._icons[line.standing]
        if role == Qt.ItemDataRole.ForegroundRole:
            tone = STANDINGS[line.standing][2] if column == 1 else "muted" if column in (0, 3) else "text"
            return QColor(getattr(tokens_now(), tone))
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and 0 <= section < len(TITLES):
            if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
                return told(TITLES[section])
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _text(self, line: Line, column: int) -> str:
        if column == 0:
            return number(line.number)
        if column == 1:
            return told(STANDINGS[line.standing][0])
        if column == 2:
            if line.standing is Standing.AMBIGUOUS:
                return tr("Choose one below")
            return shown(line.readings[0]) if line.readings else ""
        return told(line.note) if line.note is not None else ""
