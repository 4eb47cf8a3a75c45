"""Add several proxies: a paste is shown as it is read, without passwords; only what is good is added."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QTableView

from app.ui.pages.proxies.reading import MOST_LINES
from app.ui.pages.proxies.several_drawer import SeveralDrawer
from tests.support.gui import Gui
from tests.support.proxy_pool import Pool

SECRET = "hunter2-kraken"
MIXED = f"""\
198.51.100.7:8080:me:{SECRET}

socks5://me:{SECRET}@198.51.100.8:1080
me:{SECRET}@known.example:80
a.example:80:b.example:90
198.51.100.7:8080:me:{SECRET}-2
h.example:99999:me:{SECRET}
c.example:81:d.example:91
"""


@pytest.fixture
def pool(gui: Gui) -> Pool:
    """The drawer is open; one proxy is saved already."""
    pool = Pool(gui)
    pool.add("http://me:old@known.example:80", "Known one")
    pool.gui.click("several_proxies_button")
    pool.gui.find("several_proxies_drawer")
    return pool


def drawer(pool: Pool) -> SeveralDrawer:
    return pool.gui.find("several_proxies_drawer", SeveralDrawer)


def paste(pool: Pool, text: str) -> None:
    edit = pool.gui.find("lines_edit", QPlainTextEdit)
    edit.setFocus()
    pool.gui.until(edit.hasFocus)
    pool.gui.press("Ctrl+A")
    pool.gui.paste(text)
    read(pool)


def read(pool: Pool) -> None:
    """Waits until the preview shows what stands in the field."""
    made = drawer(pool)
    pool.gui.until(lambda: not made._timer.isActive())
    pool.settle()


def rows(pool: Pool) -> list[tuple[str, str, str, str]]:
    """The preview, line by line."""
    model = pool.gui.find("lines_table", QTableView).model()
    return [
        tuple(str(model.index(row, at).data()) for at in range(model.columnCount()))
        for row in range(model.rowCount())
    ]


def states(pool: Pool) -> list[str]:
    return [row[1] for row in rows(pool)]


def add(pool: Pool) -> None:
    pool.gui.press("Ctrl+Return")
    pool.settle()


def stored(pool: Pool) -> list[str]:
    return sorted(one.upstream.shown() for one in pool.room.page(limit=200).rows if one.name != "Known one")


def test_nothing_can_be_added_before_something_is_pasted(pool: Pool):
    assert pool.gui.focus.objectName() == "lines_edit"
    assert not pool.gui.find("add_button").isEnabled()

    add(pool)

    assert stored(pool) == []
    pool.gui.press("Esc")
    assert not pool.gui.shows("several_proxies_drawer")


def test_each_line_is_shown_as_it_is_read(pool: Pool):
    paste(pool, MIXED)

    assert rows(pool) == [
        ("1", "Ready", "HTTP · 198.51.100.7:8080 · user me", ""),
        ("3", "Ready", "SOCKS5 · 198.51.100.8:1080 · user me", ""),
        ("4", "Known", "HTTP · known.example:80 · user me", "Saved already as Known one"),
        ("5", "Two readings", "Choose one below", ""),
        ("6", "Known", "HTTP · 198.51.100.7:8080 · user me", "The same as line 1"),
        ("7", "Wrong", "", "A port is a number from 1 to 65535."),
        ("8", "Two readings", "Choose one below", ""),
    ]
    assert drawer(pool).summary_label.text() == "2 ready · 2 known already · 2 with two readings · 1 wrong"
    assert pool.gui.find("add_button", QPushButton).text() == "Add 2 proxies"


def test_the_preview_keeps_qts_rules(pool: Pool, qtmodeltester):
    qtmodeltester.check(drawer(pool).model)

    paste(pool, MIXED)
    paste(pool, "h.example:80")
    paste(pool, "")

    assert drawer(pool).model.rowCount() == 0


def test_no_widget_but_the_field_itself_ever_shows_a_password(pool: Pool):
    paste(pool, MIXED)
    table = pool.gui.find("lines_table", QTableView)
    for row in range(table.model().rowCount()):
        table.selectRow(row)
        assert SECRET not in pool.everything()

    pool.gui.click("all_reading_0_button")
    add(pool)

    assert SECRET not in pool.everything()
    assert len(stored(pool)) == 4


def test_what_is_good_is_added_and_what_is_left_stands_below(pool: Pool):
    paste(pool, MIXED)

    add(pool)

    assert stored(pool) == ["http://me@198.51.100.7:8080", "socks5://me@198.51.100.8:1080"]
    assert all(one.has_password for one in pool.room.page().rows)
    assert states(pool) == ["Added", "Added", "Known", "Two readings", "Known", "Wrong", "Two readings"]
    assert drawer(pool).banner.text_label.text() == "2 proxies added."
    assert "2 proxies added." in pool.gui.toasts()
    assert not pool.gui.find("add_button").isEnabled()
    pool.gui.until(lambda: len(pool.names()) == 3)


def test_the_drawer_goes_when_everything_was_added(pool: Pool):
    paste(pool, "h.example:80\nknown.example:80:me:x\nh.example:81")

    pool.gui.click("add_button")
    pool.settle()

    assert not pool.gui.shows("several_proxies_drawer")
    assert stored(pool) == ["http://h.example:80", "http://h.example:81"]
    pool.gui.until(lambda: len(pool.names()) == 3)


def test_all_of_them_get_the_provider_and_the_end(pool: Pool):
    paste(pool, "h.example:80\nh.example:81")
    pool.gui.write("provider_edit", "  Acme ")
    pool.gui.write("expires_edit", "2031-03-31")

    add(pool)

    made = [one for one in pool.room.page().rows if one.name != "Known one"]
    assert [(one.provider, one.expires) for one in made] == [
        ("Acme", datetime(2031, 3, 31, 23, 59, 59, tzinfo=UTC))
    ] * 2
    assert pool.room.get("Known one").provider == ""


def test_an_end_that_is_no_day_is_told_and_nothing_is_added(pool: Pool):
    paste(pool, "h.example:80")
    pool.gui.write("expires_edit", "soon")

    add(pool)

    assert drawer(pool).date_field.message_label.text().startswith("Write a day as 2027-03-31")
    assert pool.gui.focus.objectName() == "expires_edit"
    assert stored(pool) == []


def test_a_provider_that_cannot_be_stored_is_told_before_anything_is_added(pool: Pool):
    paste(pool, "h.example:80")
    pool.gui.write("provider_edit", "Ac\u202eme")  # with a sign that turns the text around

    add(pool)

    assert drawer(pool).provider_field.message_label.text()
    assert pool.gui.focus.objectName() == "provider_edit"
    assert stored(pool) == []
    pool.gui.write("provider_edit", "y" * 300)
    assert len(pool.gui.find("provider_edit", QLineEdit).text()) == 60
    add(pool)
    assert stored(pool) == ["http://h.example:80"]


# --- two readings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "end"), [(0, "http://b.example@a.example:80"), (1, "http://a.example@b.example:90")]
)
def test_a_line_with_two_readings_is_decided_by_itself(pool: Pool, way: int, end: str):
    paste(pool, "a.example:80:b.example:90\nc.example:81:d.example:91")
    pool.gui.find("lines_table", QTableView).selectRow(0)
    assert pool.gui.says("How is line 1 meant?")

    pool.gui.click(f"reading_{way}_button")

    assert states(pool) == ["Ready", "Two readings"]
    assert pool.gui.says("How is line 2 meant?")  # the next one is asked about at once
    add(pool)
    assert stored(pool) == [end]


def test_all_lines_with_two_readings_are_decided_at_once(pool: Pool):
    paste(pool, MIXED)

    pool.gui.click("all_reading_1_button")
    assert states(pool) == ["Ready", "Ready", "Known", "Ready", "Known", "Wrong", "Ready"]
    assert not pool.gui.shows("all_reading_0_button")
    assert pool.gui.focus.objectName() == "add_button"
    add(pool)

    assert {"http://a.example@b.example:90", "http://c.example@d.example:91"} < set(stored(pool))


def test_the_rest_can_be_decided_after_the_good_ones_were_added(pool: Pool):
    paste(pool, MIXED)
    add(pool)

    pool.gui.click("all_reading_0_button")
    add(pool)

    assert len(stored(pool)) == 4
    assert states(pool) == ["Added", "Added", "Known", "Added", "Known", "Wrong", "Added"]


# --- large, fast, interrupted -----------------------------------------------------------------------------


def test_five_megabytes_are_cut_and_said_and_the_program_goes_on(pool: Pool):
    line = "198.51.{}.{}:8080:user:" + SECRET
    text = "\n".join(line.format(at // 250 % 250, at % 250) for at in range(140_000))
    assert len(text) > 5_000_000

    began = time.monotonic()
    paste(pool, text)

    assert time.monotonic() - began < 5
    assert len(rows(pool)) == MOST_LINES
    assert set(states(pool)) == {"Ready"}
    assert pool.gui.says("The paste was longer than what is read at once; the rest was left out.")
    assert len(pool.gui.find("lines_edit", QPlainTextEdit).toPlainText()) < 100_000


def test_five_megabytes_without_a_line_end_are_one_wrong_line(pool: Pool):
    paste(pool, "x" * 5_000_000)

    assert states(pool) == ["Wrong"]
    assert rows(pool)[0][3] == "This is far too long for a proxy."


@pytest.mark.parametrize(
    "text", ["\x00\x01", "\u202e198.51.100.7:80", "<b>h.example:80</b>", "=cmd|'/c calc'!A1"]
)
def test_odd_signs_are_a_wrong_line(pool: Pool, text: str):
    paste(pool, text)

    assert states(pool) == ["Wrong"]
    assert not pool.gui.find("add_button").isEnabled()


def test_what_was_typed_a_moment_before_ctrl_enter_is_not_lost(pool: Pool):
    paste(pool, "h.example:80")
    pool.gui.press("Ctrl+End")
    pool.gui.press("Return")
    pool.gui.type("h.example:81")

    pool.gui.press("Ctrl+Return")
    pool.settle()
    assert pool.gui.find("add_button", QPushButton).text() == "Add 2 proxies"
    assert stored(pool) == []
    add(pool)

    assert stored(pool) == ["http://h.example:80", "http://h.example:81"]


def test_adding_that_is_cancelled_keeps_what_was_added_and_the_drawer_works(pool: Pool):
    paste(pool, "\n".join(f"h.example:{at + 1}" for at in range(1_500)))
    pool.gui.press("Ctrl+Return")
    pool.gui.until(lambda: "Added " in pool.gui.find("job_label", QLabel).text())

    pool.gui.click("job_cancel_button")
    pool.gui.until(lambda: not pool.gui.shows("job_label"))
    read(pool)

    added = len(pool.room.ids()) - 1
    assert 0 < added < 1_500
    pool.gui.until(lambda: states(pool).count("Known") >= added - 1)
    assert pool.gui.find("add_button").isEnabled()
    assert not pool.gui.find("lines_edit", QPlainTextEdit).isReadOnly()
    pool.gui.press("Esc")
    pool.gui.answer("leave")
    assert not pool.gui.shows("several_proxies_drawer")


def test_a_line_that_somebody_else_saved_meanwhile_is_told_in_its_place(pool: Pool):
    paste(pool, "h.example:80\nh.example:81")
    pool.room.add("h.example:80", "Somebody else's")

    add(pool)

    assert states(pool) == ["Wrong", "Added"]
    assert rows(pool)[0][3] == "This proxy is saved already, as Somebody else's."
    assert "1 proxy added." in pool.gui.toasts()


def test_when_nothing_could_be_added_nothing_says_that_it_worked(pool: Pool):
    paste(pool, "h.example:80")
    pool.room.add("h.example:80", "Somebody else's")

    add(pool)

    assert pool.gui.toasts() == ()
    assert drawer(pool).banner.text_label.text() == "0 proxies added."
    assert states(pool) == ["Wrong"]


def test_esc_asks_before_a_good_paste_is_lost(pool: Pool):
    paste(pool, MIXED)

    pool.gui.press("Esc")
    assert pool.gui.question().text_label.text() == "4 lines could be added."
    pool.gui.answer("stay")
    assert len(rows(pool)) == 7
    pool.gui.press("Esc")
    pool.gui.answer("leave")

    assert not pool.gui.shows("several_proxies_drawer")
    assert stored(pool) == []


def test_the_lock_takes_the_paste_away(pool: Pool):
    paste(pool, MIXED)
    field = pool.gui.find("lines_edit", QPlainTextEdit)
    assert SECRET in field.toPlainText()
    history = field.document()

    pool.gui.app.lock()

    assert history.toPlainText() == ""
    assert not history.isUndoAvailable()
    pool.gui.until(lambda: pool.gui.shows("lock_page"))
    pool.gui.rest()
    pool.gui.unlock()
    assert stored(pool) == []


def test_the_button_shows_the_drawer_that_is_open_already(pool: Pool):
    paste(pool, MIXED)

    pool.page.add_several()

    assert len(rows(pool)) == 7
    assert pool.gui.focus.window() is pool.gui.window
