"""What the frozen program's binaries are linked to, and whether the installed system will have it (Linux)."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

# Library → the Debian package that has it; Ubuntu's newer names for 64-bit time are an alternative.
PACKAGES = {
    **dict.fromkeys(
        (
            "ld-linux-x86-64.so.2",
            "ld-linux-aarch64.so.1",
            "libc.so.6",
            "libm.so.6",
            "libdl.so.2",
            "libpthread.so.0",
        ),
        "libc6",
    ),
    **dict.fromkeys(("libresolv.so.2", "librt.so.1", "libutil.so.1"), "libc6"),
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libatomic.so.1": "libatomic1",  # Playwright's driver
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libexpat.so.1": "libexpat1",  # the Python of Debian
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgcc_s.so.1": "libgcc-s1",
    "libglib-2.0.so.0": "libglib2.0-0 | libglib2.0-0t64",
    "libgthread-2.0.so.0": "libglib2.0-0 | libglib2.0-0t64",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libstdc++.so.6": "libstdc++6",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
# Only a plugin wants it, which Qt leaves out where it is missing.
RECOMMENDED = {"libcups.so.2": "libcups2 | libcups2t64"}

_NEEDED = re.compile(r"^\s+NEEDED\s+(\S+)$", re.MULTILINE)
_SEARCH_PATH = re.compile(r"^\s+(?:RPATH|RUNPATH)\s+(\S+)$", re.MULTILINE)
_GLIBC = re.compile(r"\bGLIBC_(\d+)\.(\d+)\b")
_ELF = b"\x7fELF"


@dataclass(frozen=True, slots=True)
class Linking:
    """Libraries that a folder's binaries need from elsewhere, and the oldest C library they run with."""

    needed: dict[str, str]  # library → a binary that needs it, for messages
    glibc: tuple[int, int]

    def unknown(self) -> list[str]:
        """Libraries that neither the folder nor a package known here has, each with who needs it."""
        known = PACKAGES.keys() | RECOMMENDED.keys()
        return [f"{name}, which {user} needs" for name, user in self.needed.items() if name not in known]

    def depends(self) -> list[str]:
        """Debian packages without which it does not start."""
        floor = f"libc6 (>= {self.glibc[0]}.{self.glibc[1]})"
        packages = {PACKAGES[name] for name in self.needed if name in PACKAGES}
        return sorted(floor if package == "libc6" else package for package in packages)

    def recommends(self) -> list[str]:
        """Debian packages without which something smaller is missing."""
        return sorted({RECOMMENDED[name] for name in self.needed if name in RECOMMENDED})


def read(folder: Path) -> Linking:
    """Looks at every binary below a folder."""
    needed: dict[str, str] = {}
    inside: set[str] = set()
    versions = {(2, 0)}
    for path in folder.rglob("*"):
        if path.is_symlink():
            inside.add(path.name)
        elif path.is_file() and _is_binary(path):
            inside.add(path.name)
            told = _told(path)
            for name in _NEEDED.findall(told):
                needed.setdefault(name, str(path.relative_to(folder)))
            versions.update((int(major), int(minor)) for major, minor in _GLIBC.findall(told))
    outside = {name: user for name, user in sorted(needed.items()) if name not in inside}
    return Linking(outside, max(versions))


def forget_build_paths(folder: Path) -> None:
    """Empties library search paths that name a folder of the building machine.

    On another machine that folder may be somebody's, who could put a library of his own there.
    Raises ValueError when one cannot be emptied.
    """
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_file() or not _is_binary(path):
            continue
        for search in _SEARCH_PATH.findall(_told(path)):
            if any(not part.startswith("$ORIGIN") for part in search.split(":")):
                _empty(path, search.encode())


def _empty(path: Path, search: bytes) -> None:
    content = path.read_bytes()
    word = b"\0" + search + b"\0"
    if content.count(word) != 1:
        raise ValueError(f"{path}: the library search path {search.decode()} cannot be emptied")
    path.write_bytes(content.replace(word, b"\0" * len(word)))


def _is_binary(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_ELF)) == _ELF


def _told(path: Path) -> str:
    done = subprocess.run(["objdump", "-p", str(path)], capture_output=True, text=True, check=False)
    return done.stdout
