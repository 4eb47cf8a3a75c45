"""The user's own country database is asked first, and a broken one is no reason to know nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.isolation.network.country import Countries
from tests.support.mmdb import mmdb


def test_the_users_database_is_asked_first(tmp_path: Path):
    file = tmp_path / "own.mmdb"
    file.write_bytes(
        mmdb({"8.8.8.0/24": {"country": {"iso_code": "DE"}}, "9.9.9.0/24": {"country_code": "fr"}})
    )

    countries = Countries(str(file))

    assert countries.of("8.8.8.8") == "DE"
    assert countries.of("9.9.9.9") == "FR"
    assert countries.of("1.1.1.1") == Countries().of("1.1.1.1")
    assert countries.of("2001:4860:4860::8888") == "US"
    assert countries.of("nonsense") == ""
    assert countries.fault is None


@pytest.mark.parametrize(
    "content", [None, b"", b"no database at all" * 100, b"\xab\xcd\xefMaxMind.com\xff" * 3]
)
def test_a_database_that_cannot_be_read_is_said_and_the_own_list_is_used(
    tmp_path: Path, content: bytes | None
):
    file = tmp_path / "own.mmdb"
    if content is not None:
        file.write_bytes(content)

    countries = Countries(str(file))

    assert countries.of("8.8.8.8") == "US"
    assert countries.fault is not None
    assert "Berth's own list is used" in countries.fault.english()


def test_a_damaged_database_never_stops_a_look_up(tmp_path: Path):
    whole = mmdb({"8.8.8.0/24": {"country": {"iso_code": "DE"}}})
    file = tmp_path / "own.mmdb"
    for at in range(0, len(whole), 7):
        file.write_bytes(whole[:at] + b"\xff" * 3 + whole[at + 3 :])

        assert Countries(str(file)).of("8.8.8.8") in ("DE", "US", "")
