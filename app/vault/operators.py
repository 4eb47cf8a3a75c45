"""Operators: the people who unlock a vault, and what each may do once inside."""

from __future__ import annotations

import unicodedata

from app.kernel.changes import ALL
from app.kernel.gate import Ability, Session
from app.kernel.ids import OperatorId
from app.kernel.text import say
from app.vault.errors import OperatorDisabled, OperatorNameWrong, damaged
from app.vault.readers import Reader
from app.vault.sqlite import Connection

OWNER = "owner"
MAX_NAME = 60


def clean_operator_name(text: str) -> str:
    """An operator's name in one spelling (NFC, no space around). Raises OperatorNameWrong."""
    name = unicodedata.normalize("NFC", text.strip())
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        raise OperatorNameWrong(
            say("This is not a name for an operator."),
            say("Choose a name of 1 to {most} visible characters.", most=MAX_NAME),
        )
    return name


def add_owner(connection: Connection, operator: OperatorId, name: str, created: int) -> None:
    """The first operator of a new vault, inside the caller's transaction."""
    connection.execute(
        "INSERT INTO vault_operator (id, name, role, created) VALUES (?, ?, ?, ?)",
        (operator, name, OWNER, created),
    )


def session_of(reader: Reader, operator: OperatorId, via: str) -> Session:
    """What the operator behind a slot may do now. Raises VaultDamaged or OperatorDisabled."""
    row = reader.one("SELECT name, disabled FROM vault_operator WHERE id = ?", (operator,))
    if row is None:
        raise damaged(say("The person behind this passphrase is missing from the vault."))
    name, disabled = row
    if disabled is not None:
        raise OperatorDisabled(
            say("{name} may no longer unlock this vault.", name=name),
            say("Ask the owner of the vault to allow it again."),
        )
    return Session(operator, name, frozenset(Ability), ALL, via)
