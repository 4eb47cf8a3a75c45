"""Makes a .deb of the frozen program."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import time
from email.utils import formatdate
from pathlib import Path

from resources.installer import icons, linking

PROGRAM = Path("opt/berth")
# The program and stores' pages speak Chinese, on a machine without such a font too. Boxes instead of words
# are a broken program, so this is no mere recommendation; one of them is enough.
_FONTS = "fonts-noto-cjk | fonts-wqy-microhei | fonts-wqy-zenhei"
# Berth opens stores in the machine's browser, which may come later or from elsewhere. Debian's
# Chromium writes dates of other languages only with its language packs, which depend on it.
_BROWSERS = "chromium-l10n | google-chrome-stable | microsoft-edge-stable | brave-browser"
_RECOMMENDS = (_BROWSERS, "fonts-noto-color-emoji", "xdg-utils")

_MAINTAINER = "Berth contributors <contributors@berth.invalid>"
_CHANGES = """\
berth ({version}) unstable; urgency=medium

  * What is new stands in CHANGELOG.md.gz.

 -- {maintainer}  {date}
"""
_CONTROL = """\
Package: berth
Version: {version}
Architecture: {architecture}
Maintainer: {maintainer}
Section: web
Priority: optional
Installed-Size: {size_kib}
Depends: {depends}
Recommends: {recommends}
Description: keep many store accounts apart on one machine
 A berth of its own for every store account: its own browser profile, its own
 network path and its own stable settings, in the Chrome, Edge, Chromium or
 Brave that is installed here. Everything is local and encrypted; no account,
 no cloud, no telemetry.
"""


def build(bundle: Path, installer: Path, icons_folder: Path, staging: Path, version: str) -> Path:
    """Lays the package out in `staging` and packs it beside the bundle. Raises CalledProcessError."""
    architecture = _said("dpkg", "--print-architecture")
    shutil.rmtree(staging, ignore_errors=True)
    shutil.copytree(bundle, staging / PROGRAM, symlinks=True)
    _lay_out(staging, installer, icons_folder)
    _write_changes(
        staging / "usr" / "share" / "doc" / "berth", installer.parents[1] / "CHANGELOG.md", version
    )
    (staging / "DEBIAN").mkdir()
    control = _control(linking.read(bundle), version, architecture, _size_kib(staging))
    (staging / "DEBIAN" / "control").write_text(control)
    _level(staging)
    target = bundle.parent / f"berth_{version}_{architecture}.deb"
    # xz: every dpkg reads it, and it is a tenth smaller than zstd at its best.
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(staging), str(target)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    shutil.rmtree(staging)
    return target


def _lay_out(staging: Path, installer: Path, icons_folder: Path) -> None:
    share = staging / "usr" / "share"
    command = staging / "usr" / "bin" / "berth"
    command.parent.mkdir(parents=True)
    command.symlink_to(Path("/") / PROGRAM / "berth")
    _copy(installer / "berth.desktop", share / "applications" / "berth.desktop")
    for size in icons.SIZES_PX:
        if size <= 512:  # hicolor knows no larger one
            _copy(
                icons_folder / f"berth-{size}.png",
                share / "icons" / "hicolor" / f"{size}x{size}" / "apps" / "berth.png",
            )
    drawing = installer.parent / "icons" / "berth.svg"
    _copy(drawing, share / "icons" / "hicolor" / "scalable" / "apps" / "berth.svg")
    _copy(installer / "copyright", share / "doc" / "berth" / "copyright")


def _write_changes(documents: Path, changelog: Path, version: str) -> None:
    debians = _CHANGES.format(version=version, maintainer=_MAINTAINER, date=formatdate(_date()))
    for name, text in (("CHANGELOG.md", changelog.read_bytes()), ("changelog", debians.encode())):
        (documents / f"{name}.gz").write_bytes(gzip.compress(text, 9, mtime=0))


def _level(staging: Path) -> None:
    """Gives all files the modes of a package and the date of the source, whatever this machine's are."""
    for path in (staging, *staging.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or _is_program(path) else 0o644)
        os.utime(path, (_date(), _date()), follow_symlinks=False)


def _is_program(path: Path) -> bool:
    """Whether somebody starts it; libraries and the driver's scripts are only read."""
    return bool(path.stat().st_mode & 0o100) and not {".so", ".js", ".wasm"} & set(path.suffixes)


def _date() -> int:
    return int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())


def _control(found: linking.Linking, version: str, architecture: str, size_kib: int) -> str:
    return _CONTROL.format(
        version=version,
        architecture=architecture,
        maintainer=_MAINTAINER,
        size_kib=size_kib,
        depends=", ".join([*found.depends(), _FONTS]),
        recommends=", ".join([*_RECOMMENDS, *found.recommends()]),
    )


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _size_kib(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir()) // 1024


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
