"""Sealed fields and the settings of a vault."""

from __future__ import annotations

import pytest

from app.kernel.changes import Changes
from app.kernel.events import EventHub
from app.kernel.gate import Ability, Act, Pass, Refused, Session
from app.kernel.secret import Secret
from app.kernel.settings import Scope, Settings
from app.vault.errors import VaultDamaged
from app.vault.fields import Sealed
from app.vault.settings import SETTING, VaultSettings
from app.vault.vault import OpenVault
from tests.support.vaults import pass_for

PLACE = "credential.password.01"


def _reveal_pass(opened: OpenVault) -> Pass:
    return opened.gate.admit(opened.session, Act(Ability.SECRET_REVEAL, "Anna"), reason="asked")


@pytest.mark.parametrize("value", ["", "hunter2", "密码 🔑", "x" * 100_000])
def test_a_sealed_value_comes_back_as_it_was(opened: OpenVault, value: str):
    blob = opened.fields.seal(Secret(value), PLACE)

    assert opened.fields.reveal(_reveal_pass(opened), Sealed(blob, PLACE)).reveal() == value
    assert value == "" or value.encode() not in blob


def test_the_same_value_is_never_sealed_to_the_same_bytes(opened: OpenVault):
    assert opened.fields.seal(Secret("a"), PLACE) != opened.fields.seal(Secret("a"), PLACE)


def test_a_value_does_not_open_at_another_place(opened: OpenVault):
    blob = opened.fields.seal(Secret("a"), PLACE)

    with pytest.raises(VaultDamaged, match=r"credential\.password\.02"):
        opened.fields.reveal(_reveal_pass(opened), Sealed(blob, "credential.password.02"))


def test_every_flipped_byte_and_every_cut_of_a_sealed_value_is_found(opened: OpenVault):
    blob = opened.fields.seal(Secret("hunter2"), PLACE)
    admitted = _reveal_pass(opened)
    flipped = [blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :] for at in range(len(blob))]

    for changed in (*flipped, *(blob[:length] for length in range(len(blob)))):
        with pytest.raises(VaultDamaged):
            opened.fields.reveal(admitted, Sealed(changed, PLACE))


def test_to_reveal_needs_a_pass(opened: OpenVault):
    blob = opened.fields.seal(Secret("a"), PLACE)

    with pytest.raises(TypeError, match="Pass"):
        opened.fields.reveal(None, Sealed(blob, PLACE))


def _records(opened: OpenVault) -> list[tuple[object, ...]]:
    with opened.database.reader() as reader:
        return reader.all("SELECT ability, subject, reason FROM vault_audit WHERE seq > 1")


def test_every_reveal_is_recorded(opened: OpenVault):
    blob = opened.fields.seal(Secret("a"), PLACE)

    opened.fields.reveal(_reveal_pass(opened), Sealed(blob, PLACE))

    assert _records(opened) == [("secret.reveal", "Anna", "asked")]


def test_a_reveal_inside_a_write_is_recorded_with_that_write(opened: OpenVault):
    blob = opened.fields.seal(Secret("a"), PLACE)
    admitted = _reveal_pass(opened)

    value = opened.database.write(
        admitted, lambda tx: opened.fields.reveal(admitted, Sealed(blob, PLACE)).reveal()
    )

    assert value == "a"
    assert _records(opened) == [("secret.reveal", "Anna", "asked")]


# -- settings


@pytest.fixture
def store(opened: OpenVault) -> VaultSettings:
    """The settings that live in the vault."""
    return VaultSettings(opened.database, opened.gate, opened.session)


def test_settings_are_kept_changed_and_forgotten(store: VaultSettings):
    settings = Settings({Scope.VAULT: store})

    settings.set("profiles.bin_days", 7)
    settings.set("profiles.bin_days", 8)
    settings.set("network.echo_urls", "https://echo.test/ https://echo2.test/")

    assert settings.number("profiles.bin_days") == 8
    assert settings.texts("network.echo_urls") == ("https://echo.test/", "https://echo2.test/")
    settings.reset("profiles.bin_days")
    assert settings.number("profiles.bin_days") == 30
    assert list(store.load()) == ["network.echo_urls"]


def test_a_changed_setting_is_told(store: VaultSettings, hub: EventHub):
    heard: list[Changes] = []
    hub.subscribe(Changes, heard.append)

    store.save("profiles.bin_days", 7)

    assert heard == [Changes({SETTING: frozenset({"profiles.bin_days"})})]


def test_who_may_not_edit_settings_is_refused(opened: OpenVault):
    agent = Session(opened.session.operator, "Ben", frozenset(), frozenset(), "test")

    with pytest.raises(Refused):
        VaultSettings(opened.database, opened.gate, agent).save("profiles.bin_days", 7)

    assert _records(opened) == []
    assert pass_for(opened).session is opened.session
