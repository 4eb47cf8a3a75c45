"""`./run package`: freezes Berth into dist/berth/ and, where dpkg is, packs it into a .deb beside it."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from app import __version__
from resources.installer import bundle, deb, icons, linking, notices

ROOT = Path(__file__).resolve().parents[2]
INSTALLER = ROOT / "resources" / "installer"
WORK = ROOT / "build"


class NotShippable(Exception):
    """The frozen program has something in it that may not be shipped, or misses something."""


def main(words: list[str] | None = None) -> int:
    """Builds everything anew; 1 when the result may not be shipped."""
    parser = argparse.ArgumentParser(prog="./run package", description=__doc__)
    parser.add_argument("--into", type=Path, default=ROOT / "dist", metavar="DIR", help="where it goes")
    target = parser.parse_args(words).into.resolve()
    _be_repeatable()
    try:
        program = freeze(target)
        _say(f"{program}: {_megabytes(program)} MB")
        if shutil.which("dpkg-deb"):
            _say("Packing")
            package = deb.build(program, INSTALLER, WORK / "icons", target / "deb", __version__)
            _say(f"{package}: {_megabytes(package)} MB")
    except NotShippable as fault:
        _say(str(fault))
        return 1
    return 0


def freeze(target: Path) -> Path:
    """Makes the folder `berth` in `target` and looks it over. Raises NotShippable."""
    _say("Icons and translations")
    icons.build(ROOT / "resources" / "icons", WORK / "icons")
    _python("-m", "tools.translations", "build")
    _say("Freezing")
    program = target / "berth"
    shutil.rmtree(program, ignore_errors=True)
    _python(
        *("-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "ERROR"),
        *("--distpath", str(target), "--workpath", str(WORK / "pyinstaller"), str(ROOT / "build.spec")),
    )
    if sys.platform.startswith("linux"):
        linking.forget_build_paths(program)
    check(program)
    inside = program / "_internal"
    beside = [path.name for path in inside.iterdir() if not path.is_symlink()]
    notices.write_bundled(beside, inside / "resources" / "licences")
    return program


def check(program: Path) -> None:
    """Raises NotShippable when a part is there that may not be, or a library would be missing."""
    names = [path.relative_to(program).as_posix() for path in program.rglob("*")]
    faults = [f"{name} may not be shipped: it is under the GPL." for name in names if bundle.is_gpl(name)]
    if sys.platform.startswith("linux"):
        faults += [
            f"No package is known for {library}; see resources/installer/linking.py."
            for library in linking.read(program).unknown()
        ]
    if faults:
        raise NotShippable("\n".join(faults))


def _python(*words: str) -> None:
    subprocess.run([sys.executable, *words], cwd=ROOT, check=True)


def _be_repeatable() -> None:
    """The same source gives the same bytes: sets in one order, and files of one date, the last commit's."""
    os.environ["PYTHONHASHSEED"] = "0"
    os.environ.setdefault(
        "SOURCE_DATE_EPOCH", _last_commit() or str(int((ROOT / "CHANGELOG.md").stat().st_mtime))
    )


def _last_commit() -> str:
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):  # no git here, or an unpacked archive
        return ""


def _megabytes(path: Path) -> int:
    files = [path] if path.is_file() else [one for one in path.rglob("*") if not one.is_symlink()]
    return round(sum(file.stat().st_size for file in files if file.is_file()) / 1_000_000)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
