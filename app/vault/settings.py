"""The settings that live with the vault."""

from __future__ import annotations

import json
from collections.abc import Mapping

from app.kernel.changes import Kind
from app.kernel.gate import Ability, Act, Gate, Session
from app.vault.database import Database, Tx

SETTING = Kind("vault.setting")


class VaultSettings:
    """Keeps settings in a table; a change goes through the gate and is recorded."""

    def __init__(self, database: Database, gate: Gate, session: Session) -> None:
        self._database = database
        self._gate = gate
        self._session = session

    def load(self) -> Mapping[str, object]:
        """Every stored value by name."""
        with self._database.reader() as reader:
            return {name: json.loads(value) for name, value in reader.all(_ALL)}

    def save(self, name: str, value: object | None) -> None:
        """Stores one value; None forgets it. Raises Refused."""
        pass_ = self._gate.admit(self._session, Act(Ability.SETTING_EDIT, name))
        self._database.write(pass_, lambda tx: _save(tx, name, value))


_ALL = "SELECT name, value FROM vault_setting"
_PUT = (
    "INSERT INTO vault_setting (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
)


def _save(tx: Tx, name: str, value: object | None) -> None:
    if value is None:
        tx.execute("DELETE FROM vault_setting WHERE name = ?", (name,))
    else:
        tx.execute(_PUT, (name, json.dumps(value, ensure_ascii=False)))
    tx.touch(SETTING, name)
