"""The first start: a passphrase, its recovery code, the first store; and nothing half-made is left."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit

from app.kernel.clock import SystemClock
from app.kernel.events import EventHub
from app.kernel.secret import Secret
from app.vault.vault import Vault
from app.workspace import migrations
from tests.support.gui import Gui
from tests.support.vaults import PASSPHRASE

MAKING_MS = 30_000  # the real cost of a passphrase


@pytest.fixture
def fresh(empty_gui: Gui) -> Gui:
    """The program in an empty folder."""
    empty_gui.begin()
    return empty_gui


@pytest.fixture
def code_step(fresh: Gui) -> Gui:
    """Step two: the code is on the screen."""
    make_vault(fresh)
    return fresh


def make_vault(gui: Gui) -> None:
    gui.write("new_passphrase_edit", PASSPHRASE.reveal())
    gui.press("Return")
    gui.until(lambda: gui.shows("last_group_edit"), limit_ms=MAKING_MS)


def shown_code(gui: Gui) -> list[str]:
    """The groups of the code, as they are read off the screen."""
    step = gui.app.window.shown
    assert step is not None
    groups = [one.text() for one in step.findChildren(QLabel) if one.isVisible()]
    return [
        text
        for text in groups
        if len(text) == 4 and text.isascii() and text.isalnum() and text == text.upper()
    ]


def confirm(gui: Gui) -> None:
    gui.write("last_group_edit", shown_code(gui)[-1])
    gui.click("code_saved_button")
    gui.until(lambda: gui.shows("new_store_drawer"), limit_ms=MAKING_MS)


def test_the_caret_stands_in_the_first_field_and_nothing_is_made_without_a_passphrase(fresh: Gui):
    assert fresh.focus.objectName() == "new_passphrase_edit"

    fresh.press("Return")
    fresh.click("make_vault_button")

    assert fresh.says("Step 1 of 3")
    assert not fresh.app.door.exists()


def test_a_bar_says_in_words_how_hard_the_passphrase_is_to_guess(fresh: Gui):
    assert fresh.says("Four or more random words are hard to guess.")

    fresh.write("new_passphrase_edit", "qwerty")
    fresh.until_says("Very easy to guess")

    fresh.write("new_passphrase_edit", PASSPHRASE.reveal())
    fresh.until_says("Very good")


def test_a_passphrase_that_is_quickly_guessed_is_asked_about_once(fresh: Gui):
    fresh.write("new_passphrase_edit", "abc")
    fresh.press("Return")
    fresh.until_says("This passphrase is quickly guessed.")
    fresh.rest()
    assert not fresh.shows("last_group_edit")

    fresh.write("new_passphrase_edit", "abcd")  # another one is judged anew
    fresh.press("Return")
    edit = fresh.find("new_passphrase_edit", QLineEdit)
    fresh.until(lambda: edit.isEnabled() and edit.hasFocus())
    fresh.until_says("This passphrase is quickly guessed.")
    fresh.rest()
    assert not Vault(fresh.paths, SystemClock(), migrations(), EventHub()).exists()
    fresh.press("Return")
    fresh.until(lambda: fresh.shows("last_group_edit"), limit_ms=30_000)


def test_what_is_typed_is_hidden_until_somebody_wants_to_see_it(fresh: Gui):
    edit = fresh.find("new_passphrase_edit", QLineEdit)
    fresh.type("abc")
    assert edit.echoMode() is QLineEdit.EchoMode.Password

    edit.actions()[0].trigger()

    assert edit.echoMode() is QLineEdit.EchoMode.Normal
    assert edit.actions()[0].text() == "Hide"


def test_three_steps_lead_to_a_vault_its_code_and_the_first_store(fresh: Gui):
    assert fresh.says("A forgotten passphrase cannot be found again; keep the recovery code.")
    make_vault(fresh)
    assert fresh.says("Step 2 of 3")
    code = Secret("-".join(shown_code(fresh)))
    confirm(fresh)
    assert fresh.says("Step 3 of 3")
    fresh.press("Esc")
    fresh.rest()

    assert fresh.says("No store yet")
    assert code.reveal() not in "".join(fresh.texts())
    fresh.app.lock()
    fresh.until(lambda: fresh.shows("passphrase_edit"))
    fresh.rest()
    fresh.unlock()


def test_the_code_that_was_shown_opens_the_vault_and_sets_another_passphrase(code_step: Gui):
    code = "-".join(shown_code(code_step))
    confirm(code_step)
    code_step.press("Ctrl+L")
    code_step.until(lambda: code_step.shows("other_way_button"))
    code_step.rest()

    code_step.click("other_way_button")
    code_step.write("recovery_code_edit", code.lower().replace("-", " "))
    code_step.write("passphrase_edit", "another set of words")
    code_step.press("Return")
    code_step.until(lambda: code_step.app.door.is_open, limit_ms=MAKING_MS)


def test_without_the_last_group_nobody_gets_on(code_step: Gui):
    assert not code_step.find("code_saved_button").isEnabled()

    code_step.write("last_group_edit", "ABC")
    code_step.press("Return")

    assert code_step.says("That is not the last group of this code.")
    assert code_step.says("Step 2 of 3")
    assert not code_step.app.door.is_open


def test_the_last_group_may_be_typed_in_small_letters(code_step: Gui):
    code_step.write("last_group_edit", f" {shown_code(code_step)[-1].lower()} ")

    assert code_step.find("code_saved_button").isEnabled()


def test_the_code_is_saved_as_a_pdf_that_only_this_user_may_read(code_step: Gui, tmp_path: Path):
    file = tmp_path / "code.pdf"
    code_step.click("pdf_code_button")
    dialog = code_step.find("pdf_dialog")
    dialog.findChild(QLineEdit, "fileNameEdit").setText(str(file))
    dialog.accept()

    code_step.until(file.exists)
    code_step.until_says(f"Saved: {file}")
    content = file.read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"%%EOF" in content[-16:]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_pdf_that_cannot_be_saved_is_told_and_the_code_stays(code_step: Gui, tmp_path: Path):
    code_step.app.window.shown.code_step.save_pdf_to(str(tmp_path / "missing" / "code.pdf"))

    assert code_step.shows("banner")
    assert len(shown_code(code_step)) == 8


def test_copying_marks_the_code_as_a_secret_and_going_on_clears_it(code_step: Gui):
    code = "-".join(shown_code(code_step))
    code_step.click("copy_code_button")
    data = code_step.qt.clipboard().mimeData()

    assert data.text() == code
    assert bytes(data.data("x-kde-passwordManagerHint")) == b"secret"
    assert data.hasFormat("ExcludeClipboardContentFromMonitorProcessing")
    assert data.hasFormat("application/x-nspasteboard-concealed-type")
    assert code_step.says("Copied")
    confirm(code_step)
    assert code_step.qt.clipboard().text() == ""


def test_what_somebody_copied_since_is_left_in_the_clipboard(code_step: Gui):
    code_step.click("copy_code_button")
    code_step.qt.clipboard().setText("a shopping list")

    confirm(code_step)

    assert code_step.qt.clipboard().text() == "a shopping list"


def test_without_a_printer_a_sentence_says_what_else_can_be_done(code_step: Gui):
    code_step.click("print_code_button")

    assert code_step.says("No printer was found.")
    assert code_step.says("Save the code as a PDF and print that, or write it down.")


def test_the_language_can_be_switched_in_the_first_step_and_back(fresh: Gui):
    fresh.click("language_zh_button")
    fresh.until_says("第 1 步")
    assert not fresh.says("Choose a passphrase")

    fresh.click("language_en_button")
    fresh.until_says("Choose a passphrase")
    fresh.type("abc")
    assert fresh.find("new_passphrase_edit", QLineEdit).text() == "abc"


def test_what_was_typed_survives_the_switch_of_the_language(fresh: Gui):
    fresh.write("new_passphrase_edit", "abc")

    fresh.click("language_zh_button")
    fresh.until_says("第 1 步")

    assert fresh.find("new_passphrase_edit", QLineEdit).text() == "abc"


def test_leaving_at_the_first_step_leaves_nothing_of_a_vault(fresh: Gui):
    fresh.write("new_passphrase_edit", "abc")
    fresh.end()

    fresh.begin()

    assert fresh.says("Step 1 of 3")
    assert fresh.find("new_passphrase_edit", QLineEdit).text() == ""


def test_leaving_while_the_vault_is_made_leaves_a_whole_one_or_none(fresh: Gui):
    fresh.write("new_passphrase_edit", PASSPHRASE.reveal())
    fresh.press("Return")
    fresh.until_says("Making the vault…")
    fresh.end()

    fresh.begin()

    if fresh.app.door.exists():
        fresh.unlock()
    else:
        assert fresh.says("Step 1 of 3")


def test_leaving_before_the_code_is_confirmed_loses_nothing_that_was_made(code_step: Gui):
    code_step.end()
    code_step.begin()

    code_step.write("passphrase_edit", PASSPHRASE.reveal())
    code_step.press("Return")

    code_step.until(lambda: code_step.app.door.is_open, limit_ms=MAKING_MS)
