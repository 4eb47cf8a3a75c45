"""What loads with what: no Qt with the command line, neither Qt nor the vault with the keeper."""

from __future__ import annotations

import importlib.util
import json
import pkgutil
import subprocess
import sys

import pytest

import app

QT = ("PySide6", "shiboken6")
VAULT = ("app.vault", "sqlcipher3", "keyring", "cryptography")


def _modules_under(*packages: str) -> list[str]:
    found = []
    for package in packages:
        if importlib.util.find_spec(package) is None:
            continue
        found.append(package)
        module = importlib.import_module(package)
        walk = pkgutil.walk_packages(getattr(module, "__path__", []), package + ".")
        found += [entry.name for entry in walk if not entry.name.endswith("__main__")]
    return found


def _loaded_with(modules: list[str]) -> set[str]:
    source = "import sys, json, importlib\nfor name in json.load(sys.stdin): importlib.import_module(name)\n"
    source += "print(json.dumps(sorted(sys.modules)))"
    command = [sys.executable, "-W", "error", "-c", source]
    done = subprocess.run(
        command, input=json.dumps(modules), capture_output=True, text=True, timeout=60, check=True
    )
    return set(json.loads(done.stdout))


def _beneath(loaded: set[str], names: tuple[str, ...]) -> list[str]:
    return sorted(one for one in loaded if any(one == name or one.startswith(name + ".") for name in names))


def test_the_command_line_loads_without_qt():
    modules = _modules_under("app.__main__", "app.cli", "app.demo", "app.workspace")

    assert modules
    assert _beneath(_loaded_with(modules), QT) == []


def test_the_keeper_loads_without_qt_and_without_the_vault():
    modules = _modules_under("app.isolation.keeper")

    assert modules
    assert _beneath(_loaded_with(modules), QT + VAULT) == []


def test_the_check_itself_sees_what_is_loaded():
    assert _beneath(_loaded_with(["sqlcipher3"]), VAULT)


@pytest.mark.parametrize("module", _modules_under(app.__name__))
def test_every_module_says_in_its_first_line_what_it_does(module: str):
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None

    with open(spec.origin, encoding="utf-8") as file:  # noqa: PTH123
        first = file.readline()

    assert first.startswith('"""')
