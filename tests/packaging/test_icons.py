"""Every drawing can be read by Qt and shows something; the program's icon comes in all sizes."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from resources.installer import icons

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "icons"
DRAWINGS = sorted(FOLDER.rglob("*.svg"))
SIDE_PX = 48
OWN = ("berth", "berth-16", "berth-22")
TRAY = ("tray", "tray-open", "tray-attention")


def test_there_are_drawings():
    assert len(DRAWINGS) > 100
    assert {f"{name}.svg" for name in (*OWN, *TRAY)} <= {path.name for path in DRAWINGS}


def test_every_drawing_is_read_and_shows_something():
    bad = {
        path.relative_to(FOLDER).as_posix()
        for path in DRAWINGS
        if _root(path).tag != "{http://www.w3.org/2000/svg}svg"
        or not (renderer := QSvgRenderer(str(path))).isValid()
        or not any(_picture(renderer)[3::4])
    }

    assert bad == set()


def test_an_icon_of_the_program_takes_the_colour_it_is_given():
    drawings = sorted((FOLDER / "lucide").glob("*.svg"))
    given = {path.stem for path in drawings if _root(path).get("stroke") == "currentColor"}

    assert given == {path.stem for path in drawings}
    assert {_root(path).get("viewBox") for path in drawings} == {"0 0 24 24"}


@pytest.mark.parametrize("name", TRAY)
def test_a_tray_icon_takes_the_colour_it_is_given_and_fills_the_usual_square(name: str):
    root = _root(FOLDER / f"{name}.svg")

    assert root.get("fill") == "currentColor"
    assert root.get("viewBox") == "0 0 22 22"


def test_the_trays_three_states_look_different():
    looks = {name: _picture(QSvgRenderer(str(FOLDER / f"{name}.svg"))) for name in TRAY}

    assert len(set(looks.values())) == len(TRAY)


def test_every_folder_of_others_work_has_its_licence_beside():
    for folder in {path.parent for path in DRAWINGS} - {FOLDER}:
        assert (folder / "LICENSE").read_text("utf-8").strip()


def test_the_icon_is_built_in_every_size_that_desktops_ask_for(tmp_path: Path):
    written = icons.build(FOLDER, tmp_path)

    assert {path.name for path in written} == {path.name for path in tmp_path.iterdir()}
    for size in icons.SIZES_PX:
        with Image.open(tmp_path / f"berth-{size}.png") as image:
            assert image.size == (size, size)
            # Its corners are round: it stands on whatever lies below.
            assert image.convert("RGBA").getpixel((0, 0))[3] < 128
            assert image.convert("RGBA").getpixel((size // 2, size // 2))[3] == 255
    with Image.open(tmp_path / "berth.ico") as ico:
        assert {(16, 16), (24, 24), (32, 32), (48, 48), (256, 256)} <= ico.info["sizes"]
    with Image.open(tmp_path / "berth.icns") as icns:
        assert (512, 512, 2) in icns.info["sizes"]


def test_small_sizes_are_drawn_on_their_own_grid_and_not_shrunk(tmp_path: Path):
    icons.build(FOLDER, tmp_path)

    with Image.open(tmp_path / "berth-16.png") as image:
        column = [image.convert("RGB").getpixel((3, row)) for row in range(16)]

    # The quay's edges fall on pixels: no colour between its own and the water's.
    assert len(set(column)) == 2


def _root(path: Path) -> ET.Element:
    return ET.fromstring(path.read_text("utf-8"))


def _picture(renderer: QSvgRenderer) -> bytes:
    image = QImage(SIDE_PX, SIDE_PX, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, SIDE_PX, SIDE_PX))
    painter.end()
    return bytes(image.constBits())
