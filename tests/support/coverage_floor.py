"""Holds the files of a list at 100 % branch coverage when the whole suite runs with `--fully-covered`."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import coverage
import pytest

ROOT = Path(__file__).resolve().parents[2]
# Kernel, vault and the pure modules of rooms; * goes into folders, too.
FULL = (
    "app/kernel/*.py",
    "app/vault/*.py",
    "app/credentials/*.py",
    "app/isolation/bin.py",
    "app/isolation/bulk.py",
    "app/isolation/checks.py",
    "app/isolation/cookie.py",
    "app/isolation/cookie_reading.py",
    "app/isolation/cookie_writing.py",
    "app/isolation/fingerprint/*.py",
    "app/isolation/groups.py",
    "app/isolation/migrations.py",
    "app/isolation/network/proxy_string.py",
    "app/isolation/plan.py",
    "app/isolation/profile*.py",
    "app/isolation/proxies.py",
    "app/isolation/proxy_checking.py",
    "app/isolation/search_key.py",
    "app/isolation/store/*.py",
    "app/isolation/template.py",
    "app/isolation/views.py",
    "app/isolation/yaml_lines.py",
)

_short: list[str] = []


@dataclass
class _Short:
    told: str


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option; `./run test` gives it."""
    parser.addoption(
        "--fully-covered",
        action="store_true",
        help="fail when a file that has to be covered completely is not (needs --cov)",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Runs around pytest-cov's own hook, so that its data are complete here."""
    result = yield
    if session.config.getoption("--fully-covered") and not session.config.option.collectonly:
        _short.extend(_not_covered())
        session.testsfailed += len(_short)
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if _short and reporter is not None:
            # Counted in the closing line; plugins expect objects there.
            reporter.stats["files not fully covered"] = [_Short(line) for line in _short]
    return result


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says which lines and branches no test reaches."""
    if _short:
        terminalreporter.section("not covered completely", red=True)
        for line in _short:
            terminalreporter.write_line(line)


def _not_covered() -> list[str]:
    data = coverage.Coverage(config_file=str(ROOT / "pyproject.toml"))
    data.load()
    lines = []
    for path in sorted((ROOT / "app").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if any(fnmatch(name, pattern) for pattern in FULL):
            analysis = data._analyze(str(path))
            numbers = analysis.numbers
            if numbers.pc_covered < 100:
                arcs = {line: ends for line, ends in analysis.missing_branch_arcs().items() if ends}
                lines.append(f"{name}: lines {analysis.missing_formatted()}, branches {dict(arcs)}")
    return lines
