"""A vault of the first Berth is brought up to date, and everything in it is found."""

from __future__ import annotations

import json

import pytest

from app.credentials.migrations import MIGRATIONS as CREDENTIALS
from app.isolation.migrations import MIGRATIONS as ISOLATION
from app.isolation.plan import Fingerprint, fingerprint_plain
from app.isolation.profile import name_key
from app.isolation.profiles import ProfileQuery
from app.kernel.clock import SystemClock
from app.kernel.events import EventHub
from app.kernel.paths import Paths
from app.vault import migrations
from app.vault.database import Tx
from app.vault.kdf import FLOOR_KDF
from app.vault.vault import Vault
from tests.support.vaults import PASSPHRASE, StillClock, pass_for
from tests.vault.isolation.conftest import rooms_over

_FIRST = {
    "colour": "#5B6470",
    "template": "",
    "platform": "shopee",
    "market": "MY",
    "legal_entity": "",
    "status": "normal",
    "operator": "李四",
    "engine_kind": "auto",
    "engine_path": "",
    "engine_channel": "",
    "password_store": "basic",
    "jail": 0,
    "start_pages": "[]",
    "download_folder": "",
    "allow_private": 0,
    "engine_seen": "",
    "created": 1,
    "updated": 1,
}


def _fill(tx: Tx) -> None:
    for group, name in (("G1", "乙组"), ("G2", "甲组"), ("G3", "Alpha")):
        tx.execute("INSERT INTO isolation_group VALUES (?, ?, ?)", (group, name, name_key(name)))
    for number, name, group, exit_ in (
        (1, "张店", "G1", json.dumps({"ip": "203.0.113.5"})),
        (2, "Anna", None, None),
    ):
        values = {
            **_FIRST,
            "id": f"P{number}",
            "number": number,
            "name": name,
            "name_key": name_key(name),
            "group_id": group,
            "exit": exit_,
            "fingerprint": json.dumps(fingerprint_plain(Fingerprint())),
        }
        places = ", ".join("?" * len(values))
        tx.execute(
            f"INSERT INTO isolation_profile ({', '.join(values)}) VALUES ({places})", list(values.values())
        )
    for position, tag in enumerate(("美妆", "a")):
        tx.execute("INSERT INTO isolation_profile_tag VALUES ('P1', ?, ?, ?)", (tag, tag, position))


def test_the_first_schema_is_brought_up_to_date(paths: Paths, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as old:
        old.setattr(migrations, "VAULT_MIGRATIONS", migrations.VAULT_MIGRATIONS[:1])
        first = Vault(paths, SystemClock(), [ISOLATION[0], *CREDENTIALS], EventHub())
        first.create(PASSPHRASE, kdf=FLOOR_KDF)
        with first.unlock(PASSPHRASE, via="test") as opened:
            opened.database.write(pass_for(opened), _fill)

    vault = Vault(paths, SystemClock(), [*ISOLATION, *CREDENTIALS], EventHub())
    with vault.unlock(PASSPHRASE, via="test") as opened:
        rooms = rooms_over(opened, paths, StillClock(), set())

        for text in ("zhang", "zd", "#1", "lisi", "mz", "yz", "203.0.113.5", "shopee my"):
            assert "P1" in rooms.profiles.ids(ProfileQuery(text=text)), text
        assert rooms.profiles.ids(ProfileQuery(sort="name")) == ("P2", "P1")
        assert rooms.profiles.ids(ProfileQuery(sort="operator", descending=True)) == ("P1", "P2")
        assert [group.name for group in rooms.groups.all()] == ["Alpha", "甲组", "乙组"]
        assert opened.check_integrity().ok
    assert len(list(paths.backups.iterdir())) == 1
