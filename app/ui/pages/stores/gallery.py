"""The gallery of templates: a tile for each platform and market, folded to the chosen one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.isolation.template import Template
from app.ui.language import tr
from app.ui.pages.stores.words import in_gallery_order, platform_name, template_title
from app.ui.theme.icons import flag
from app.ui.theme.palette import tokens_now
from app.ui.theme.tokens import readable_on
from app.ui.widgets.parts import button, plain_tip, pressed_by_enter

_COLUMNS = 3
_TILE_PX = 46
_CHIP_PX = 26


class TemplateTile(QAbstractButton):
    """One template: a chip in its colour, its platform, and its market with the flag."""

    def __init__(self, template: Template) -> None:
        super().__init__()
        self.template = template
        self.setObjectName(f"template_{template.id}_tile")
        self.setCheckable(True)
        self.setAccessibleName(template_title(template))
        self.setToolTip(plain_tip(template_title(template)))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(136, _TILE_PX)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        edge = tokens.focus if self.hasFocus() or self.isChecked() else tokens.line
        painter.setPen(QColor(edge))
        ground = (
            tokens.accent_soft if self.isChecked() else tokens.hover if self.underMouse() else tokens.surface
        )
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(box, 7, 7)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 6, 6)
        self._paint_chip(painter)
        left = 10 + _CHIP_PX + 8
        text = QRect(left, 6, self.width() - left - 6, 17)
        metrics = painter.fontMetrics()
        name = platform_name(self.template.platform) or template_title(self.template)
        painter.setPen(QColor(tokens.text))
        painter.drawText(
            text,
            int(Qt.AlignmentFlag.AlignVCenter),
            metrics.elidedText(name, Qt.TextElideMode.ElideRight, text.width()),
        )
        self._paint_market(painter, QRect(left, 24, self.width() - left - 6, 16), tokens.muted)

    def _paint_chip(self, painter: QPainter) -> None:
        colour = self.template.colour
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        chip = QRectF(10, (self.height() - _CHIP_PX) / 2, _CHIP_PX, _CHIP_PX)
        painter.drawRoundedRect(chip, 7, 7)
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(readable_on(colour)))
        letter = (platform_name(self.template.platform) or "·")[:1].upper()
        painter.drawText(chip, int(Qt.AlignmentFlag.AlignCenter), letter)
        painter.setFont(self.font())

    def _paint_market(self, painter: QPainter, area: QRect, colour: str) -> None:
        market = self.template.market
        left = 0
        drawn = flag(market, 11, self.devicePixelRatioF()) if market else None
        if drawn is not None:
            painter.drawPixmap(area.left(), area.center().y() - 5, drawn)
            left = 22
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.9)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(
            area.adjusted(left, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), market or tr("any market")
        )
        painter.setFont(self.font())


class Gallery(QWidget):
    """Chooses one template; folded, it shows that one and a way to another."""

    chosen = Signal(object)  # Template

    def __init__(self, templates: Sequence[Template], chosen: str = "") -> None:
        super().__init__()
        self.setObjectName("template_gallery")
        self._group = QButtonGroup(self)
        self._tiles = [TemplateTile(template) for template in in_gallery_order(tuple(templates))]
        self._more = button(tr("Choose another"), "gallery_more_button", self.unfold, kind="link")
        self._grid_holder = QWidget()
        self._grid = QGridLayout(self._grid_holder)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        for tile in self._tiles:
            tile.setParent(self._grid_holder)
            self._group.addButton(tile)
            tile.clicked.connect(self._on_clicked)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._more)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._grid_holder)
        column.addLayout(row)
        wanted = next((tile for tile in self._tiles if tile.template.id == chosen), None)
        if wanted is not None:
            wanted.setChecked(True)
            self.fold()
        else:
            self.unfold()

    @property
    def template(self) -> Template | None:
        """The chosen template."""
        tile = self._group.checkedButton()
        return tile.template if isinstance(tile, TemplateTile) else None

    @property
    def first(self) -> QWidget:
        """What takes the focus."""
        checked = self._group.checkedButton()
        return checked if checked is not None else self._tiles[0]

    def choose(self, template_id: str) -> None:
        """Chooses a template by its id, and folds."""
        for tile in self._tiles:
            if tile.template.id == template_id:
                tile.setChecked(True)
                self.fold()

    def unfold(self) -> None:
        """Shows every tile."""
        self._lay_out(self._tiles)
        self._more.hide()

    def fold(self) -> None:
        """Shows the chosen tile alone."""
        checked = self._group.checkedButton()
        if isinstance(checked, TemplateTile):
            self._lay_out([checked])
            self._more.show()

    def _lay_out(self, tiles: list[TemplateTile]) -> None:
        for tile in self._tiles:
            self._grid.removeWidget(tile)
            tile.setVisible(tile in tiles)
        for at, tile in enumerate(tiles):
            self._grid.addWidget(tile, at // _COLUMNS, at % _COLUMNS)
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)

    def _on_clicked(self) -> None:
        self.fold()
        if (template := self.template) is not None:
            self.chosen.emit(template)
