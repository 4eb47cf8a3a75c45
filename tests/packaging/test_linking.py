"""What the package depends on follows from what its binaries are linked to."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from resources.installer import linking
from resources.installer.linking import Linking

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at binaries of Linux")


def test_packages_follow_from_libraries_and_the_c_librarys_age_from_its_symbols():
    found = Linking({"libc.so.6": "berth", "libX11.so.6": "libqxcb.so", "libcups.so.2": "plugin"}, (2, 35))

    assert found.depends() == ["libc6 (>= 2.35)", "libx11-6"]
    assert found.recommends() == ["libcups2 | libcups2t64"]
    assert found.unknown() == []


def test_a_library_that_nobody_knows_is_told_with_who_needs_it():
    assert Linking({"libnew.so.1": "libqxcb.so"}, (2, 35)).unknown() == [
        "libnew.so.1, which libqxcb.so needs"
    ]


def test_a_binary_is_read_and_its_neighbours_do_not_count_as_missing(tmp_path: Path):
    _built(tmp_path, "int here(void) { return 1; }", "-shared", "-o", "libhere.so")
    _built(tmp_path, "int here(void); int main(void) { return here(); }", "-o", "program", "-L.", "-lhere")

    found = linking.read(tmp_path)

    assert "libc.so.6" in found.needed
    assert "NEEDED" in _headers(tmp_path / "program")
    assert "libhere.so" not in found.needed
    assert found.glibc >= (2, 2)


def test_search_paths_of_the_building_machine_are_emptied_and_our_own_stay(tmp_path: Path):
    _built(tmp_path, "int main(void) { return 7; }", "-o", "foreign", "-Wl,-rpath,/home/somebody/lib")
    _built(tmp_path, "int main(void) { return 7; }", "-o", "own", "-Wl,-rpath,$ORIGIN/lib")

    linking.forget_build_paths(tmp_path)

    assert "/home/somebody" not in _headers(tmp_path / "foreign")
    assert "$ORIGIN/lib" in _headers(tmp_path / "own")
    for name in ("foreign", "own"):
        assert subprocess.run([str(tmp_path / name)]).returncode == 7


def _built(folder: Path, source: str, *words: str) -> Path:
    compiler = shutil.which("cc")
    if compiler is None or shutil.which("objdump") is None:
        pytest.skip("no C compiler or objdump here to make a binary with")
    subprocess.run(
        [compiler, "-x", "c", "-", "-x", "none", *words], cwd=folder, input=source, text=True, check=True
    )
    return folder / words[words.index("-o") + 1]


def _headers(path: Path) -> str:
    return subprocess.run(["objdump", "-p", str(path)], capture_output=True, text=True, check=True).stdout
