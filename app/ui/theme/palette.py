"""Qt's palette made from tokens; also how painters find the tokens of now."""

from __future__ import annotations

from PySide6.QtGui import QColor, QGuiApplication, QPalette

from app.ui.theme.tokens import LIGHT, Tokens

_Role = QPalette.ColorRole
_worn = LIGHT


def palette_of(tokens: Tokens) -> QPalette:
    """A whole palette: normal, inactive and disabled."""
    palette = QPalette()
    roles = {
        _Role.Window: tokens.window,
        _Role.WindowText: tokens.text,
        _Role.Base: tokens.surface,
        _Role.AlternateBase: tokens.raised,
        _Role.Text: tokens.text,
        _Role.PlaceholderText: tokens.muted,
        _Role.Button: tokens.surface,
        _Role.ButtonText: tokens.text,
        _Role.BrightText: tokens.on_danger,
        _Role.Highlight: tokens.selection,
        _Role.HighlightedText: tokens.text,
        _Role.Accent: tokens.accent,
        _Role.Link: tokens.accent,
        _Role.LinkVisited: tokens.accent,
        _Role.ToolTipBase: tokens.toast,
        _Role.ToolTipText: tokens.on_toast,
        _Role.Light: tokens.surface,
        _Role.Midlight: tokens.line,
        _Role.Mid: tokens.line,
        _Role.Dark: tokens.border,
        _Role.Shadow: tokens.border,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.disabled))
    return palette


def wear(application: QGuiApplication, tokens: Tokens) -> None:
    """Gives the program a palette; from now on painters find its tokens."""
    global _worn
    _worn = tokens
    application.setPalette(palette_of(tokens))


def tokens_now() -> Tokens:
    """The tokens behind the program's palette of now. Painters ask for every cell: nothing is worked out."""
    return _worn
