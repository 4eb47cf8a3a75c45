"""The lock screen: the passphrase, the recovery code, and what is told when one is wrong."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtWidgets import QLineEdit

from app.kernel.secret import Secret
from tests.support.gui import Gui
from tests.support.vaults import PASSPHRASE

OTHER = Secret("quite another set of words")


def test_the_passphrase_opens_the_stores_page(locked: Gui):
    assert locked.focus.objectName() == "passphrase_edit"

    locked.unlock()

    assert locked.says("No store yet")
    assert not locked.shows("lock_page")


def test_a_wrong_passphrase_says_so_and_marks_what_was_typed(locked: Gui):
    locked.write("passphrase_edit", "wrong")
    locked.press("Return")
    locked.until(lambda: locked.shows("banner"))

    assert locked.says("This passphrase does not open the vault.")
    edit = locked.find("passphrase_edit", QLineEdit)
    locked.until(edit.hasFocus)
    assert edit.selectedText() == "wrong"


def test_after_a_wrong_passphrase_the_right_one_still_opens(locked: Gui):
    locked.write("passphrase_edit", "wrong")
    locked.press("Return")
    locked.until(lambda: locked.shows("banner"))

    locked.unlock()


def test_nothing_happens_without_a_passphrase(locked: Gui):
    locked.press("Return")
    locked.click("unlock_button")

    assert not locked.app.door.is_busy
    assert locked.focus.objectName() == "passphrase_edit"


def test_pressing_enter_again_and_again_unlocks_once(locked: Gui):
    locked.write("passphrase_edit", PASSPHRASE.reveal())
    for _ in range(4):
        locked.bot.keyClick(locked.find("passphrase_edit"), "\r")
    locked.until(lambda: locked.app.signed_in is not None)
    locked.rest()

    assert locked.says("No store yet")


def test_the_recovery_code_sets_a_new_passphrase_and_the_old_one_is_of_no_use_then(
    locked: Gui, recovery_code: Secret
):
    locked.click("other_way_button")
    assert locked.focus.objectName() == "recovery_code_edit"
    locked.type(recovery_code.reveal().lower())
    locked.press("Return")
    locked.type(OTHER.reveal())
    locked.until_says("Very good")
    locked.press("Return")
    locked.until(lambda: locked.app.signed_in is not None, limit_ms=30_000)
    locked.rest()

    locked.press("Ctrl+L")
    locked.until(lambda: locked.shows("passphrase_edit"))
    locked.rest()
    locked.write("passphrase_edit", PASSPHRASE.reveal())
    locked.press("Return")
    locked.until(lambda: locked.shows("banner"))
    locked.unlock(OTHER)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("ABCD", "This is not a recovery code: it has 4 letters and digits."),
        ("-".join(["AAAA"] * 8), "This recovery code does not open the vault."),
    ],
)
def test_a_wrong_recovery_code_is_told(locked: Gui, code: str, sentence: str):
    locked.click("other_way_button")
    locked.type(code)
    locked.write("passphrase_edit", OTHER.reveal())
    locked.press("Return")

    locked.until_says(sentence)
    locked.until(lambda: locked.focus.objectName() == "recovery_code_edit")
    assert not locked.app.door.is_open


def test_going_back_to_the_passphrase_forgets_the_code(locked: Gui):
    locked.click("other_way_button")
    locked.type("ABCD")

    locked.click("other_way_button")

    assert not locked.shows("recovery_code_edit")
    assert locked.focus.objectName() == "passphrase_edit"
    assert locked.app.window.shown.code_edit.text() == ""


def test_a_vault_that_another_program_has_open_says_who_has_it(locked: Gui):
    from app.kernel.clock import SystemClock
    from app.kernel.events import EventHub
    from app.vault.vault import Vault
    from app.workspace import migrations

    other = Vault(locked.paths, SystemClock(), migrations(), EventHub())
    with other.unlock(PASSPHRASE, via="test"):
        locked.write("passphrase_edit", PASSPHRASE.reveal())
        locked.press("Return")
        locked.until(lambda: locked.shows("banner"))
        told = locked.texts()

    assert any("another" in text.lower() or "in use" in text.lower() for text in told), told
    locked.unlock()


def test_a_passphrase_of_a_megabyte_is_cut_and_refused(locked: Gui):
    locked.find("passphrase_edit").setFocus()
    locked.paste("x" * 1_000_000)
    locked.press("Return")

    locked.until_says("This passphrase does not open the vault.")


def test_the_field_with_the_passphrase_is_gone_once_it_is_open(locked: Gui):
    page = locked.app.window.shown
    locked.unlock()

    assert not shiboken6.isValid(page)
