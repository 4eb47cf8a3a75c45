"""What goes into the frozen program and what stays out; build.spec asks here. Standard library only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

# Parts of Qt that may be had under the GPL or for money only. Berth uses Qt under the LGPL.
GPL_ONLY_QT = (
    "Charts",
    "DataVisualization",
    "Graphs",
    "VirtualKeyboard",
    "Lottie",
    "QuickTimeline",
    "NetworkAuth",
    "HttpServer",
    "WaylandCompositor",
    "Quick3D",
    "ShaderTools",
)
# The rest of Qt is left out unless it stands here, so that nothing comes in unseen.
QT_PARTS = frozenset(
    {"Core", "DBus", "Gui", "Network", "PrintSupport", "Svg", "SvgWidgets", "Widgets"}
    | {"WaylandClient", "WlShellIntegration", "XcbQpa"}
)
QT_PLUGINS = {
    "platforms": {"qxcb", "qwayland", "qoffscreen", "qwindows", "qcocoa"},
    "styles": {"qmodernwindowsstyle", "qmacstyle"},
    "iconengines": {"qsvgicon"},
    "imageformats": {"qgif", "qicns", "qico", "qjpeg", "qsvg", "qwebp"},
    "platforminputcontexts": {"composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"},
    "platformthemes": {"qxdgdesktopportal"},
    "printsupport": {"cupsprintersupport"},
    "wayland-decoration-client": {"bradient", "adwaita"},
    "wayland-shell-integration": {"xdg-shell"},
}
# Qt's own words (buttons of its dialogs) in the languages Berth speaks; English needs none.
_QT_WORDS = frozenset({"qt_zh_CN.qm", "qtbase_zh_CN.qm"})

# Of the building machine's own libraries only those are packed that Python is linked to. The rest belongs to
# the machine that runs Berth; the .deb depends on their packages (linking.py).
PYTHONS_LIBRARIES = ("libssl", "libcrypto", "libffi", "libbz2", "liblzma", "libuuid", "libmpdec")
# Python itself, and libraries of wheels, which are linked to from beside the program.
_OUR_LIBRARIES = ("libpython3", "libicu", "libpyside6", "libshiboken6")

# Modules that nothing here imports at run time, though a library says it might. Line editing and dbm bring
# libraries under the GPL.
EXCLUDED_MODULES = (
    *("readline", "dbm", "_gdbm", "_dbm"),
    *("curses", "_curses", "tkinter", "_tkinter", "sqlite3", "_sqlite3"),
    *("pydoc", "doctest", "setuptools", "pytest", "_pytest", "PIL"),
    *("PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtSql", "PySide6.QtTest", "PySide6.QtOpenGL"),
    *("playwright.sync_api", "playwright.__main__"),
)

_GPL_QT = re.compile(rf"(?:^|/)(?:lib)?q(?:t6?)?(?:quick)?(?:{'|'.join(GPL_ONLY_QT)})", re.IGNORECASE)
_GPL_LIBRARY = re.compile(r"(?:^|/)(?:libreadline|libgdbm|readline|_gdbm)[._]")
_QT_PART = re.compile(r"(?:lib)?Qt6?(?P<part>[A-Z]\w*?)(?:\..*)?")
_PLUGIN = re.compile(r"/plugins/(?P<folder>[^/]+)/(?:lib)?(?P<name>[^/.]+)\.(?:so|dll|dylib)$")
# Playwright's trace viewer and recorder, its types, its installers of browsers: for writers of tests.
_FOR_TESTERS = re.compile(r"playwright/driver/package/(?:lib/vite/|types/|bin/|.*\.d\.ts$)")


def is_gpl(path: str) -> bool:
    """Whether a file of a bundle may not be shipped with a program that is not under the GPL itself."""
    path = _slashes(path)
    return bool(_GPL_QT.search(path) or _GPL_LIBRARY.search(path))


def belongs(path: str) -> bool:
    """Whether a file that PyInstaller would collect, by its path in the bundle, belongs into the program."""
    path = _slashes(path)
    if is_gpl(path) or _FOR_TESTERS.search(path):
        return False
    name = path.rpartition("/")[2]
    if "PySide6/" in path:
        return _is_wanted_qt(path, name)
    if "/" not in path and (part := _QT_PART.fullmatch(name)):
        return part["part"] in QT_PARTS
    return not _is_of_the_machine(path, name)


def shipped_files(root: Path) -> Iterable[tuple[str, str]]:
    """Our own files beside the code, as pairs of source and folder in the bundle."""
    for folder in ("profiles", "resources"):
        for path in sorted((root / folder).rglob("*")):
            inside = path.relative_to(root)
            if path.is_file() and _is_read_at_run_time(inside):
                yield str(path), inside.parent.as_posix()


def _slashes(path: str) -> str:
    return path.replace("\\", "/")


def _is_wanted_qt(path: str, name: str) -> bool:
    if plugin := _PLUGIN.search(path):
        return plugin["name"] in QT_PLUGINS.get(plugin["folder"], ())
    if "/qml/" in path or path.endswith((".pyi", "/py.typed")):
        return False
    if "/translations/" in path:
        return name in _QT_WORDS
    if part := _QT_PART.fullmatch(name):
        return part["part"] in QT_PARTS
    return True


def _is_of_the_machine(path: str, name: str) -> bool:
    """A library found on this machine's library path that is not Python's; those of wheels lie in folders."""
    if "/" in path or ".so" not in name or not name.startswith("lib"):
        return False
    return not name.startswith((*PYTHONS_LIBRARIES, *_OUR_LIBRARIES))


def _is_read_at_run_time(inside: Path) -> bool:
    if inside.parts[:2] == ("resources", "installer") or "__pycache__" in inside.parts:
        return False
    # Translators' sources; what the program reads is built from them.
    return not (inside.parts[:2] == ("resources", "i18n") and inside.suffix != ".qm")
