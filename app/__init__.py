"""Berth: a berth of its own for every store account."""

__version__ = "0.1.0"
