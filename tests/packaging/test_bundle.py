"""What goes into the frozen program: all that it needs, and nothing under the GPL."""

from __future__ import annotations

from pathlib import Path

import pytest

from resources.installer import bundle

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = "PySide6/Qt/plugins"


@pytest.mark.parametrize(
    "path",
    [
        "PySide6/Qt/lib/libQt6Charts.so.6",
        "PySide6/Qt/lib/libQt6DataVisualization.so.6",
        "PySide6/Qt/lib/libQt6Graphs.so.6",
        "PySide6/Qt/lib/libQt6VirtualKeyboard.so.6",
        "PySide6/Qt/lib/libQt6Lottie.so.6",
        "PySide6/Qt/lib/libQt6LottieVectorImageGenerator.so.6",
        "PySide6/Qt/lib/libQt6QuickTimeline.so.6",
        "PySide6/Qt/lib/libQt6NetworkAuth.so.6",
        "PySide6/Qt/lib/libQt6HttpServer.so.6",
        "PySide6/Qt/lib/libQt6WaylandCompositor.so.6",
        "PySide6/Qt/lib/libQt6Quick3D.so.6",
        "PySide6/Qt/lib/libQt6ShaderTools.so.6",
        "PySide6/QtCharts.abi3.so",
        "PySide6\\Qt6Graphs.dll",
        "libQt6Lottie.so.6",
        f"{PLUGINS}/platforminputcontexts/libqtvirtualkeyboardplugin.so",
        f"{PLUGINS}/vectorimageformats/libqlottievectorimage.so",
        "libreadline.so.8",
        "libgdbm.so.6",
        "python3.11/lib-dynload/readline.cpython-311-x86_64-linux-gnu.so",
    ],
)
def test_what_is_under_the_gpl_stays_out(path: str):
    assert bundle.is_gpl(path)
    assert not bundle.belongs(path)


@pytest.mark.parametrize(
    "path",
    [
        "PySide6/Qt/lib/libQt6Widgets.so.6",
        "PySide6/Qt/lib/libQt6Svg.so.6",
        "PySide6/Qt/lib/libicudata.so.73",
        "PySide6/QtWidgets.abi3.so",
        "PySide6/libpyside6.abi3.so.6.11",
        "PySide6/Qt6Core.dll",
        f"{PLUGINS}/platforms/libqxcb.so",
        f"{PLUGINS}/platforms/libqwayland.so",
        "PySide6/plugins/platforms/qwindows.dll",
        f"{PLUGINS}/platforminputcontexts/libibusplatforminputcontextplugin.so",
        f"{PLUGINS}/imageformats/libqsvg.so",
        "PySide6/Qt/translations/qtbase_zh_CN.qm",
        "libQt6Core.so.6",
        "libpython3.11.so.1.0",
        "libssl.so.3",
        "playwright/driver/node",
        "playwright/driver/package/lib/coreBundle.js",
        "playwright/driver/LICENSE",
        "sqlcipher3/_sqlite3.cpython-311-x86_64-linux-gnu.so",
        "zxcvbn/adjacency_graphs.py",
        "tzdata/zones",
        "profiles/amazon-de.yaml",
    ],
)
def test_what_the_program_needs_goes_in(path: str):
    assert bundle.belongs(path)
    assert not bundle.is_gpl(path)


@pytest.mark.parametrize(
    "path",
    [
        f"{PLUGINS}/platformthemes/libqgtk3.so",
        f"{PLUGINS}/platforms/libqeglfs.so",
        "PySide6/Qt/lib/libQt6Qml.so.6",
        "PySide6/Qt/qml/QtQuick/qmldir",
        "PySide6/Qt/translations/qtbase_de.qm",
        "PySide6/QtCore.pyi",
        "libgtk-3.so.0",
        "libX11.so.6",
        "libstdc++.so.6",
        "libxcb-cursor.so.0",
        "playwright/driver/package/lib/vite/recorder/index.html",
        "playwright/driver/package/types/types.d.ts",
    ],
)
def test_what_nobody_uses_or_the_machine_has_stays_out(path: str):
    assert not bundle.belongs(path)
    assert not bundle.is_gpl(path)


def test_our_own_files_are_those_that_the_program_reads(tmp_path: Path):
    for name in (
        "profiles/amazon-de.yaml",
        "resources/icons/berth.svg",
        "resources/i18n/berth_zh_CN.qm",
        "resources/i18n/berth_zh_CN.ts",
        "resources/installer/build.py",
        "resources/installer/__pycache__/build.pyc",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    shipped = {(Path(source).name, folder) for source, folder in bundle.shipped_files(tmp_path)}

    assert shipped == {
        ("amazon-de.yaml", "profiles"),
        ("berth.svg", "resources/icons"),
        ("berth_zh_CN.qm", "resources/i18n"),
    }


def test_the_spec_asks_these_rules_and_ships_for_every_template():
    spec = (ROOT / "build.spec").read_text("utf-8")
    shipped = [source for source, folder in bundle.shipped_files(ROOT) if folder == "profiles"]

    assert "bundle.belongs(" in spec
    assert "upx=False" in spec
    assert "upx=True" not in spec
    assert len(shipped) == sum(path.is_file() for path in (ROOT / "profiles").rglob("*"))
