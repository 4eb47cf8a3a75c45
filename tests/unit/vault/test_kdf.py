"""Key derivation: bounds, spelling of the passphrase, and keys for one purpose each."""

import pytest

from app.kernel.secret import Secret
from app.vault.errors import KdfOutOfBounds
from app.vault.kdf import DEFAULT_KDF, FLOOR_KDF, KdfParameters, expand, require_allowed, stretch, wipe

SALT = b"0123456789abcdef"


@pytest.mark.parametrize("kdf", [DEFAULT_KDF, FLOOR_KDF, KdfParameters(1024 * 1024, 10, 16)])
def test_what_lies_within_the_bounds_is_allowed(kdf: KdfParameters):
    require_allowed(kdf)

    assert kdf.is_allowed


@pytest.mark.parametrize(
    "kdf",
    [
        KdfParameters(64 * 1024 - 1, 3, 4),
        KdfParameters(1024 * 1024 + 1, 3, 4),
        KdfParameters(128 * 1024, 1, 4),
        KdfParameters(128 * 1024, 11, 4),
        KdfParameters(128 * 1024, 3, 0),
        KdfParameters(128 * 1024, 3, 17),
    ],
)
def test_what_lies_outside_of_the_bounds_is_refused(kdf: KdfParameters):
    with pytest.raises(KdfOutOfBounds):
        require_allowed(kdf)


def test_the_default_costs_a_guesser_128_mib_three_times_over():
    assert (DEFAULT_KDF.memory_kib, DEFAULT_KDF.passes, DEFAULT_KDF.lanes) == (131072, 3, 4)


def test_the_same_passphrase_from_another_keyboard_gives_the_same_key():
    composed, decomposed = Secret("Caf\u00e9"), Secret("Cafe\u0301")

    assert stretch(composed, SALT, FLOOR_KDF) == stretch(decomposed, SALT, FLOOR_KDF)


def test_another_salt_gives_another_key():
    assert stretch(Secret("a"), SALT, FLOOR_KDF) != stretch(Secret("a"), SALT[::-1], FLOOR_KDF)


def test_each_label_gives_a_key_of_its_own():
    keys = {bytes(expand(b"k" * 32, SALT, label)) for label in ("database", "files", "header")}

    assert len(keys) == 3


def test_wiping_overwrites_the_buffer_in_place():
    key = expand(b"k" * 32, SALT, "database")

    wipe(key)

    assert key == bytearray(32)
