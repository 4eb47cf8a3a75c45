"""A field for a day: typed as 2027-03-31, or chosen in a calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from PySide6.QtCore import QDate, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.ui.language import tr
from app.ui.telling import day
from app.ui.theme.palette import tokens_now
from app.ui.widgets.parts import button, icon_button

_MONTHS = (1, 3)
_MOST_LETTERS = 32


class DateEdit(QWidget):
    """Gives the end of a day in this computer's time zone, as proxies are paid for whole days."""

    changed = Signal()

    def __init__(self, name: str, moment: datetime | None = None) -> None:
        super().__init__()
        self.edit = QLineEdit(day(moment) if moment is not None else "")
        self.edit.setObjectName(name)
        self.edit.setMaxLength(_MOST_LETTERS)
        self.edit.setPlaceholderText(tr("Never, or a day such as {day}").format(day="2027-03-31"))
        self.edit.textChanged.connect(lambda _text: self.changed.emit())
        self.calendar_button = icon_button(
            "calendar-clock", tr("Choose in a calendar"), f"{name}_calendar_button", self.open_calendar
        )
        self.calendar_button.setFixedHeight(self.edit.sizeHint().height())
        self._popup: QFrame | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.edit, 1)
        row.addWidget(self.calendar_button)

    @property
    def is_wrong(self) -> bool:
        """Whether what is typed is no day."""
        return bool(self.edit.text().strip()) and self._day() is None

    @property
    def moment(self) -> datetime | None:
        """The last second of the day, or None for never."""
        found = self._day()
        if found is None:
            return None
        return datetime.combine(found, time(23, 59, 59)).astimezone(UTC)

    def open_calendar(self) -> None:
        """Shows a calendar beneath the field."""
        popup = self._popup = QFrame(self, Qt.WindowType.Popup)
        popup.setObjectName("calendar_popup")
        popup.setProperty("kind", "card")
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        calendar = QCalendarWidget()
        calendar.setObjectName("calendar")
        calendar.setGridVisible(False)
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        quiet = QTextCharFormat()
        quiet.setForeground(QColor(tokens_now().muted))  # not the red that Qt gives to weekends
        for weekend in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            calendar.setWeekdayTextFormat(weekend, quiet)
        found = self._day() or date.today()  # noqa: DTZ011 - the day on this person's wall
        calendar.setSelectedDate(QDate(found.year, found.month, found.day))
        calendar.clicked.connect(self._on_chosen)
        calendar.activated.connect(self._on_chosen)
        column = QVBoxLayout(popup)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(calendar)
        row = QHBoxLayout()
        for months in _MONTHS:
            made = button(tr("In %n month(s)", n=months), f"in_{months}_months_button", kind="link")
            made.clicked.connect(lambda _checked=False, wanted=months: self._on_months(wanted))
            row.addWidget(made)
        row.addStretch(1)
        row.addWidget(button(tr("Never"), "never_button", self._on_never, kind="link"))
        column.addLayout(row)
        popup.adjustSize()
        popup.move(self._place(popup))
        popup.show()
        calendar.setFocus()

    def _place(self, popup: QFrame) -> QPoint:
        below = self.mapToGlobal(QPoint(self.width() - popup.width(), self.height() + 4))
        screen = self.screen().availableGeometry()
        if below.y() + popup.height() > screen.bottom():
            below.setY(self.mapToGlobal(QPoint(0, 0)).y() - popup.height() - 4)
        return QPoint(max(screen.left(), below.x()), below.y())

    def _day(self) -> date | None:
        text = self.edit.text().strip().replace("/", "-").replace(".", "-")
        try:
            year, month, one = (int(part) for part in text.split("-"))
            found = date(year, month, one)
        except ValueError:
            return None
        return found if 2000 <= found.year <= 2999 else None

    def _on_chosen(self, chosen: QDate) -> None:
        self._take(chosen)

    def _on_months(self, months: int) -> None:
        self._take(QDate.currentDate().addMonths(months))

    def _on_never(self) -> None:
        self._take(None)

    def _take(self, chosen: QDate | None) -> None:
        self.edit.setText(chosen.toString(Qt.DateFormat.ISODate) if chosen is not None else "")
        if self._popup is not None:
            self._popup.close()
            self._popup = None
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
