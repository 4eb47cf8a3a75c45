"""The style sheet: what Fusion and the palette cannot say. Widgets choose a look by the property `kind`."""

from __future__ import annotations

from dataclasses import asdict
from string import Template

from app.ui.theme.tokens import Tokens

RADIUS_PX = 6
CONTROL_PX = 30

_SHEET = Template("""
QToolTip { background: $toast; color: $on_toast; border: none; padding: 4px 8px; }
QLabel[kind="title"] { font-size: 15pt; font-weight: 600; }
QLabel[kind="heading"] { font-weight: 600; }
QLabel[kind="muted"] { color: $muted; }
QLabel[kind="small"] { color: $muted; font-size: 9pt; }
QLabel[kind="danger"] { color: $danger; }
QLabel[kind="warn"] { color: $warn; }
QLabel[kind="ok"] { color: $ok; }
QLabel[kind="link"] { color: $accent; }

QPushButton, QToolButton[kind="button"] {
    min-height: ${inner}px; padding: 0 12px; border: 1px solid $border; border-radius: ${radius}px;
    background: $surface; color: $text; }
QPushButton:hover, QToolButton[kind="button"]:hover { background: $hover; }
QPushButton:pressed { background: $selection; }
QPushButton:disabled, QToolButton:disabled { color: $disabled; border-color: $line; }
QPushButton:focus, QToolButton:focus { border: 2px solid $focus; padding: 0 11px; min-height: ${focused}px; }
QPushButton[kind="primary"] {
    background: $accent; color: $on_accent; border: 1px solid $accent; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[kind="primary"]:disabled { background: $line; color: $disabled; border-color: $line; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="danger"] { color: $danger; border-color: $danger; }
QPushButton[kind="danger"]:hover { background: $danger_soft; }
QPushButton[kind="quiet"], QToolButton[kind="quiet"] {
    border: 1px solid transparent; background: transparent; padding: 0 8px; border-radius: ${radius}px; }
QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover { background: $hover; }
QPushButton[kind="quiet"]:focus, QToolButton[kind="quiet"]:focus {
    border: 2px solid $focus; padding: 0 7px; }
QToolButton[kind="quiet"] { min-height: ${inner}px; min-width: 16px; }
QToolButton[kind="quiet"]:checked { background: $selection; }
QToolButton::menu-indicator { image: none; width: 0; }
QPushButton[kind="link"] { border: none; background: transparent; color: $accent; padding: 0 2px; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:focus { border: 2px solid $focus; border-radius: 4px; padding: 0; }

QLineEdit, QComboBox, QSpinBox, QDateEdit, QPlainTextEdit, QTextEdit {
    border: 1px solid $border; border-radius: ${radius}px; background: $surface; color: $text;
    selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit, QComboBox, QSpinBox, QDateEdit { min-height: ${inner}px; padding: 0 8px; }
QPlainTextEdit, QTextEdit { padding: 4px; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDateEdit:focus, QPlainTextEdit:focus, QTextEdit:focus {
    border: 2px solid $focus; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDateEdit:focus {
    min-height: ${focused}px; padding: 0 7px; }
QLineEdit[state="wrong"], QComboBox[state="wrong"] { border: 2px solid $danger; }
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled { color: $disabled; border-color: $line; }
QComboBox[kind="open"] { combobox-popup: 0; }
QComboBox QLineEdit, QComboBox QLineEdit:focus {
    border: none; background: transparent; padding: 0; min-height: 0; }
QComboBox::drop-down, QDateEdit::drop-down { border: none; width: 22px; }
QComboBox QAbstractItemView { border: 1px solid $border; background: $surface; outline: none; }
QComboBox QAbstractItemView::item { min-height: 28px; padding: 0 8px; }

QAbstractItemView { border: none; background: $surface; outline: none; }
QTreeView, QListView { background: transparent; }
QHeaderView { background: $raised; border: none; }
QHeaderView::section {
    background: $raised; color: $muted; border: none; border-bottom: 1px solid $line;
    padding: 0 8px; min-height: 32px; font-weight: 600; }
QHeaderView::section:hover { color: $text; }
QListWidget { border: 2px solid transparent; border-radius: ${radius}px; }
QListWidget:focus { border-color: $focus; }
QScrollArea { border: none; background: transparent; }
QScrollArea > QWidget > QWidget[kind="plain"] { background: transparent; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $border; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QTabBar { background: transparent; }
QTabBar::tab { padding: 7px 6px; color: $muted; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:focus { color: $accent; }
QTabWidget::pane { border: none; border-top: 1px solid $line; }

QMenu { background: $surface; border: 1px solid $border; border-radius: ${radius}px; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 8px; border-radius: 4px; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }

QProgressBar { border: none; background: $line; border-radius: 2px; max-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QSplitter::handle { background: $line; }
QSplitter::handle:focus { background: $focus; }
QCheckBox { spacing: 8px; }
QCheckBox:focus { color: $accent; }

QWidget[kind="rail"] { background: $raised; border-right: 1px solid $line; }
QWidget[kind="bar"] { background: $raised; border-bottom: 1px solid $line; }
QWidget[kind="status"] { background: $raised; border-top: 1px solid $line; }
QWidget[kind="surface"] { background: $surface; }
QWidget[kind="pane"] { background: $surface; border-left: 1px solid $line; }
QWidget[kind="side"] { background: $raised; border-right: 1px solid $line; }
QWidget[kind="bulk"] { background: $accent_soft; border-top: 1px solid $line; }
QFrame[kind="card"] { background: $surface; border: 1px solid $line; border-radius: 8px; }
QFrame[kind="drawer"] { background: $surface; border-left: 1px solid $border; }
QFrame[kind="popup"] { background: $surface; border: 1px solid $border; border-radius: 10px; }
QFrame[kind="toast"] { background: $toast; border-radius: 8px; }
QFrame[kind="toast"] QLabel { color: $on_toast; }
QFrame[kind="toast"] QPushButton {
    border: none; background: transparent; color: $toast_link; font-weight: 600; padding: 0 6px; }
QFrame[kind="toast"] QPushButton:focus { border: 2px solid $toast_link; border-radius: 4px; padding: 0 4px; }
QFrame[kind="banner-danger"] { background: $danger_soft; border: 1px solid $danger; border-radius: 8px; }
QFrame[kind="banner-warn"] { background: $warn_soft; border: 1px solid $warn; border-radius: 8px; }
QFrame[kind="banner-info"] { background: $accent_soft; border: 1px solid $accent; border-radius: 8px; }
QFrame[kind="banner-ok"] { background: $ok_soft; border: 1px solid $ok; border-radius: 8px; }
QFrame[kind="hairline"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QPushButton[kind="rail"] {
    text-align: left; border: 1px solid transparent; background: transparent; padding: 0 10px;
    min-height: 36px; border-radius: ${radius}px; color: $muted; }
QPushButton[kind="rail"]:hover { background: $hover; color: $text; }
QPushButton[kind="rail"]:checked { background: $selection; color: $text; font-weight: 600; }
QPushButton[kind="rail"]:focus { border: 2px solid $focus; padding: 0 9px; }
""")


def sheet_of(tokens: Tokens) -> str:
    """The style sheet in these colours."""
    return _SHEET.substitute(asdict(tokens), radius=RADIUS_PX, inner=CONTROL_PX - 2, focused=CONTROL_PX - 4)
