"""Two windows on the same site at the same time: nothing crosses, and each finds its own again."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.isolation.browser.directory import running_engine
from app.kernel.jobs import CoreThread
from tests.support.stage import Stage, reds, until
from tests.support.storage_pages import StoragePages

LIMIT_S = 20.0


@pytest.fixture
def pages() -> Iterator[StoragePages]:
    thread, site = CoreThread("berth-storage-pages"), StoragePages()
    thread.start()
    thread.run(site.__aenter__(), LIMIT_S)
    yield site
    thread.run(site.__aexit__(), LIMIT_S)
    thread.stop()


def _make(stage: Stage, name: str) -> None:
    """A store without a proxy that may reach this machine: its pages are a secure context."""
    stage.make(name, "direct", ("allow_private", "on"), ("market", ""), ("stop-at-new-country", "off"))


def _visit(stage: Stage, pages: StoragePages, name: str, run: str, mark: str = "") -> dict[str, Any]:
    url = pages.url(run, mark)
    if stage.states().get(name) == "open":
        with stage.keeper() as keeper:
            keeper.open_page(stage.work.isolation.profiles.get(name).id, url)
    else:
        opened = stage.open(name, url)
        assert opened.is_open, reds(opened.preflight)
    found = until(lambda: pages.found(run))
    assert "error" not in found, found
    return found


def _engine_files(stage: Stage, name: str) -> set[Path]:
    """What every process of a window has open in any profile's folder."""
    root = stage.paths.profile(stage.work.isolation.profiles.get(name).id)
    pid = running_engine(root)
    assert pid is not None
    found = set()
    for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
        try:
            found |= {Path(one.path) for one in process.open_files()}
        except psutil.Error:
            continue
    return {path for path in found if path.is_relative_to(stage.paths.profiles)}


def _holds(folder: Path, mark: str) -> list[Path]:
    """Files in which a mark stands, in UTF-8 or UTF-16."""
    forms = (mark.encode(), mark.encode("utf-16-le"))
    found = []
    for path in folder.rglob("*"):
        try:
            content = path.read_bytes() if path.is_file() else b""
        except OSError:
            continue
        if any(form in content for form in forms):
            found.append(path)
    return found


def test_nothing_that_one_window_stores_is_seen_in_another_and_all_of_it_is_there_again(
    stage: Stage, pages: StoragePages
) -> None:
    stage.work.settings.set("network.echo_urls", stage.net.echo_address_url)
    for name in ("Anna", "Bert"):
        _make(stage, name)
    mark = secrets.token_hex(12)

    stored = _visit(stage, pages, "Anna", "store", mark)
    beside = _visit(stage, pages, "Bert", "beside")
    again = _visit(stage, pages, "Anna", "again")

    assert _named(stored, mark) == _named(again, mark)
    assert again["locks"] == [f"held-by-{mark}"], "its own window sees its lock"
    assert mark in again["heard"], "and hears its own channel"
    assert _named(beside, mark) == {}
    assert (beside["locks"], beside["heard"], beside["worker"]) == ([], [], [])
    assert again["http"] == stored["http"], "the HTTP cache works"
    assert beside["http"] != stored["http"], "and is its own"
    anna, bert = _engine_files(stage, "Anna"), _engine_files(stage, "Bert")
    assert anna
    assert bert
    assert not anna & bert

    with stage.keeper() as keeper:
        keeper.close_windows()
    profiles = stage.work.isolation.profiles
    assert _holds(stage.paths.profile(profiles.get("Anna").id), mark)
    assert _holds(stage.paths.profile(profiles.get("Bert").id), mark) == []
    after = _visit(stage, pages, "Anna", "after")
    for name in ("cookies", "local", "database", "cache", "file", "worker", "http"):
        assert after[name] == stored[name], name


def _default(stage: Stage, name: str) -> Path:
    """Where the browser of a closed window keeps what it knows."""
    return stage.paths.profile(stage.work.isolation.profiles.get(name).id) / "browser" / "Default"


def test_what_a_person_allowed_a_site_in_one_window_is_not_allowed_in_another(
    stage: Stage, pages: StoragePages
) -> None:
    stage.work.settings.set("network.echo_urls", stage.net.echo_address_url)
    for name in ("Anna", "Bert"):
        _make(stage, name)
        assert _visit(stage, pages, name, f"first-{name}")["allowed"] == "prompt"
    with stage.keeper() as keeper:
        keeper.close_windows()
    # As the browser writes it down when a person clicks "Allow".
    file = _default(stage, "Anna") / "Preferences"
    kept = json.loads(file.read_bytes())
    exceptions = kept["profile"].setdefault("content_settings", {}).setdefault("exceptions", {})
    exceptions["notifications"] = {f"http://127.0.0.1:{pages.site.port},*": {"setting": 1}}
    file.write_text(json.dumps(kept))

    assert _visit(stage, pages, "Anna", "anna")["allowed"] == "granted"
    assert _visit(stage, pages, "Bert", "bert")["allowed"] == "prompt"


def test_a_site_that_wants_https_only_wants_it_in_the_window_that_knows_so(stage: Stage) -> None:
    for name in ("Anna", "Bert"):
        stage.make(name)
        opened = stage.open(name, f"{stage.net.mail_url}?first={name}")
        assert opened.is_open, reds(opened.preflight)
        until(lambda name=name: _came(stage, "first", name))
    with stage.keeper() as keeper:
        keeper.close_windows()
    # As the browser writes it down after a Strict-Transport-Security header.
    wire = b"".join(bytes([len(part)]) + part for part in (b"mail", b"test")) + b"\0"
    host = base64.b64encode(hashlib.sha256(wire).digest()).decode()
    now = time.time()
    entry = {"expiry": now + 86_400, "host": host, "mode": "force-https", "sts_include_subdomains": False}
    known = {"sts": [{**entry, "sts_observed": now}], "version": 2}
    (_default(stage, "Anna") / "TransportSecurity").write_text(json.dumps(known))

    for name in ("Anna", "Bert"):
        opened = stage.open(name, f"{stage.net.mail_url}?second={name}", stage.store(f"last-{name}"))
        assert opened.is_open, reds(opened.preflight)
        stage.report(f"last-{name}")

    until(lambda: _came(stage, "second", "Bert"))
    assert not _came(stage, "second", "Anna")


def _came(stage: Stage, key: str, value: str) -> bool:
    return any(request.query.get(key) == value for request in stage.net.requests("mail.test"))


def test_saved_logins_are_kept_in_a_file_of_each_window(stage: Stage, pages: StoragePages) -> None:
    stage.work.settings.set("network.echo_urls", stage.net.echo_address_url)
    for name in ("Anna", "Bert"):
        _make(stage, name)
        _visit(stage, pages, name, f"logins-{name}")

        assert _default(stage, name) / "Login Data" in _engine_files(stage, name)


def _named(found: dict[str, Any], mark: str) -> dict[str, Any]:
    """What holds the mark."""
    places = ("cookies", "local", "database", "cache", "file", "worker")
    return {name: found[name] for name in places if mark in str(found[name])}
