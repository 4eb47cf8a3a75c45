"""How long nobody has touched this computer: idle on the whole desktop, not in Berth alone."""

from __future__ import annotations

import ctypes
import ctypes.util
import sys
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

_LOOK_MS = 10_000
_MINUTE_S = 60
_MAC_ANY_INPUT = 0xFFFFFFFF  # kCGAnyInputEventType
_MAC_HID_STATE = 1  # kCGEventSourceStateHIDSystemState


class IdleWatch(QObject):
    """Says when the desktop has been idle for as long as `limit_min` says; 0 is never.

    Where the system does not tell (`can_tell`), nothing happens: locking while somebody works in a store's
    window would be worse than not locking.
    """

    was_idle = Signal()

    def __init__(self, limit_min: Callable[[], int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._limit_min = limit_min
        self._idle_s = _source()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)

    @property
    def can_tell(self) -> bool:
        """Whether this system says how long it has been idle."""
        return self._idle_s is not None

    def start(self) -> None:
        """Begins to look now and then."""
        if self.can_tell:
            self._timer.start()

    def stop(self) -> None:
        """Ends it."""
        self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Looks now."""
        limit_s = self._limit_min() * _MINUTE_S
        if limit_s and self._idle_s is not None and self._idle_s() >= limit_s:
            self.was_idle.emit()


def _source() -> Callable[[], float] | None:
    try:
        if sys.platform == "win32":
            return _windows()
        if sys.platform == "darwin":
            return _mac()
        if QGuiApplication.platformName() == "xcb":
            return _x11()
    except (OSError, AttributeError):  # a library or one of its functions is missing
        return None
    return None


class _ScreenSaverInfo(ctypes.Structure):
    """XScreenSaverInfo of X11/extensions/scrnsaver.h."""

    _fields_ = (
        ("window", ctypes.c_ulong),
        ("state", ctypes.c_int),
        ("kind", ctypes.c_int),
        ("til_or_since", ctypes.c_ulong),
        ("idle", ctypes.c_ulong),
        ("event_mask", ctypes.c_ulong),
    )


def _x11() -> Callable[[], float] | None:
    x11 = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    saver = ctypes.CDLL(ctypes.util.find_library("Xss") or "libXss.so.1")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XDefaultRootWindow.restype = ctypes.c_ulong
    x11.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
    saver.XScreenSaverQueryInfo.argtypes = [
        ctypes.c_void_p,
        ctypes.c_ulong,
        ctypes.POINTER(_ScreenSaverInfo),
    ]
    display = x11.XOpenDisplay(None)  # a connection of our own, kept until the program ends
    if not display:
        return None
    root, info = x11.XDefaultRootWindow(display), _ScreenSaverInfo()

    def idle_s() -> float:
        known = saver.XScreenSaverQueryInfo(display, root, ctypes.byref(info))
        return info.idle / 1000 if known else 0.0

    return idle_s


def _windows() -> Callable[[], float]:
    class LastInput(ctypes.Structure):
        _fields_ = (("size", ctypes.c_uint), ("time", ctypes.c_uint))

    user32 = ctypes.CDLL("user32")
    kernel32 = ctypes.CDLL("kernel32")

    def idle_s() -> float:
        last = LastInput(ctypes.sizeof(LastInput), 0)
        if not user32.GetLastInputInfo(ctypes.byref(last)):
            return 0.0
        return float((kernel32.GetTickCount() - last.time) & 0xFFFFFFFF) / 1000

    return idle_s


def _mac() -> Callable[[], float]:
    graphics = ctypes.CDLL("/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics")
    ask = graphics.CGEventSourceSecondsSinceLastEventType
    ask.restype = ctypes.c_double
    ask.argtypes = [ctypes.c_int, ctypes.c_uint32]
    return lambda: float(ask(_MAC_HID_STATE, _MAC_ANY_INPUT))
