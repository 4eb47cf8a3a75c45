"""Credentials in a real vault."""

from __future__ import annotations

import pytest

from app.credentials.model import CredentialMissing, CredentialNameTaken, PasswordWrong, UsernameWrong
from app.isolation.profile import AddressWrong
from app.kernel.changes import Changes, Kind
from app.kernel.gate import Ability, Act, Refused
from app.kernel.secret import Secret
from app.vault.errors import VaultDamaged
from tests.vault.isolation.conftest import Rooms


def test_a_credential_is_shown_without_and_revealed_with_its_password(rooms: Rooms):
    made = rooms.credentials.add("www.shop.example", "anna@example.com", Secret(" hunter2 "))

    assert made.name == "shop.example anna@example.com"
    assert made.site == "https://www.shop.example/"
    assert rooms.credentials.show(made.name.upper()) == made
    assert "hunter2" not in repr(rooms.credentials.page())
    assert rooms.credentials.reveal(made.name, reason="asked").reveal() == " hunter2 "


def test_a_reveal_is_recorded_before_the_password_is_given_out(rooms: Rooms):
    made = rooms.credentials.add("shop.example", "anna", Secret("x"))

    rooms.credentials.reveal(made.id)

    assert rooms.acts()[-1] == ("secret.reveal", made.id)


def test_a_reveal_needs_its_own_ability(rooms: Rooms):
    made = rooms.credentials.add("shop.example", "anna", Secret("x"))
    viewer = rooms.seen_by(abilities=frozenset({Ability.CREDENTIAL_VIEW}))
    acts = rooms.acts()

    with pytest.raises(CredentialMissing):  # granted a few profiles only, and it belongs to none
        viewer.credentials.show(made.id)
    assert viewer.credentials.page().rows == ()
    with pytest.raises(Refused):
        rooms.seen_by(abilities=frozenset()).credentials.reveal(made.id)
    assert rooms.acts() == acts


@pytest.mark.parametrize(
    ("site", "username", "password", "problem"),
    [
        ("", "anna", "x", AddressWrong),
        ("ftp://shop.example", "anna", "x", AddressWrong),
        ("https://anna:x@shop.example", "anna", "x", AddressWrong),
        ("shop.example", "a\nb", "x", UsernameWrong),
        ("shop.example", "a" * 321, "x", UsernameWrong),
        ("shop.example", "anna", "", PasswordWrong),
        ("shop.example", "anna", "x" * 4097, PasswordWrong),
    ],
)
def test_what_cannot_be_a_sign_in_is_refused(
    rooms: Rooms, site: str, username: str, password: str, problem: type[Exception]
):
    with pytest.raises(problem):
        rooms.credentials.add(site, username, Secret(password))

    assert rooms.credentials.page().rows == ()


def test_names_are_unique_and_can_be_chosen(rooms: Rooms):
    rooms.credentials.add("shop.example", "anna", Secret("x"))

    with pytest.raises(CredentialNameTaken):
        rooms.credentials.add("https://shop.example/login", "anna", Secret("y"))

    assert rooms.credentials.add("shop.example", "anna", Secret("y"), name="second").name == "second"


def test_a_missing_credential_names_the_near_one(rooms: Rooms):
    rooms.credentials.add("shop.example", "anna", Secret("x"), name="Berlin")

    with pytest.raises(CredentialMissing, match="Did you mean Berlin"):
        rooms.credentials.show("Berlim")
    with pytest.raises(CredentialMissing, match="berth credential list"):
        rooms.credentials.reveal("qqqqqq")


def test_a_credential_removed_meanwhile_is_missing(rooms: Rooms, monkeypatch: pytest.MonkeyPatch):
    made = rooms.credentials.add("shop.example", "anna", Secret("x"))
    rooms.credentials.remove(made.id)
    monkeypatch.setattr(rooms.credentials, "show", lambda who: made)  # as it was looked up before

    with pytest.raises(CredentialMissing):
        rooms.credentials.reveal(made.id)


def test_a_password_moved_to_another_credential_does_not_open(rooms: Rooms):
    first = rooms.credentials.add("shop.example", "anna", Secret("x"))
    second = rooms.credentials.add("shop.example", "bert", Secret("y"))
    taken = "(SELECT password FROM credentials_login WHERE id = ?)"
    swap = f"UPDATE credentials_login SET password = {taken} WHERE id = ?"
    admitted = rooms.vault.gate.admit(rooms.vault.session, Act(Ability.CREDENTIAL_EDIT, second.id))
    rooms.vault.database.write(admitted, lambda tx: tx.execute(swap, (first.id, second.id)))

    with pytest.raises(VaultDamaged):
        rooms.credentials.reveal(second.id)


def test_a_removed_credential_is_gone(rooms: Rooms, changes: list[Changes]):
    made = rooms.credentials.add("shop.example", "", Secret("x"))

    rooms.credentials.remove("shop.example")

    assert rooms.credentials.page().rows == ()
    assert changes[-1].touches(Kind("credential"), made.id)


def test_lists_go_on_where_they_ended(rooms: Rooms):
    for letter in "cab":
        rooms.credentials.add("shop.example", letter, Secret("x"))

    first = rooms.credentials.page(limit=2)
    second = rooms.credentials.page(first.after, limit=2)

    assert [item.username for item in (*first.rows, *second.rows)] == ["a", "b", "c"]
    assert second.after is None
