"""Notes and passwords are sealed: in no file, no message and no record in clear."""

from __future__ import annotations

import pytest

from app.isolation.store import profiles as store
from app.kernel.gate import Ability, Act
from app.kernel.secret import Secret
from app.vault.errors import VaultDamaged
from tests.vault.isolation.conftest import Rooms

NOTE = "canary-note-5d1c9e"
PASSWORD = "canary-password-77ab31"
CONTROL = "canary-control-e0f4d2"


def test_a_note_comes_back_and_its_reveal_is_recorded(rooms: Rooms):
    made = rooms.profiles.new("Anna")

    written = rooms.profiles.write_note("Anna", Secret("密码 🔑\nsecond line"))

    assert written.has_note
    assert rooms.profiles.reveal_note("Anna", reason="asked").reveal() == "密码 🔑\nsecond line"
    assert rooms.acts()[-1] == ("secret.reveal", made.id)


def test_an_empty_note_takes_it_away(rooms: Rooms):
    rooms.profiles.new("Anna")
    rooms.profiles.write_note("Anna", Secret("x"))

    assert not rooms.profiles.write_note("Anna", Secret("")).has_note
    assert rooms.profiles.reveal_note("Anna").reveal() == ""


def test_other_changes_leave_the_note_alone(rooms: Rooms):
    rooms.profiles.new("Anna")
    rooms.profiles.write_note("Anna", Secret("x"))

    rooms.profiles.set("Anna", [("name", "Anne")])
    rooms.profiles.delete("Anne")
    rooms.profiles.restore("Anne")

    assert rooms.profiles.reveal_note("Anne").reveal() == "x"


def test_a_note_moved_to_another_profile_does_not_open(rooms: Rooms):
    first, second = rooms.profiles.new("A"), rooms.profiles.new("B")
    rooms.profiles.write_note("A", Secret("x"))
    with rooms.vault.database.reader() as reader:
        blob = store.note(reader, first.id)
    admitted = rooms.vault.gate.admit(rooms.vault.session, Act(Ability.PROFILE_EDIT, second.id))
    rooms.vault.database.write(admitted, lambda tx: store.write_note(tx, second.id, blob, 0))

    with pytest.raises(VaultDamaged):
        rooms.profiles.reveal_note("B")


def test_no_file_holds_a_note_or_a_password_in_clear(rooms: Rooms):
    made = rooms.profiles.new("Anna", proxy=f"http://u:{PASSWORD}@proxy.example:8080")
    rooms.profiles.write_note("Anna", Secret(NOTE))
    rooms.credentials.add("shop.example", "anna", Secret(PASSWORD))
    control = rooms.paths.data / "control.txt"
    control.write_text(CONTROL)
    rooms.vault.lock()  # so that everything has reached its file

    files = [path.read_bytes() for path in rooms.paths.data.rglob("*") if path.is_file()]

    assert any(CONTROL.encode() in content for content in files)
    assert len(files) > 2
    assert not any(word.encode() in content for content in files for word in (NOTE, PASSWORD))
    assert PASSWORD not in repr(made)


def test_the_database_itself_holds_them_sealed_once_more(rooms: Rooms):
    rooms.profiles.new(CONTROL, proxy=f"http://u:{PASSWORD}@proxy.example:8080")
    rooms.profiles.write_note(CONTROL, Secret(NOTE))
    rooms.credentials.add("shop.example", "anna", Secret(PASSWORD))

    with rooms.vault.database.reader() as reader:
        tables = [row[0] for row in reader.all("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [repr(row) for table in tables for row in reader.all(f"SELECT * FROM {table}")]

    assert any(CONTROL in row for row in rows)
    assert not any(word in row for row in rows for word in (NOTE, PASSWORD))
