"""Who may import whom: the contracts hold, and each of them catches what it is there for."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"

# Packages that may import nothing of ours but what is named here (and themselves).
ALLOWED = {
    "app.kernel": (),
    "app.isolation.network": ("app.kernel", "app.isolation.plan", "app.isolation.checks"),
    "app.isolation.browser": (
        "app.kernel",
        "app.isolation.plan",
        "app.isolation.checks",
        "app.isolation.cookie",
    ),
    "app.isolation.fingerprint": ("app.kernel", "app.isolation.plan", "app.isolation.checks"),
    "app.isolation.coherence": (
        "app.kernel",
        "app.isolation.plan",
        "app.isolation.checks",
        "app.isolation.network",
        "app.isolation.browser",
    ),
    "app.isolation.keeper": (
        "app.kernel",
        "app.isolation.plan",
        "app.isolation.checks",
        "app.isolation.cookie",
        "app.isolation.coherence",
        "app.isolation.network",
        "app.isolation.browser",
        "app.isolation.fingerprint",
    ),
}
KERNEL_MAY_USE = {"platformdirs", "app"}

# A line that must not be there, the file to put it in, and the contract that must catch it.
FORBIDDEN = [
    ("import app.isolation.plan", "kernel/bad.py", "Floors"),
    ("import app.credentials", "isolation/bad.py", "Floors"),
    ("import app.cli", "workspace.py", "Floors"),
    ("import app.isolation.browser", "isolation/network/bad.py", "do not know each other"),
    ("import app.isolation.network", "isolation/fingerprint/bad.py", "do not know each other"),
    ("import app.vault", "isolation/keeper/bad.py", "knows no vault"),
    ("import sqlcipher3", "isolation/browser/bad.py", "knows no"),
    ("from PySide6.QtWidgets import QWidget", "cli/bad.py", "Only ui imports Qt"),
    (
        "from playwright.async_api import Page",
        "isolation/bad.py",
        "Only isolation.browser imports Playwright",
    ),
    ("import playwright", "isolation/keeper/bad.py", "Only isolation.browser imports Playwright"),
    ("import sqlcipher3", "isolation/bad.py", "Only vault imports SQLCipher"),
    ("import keyring", "credentials/bad.py", "Only vault imports SQLCipher"),
    ("from cryptography.hazmat.primitives import hashes", "isolation/bad.py", "import cryptography"),
    ("x = 1", "newroom/__init__.py", "Floors"),
]
ALLOWED_LINES = [
    ("from PySide6.QtWidgets import QWidget", "ui/good.py"),
    ("import sqlcipher3, keyring, cryptography", "vault/good.py"),
    ("import cryptography", "credentials/good.py"),
    ("from playwright.async_api import Page", "isolation/browser/good.py"),
]


def test_every_contract_holds():
    done = _lint(ROOT)

    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The import skeleton of the program: each module with its own contract file, to be spoilt."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(APP, folder / "app", ignore=shutil.ignore_patterns("__pycache__"))
    for package in ("cli", "ui", "credentials", "vault"):
        (folder / "app" / package).mkdir(exist_ok=True)
        (folder / "app" / package / "__init__.py").touch()
    return folder


@pytest.mark.parametrize(("line", "place", "contract"), FORBIDDEN)
def test_a_forbidden_import_is_caught(copy: Path, line: str, place: str, contract: str):
    with _written(copy / "app" / place, line):
        done = _lint(copy)

    assert done.returncode == 1
    assert any(contract in told for told in _broken(done.stdout)), done.stdout


@pytest.mark.parametrize(("line", "place"), ALLOWED_LINES)
def test_what_is_allowed_is_not_caught(copy: Path, line: str, place: str):
    with _written(copy / "app" / place, line):
        done = _lint(copy)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("package", ALLOWED)
def test_a_package_that_stands_alone_imports_nothing_else_of_ours(package: str):
    allowed = (package, *ALLOWED[package])

    strangers = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted((ROOT / package.replace(".", "/")).rglob("*.py"))
        for name in _imports(path)
        if name.startswith("app.") and not any(name == one or name.startswith(one + ".") for one in allowed)
    ]

    assert strangers == []


def test_the_kernel_uses_the_standard_library_and_platformdirs_alone():
    names = {name.partition(".")[0] for path in (APP / "kernel").rglob("*.py") for name in _imports(path)}

    assert names - set(sys.stdlib_module_names) <= KERNEL_MAY_USE


def test_a_store_is_imported_by_its_own_room_alone():
    strangers = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted(APP.rglob("*.py"))
        for name in _imports(path)
        if ".store." in f"{name}." and not _module(path).startswith(name.partition(".store")[0] + ".")
    ]

    assert strangers == []


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [str(tool), "--no-cache", "--config", "pyproject.toml"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "COLUMNS": "300", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _broken(output: str) -> list[str]:
    return [line for line in output.splitlines() if " BROKEN" in line]


class _written:  # noqa: N801 - read as a verb
    """A file with one line, there only inside the block."""

    def __init__(self, path: Path, line: str) -> None:
        self._path, self._line = path, line

    def __enter__(self) -> None:
        self._made = [folder for folder in self._path.parents if not folder.exists()]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._old = self._path.read_text() if self._path.exists() else None
        (self._path.parent / "__init__.py").touch()
        self._path.write_text(f"{self._line}\n")

    def __exit__(self, *_: object) -> None:
        if self._old is None:
            self._path.unlink()
        else:
            self._path.write_text(self._old)
        for folder in self._made:
            shutil.rmtree(folder, ignore_errors=True)


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (
                f"{node.module}.{alias.name}" for alias in node.names if node.module.startswith("app")
            )
