"""Colours, palettes, style sheet and icons."""
