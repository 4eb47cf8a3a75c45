"""The .deb: laid out as Debian has it, and complete enough to start in a system that has nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from app import __version__

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(1800),  # builds, and makes a whole Debian
    pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="no dpkg-deb here"),
]
CHECK = Path(__file__).resolve().parents[2] / "resources" / "installer" / "check-deb.sh"
CANNOT = 77


@pytest.fixture
def package(built: Path) -> Path:
    (path,) = built.glob("*.deb")
    return path


def test_it_is_named_and_described_as_it_should_be(package: Path):
    architecture = _said("dpkg", "--print-architecture").strip()
    control = _fields(package)

    assert package.name == f"berth_{__version__}_{architecture}.deb"
    assert control["Package"] == "berth"
    assert "libatomic1" in control["Depends"]  # Playwright's driver
    assert "fonts-noto-cjk | " in control["Depends"]
    assert "chromium-l10n | google-chrome-stable" in control["Recommends"]


def test_its_files_lie_where_a_desktop_looks_and_belong_to_root(package: Path):
    lines = _said("dpkg-deb", "--contents", str(package)).splitlines()
    names = {line.split()[5].removeprefix(".") for line in lines}

    assert {line.split()[1] for line in lines} == {"root/root"}
    assert not [line for line in lines if line.startswith("-") and line[5] == "w"]
    assert {
        "/opt/berth/berth",
        "/usr/bin/berth",
        "/usr/share/applications/berth.desktop",
        "/usr/share/icons/hicolor/scalable/apps/berth.svg",
        "/usr/share/icons/hicolor/16x16/apps/berth.png",
        "/usr/share/icons/hicolor/256x256/apps/berth.png",
        "/usr/share/doc/berth/copyright",
        "/usr/share/doc/berth/changelog.gz",
    } <= names


def test_it_runs_nothing_of_its_own_while_it_is_installed(package: Path, tmp_path: Path):
    _said("dpkg-deb", "--control", str(package), str(tmp_path / "control"))

    assert [path.name for path in (tmp_path / "control").iterdir()] == ["control"]


def test_an_ordinary_user_starts_it_from_the_menu_of_a_bare_system(package: Path, tmp_path: Path):
    done = subprocess.run(
        [str(CHECK), str(package), str(tmp_path)],
        env={**os.environ, "TMPDIR": "/var/tmp"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    if done.returncode == CANNOT:
        pytest.skip(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "Nothing crossed between the two windows." in done.stdout


def _fields(package: Path) -> dict[str, str]:
    told = _said("dpkg-deb", "--field", str(package))
    return dict(line.split(": ", 1) for line in told.splitlines() if not line.startswith(" "))


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
