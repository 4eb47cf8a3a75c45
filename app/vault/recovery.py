"""The recovery code: 160 random bits as eight groups of four letters, read back forgivingly."""

from __future__ import annotations

import secrets
import unicodedata

from app.kernel.secret import Secret
from app.kernel.text import say
from app.vault.errors import WrongRecoveryCode

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = 32
_GROUP = 4
_LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> Secret:
    """A fresh code in the form a person writes down."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS))
    return Secret("-".join(letters[at : at + _GROUP] for at in range(0, _LETTERS, _GROUP)))


def read_code(code: Secret) -> bytearray:
    """The 160 bits of a code. Case, spaces, dashes, O for 0 and I or L for 1 do not matter.

    Raises WrongRecoveryCode.
    """
    wide = unicodedata.normalize("NFKC", code.reveal()).upper()
    letters = "".join(letter for letter in wide if letter.isalnum()).translate(_LOOK_ALIKE)
    if len(letters) != _LETTERS or any(letter not in _ALPHABET for letter in letters):
        raise WrongRecoveryCode(
            say("This is not a recovery code: it has {n} letters and digits.", n=len(letters)),
            say("Type the 32 letters and digits as they were shown when the vault was made."),
        )
    value = 0
    for letter in letters:
        value = value << 5 | _ALPHABET.index(letter)
    return bytearray(value.to_bytes(_LETTERS * 5 // 8, "big"))
