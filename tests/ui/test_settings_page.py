"""The settings page: each control stores and applies at once, says what is wrong beside it, and goes back."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QPlainTextEdit

from app.kernel.secret import Secret
from app.kernel.settings import SETTINGS, Scope
from app.ui.pages.settings.cards import SettingRow
from app.ui.pages.settings.controls import ChoiceControl, LineControl, LinesControl, NumberControl
from app.ui.pages.settings.page import SettingsPage
from app.ui.theme.palette import tokens_now
from app.ui.theme.tokens import DARK, LIGHT
from tests.support.gui import Gui
from tests.support.vaults import PASSPHRASE

SECRET = "hunter2-kraken"
ECHO = "network.echo_urls"
NEW = Secret("a new phrase, quite long enough")
UNLOCKING_MS = 30_000
BY_NAME = {row.name: row for row in SETTINGS}
NUMBERS = [row for row in SETTINGS if type(row.default) is int]


@pytest.fixture
def settings(gui: Gui) -> Gui:
    """The settings page."""
    return shown(gui)


def shown(gui: Gui) -> Gui:
    gui.press("Ctrl+3")
    gui.until(lambda: gui.shows("settings_page"))
    gui.rest()
    return gui


def page(gui: Gui) -> SettingsPage:
    return gui.find("settings_page", SettingsPage)


def row(gui: Gui, name: str) -> SettingRow:
    """The row of a setting, scrolled into sight."""
    made = page(gui).rows[name]
    page(gui).settings_scroll.ensureWidgetVisible(made)
    return made


def field(name: str, kind: str = "edit") -> str:
    return f"{name.replace('.', '_')}_{kind}"


def wrong(gui: Gui, name: str) -> str:
    """What is said to be wrong with a setting."""
    label = row(gui, name).wrong_label
    return label.text() if label.isVisible() else ""


def stored(gui: Gui, name: str) -> object:
    return gui.work.settings.get(name)


def choose(gui: Gui, name: str, value: str) -> None:
    """Chooses by keyboard, as often as it takes."""
    box = row(gui, name).control
    assert isinstance(box, QComboBox)
    box.setFocus()
    gui.until(box.hasFocus)
    way = box.findData(value) - box.currentIndex()
    gui.press("Down" if way > 0 else "Up", abs(way))


def put(gui: Gui, name: str, text: str) -> None:
    """Types a value and leaves the field."""
    row(gui, name)
    gui.write(field(name), text)
    gui.press("Tab")
    gui.rest()


def restart(gui: Gui, passphrase: Secret = PASSPHRASE) -> None:
    gui.end()
    gui.begin()
    gui.unlock(passphrase)


# --- rows -------------------------------------------------------------------------------------------------


def test_every_setting_has_a_row_with_its_words_and_the_control_that_fits(settings: Gui):
    kinds = {str: ChoiceControl, int: NumberControl, tuple: LinesControl}

    for setting in SETTINGS:
        made = row(settings, setting.name)
        is_free = isinstance(setting.default, str) and not setting.choices
        assert type(made.control) is (LineControl if is_free else kinds[type(setting.default)])
        assert made.name_label.text() == setting.short.english()
        assert made.text_label.text() == setting.long.english().replace("`", "")
        assert made.isVisible()
    assert set(page(settings).rows) == set(BY_NAME)


def test_each_row_shows_what_is_stored_and_a_way_back_where_it_is_another_value(gui: Gui):
    gui.work.settings.set("proxies.expiring_days", 20)
    gui.work.settings.set(ECHO, "https://one.test https://two.test")
    shown(gui)

    for setting in SETTINGS:
        made, value = row(gui, setting.name), stored(gui, setting.name)
        if isinstance(value, tuple):
            assert gui.find(field(setting.name), QPlainTextEdit).toPlainText() == "\n".join(value)
        elif isinstance(value, int):
            assert gui.find(field(setting.name), QLineEdit).text() == str(value)
        elif not setting.choices:
            assert gui.find(field(setting.name), QLineEdit).text() == value
        else:
            assert gui.find(field(setting.name, "choice"), QComboBox).currentData() == value
        assert made.reset_button.isVisible() == (value != setting.default), setting.name


def test_a_path_is_typed_and_kept(settings: Gui):
    put(settings, "network.country_file", "/home/anna/own.mmdb")

    settings.until(lambda: stored(settings, "network.country_file") == "/home/anna/own.mmdb")


def test_a_change_made_elsewhere_is_shown(settings: Gui):
    settings.work.settings.set("profiles.bin_days", 99)

    settings.until(lambda: settings.find(field("profiles.bin_days"), QLineEdit).text() == "99")
    settings.until(row(settings, "profiles.bin_days").reset_button.isVisible)


# --- choices ----------------------------------------------------------------------------------------------


def test_the_theme_is_chosen_and_there_at_once(settings: Gui):
    assert tokens_now() is LIGHT

    choose(settings, "ui.theme", "dark")

    settings.until_theme(DARK)
    assert stored(settings, "ui.theme") == "dark"
    assert page(settings).section == "settings"


def test_compact_rows_are_chosen_and_there_at_once(settings: Gui):
    settings.make("Anna")

    choose(settings, "ui.rows", "compact")

    settings.until(lambda: settings.page.list.rowHeight(0) == 28)
    choose(settings, "ui.rows", "normal")
    settings.until(lambda: settings.page.list.rowHeight(0) == 36)


def test_motion_is_chosen_and_there_at_once(settings: Gui):
    assert settings.app.theme.motion_ms == 0

    choose(settings, "ui.motion", "on")

    settings.until(lambda: settings.app.theme.motion_ms > 0)
    choose(settings, "ui.motion", "off")
    settings.until(lambda: settings.app.theme.motion_ms == 0)


def test_the_language_is_chosen_and_the_page_speaks_it_at_once(settings: Gui):
    choose(settings, "ui.language", "zh")

    settings.until(lambda: settings.app.looks.language == "zh")
    settings.rest()
    assert settings.app.signed_in.frame.current_id == "settings"
    assert row(settings, "ui.language").name_label.text() == "语言"
    assert settings.find(field("ui.language", "choice"), QComboBox).currentText() == "简体中文"
    choose(settings, "ui.language", "en")
    settings.until(lambda: settings.app.looks.language == "en")
    settings.rest()
    assert row(settings, "ui.language").name_label.text() == "Language"


def test_a_switch_by_another_way_is_shown_in_the_choice(settings: Gui):
    settings.app.commands.run("theme")
    settings.until_theme(DARK)

    assert settings.find(field("ui.theme", "choice"), QComboBox).currentData() == "dark"


def test_the_browser_for_new_profiles_is_stored(settings: Gui):
    choose(settings, "windows.default_engine", "brave")

    assert stored(settings, "windows.default_engine") == "brave"
    assert row(settings, "windows.default_engine").reset_button.isVisible()


# --- numbers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [setting.name for setting in NUMBERS])
def test_a_number_is_typed_and_stored_up_to_its_bounds(settings: Gui, name: str):
    setting = BY_NAME[name]

    for value in (setting.minimum, setting.maximum):
        put(settings, name, str(value))
        settings.until(lambda value=value: stored(settings, name) == value)
        assert wrong(settings, name) == ""


@pytest.mark.parametrize("name", [setting.name for setting in NUMBERS])
def test_a_number_beyond_its_bounds_is_told_beside_it_and_not_stored(settings: Gui, name: str):
    setting = BY_NAME[name]
    assert setting.minimum is not None
    assert setting.maximum is not None

    for text in (str(setting.minimum - 1), str(setting.maximum + 1), "", "many", "1.5", "99999999999"):
        put(settings, name, text)
        assert f"Use a whole number from {setting.minimum} to {setting.maximum}." in wrong(settings, name)
        assert stored(settings, name) == setting.default
    put(settings, name, str(setting.maximum))

    settings.until(lambda: stored(settings, name) == setting.maximum)
    assert wrong(settings, name) == ""


def test_a_number_that_is_typed_is_stored_a_moment_later_without_leaving_the_field(settings: Gui):
    row(settings, "windows.open_at_once")
    settings.write("windows_open_at_once_edit", "7")

    settings.until(lambda: stored(settings, "windows.open_at_once") == 7)
    assert settings.focus.objectName() == "windows_open_at_once_edit"


def test_arrow_keys_and_buttons_count_no_further_than_the_bounds(settings: Gui):
    name = "windows.open_at_once"
    made = row(settings, name)
    edit = settings.find(field(name), QLineEdit)
    edit.setFocus()

    settings.press("Up")
    assert edit.text() == "1"
    settings.press("PgUp", 3)
    assert edit.text() == "20"
    settings.press("PgDown", 3)
    assert edit.text() == "0"
    settings.click("windows_open_at_once_more_button")
    settings.click("windows_open_at_once_more_button")
    settings.click("windows_open_at_once_more_button")
    settings.click("windows_open_at_once_less_button")

    settings.until(lambda: stored(settings, name) == 2)
    assert edit.text() == "2"
    settings.until(made.reset_button.isVisible)


def test_of_quick_changes_the_last_one_stays(settings: Gui):
    row(settings, "profiles.bin_days")
    for text in ("10", "20", "30", "45"):
        put(settings, "profiles.bin_days", text)

    settings.until(lambda: stored(settings, "profiles.bin_days") == 45)
    settings.rest()
    assert settings.find("profiles_bin_days_edit", QLineEdit).text() == "45"


def test_what_was_typed_a_moment_before_the_lock_is_stored(settings: Gui):
    row(settings, "profiles.bin_days")
    settings.write("profiles_bin_days_edit", "12")

    settings.press("Ctrl+L")
    settings.until(lambda: settings.shows("lock_page"))
    settings.rest()
    settings.unlock()

    assert stored(settings, "profiles.bin_days") == 12


# --- the list of echo pages -------------------------------------------------------------------------------


def test_echo_pages_are_typed_one_a_line_and_stored(settings: Gui):
    row(settings, ECHO)
    settings.write(field(ECHO), "https://one.test/ip")
    settings.press("Return")
    settings.type("http://127.0.0.1:8080/json")
    settings.press("Tab")

    settings.until(lambda: stored(settings, ECHO) == ("https://one.test/ip", "http://127.0.0.1:8080/json"))
    assert wrong(settings, ECHO) == ""


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("https://one.test", "one.test"), "Line 2 does not fit. Give http or https addresses"),
        (("ftp://one.test", "https://two.test"), "Line 1 does not fit. Give http or https addresses"),
        (("https://one.test", f"https://me:{SECRET}@two.test"), "Line 2 does not fit."),
        (("https://one.test:99999",), "Line 1 does not fit."),
        ((), "Give one or more values"),
    ],
)
def test_a_line_that_is_no_page_is_told_beside_the_field_and_nothing_is_stored(
    settings: Gui, lines: tuple[str, ...], told: str
):
    before = stored(settings, ECHO)
    row(settings, ECHO)
    settings.write(field(ECHO), "")
    settings.paste("\n".join(lines))
    settings.press("Tab")
    settings.rest()

    assert told in wrong(settings, ECHO)
    assert SECRET not in wrong(settings, ECHO)
    assert stored(settings, ECHO) == before
    row(settings, ECHO)
    settings.write(field(ECHO), "https://one.test")
    settings.press("Tab")
    settings.until(lambda: stored(settings, ECHO) == ("https://one.test",))
    assert wrong(settings, ECHO) == ""


def test_a_paste_of_five_megabytes_into_the_list_is_cut_and_told(settings: Gui):
    before = stored(settings, ECHO)
    row(settings, ECHO)
    settings.write(field(ECHO), "")
    settings.paste("no page\n" * 640_000)
    settings.press("Tab")
    settings.rest()

    assert len(settings.find(field(ECHO), QPlainTextEdit).toPlainText()) <= 20_000
    assert "Line 1 does not fit." in wrong(settings, ECHO)
    assert stored(settings, ECHO) == before


# --- back to the default ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [("windows.open_at_once", 9), (ECHO, ("https://one.test",)), ("windows.default_engine", "edge")],
)
def test_the_way_back_leads_to_the_default_and_goes(gui: Gui, name: str, value: object):
    gui.work.settings.set(name, value)
    shown(gui)
    made = row(gui, name)
    assert made.reset_button.isVisible()
    assert made.reset_button.toolTip().startswith("Back to the default: ")

    gui.click(f"reset_{name}_button")
    gui.rest()

    default = BY_NAME[name].default
    gui.until(lambda: stored(gui, name) == default)
    gui.until(lambda: not made.reset_button.isVisible())
    assert gui.focus is made.control or gui.focus is made.control.focusProxy()
    gui.rest()
    if isinstance(default, tuple):
        assert gui.find(field(name), QPlainTextEdit).toPlainText().split() == list(default)


def test_the_way_back_wins_over_what_was_counted_up_a_moment_before(gui: Gui):
    gui.work.settings.set("windows.open_at_once", 9)
    shown(gui)
    made = row(gui, "windows.open_at_once")
    gui.click("windows_open_at_once_more_button")

    gui.click("reset_windows.open_at_once_button")
    gui.rest()

    gui.until(lambda: not made.control._timer.isActive())
    gui.rest()
    assert gui.find("windows_open_at_once_edit", QLineEdit).text() == "0"
    assert stored(gui, "windows.open_at_once") == 0


def test_the_way_back_takes_the_complaint_away_with_the_wrong_value(gui: Gui):
    gui.work.settings.set(ECHO, "https://one.test")
    shown(gui)
    row(gui, ECHO)
    gui.write(field(ECHO), "nonsense")
    gui.press("Tab")
    assert wrong(gui, ECHO)

    row(gui, ECHO)
    gui.click(f"reset_{ECHO}_button")
    gui.rest()

    gui.until(lambda: stored(gui, ECHO) == BY_NAME[ECHO].default)
    gui.until(
        lambda: gui.find(field(ECHO), QPlainTextEdit).toPlainText().split() == list(BY_NAME[ECHO].default)
    )
    assert wrong(gui, ECHO) == ""


def test_the_way_back_of_a_look_applies_at_once(settings: Gui):
    choose(settings, "ui.rows", "compact")
    settings.until(lambda: settings.app.theme.is_compact)

    settings.click("reset_ui.rows_button")

    settings.until(lambda: not settings.app.theme.is_compact)


# --- kept -------------------------------------------------------------------------------------------------


def test_settings_of_vault_and_machine_survive_a_restart(settings: Gui):
    put(settings, "profiles.bin_days", "77")
    put(settings, "vault.wait_for_lock_s", "33")
    choose(settings, "ui.rows", "compact")
    settings.until(lambda: stored(settings, "profiles.bin_days") == 77)

    restart(settings)
    shown(settings)

    assert settings.find("profiles_bin_days_edit", QLineEdit).text() == "77"
    assert settings.find("vault_wait_for_lock_s_edit", QLineEdit).text() == "33"
    assert settings.find("ui_rows_choice", QComboBox).currentData() == "compact"
    assert settings.app.theme.is_compact


def test_what_belongs_to_the_vault_is_not_in_the_file_of_the_machine(settings: Gui):
    put(settings, "profiles.bin_days", "77")
    put(settings, "vault.wait_for_lock_s", "33")

    kept = json.loads(settings.paths.machine_settings.read_text())

    assert kept["vault.wait_for_lock_s"] == 33
    assert not {name for name in kept if BY_NAME[name].scope is Scope.VAULT}


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A folder that this thread may not write into, also where the tests run as root."""
    header, before = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    libc, is_root = ctypes.CDLL(None, use_errno=True), os.geteuid() == 0
    folder.chmod(0o500)
    if is_root:
        assert libc.capget(header, before) == 0
        fewer = (ctypes.c_uint32 * 6)(*before)
        fewer[0] = fewer[3] = 0  # no effective right; the permitted ones bring them back
        assert libc.capset(header, fewer) == 0
    try:
        yield
    finally:
        if is_root:
            assert libc.capset(header, before) == 0
        folder.chmod(0o700)


def test_a_machine_folder_that_cannot_be_written_is_told_beside_the_setting(settings: Gui):
    before = settings.paths.machine_settings.read_bytes()

    with read_only(settings.paths.state):
        choose(settings, "ui.rows", "compact")
        settings.rest()
        told = wrong(settings, "ui.rows")

    assert told.startswith(f"Berth cannot write to {settings.paths.state}: Permission denied.")
    assert "Check who owns the folder" in told
    assert not settings.app.theme.is_compact
    assert settings.paths.machine_settings.read_bytes() == before
    assert not list(settings.paths.state.glob(".settings*"))
    choose(settings, "ui.rows", "normal")
    choose(settings, "ui.rows", "compact")
    settings.until(lambda: settings.app.theme.is_compact)
    assert wrong(settings, "ui.rows") == ""


def test_a_command_that_cannot_store_its_switch_says_so_in_the_banner(settings: Gui):
    with read_only(settings.paths.state):
        settings.app.commands.run("theme")
        settings.rest()

    assert settings.find("banner").isVisible()
    assert settings.says(f"Berth cannot write to {settings.paths.state}: Permission denied.")
    assert tokens_now() is LIGHT


# --- the passphrase ---------------------------------------------------------------------------------------


def set_passphrase(gui: Gui, new: str, again: str) -> None:
    gui.write("new_passphrase_edit", new)
    gui.write("again_edit", again)
    gui.press("Return")


def lock(gui: Gui) -> None:
    gui.press("Ctrl+L")
    gui.until(lambda: gui.shows("lock_page"))
    gui.rest()


def try_passphrase(gui: Gui, passphrase: Secret) -> bool:
    gui.write("passphrase_edit", passphrase.reveal())
    gui.press("Return")
    gui.until(lambda: gui.shows("frame") or gui.shows("banner"), limit_ms=UNLOCKING_MS)
    gui.rest()
    return gui.shows("frame")


def test_a_new_passphrase_opens_the_vault_and_the_old_one_does_not(settings: Gui):
    settings.make("Anna")
    settings.click("change_passphrase_button")
    assert settings.focus.objectName() == "new_passphrase_edit"
    set_passphrase(settings, NEW.reveal(), NEW.reveal())
    settings.until(lambda: not settings.shows("passphrase_drawer"), limit_ms=UNLOCKING_MS)
    assert "The new passphrase is in force." in settings.toasts()
    assert settings.focus.objectName() == "change_passphrase_button"

    lock(settings)

    assert not try_passphrase(settings, PASSPHRASE)
    assert try_passphrase(settings, NEW)
    assert settings.stored_names() == ["Anna"]
    settings.end()
    settings.begin()
    assert not try_passphrase(settings, PASSPHRASE)
    assert try_passphrase(settings, NEW)


def test_two_that_are_not_the_same_are_told_and_nothing_changes(settings: Gui):
    settings.click("change_passphrase_button")

    set_passphrase(settings, NEW.reveal(), NEW.reveal() + "x")

    assert settings.says("The two are not the same.")
    assert settings.focus.objectName() == "again_edit"
    settings.press("Esc")
    lock(settings)
    assert try_passphrase(settings, PASSPHRASE)


def test_an_empty_one_is_told(settings: Gui):
    settings.click("change_passphrase_button")

    settings.click("save_button")

    assert settings.says("Type the new passphrase.")
    assert settings.focus.objectName() == "new_passphrase_edit"
    settings.type("x")
    assert not settings.says("Type the new passphrase.")


def test_what_was_typed_is_hidden_and_gone_with_the_drawer(settings: Gui):
    settings.click("change_passphrase_button")
    settings.write("new_passphrase_edit", SECRET)
    settings.write("again_edit", SECRET)
    edits = [settings.find(name, QLineEdit) for name in ("new_passphrase_edit", "again_edit")]
    assert {edit.echoMode() for edit in edits} == {QLineEdit.EchoMode.Password}

    page(settings).drawer.ask_to_close()

    assert [edit.text() for edit in edits] == ["", ""]
    assert not any(edit.isUndoAvailable() for edit in edits)
    settings.rest()


def test_the_command_leads_to_the_drawer_from_any_page(settings: Gui):
    settings.press("Ctrl+1")

    settings.press("Ctrl+K")
    settings.type("change passphrase")
    settings.press("Return")

    settings.find("passphrase_drawer")
    assert settings.app.signed_in.frame.current_id == "settings"
    assert settings.focus.objectName() == "new_passphrase_edit"
    settings.app.commands.run("settings.passphrase")
    assert settings.find("passphrase_drawer")  # one, not two


# --- finding ----------------------------------------------------------------------------------------------


def rows_shown(gui: Gui) -> set[str]:
    return {name for name, made in page(gui).rows.items() if made.isVisible()}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("theme", {"ui.theme"}),
        ("EXPIRES", {"proxies.expiring_days"}),
        ("network.echo", {ECHO}),
        ("dark", {"ui.theme"}),
        ("appearance", {"ui.language", "ui.theme", "ui.rows", "ui.motion"}),
        ("proxy answer", {"network.probe_timeout_s"}),
    ],
)
def test_the_search_finds_settings_by_words_names_choices_and_groups(
    settings: Gui, text: str, found: set[str]
):
    settings.write("search_edit", text)
    settings.rest()

    assert rows_shown(settings) == found


def test_a_search_without_a_hit_says_so_and_can_be_cleared(settings: Gui):
    settings.write("search_edit", "no<b>such")
    settings.rest()
    assert settings.says('No setting fits "no<b>such"')
    assert rows_shown(settings) == set()

    settings.click("clear_search_button")
    settings.rest()

    assert rows_shown(settings) == set(BY_NAME)
    assert settings.find("search_edit", QLineEdit).text() == ""


def test_the_side_leads_to_each_group_and_marks_where_one_is(settings: Gui):
    made = page(settings)
    bar = made.settings_scroll.verticalScrollBar()
    for section in made._sections:
        if section.card is None:
            continue
        settings.bot.mouseClick(section.button, Qt.MouseButton.LeftButton)
        settings.rest()
        top = section.card.mapTo(made.settings_scroll.viewport(), section.card.rect().topLeft()).y()
        assert 0 <= top < made.settings_scroll.viewport().height(), section.id
        assert section.button.isChecked()
    assert bar.maximum() > 0

    bar.setValue(0)

    assert made._sections[0].button.isChecked()


def test_a_group_that_the_search_hides_is_shown_when_it_is_wanted(settings: Gui):
    settings.write("search_edit", "theme")
    settings.rest()

    settings.click("section_network_button")
    settings.rest()

    assert ECHO in rows_shown(settings)
    assert settings.find("search_edit", QLineEdit).text() == ""


def test_the_side_marks_the_group_of_what_a_search_finds(settings: Gui):
    settings.write("search_edit", "echo")
    settings.rest()
    assert settings.find("section_network_button", QAbstractButton).isChecked()

    settings.write("search_edit", "theme")
    settings.rest()
    assert settings.find("section_appearance_button", QAbstractButton).isChecked()

    settings.click("section_network_button")
    settings.rest()
    assert settings.find("section_network_button", QAbstractButton).isChecked()


def test_the_wheel_over_a_choice_does_not_change_it(settings: Gui):
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QWheelEvent

    box = settings.find("ui_theme_choice", QComboBox)
    before = box.currentData()
    place = QPointF(box.rect().center())
    turned = QWheelEvent(
        place,
        QPointF(box.mapToGlobal(place.toPoint())),
        QPoint(0, 0),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    settings.qt.sendEvent(box, turned)

    assert box.currentData() == before
    assert stored(settings, "ui.theme") == before


def test_the_data_folder_is_shown_and_copied(settings: Gui):
    page(settings).settings_scroll.verticalScrollBar().setValue(100_000)

    settings.click("copy_data_button")

    assert settings.qt.clipboard().text() == str(settings.paths.data)
    assert "Copied" in settings.toasts()
    labels = [
        one
        for one in page(settings).findChildren(QLabel)
        if str(settings.paths.logs) in one.toolTip() + one.text()
    ]
    assert labels
