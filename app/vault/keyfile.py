"""vault.json: the key slots, written in one canonical form so that no byte of it can change unnoticed.

A plain checksum finds rot before any slow derivation; the MAC under ROOT finds whoever recomputes it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.kernel.errors import Problem, storage_problem
from app.kernel.files import write_whole
from app.kernel.ids import OperatorId, VaultId, is_ulid
from app.kernel.text import say
from app.vault.errors import VaultDamaged, damaged, too_new
from app.vault.kdf import SALT_BYTES, KdfParameters, wipe
from app.vault.keys import KeyName, Keys, Purpose
from app.vault.slots import SEALED_BYTES, Slot, SlotKind

FORMAT = 1
_MAX_BYTES = 1 << 20
_MAX_SLOTS = 256
_ARGON2ID = "argon2id"
_HKDF = "hkdf-sha256"


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What vault.json says; `mac` proves all the rest."""

    vault: VaultId
    created: int
    slots: tuple[Slot, ...]
    mac: bytes = b""

    def signed(self, keys: Keys) -> KeyFile:
        """The same with a fresh MAC."""
        return replace(self, mac=_mac(self, keys))

    def with_passphrase(self, keys: Keys, slot: Slot) -> KeyFile:
        """The same, signed anew, with `slot` in place of its operator's passphrase slots."""
        others = [
            old for old in self.slots if old.kind is not SlotKind.PASSPHRASE or old.operator != slot.operator
        ]
        return replace(self, slots=(slot, *others)).signed(keys)

    def require_genuine(self, keys: Keys) -> None:
        """Raises VaultDamaged when a slot or anything else was changed, added or removed."""
        if not hmac.compare_digest(self.mac, _mac(self, keys)):
            raise damaged(say("vault.json was changed by something other than Berth."))

    def to_bytes(self) -> bytes:
        """The one form this file has on disk."""
        body = {**_body(self), "mac": self.mac.hex()}
        return _canonical({**body, "checksum": _checksum(body)}) + b"\n"


def read(path: Path) -> KeyFile:
    """The key file at `path`. Raises VaultDamaged, VaultTooNew or a storage problem; derives nothing."""
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise storage_problem(error, path.parent) from error
    return parse(content, path)


def parse(content: bytes, path: Path) -> KeyFile:
    """The key file in `content`. Raises VaultDamaged or VaultTooNew."""
    raw = _json(content)
    found = raw.get("format")
    if type(found) is int and found > FORMAT:
        raise too_new(path, found, FORMAT)
    try:
        key_file = _from_plain(raw)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _cut_or_edited() from error
    if key_file.to_bytes() != content:
        raise _cut_or_edited()
    _require_sane(key_file)
    return key_file


def write(path: Path, key_file: KeyFile) -> None:
    """Replaces vault.json in one step. Raises StorageFull or FolderNotWritable."""
    write_whole(path, key_file.to_bytes(), mode=0o600)


def replace_on_disk(path: Path, key_file: KeyFile) -> None:
    """The same, and done as soon as the new file stands there, even if the folder could not be synced."""
    try:
        write(path, key_file)
    except Problem:
        try:
            is_new = path.read_bytes() == key_file.to_bytes()
        except OSError:
            is_new = False
        if not is_new:
            raise


def _json(content: bytes) -> dict[str, Any]:
    if len(content) > _MAX_BYTES:
        raise _cut_or_edited()
    try:
        raw = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _cut_or_edited() from error
    if not isinstance(raw, dict):
        raise _cut_or_edited()
    return raw


def _require_sane(key_file: KeyFile) -> None:
    """Refuses what is well formed but dangerous, before a single guess is derived."""
    if any(slot.kdf is not None and not slot.kdf.is_allowed for slot in key_file.slots):
        raise damaged(say("vault.json asks for key derivation outside of what Berth allows."))
    ids = [key_file.vault, *(slot.id for slot in key_file.slots), *(slot.operator for slot in key_file.slots)]
    if not all(is_ulid(item) for item in ids) or not 1 <= len(key_file.slots) <= _MAX_SLOTS:
        raise _cut_or_edited()
    for slot in key_file.slots:
        if {len(item) for item in slot.sealed.values()} != {SEALED_BYTES} or len(slot.salt) != SALT_BYTES:
            raise _cut_or_edited()


def _cut_or_edited() -> VaultDamaged:
    return damaged(say("vault.json was cut or edited."))


def _canonical(plain: object) -> bytes:
    return json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()


def _checksum(body: dict[str, Any]) -> str:
    return hashlib.sha256(_canonical(body)).hexdigest()


def _mac(key_file: KeyFile, keys: Keys) -> bytes:
    key = keys.derive(Purpose.HEADER)
    try:
        return hmac.digest(key, _canonical(_body(key_file)), "sha256")
    finally:
        wipe(key)


def _body(key_file: KeyFile) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "vault": key_file.vault,
        "created": key_file.created,
        "slots": [_slot_plain(slot) for slot in key_file.slots],
    }


def _slot_plain(slot: Slot) -> dict[str, Any]:
    kdf: dict[str, Any] = {"name": _HKDF, "salt": slot.salt.hex()}
    if slot.kdf is not None:
        kdf |= {
            "name": _ARGON2ID,
            "memory_kib": slot.kdf.memory_kib,
            "passes": slot.kdf.passes,
            "lanes": slot.kdf.lanes,
        }
    return {
        "id": slot.id,
        "kind": slot.kind.value,
        "operator": slot.operator,
        "kdf": kdf,
        "keys": {name.value: sealed.hex() for name, sealed in slot.sealed.items()},
    }


def _from_plain(raw: dict[str, Any]) -> KeyFile:
    return KeyFile(
        vault=VaultId(str(raw["vault"])),
        created=int(raw["created"]),
        slots=tuple(_slot_from(item) for item in raw["slots"]),
        mac=bytes.fromhex(raw["mac"]),
    )


def _slot_from(raw: dict[str, Any]) -> Slot:
    kdf = raw["kdf"]
    kind = SlotKind(raw["kind"])
    parameters = None
    if kind is SlotKind.PASSPHRASE:
        parameters = KdfParameters(int(kdf["memory_kib"]), int(kdf["passes"]), int(kdf["lanes"]))
    sealed = {KeyName(name): bytes.fromhex(text) for name, text in raw["keys"].items()}
    return Slot(
        id=str(raw["id"]),
        kind=kind,
        operator=OperatorId(str(raw["operator"])),
        salt=bytes.fromhex(kdf["salt"]),
        kdf=parameters,
        sealed=sealed,
    )
