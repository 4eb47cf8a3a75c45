"""About Berth: what it is, its version, and the licences of everything that it is made of."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt, QUrl, qVersion
from PySide6.QtGui import QDesktopServices, QFont
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app import __version__
from app.ui.face import Face
from app.ui.language import tr
from app.ui.pages.settings import licences
from app.ui.pages.settings.licences import Part
from app.ui.widgets.fields import Choice
from app.ui.widgets.parts import ElidedLabel, button, label, plain_tip, side_by_side
from app.ui.widgets.sign import OwnSign

_SIGN_PX = 56
_LIST_PX = 230
_MONO = ["Cascadia Mono", "Menlo", "DejaVu Sans Mono", "Noto Sans Mono CJK SC", "monospace"]


class AboutSection(QWidget):
    """Reads the licences when they are looked at. Nothing here asks the network by itself."""

    def __init__(self, face: Face, open_url: Callable[[QUrl], bool] = QDesktopServices.openUrl) -> None:
        super().__init__()
        self.setObjectName("about_section")
        self._face = face
        self._open_url = open_url
        self._parts: tuple[Part, ...] = ()
        self._wanted = ""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)

    def load(self) -> None:
        """Builds itself and reads the list of parts, the first time that somebody looks."""
        if not self._column.count():
            self._column.addWidget(self._build_head())
            self._column.addWidget(self._build_notice())
            self._column.addWidget(label(tr("Licences"), "heading"))
            self._column.addWidget(self._build_licences(), 1)
        if not self._parts:
            self._face.jobs.call(licences.parts, owner=self, then=self._on_parts)

    def focus_first(self) -> None:
        """Gives the focus to the list of parts."""
        self.parts_list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build_head(self) -> QFrame:
        card = _card()
        sign = OwnSign(_SIGN_PX)
        words = QVBoxLayout()
        words.setSpacing(4)
        self.version_label = label(tr("Berth {version}").format(version=__version__), "title")
        self.version_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        what = tr("A berth of its own for every store account: its own browser, its own network path.")
        here = tr(
            "No account, no telemetry: everything stays on this computer, encrypted. Berth goes to the "
            "network only for your stores, and to see where a proxy comes out."
        )
        words.addWidget(self.version_label)
        words.addWidget(label(what, wraps=True))
        words.addWidget(label(here, "muted", wraps=True))
        row = QHBoxLayout(card)
        row.setContentsMargins(20, 16, 20, 16)
        row.setSpacing(16)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return card

    def _build_notice(self) -> QFrame:
        card = _card()
        text = tr(
            "Berth uses Qt {version} under the GNU Lesser General Public License, version 3. Qt comes as "
            "libraries of its own beside the program: you may replace them with your own build of Qt, and "
            "take Berth apart to make that work. Below stand the licence, and where the source of Qt is."
        ).format(version=qVersion())
        column = QVBoxLayout(card)
        column.setContentsMargins(20, 12, 20, 12)
        column.addWidget(label(text, "muted", wraps=True))
        return card

    def _build_licences(self) -> QFrame:
        card = _card()
        self.parts_list = QListWidget()
        self.parts_list.setObjectName("parts_list")
        self.parts_list.setAccessibleName(tr("Parts and their licences"))
        self.parts_list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.parts_list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.parts_list.currentRowChanged.connect(self._on_part)
        splitter = side_by_side()
        holder = QWidget()
        around = QVBoxLayout(holder)
        around.setContentsMargins(8, 8, 2, 8)
        around.addWidget(self.parts_list)
        splitter.addWidget(holder)
        splitter.addWidget(self._build_reader())
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([_LIST_PX, 600])
        inner = QHBoxLayout(card)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(splitter)
        card.setMinimumHeight(260)
        return card

    def _build_reader(self) -> QWidget:
        self.part_label = ElidedLabel(kind="heading")
        self.file_choice = Choice("licence_file_choice", [])
        self.file_choice.setAccessibleName(tr("Text"))
        self.file_choice.currentIndexChanged.connect(self._on_file)
        self.home_button = button(
            tr("Home page"), "part_home_button", self._on_home, kind="link", icon_name="external-link"
        )
        head = QHBoxLayout()
        head.setContentsMargins(8, 10, 4, 8)
        head.setSpacing(10)
        head.addWidget(self.part_label, 1)
        head.addWidget(self.file_choice)
        head.addWidget(self.home_button)
        self.text_edit = QPlainTextEdit()
        self.text_edit.setObjectName("licence_text_edit")
        self.text_edit.setAccessibleName(tr("Licence text"))
        self.text_edit.setReadOnly(True)
        self.text_edit.setTabChangesFocus(True)
        self.text_edit.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        font = QFont(self.text_edit.font())
        font.setFamilies(_MONO)
        font.setPointSizeF(9.0)
        self.text_edit.setFont(font)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(8, 0, 8, 8)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.text_edit, 1)
        return holder

    def _on_parts(self, found: tuple[Part, ...]) -> None:
        self._parts = found
        self.parts_list.clear()
        for part in found:
            item = QListWidgetItem(part.name)
            item.setToolTip(plain_tip(part.licence))
            item.setSizeHint(QSize(0, 32))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{part.name}, {part.licence}")
            self.parts_list.addItem(item)
        if found:
            self.parts_list.setCurrentRow(0)
        else:
            self.part_label.setText(tr("The list of licences is missing from this copy of Berth."))

    def _on_part(self, at: int) -> None:
        if not 0 <= at < len(self._parts):
            return
        part = self._parts[at]
        self.part_label.setText(f"{part.name} · {part.licence}")
        self.home_button.setVisible(part.home.startswith("https://"))
        self.home_button.setToolTip(plain_tip(part.home))
        self.file_choice.blockSignals(True)
        self.file_choice.clear()
        for file in part.files:
            self.file_choice.addItem(file.rpartition("/")[2], file)
        self.file_choice.blockSignals(False)
        self.file_choice.setVisible(len(part.files) > 1)
        self._on_file()

    def _on_file(self, _at: int = 0) -> None:
        self._wanted = wanted = self.file_choice.value
        if wanted:
            self._face.jobs.call(
                partial(licences.text_of, wanted), owner=self, then=partial(self._on_text, wanted)
            )

    def _on_text(self, wanted: str, text: str) -> None:
        if wanted == self._wanted:
            self.text_edit.setPlainText(text or tr("This text is missing from this copy of Berth."))

    def _on_home(self) -> None:
        at = self.parts_list.currentRow()
        if 0 <= at < len(self._parts):
            self._open_url(QUrl(self._parts[at].home))


def _card() -> QFrame:
    made = QFrame()
    made.setProperty("kind", "card")
    return made
