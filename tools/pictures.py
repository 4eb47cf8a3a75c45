"""Takes the pictures of the user guide, and of every page in every look, from the real program.

    python -m tools.pictures guide            into docs/guide/pictures
    python -m tools.pictures every FOLDER     each page × language × theme × number of stores × size × scale

It wants Xvfb, and Chromium for the guide. Nothing on the pictures is invented: sample stores in a throw-away
data folder, behind the proxies of the demo's little local internet.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.demo.internet import LocalInternetThread
from app.demo.screen import some_screen
from app.isolation.keeper.client import KeeperClient
from app.isolation.network.proxy_string import write
from app.kernel.clock import SystemClock
from app.kernel.events import EventHub
from app.kernel.paths import Paths
from app.kernel.secret import Secret
from app.kernel.settings import FileSettings, Scope, Settings
from app.vault.kdf import FLOOR_KDF
from app.vault.vault import Vault
from app.workspace import Workspace, build, migrations

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from app.ui.application import Application

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "guide" / "pictures"
LANGUAGES = ("en", "zh")
PASSPHRASE = Secret("four words are enough")
_LIMIT_S = 40.0
_STEP_S = 0.005
_QUIET_S = 0.4
# name, template, market's exit (http is American, socks German), group, tags
SAMPLES = {
    "en": (
        ("Anna US", "tiktok-shop-us", "http", "Team A", "beauty, new"),
        ("Berts Laden", "amazon-de", "socks", "Team A", "home"),
        ("Sunrise Beauty", "tiktok-shop-us", "http", "Team B", "beauty"),
        ("Garden & Home", "amazon-us", "http", "Team B", "home"),
        ("Küche und Bad", "amazon-de", "socks", "Team B", ""),
        ("Shopify main", "shopify-admin", "http", "", "vip"),
        ("Customers WhatsApp", "whatsapp-web", "http", "Team A", "vip"),
        ("Wrong country", "amazon-jp", "http", "", ""),
    ),
    "zh": (
        ("美国一店", "tiktok-shop-us", "http", "美区", "美妆, 新店"),
        ("德国家居", "amazon-de", "socks", "欧区", "家居"),
        ("晨曦美妆", "tiktok-shop-us", "http", "美区", "美妆"),
        ("花园与家", "amazon-us", "http", "美区", "家居"),
        ("厨卫优选", "amazon-de", "socks", "欧区", ""),
        ("独立站主店", "shopify-admin", "http", "", "重点"),
        ("客服 WhatsApp", "whatsapp-web", "http", "美区", "重点"),
        ("国家不符的店", "amazon-jp", "http", "", ""),
    ),
}


class Photographer:
    """The program in this process, and what is pressed in it between two pictures."""

    def __init__(self, qt: QApplication, application: Application) -> None:
        self.qt = qt
        self.application = application

    def wait(self, is_true: Callable[[], object] | None = None) -> None:
        """Until something is so; without it, until nothing moves any more."""
        ends = time.monotonic() + (_LIMIT_S if is_true is not None else _QUIET_S)
        while time.monotonic() < ends:
            self.qt.processEvents()
            time.sleep(_STEP_S)
            if is_true is not None and is_true():
                return
        if is_true is not None:
            raise SystemExit("the program did not do what the picture needs")
        while self.application.jobs.running:
            self.qt.processEvents()

    def find(self, name: str) -> QWidget:
        """A widget by its name."""
        from PySide6.QtWidgets import QWidget

        found = [one for one in self.application.window.findChildren(QWidget, name) if one.isVisible()]
        if not found:
            raise SystemExit(f"there is no {name} on the screen")
        return found[-1]

    def click(self, name: str) -> None:
        """Presses a button."""
        from PySide6.QtWidgets import QAbstractButton

        made = self.find(name)
        assert isinstance(made, QAbstractButton)
        made.click()
        self.wait()

    def unlock(self) -> None:
        """From the lock screen to the stores."""
        from app.ui.shell.lock_page import LockPage

        page = self.application.window.shown
        assert isinstance(page, LockPage)
        page.passphrase_edit.setText(PASSPHRASE.reveal())
        page.unlock_button.click()
        self.wait(lambda: self.application.signed_in is not None)
        self.wait()

    def take(self, file: Path) -> None:
        """A picture of the whole window, with the dialog that stands over it."""
        from PySide6.QtGui import QPainter
        from PySide6.QtWidgets import QDialog

        self.wait()
        window = self.application.window
        picture = window.grab()
        for dialog in window.findChildren(QDialog):
            if dialog.isVisible():
                painter = QPainter(picture)
                painter.drawPixmap((window.rect().center() - dialog.rect().center()), dialog.grab())
                painter.end()
        file.parent.mkdir(parents=True, exist_ok=True)
        if not picture.save(str(file)):
            raise SystemExit(f"{file} cannot be written")


def main(words: list[str]) -> int:
    """Takes the pictures that the words ask for."""
    match words:
        case ["guide"]:
            for language in LANGUAGES:
                _again("take-guide", language)
        case ["take-guide", language]:
            _take_guide(language)
        case ["every", folder]:
            for scale in ("1", "2"):
                for stores in ("0", "8", "5000"):
                    _again("take-every", folder, scale, stores)
        case ["take-every", folder, scale, stores]:
            _take_every(Path(folder), scale, int(stores))
        case _:
            sys.stderr.write(__doc__ or "")
            return 2
    return 0


def _again(*words: str) -> None:
    """In a process of its own: Qt starts once in each."""
    subprocess.run([sys.executable, "-m", "tools.pictures", *words], cwd=ROOT, check=True)


def _take_guide(language: str) -> None:
    folder = GUIDE / language
    with _stage() as (paths, internet), _program(paths, language, "light", (1280, 800)) as photographer:
        _first_start(photographer, folder)
        application = photographer.application
        signed_in = application.signed_in
        assert signed_in is not None
        work = application.door.workspace
        assert work is not None
        work.settings.set("network.echo_urls", internet.net.echo_url)
        _first_store(photographer, internet, language, folder)
        _fill(work, internet, SAMPLES[language][1:])
        photographer.wait()
        _stores(photographer, folder)
        _pages(photographer, folder)
        application.lock()
        photographer.wait(lambda: application.signed_in is None and not application.door.is_busy)
        photographer.take(folder / "lock.png")
        keeper = KeeperClient.find(paths)
        if keeper is not None:
            with keeper:
                keeper.close_windows()


def _first_start(photographer: Photographer, folder: Path) -> None:
    from PySide6.QtWidgets import QLineEdit

    from app.ui.first_start.first_start import FirstStart

    first = photographer.application.window.shown
    assert isinstance(first, FirstStart)
    first.passphrase_step.edit.setText(PASSPHRASE.reveal())
    photographer.wait()
    photographer.take(folder / "first-start-1.png")
    photographer.click("make_vault_button")
    photographer.wait(lambda: first.code_step is not None)
    photographer.take(folder / "first-start-2.png")
    assert first.code_step is not None
    last = photographer.find("last_group_edit")
    assert isinstance(last, QLineEdit)
    last.setText(first.code_step._code.reveal().rpartition("-")[2])  # noqa: SLF001 - as a person reads it there
    photographer.click("code_saved_button")
    photographer.wait(lambda: photographer.application.signed_in is not None)
    photographer.wait()


def _first_store(
    photographer: Photographer, internet: LocalInternetThread, language: str, folder: Path
) -> None:
    from app.ui.pages.stores.new_drawer import NewStoreDrawer

    photographer.take(folder / "new-store-1.png")
    drawer = photographer.find("new_store_drawer")
    assert isinstance(drawer, NewStoreDrawer)
    name, template, _, _, _ = SAMPLES[language][0]
    drawer.gallery.choose(template)
    drawer.name_edit.setText(name)
    drawer.proxy_edit.set_value(write(internet.net.http_proxy.upstream))
    photographer.wait(drawer.proxy_edit.test_label.isVisible)
    photographer.wait(lambda: not photographer.application.jobs.running)
    photographer.take(folder / "new-store-2.png")
    photographer.click("save_next_button")
    photographer.click("understood_button")
    photographer.wait(lambda: not photographer.application.jobs.running)
    drawer.end()
    photographer.wait()


def _stores(photographer: Photographer, folder: Path) -> None:
    application = photographer.application
    signed_in = application.signed_in
    assert signed_in is not None
    page = signed_in.stores
    ids = list(page.model.ids)
    page.list.select(ids[0])
    signed_in.acts.open(ids[:2])
    photographer.wait(lambda: application.states.count_open() == 2)
    photographer.wait()
    photographer.take(folder / "stores.png")
    signed_in.acts.open([ids[-1]])
    photographer.wait(lambda: application.states.refusal(ids[-1]) is not None)
    page.list.select(ids[-1])
    application.face.toaster.clear()
    photographer.take(folder / "blocked.png")
    page.list.select(ids[1])
    page.pane.tabs.setCurrentIndex(2)
    photographer.take(folder / "fingerprint.png")
    page.pane.tabs.setCurrentIndex(0)
    page.list.clearSelection()
    page.list.selectAll()
    photographer.take(folder / "bulk.png")
    page.list.clearSelection()
    page.list.select(ids[2])
    application.open_palette()
    assert application.palette is not None
    application.palette.edit.setText("2")
    photographer.take(folder / "palette.png")
    application.palette.end()
    page.edit(ids[2])
    photographer.take(folder / "edit.png")
    assert page.drawer is not None
    page.drawer.end()
    photographer.wait()


def _pages(photographer: Photographer, folder: Path) -> None:
    signed_in = photographer.application.signed_in
    assert signed_in is not None
    for page in ("proxies", "settings"):
        signed_in.frame.show_page(page)
        photographer.take(folder / f"{page}.png")


def _take_every(folder: Path, scale: str, stores: int) -> None:
    os.environ["QT_SCALE_FACTOR"] = scale
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory(prefix="berth-pictures-") as home:
        paths = Paths.of(Path(home) / "home")
        _make_vault(paths)
        _fill_many(paths, stores)
        with _program(paths, "en", "light", (1280, 800)) as photographer:
            for size in ((1280, 800), (2560, 1440)):
                for language in LANGUAGES:
                    for theme in ("light", "dark"):
                        name = f"{language}-{theme}-{stores}-{size[0]}x{size[1]}@{scale}"
                        _every_page(photographer, folder, name, language, theme, size)


def _every_page(
    photographer: Photographer, folder: Path, name: str, language: str, theme: str, size: tuple[int, int]
) -> None:
    application = photographer.application
    application.settings.set("ui.language", language)
    application.settings.set("ui.theme", theme)
    application.looks.apply()
    application.window.resize(*size)
    photographer.wait()
    photographer.take(folder / f"lock-{name}.png")
    photographer.unlock()
    signed_in = application.signed_in
    assert signed_in is not None
    page = signed_in.stores
    if page.model.rowCount():
        page.list.select(page.model.id_at(1))
    photographer.take(folder / f"stores-{name}.png")
    page.new_store()
    photographer.take(folder / f"new-{name}.png")
    assert page.drawer is not None
    page.drawer.end()
    for other in ("proxies", "settings"):
        signed_in.frame.show_page(other)
        photographer.take(folder / f"{other}-{name}.png")
    signed_in.frame.show_page("stores")
    application.lock()
    photographer.wait(lambda: application.signed_in is None and not application.door.is_busy)


@contextmanager
def _stage() -> Iterator[tuple[Paths, LocalInternetThread]]:
    with (
        some_screen(always_virtual=True),
        LocalInternetThread() as internet,
        tempfile.TemporaryDirectory(prefix="berth-pictures-", ignore_cleanup_errors=True) as home,
    ):
        yield Paths.of(Path(home) / "Berth"), internet


@contextmanager
def _program(paths: Paths, language: str, theme: str, size: tuple[int, int]) -> Iterator[Photographer]:
    settings = Settings({Scope.MACHINE: FileSettings(paths.machine_settings)})
    for name, value in (("ui.language", language), ("ui.theme", theme), ("ui.motion", "off")):
        settings.set(name, value)
    from app.ui.application import Application
    from app.ui.main import _qt_application

    qt = _qt_application()
    application = Application(qt, paths)
    application.begin()
    sys.excepthook = sys.__excepthook__  # a picture of a bug is no picture
    application.window.resize(*size)
    photographer = Photographer(qt, application)
    photographer.wait()
    try:
        yield photographer
    finally:
        application.end()


def _make_vault(paths: Paths) -> None:
    Vault(paths, SystemClock(), migrations(), EventHub()).create(PASSPHRASE, kdf=FLOOR_KDF)


def _fill(work: Workspace, internet: LocalInternetThread, samples: tuple[tuple[str, ...], ...]) -> None:
    for name, template, way, group, tags in samples:
        proxy = internet.net.http_proxy if way == "http" else internet.net.socks_proxy
        work.isolation.profiles.new(
            name,
            template=template,
            proxy=write(proxy.upstream),
            values=[("group", group), ("tags", tags), ("start_pages", internet.net.store_url)],
        )


def _fill_many(paths: Paths, count: int) -> None:
    names = [sample[0] for language in LANGUAGES for sample in SAMPLES[language]]
    with Vault(paths, SystemClock(), migrations(), EventHub()).unlock(PASSPHRASE, via="pictures") as opened:
        room = build(paths, SystemClock(), opened).isolation
        templates = [template.id for template in room.templates.all()]
        for at in range(count):
            proxy = "direct" if at % 7 == 0 else f"socks5://user{at}:pw@10.{at % 200}.2.{at % 250}:1080"
            values = [
                ("group", f"Group {at % 9}" if at % 9 else ""),
                ("tags", ("", "美妆", "vip", "home")[at % 4]),
            ]
            status = ("normal", "normal", "restricted", "appeal", "normal", "banned")[at % 6]
            room.profiles.new(
                f"{names[at % len(names)]} {at + 1}",
                template=templates[at % len(templates)],
                proxy=proxy,
                values=[*values, ("status", status)],
            )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
