"""The frozen program: free of what may not be in it, small and quick enough, and able to open stores."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from app import __version__
from resources.installer import bundle, notices

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(1200),  # the first one builds
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bundles are checked on Linux only"),
]
NOBODY = 65534
LARGEST_MB = 300
LONGEST_START_S = 0.5
LONGEST_WINDOW_S = 3.0
SCREEN_PX = (1280, 800)
LIMIT_S = 120
# What the frozen program's start leaves in its environment; with it a browser would load our libraries.
LEAKS = ("LD_LIBRARY_PATH", "_PYI_", "QT_PLUGIN_PATH", "QML2_IMPORT_PATH")


@pytest.fixture
def program(built: Path) -> Path:
    return built / "berth" / "berth"


@pytest.fixture
def home() -> Iterator[Path]:
    """A home of whoever the program runs as: an ordinary user."""
    folder = Path(tempfile.mkdtemp(prefix="bt-home-"))
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


def test_nothing_under_the_gpl_is_in_it(built: Path):
    files = [path.relative_to(built / "berth").as_posix() for path in (built / "berth").rglob("*")]
    words = [word.lower() for word in bundle.GPL_ONLY_QT]

    assert any("libQt6Widgets" in file for file in files)
    assert [
        file for file in files if "PySide6/" in file and any(word in file.lower() for word in words)
    ] == []
    assert [file for file in files if bundle.is_gpl(file)] == []


def test_everything_in_it_has_its_notice(built: Path):
    inside = built / "berth" / "_internal"
    resources = inside / "resources"
    versions = (resources / "licences" / "versions.txt").read_text("utf-8")
    libraries = [path.name for path in inside.iterdir() if path.name.startswith(bundle.PYTHONS_LIBRARIES)]

    for part in notices.read_index(resources):
        assert all((resources / file).is_file() for file in part.files), part.name
    assert "PySide6_Essentials" in versions
    if shutil.which("dpkg-query"):
        assert libraries
        assert any((resources / "licences" / "system").iterdir())


def test_no_library_is_looked_for_in_a_folder_of_the_building_machine(built: Path):
    libraries = [str(path) for path in (built / "berth").rglob("*.so*") if not path.is_symlink()]

    told = subprocess.run(["objdump", "-p", *libraries], capture_output=True, text=True, check=True).stdout

    searched = [words[1:] for words in map(str.split, told.splitlines()) if words[:1] == ["RUNPATH"]]
    assert ["$ORIGIN"] in searched
    assert [path for path in searched if path and path[0].startswith("/")] == []


def test_it_is_small_and_starts_quickly(program: Path, record_property: pytest.RecordProperty):
    size_mb = (
        sum(p.stat().st_size for p in program.parent.rglob("*") if p.is_file() and not p.is_symlink()) / 1e6
    )
    starts_s = []
    for _ in range(7):
        began = time.monotonic()
        done = _run(program, "--version")
        starts_s.append(time.monotonic() - began)
        assert done.stdout.strip() == f"berth {__version__}"

    record_property("size_mb", round(size_mb))
    record_property("start_s", round(statistics.median(starts_s), 3))
    print(f"{size_mb:.0f} MB, starts in {statistics.median(starts_s):.3f} s")
    assert size_mb < LARGEST_MB
    assert statistics.median(starts_s) < LONGEST_START_S


def test_the_window_is_painted_soon_and_ends_quietly(program: Path, berth_home: Path, tmp_path: Path):
    waits_s = []
    for _ in range(3):
        with _screen(tmp_path) as (display, pixels):
            began = time.monotonic()
            process = subprocess.Popen(
                [str(program), "gui"],
                env={**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            _until(lambda: any(pixels()), process)
            waits_s.append(time.monotonic() - began)
            process.terminate()
            said, _ = process.communicate(timeout=LIMIT_S)
        assert (process.returncode, said) == (0, "")

    print(f"its window is painted after {statistics.median(waits_s):.2f} s")
    assert statistics.median(waits_s) < LONGEST_WINDOW_S


def test_the_doctor_finds_driver_and_templates(program: Path, berth_home: Path):
    done = _run(program, "doctor", "--json")

    checks = {check["id"]: check["level"] for check in json.loads(done.stdout)["checks"]}
    assert (checks["driver"], checks["templates"]) == ("green", "green"), done.stdout


def test_a_mistake_is_told_as_from_source(program: Path, berth_home: Path):
    done = _run(program, "profile", "nonsense")

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_an_ordinary_user_sees_two_stores_and_nothing_of_ours_reaches_a_child(
    program: Path, home: Path
) -> None:
    words = [str(program), "demo", "--json", "--virtual-screen", "--pictures", str(home / "pictures")]
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "TMPDIR": str(home)}
    process = subprocess.Popen(
        _as_ordinary_user(words),
        env={**environ, "BERTH_TEST": os.environ["BERTH_TEST"]},
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

    children = _children_until_it_ends(process)
    out, err = process.communicate()

    assert process.returncode == 0, err
    told = json.loads(out)
    assert (told["ok"], told["crossed"], len(told["windows"])) == (True, [], 2)
    for picture in told["screenshots"]:
        assert Path(picture).read_bytes().startswith(b"\x89PNG")
    assert {"node", "Xvfb"} <= set(children)
    assert any("chrom" in name for name in children)
    for name, leaked in children.items():
        assert leaked == set(), name


def test_a_library_path_of_the_persons_own_reaches_children(program: Path, berth_home: Path, tmp_path: Path):
    browser = tmp_path / "chromium"
    browser.write_text('#!/bin/sh\necho "$LD_LIBRARY_PATH" >"$0.saw"\necho Chromium 156.0.1.1\n')
    browser.chmod(0o755)
    environ = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "LD_LIBRARY_PATH": "/srv/own"}

    _run(program, "engine", "list", env={**environ, "BERTH_ENGINE": str(browser)})

    assert Path(f"{browser}.saw").read_text().strip() == "/srv/own"


def _run(program: Path, *words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(program), *words], env=env, capture_output=True, text=True, check=False, timeout=LIMIT_S
    )


@contextmanager
def _screen(folder: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """A virtual screen, its name, and a way to read its pixels: all zero where nothing is painted."""
    read_fd, write_fd = os.pipe()
    size = f"{SCREEN_PX[0]}x{SCREEN_PX[1]}x24"
    words = [
        "-displayfd",
        str(write_fd),
        "-screen",
        "0",
        size,
        "-fbdir",
        str(folder),
        "-nolisten",
        "tcp",
        "-noreset",
    ]
    process = subprocess.Popen(["Xvfb", *words], pass_fds=[write_fd], stderr=subprocess.DEVNULL)
    os.close(write_fd)
    with os.fdopen(read_fd) as told:
        number = told.readline().strip()
    picture = folder / "Xvfb_screen0"
    try:
        yield f":{number}", lambda: picture.read_bytes()[-SCREEN_PX[0] * SCREEN_PX[1] * 4 :]
    finally:
        process.terminate()
        process.wait()


def _until(is_so: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    ends = time.monotonic() + LIMIT_S
    while not is_so():
        assert time.monotonic() < ends
        with suppress(subprocess.TimeoutExpired):
            pytest.fail(f"it ended with {process.wait(0.02)}: {process.communicate()[0]}")


def _as_ordinary_user(words: list[str]) -> list[str]:
    if os.geteuid() != 0:
        return words
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *words]


def _children_until_it_ends(process: subprocess.Popen[str]) -> dict[str, set[str]]:
    """Programs that ran below it, each with what leaked into its environment; not the program itself."""
    mark = os.environ["BERTH_TEST"]
    seen: dict[str, set[str]] = {}
    while process.poll() is None:
        for other in psutil.process_iter():
            try:
                environ, name = other.environ(), Path(other.exe()).name
            except psutil.Error:
                continue
            if environ.get("BERTH_TEST") == mark and name not in ("berth", "setpriv"):
                leaked = {key for key in environ if key.startswith(LEAKS)}
                seen[name] = seen.get(name, set()) | leaked
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    return seen
