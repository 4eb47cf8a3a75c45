"""Finding browsers: real executables that tell a version; wrappers and what does not run are left out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.isolation.browser import engines as module
from app.isolation.browser.engines import Engine, choose_engine, find_engines
from app.isolation.browser.problems import NoEngine
from app.isolation.plan import EngineChoice

Script = Callable[..., str]
CHROME = Engine("chrome", "stable", "155.0.1.1", "/opt/google/chrome/chrome")
EDGE = Engine("edge", "stable", "154.0.1.1", "/opt/microsoft/msedge/msedge")


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Writes an executable that answers --version."""

    def make(
        name: str, body: str = 'echo "Chromium 156.0.8078.79 built on Debian"', mode: int = 0o755
    ) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(mode)
        return str(path)

    return make


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without a browser; its PATH is a folder of the test's own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setattr(module, "_LINUX", ())
    monkeypatch.setattr(module, "_MACOS", ())
    monkeypatch.setenv("PATH", str(folder))
    return folder


def places(monkeypatch: pytest.MonkeyPatch, *found: tuple[str, str, str]) -> None:
    monkeypatch.setattr(module, "_LINUX", found)
    monkeypatch.setattr(module, "_MACOS", found)


def test_browsers_are_found_in_order_with_their_versions(
    bare: Path, script: Script, monkeypatch: pytest.MonkeyPatch
):
    chrome = script("chrome", 'echo "Google Chrome 155.0.7000.1 "')
    chromium = script("chromium")
    places(monkeypatch, ("chrome", "beta", chrome), ("chromium", "stable", chromium))

    assert find_engines({}) == (
        Engine("chrome", "beta", "155.0.7000.1", chrome),
        Engine("chromium", "stable", "156.0.8078.79", chromium),
    )


@pytest.mark.parametrize(
    ("body", "mode"),
    [
        ('echo "Chromium 156.0.8078.79"', 0o644),
        ("echo Chromium", 0o755),
        ("echo 1.2.3", 0o755),
        ("echo 156.0.8078.79 >&2; exit 1", 0o755),
        ("exit 127", 0o755),
    ],
    ids=["not executable", "no version", "another version", "only complaining", "broken"],
)
def test_what_tells_no_version_is_left_out(
    bare: Path, script: Script, monkeypatch: pytest.MonkeyPatch, body: str, mode: int
):
    places(monkeypatch, ("chromium", "stable", script("chromium", body, mode)))

    assert find_engines({}) == ()


def test_a_browser_that_never_answers_is_left_out(
    bare: Path, script: Script, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "_VERSION_TIMEOUT_S", 0.05)
    places(monkeypatch, ("chromium", "stable", script("chromium", "exec /bin/sleep 60")))

    assert find_engines({}) == ()


def test_a_folder_and_a_missing_file_are_no_browsers(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    places(monkeypatch, ("chrome", "stable", str(tmp_path)), ("edge", "stable", str(tmp_path / "none")))

    assert find_engines({}) == ()


@pytest.mark.parametrize("kind", ["chrome", "edge", "chromium", "brave"])
def test_a_browser_of_the_persons_own_may_be_named_with_its_kind(bare: Path, script: Script, kind: str):
    path = script("own/browser")

    assert find_engines({"BERTH_ENGINE": f"{kind}={path}"}) == (
        Engine(kind, "custom", "156.0.8078.79", path),
    )


@pytest.mark.parametrize("name", ["own/browser", "a=b/browser", "店铺 x/browser"])
def test_a_browser_named_without_a_kind_is_taken_as_chromium(bare: Path, script: Script, name: str):
    path = script(name)

    assert find_engines({"BERTH_ENGINE": path}) == (Engine("chromium", "custom", "156.0.8078.79", path),)


@pytest.mark.parametrize("text", ["", "chrome=", "/nonexistent/browser", "opera=/nonexistent"])
def test_a_name_for_nothing_finds_nothing(bare: Path, text: str):
    assert find_engines({"BERTH_ENGINE": text}) == ()


def test_the_persons_own_browser_comes_first_and_only_once(
    bare: Path, script: Script, monkeypatch: pytest.MonkeyPatch
):
    first, second = script("first"), script("second")
    places(monkeypatch, ("chrome", "stable", first), ("chromium", "stable", second))

    found = find_engines({"BERTH_ENGINE": f"chromium={second}"})

    assert [(engine.path, engine.channel) for engine in found] == [(second, "custom"), (first, "stable")]


def test_the_processes_own_environment_is_asked_when_none_is_given(
    bare: Path, script: Script, monkeypatch: pytest.MonkeyPatch
):
    path = script("own/browser")
    monkeypatch.setenv("BERTH_ENGINE", path)

    assert [engine.path for engine in find_engines()] == [path]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux looks on PATH")
def test_a_wrapper_script_on_the_path_is_not_taken(bare: Path, script: Script):
    script("bin/google-chrome-stable")

    assert find_engines({}) == ()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux looks on PATH")
@pytest.mark.parametrize(
    ("name", "kind"),
    [("google-chrome-stable", "chrome"), ("microsoft-edge-stable", "edge"), ("brave-browser", "brave")],
)
def test_of_a_real_binary_on_the_path_the_real_place_is_taken(bare: Path, name: str, kind: str):
    binary = Path(sys.executable).resolve()
    (bare / name).symlink_to(binary)

    assert module._on_path() == [(kind, "stable", str(binary))]


def test_what_cannot_be_read_is_no_binary(tmp_path: Path):
    assert not module._is_binary(tmp_path)
    assert not module._is_binary(tmp_path / "none")


def test_on_macos_the_usual_applications_are_looked_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "darwin")

    found = module._candidates({})

    assert {kind for kind, _, _ in found} == {"chrome", "edge", "chromium", "brave"}
    assert all(path.startswith("/Applications/") for _, _, path in found)


def test_on_windows_every_program_folder_is_looked_through(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "win32")

    found = module._candidates({"PROGRAMFILES": "/one", "LOCALAPPDATA": "/two"})

    assert [path for kind, _, path in found if kind == "edge"] == [
        r"/one/Microsoft\Edge\Application\msedge.exe",
        r"/two/Microsoft\Edge\Application\msedge.exe",
    ]


def test_on_windows_the_newest_folder_beside_the_program_is_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("99.0.1.1", "156.0.8078.9", "156.0.8078.79", "Dictionaries"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(sys, "platform", "win32")

    assert module._version(str(tmp_path / "chrome.exe")) == "156.0.8078.79"


@pytest.mark.parametrize(
    ("kind", "chosen"), [("", CHROME), ("auto", CHROME), ("chrome", CHROME), ("edge", EDGE)]
)
def test_a_profile_gets_the_first_browser_of_its_kind(kind: str, chosen: Engine):
    assert choose_engine(kind, "", (CHROME, EDGE)) is chosen


def test_a_path_wins_over_the_kind():
    assert choose_engine("chrome", EDGE.path, (CHROME, EDGE)) is EDGE


def test_a_path_nobody_found_is_asked_for_its_version(script: Script):
    path = script("own/browser")

    assert choose_engine("brave", path, (CHROME,)) == Engine("brave", "custom", "156.0.8078.79", path)
    assert choose_engine("auto", path, ()) == Engine("chromium", "custom", "156.0.8078.79", path)


@pytest.mark.parametrize("path", ["/nonexistent/browser", "/dev/null", "/"])
def test_a_path_without_a_browser_is_told(path: str):
    with pytest.raises(NoEngine) as told:
        choose_engine("", path, (CHROME,))

    assert path in told.value.text.english()


def test_a_kind_that_is_not_there_is_told():
    with pytest.raises(NoEngine, match="brave"):
        choose_engine("brave", "", (CHROME, EDGE))


def test_a_machine_without_browsers_is_told_what_to_install():
    with pytest.raises(NoEngine) as told:
        choose_engine("chrome", "", ())

    assert "apt install" in told.value.next_step.english()


def test_a_plan_is_given_kind_version_and_path():
    assert CHROME.choice() == EngineChoice("chrome", "155.0.1.1", "/opt/google/chrome/chrome")
