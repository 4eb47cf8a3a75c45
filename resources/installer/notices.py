"""Gathers the notices of everything that Berth ships with: `python -m resources.installer.notices`.

`resources/licences/index.json` names each part, its licence and its texts (paths in `resources/`). Texts of
Python packages come from the installed packages; those that no package brings are kept by hand.
"""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from resources.installer import bundle

ROOT = Path(__file__).resolve().parents[2]
LICENCES = Path("licences")
_BY_PACKAGE = LICENCES / "python"
_TEXT_NAMES = ("licen", "copying", "notice")


@dataclass(frozen=True, slots=True)
class Part:
    """Something Berth ships with: what it is, its licence, and where the texts are."""

    name: str
    licence: str
    home: str
    files: tuple[str, ...]


_QT_TEXTS = (
    "licences/qt/SOURCES.txt",
    "licences/qt/LGPL-3.0.txt",
    "licences/qt/GPL-3.0.txt",
    "licences/qt/third-party.txt",
)
_OPENSSL_TEXTS = ("licences/openssl/NOTICE.txt", "licences/openssl/LICENSE.txt")
# What no installed package tells of itself.
_KEPT_BY_HAND = (
    Part("Qt", "LGPL-3.0-only", "https://www.qt.io", (*_QT_TEXTS, "licences/qt/libwebp.txt")),
    Part("ICU", "ICU", "https://icu.unicode.org", ("licences/icu/LICENSE.txt", "licences/node/LICENSE")),
    Part(
        "SQLCipher", "BSD-3-Clause", "https://www.zetetic.net/sqlcipher/", ("licences/sqlcipher/LICENSE.txt",)
    ),
    Part("OpenSSL", "Apache-2.0", "https://www.openssl.org", _OPENSSL_TEXTS),
    Part("Lucide icons", "ISC AND MIT", "https://lucide.dev", ("icons/lucide/LICENSE",)),
    Part("Flags", "MIT", "https://gitlab.com/catamphetamine/country-flag-icons", ("icons/flags/LICENSE",)),
)
# Packages without texts of their own, or that do not name their licence.
_TEXTS_OF = {"pyside6-essentials": _QT_TEXTS, "shiboken6": _QT_TEXTS}
_LICENCE_OF = {"pyside6-essentials": "LGPL-3.0-only", "shiboken6": "LGPL-3.0-only", "sqlcipher3": "Zlib"}


def locked_names(lock: Path) -> set[str]:
    """Every package that Berth needs to run, as locked for all systems; not Berth itself."""
    packages = {entry["name"]: entry for entry in tomllib.loads(lock.read_text("utf-8"))["package"]}
    found: set[str] = set()
    todo = ["berth"]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += [needed["name"] for needed in packages[name].get("dependencies", ())]
    return found - {"berth"}


def read_index(resources: Path) -> list[Part]:
    """The parts as written in the index."""
    rows = json.loads((resources / LICENCES / "index.json").read_text("utf-8"))
    return [Part(**{**row, "files": tuple(row["files"])}) for row in rows]


def main() -> int:
    """Renews the texts of packages and the index; 1 when a package has no text."""
    resources = ROOT / "resources"
    shutil.rmtree(resources / _BY_PACKAGE, ignore_errors=True)
    parts = [_berth(resources), *_KEPT_BY_HAND, _python(resources), *_programs(resources)]
    parts += [_package(resources, name) for name in sorted(locked_names(ROOT / "uv.lock"))]
    rows = [asdict(part) for part in parts]
    index = resources / LICENCES / "index.json"
    index.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", "utf-8")
    silent = [part.name for part in parts if not part.files]
    sys.stderr.writelines(f"{name} has no notice; see {Path(__file__).name}.\n" for name in silent)
    return 1 if silent else 0


def write_bundled(bundled: Iterable[str], target: Path) -> None:
    """Adds what only a build knows: exact versions, lists of what is linked in, notices of system libraries.

    `bundled` are the names of the files beside the program.
    """
    lines = [f"Python {platform.python_version()}"]
    for name in sorted(locked_names(ROOT / "uv.lock")):
        package = _installed(name)
        if package is not None:
            lines.append(f"{package.name} {package.version}")
            for path in _paths(package, "sboms/"):
                _copy(path, target / "sboms" / path.name)
    for package_name, copyright_file in sorted(_debian_packages(bundled)):
        _copy(copyright_file, target / "system" / f"{package_name}.txt")
        lines.append(f"{package_name} of the system it was built on")
    (target / "versions.txt").write_text("\n".join(lines) + "\n", "utf-8")


def _berth(resources: Path) -> Part:
    return _part(resources, "Berth", "Apache-2.0", "", "berth", [ROOT / "LICENSE"])


def _python(resources: Path) -> Part:
    text = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    if not text.is_file():  # Debian keeps it elsewhere
        text = Path(f"/usr/share/doc/python{sys.version_info.major}.{sys.version_info.minor}/copyright")
    return _part(resources, "Python", "PSF-2.0", "https://www.python.org", "cpython", [text])


def _programs(resources: Path) -> Iterator[Part]:
    """Programs and parts inside packages that have a licence of their own."""
    driver = Path(str(distribution("playwright").locate_file("playwright/driver")))
    yield _part(resources, "Node.js", "MIT", "https://nodejs.org", "node", [driver / "LICENSE"])
    package = driver / "package"
    texts = [package / "LICENSE", package / "NOTICE", package / "ThirdPartyNotices.txt"]
    texts += sorted((package / "lib").glob("*.LICENSE"))
    yield _part(
        resources, "Playwright's driver", "Apache-2.0", "https://playwright.dev", "playwright-driver", texts
    )
    freezer = list(_paths(distribution("pyinstaller"), "licenses/"))
    licence = "GPL-2.0-or-later WITH Bootloader-exception"
    yield _part(
        resources, "PyInstaller's bootloader", licence, "https://pyinstaller.org", "pyinstaller", freezer
    )


def _package(resources: Path, name: str) -> Part:
    package = _installed(name)
    if package is None:  # locked for another system
        return Part(name, "", f"https://pypi.org/project/{name}/", ())
    licence = _LICENCE_OF.get(name) or _told(package, "License-Expression") or _told(package, "License")
    home = f"https://pypi.org/project/{name}/"
    if name in _TEXTS_OF:
        return Part(package.name, licence, home, _TEXTS_OF[name])
    texts = [path for path in _paths(package, ".dist-info/") if _is_text(path)]
    return _part(resources, package.name, licence, home, f"python/{name}", texts)


def _part(resources: Path, name: str, licence: str, home: str, folder: str, texts: Iterable[Path]) -> Part:
    files = []
    for text in texts:
        inside = LICENCES / folder / text.name
        _copy(text, resources / inside)
        files.append(inside.as_posix())
    return Part(name, licence, home, tuple(files))


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _told(package: Distribution, field: str) -> str:
    return next(iter(package.metadata.get_all(field, ())), "")


def _paths(package: Distribution, within: str) -> Iterator[Path]:
    for file in package.files or ():
        if within in file.as_posix():
            yield Path(str(package.locate_file(file)))


def _is_text(path: Path) -> bool:
    return path.name.lower().startswith(_TEXT_NAMES)


def _debian_packages(bundled: Iterable[str]) -> set[tuple[str, Path]]:
    """The Debian packages that libraries beside the program were taken from, with their notices."""
    found = set()
    for name in bundled:
        if name.startswith(bundle.PYTHONS_LIBRARIES) and shutil.which("dpkg-query"):
            command = ["dpkg-query", "--search", f"*/{name}"]
            told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
            for line in told.splitlines():
                package = line.partition(":")[0]
                text = Path("/usr/share/doc") / package / "copyright"
                if text.is_file():
                    found.add((package, text))
    return found


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


if __name__ == "__main__":
    sys.exit(main())
