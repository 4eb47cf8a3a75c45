"""Cookies of an open store: a login taken out and put back in, in every form, with each refusal told."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from app.isolation.browser.cookie_jar import empty_jar, fill_jar, read_jar
from app.isolation.cookie import Cookie, SameSite
from app.isolation.cookie_writing import CookieFormat
from app.isolation.cookies import CookiesNeedWindow
from app.isolation.plan import Fingerprint
from app.kernel.secret import Secret
from tests.browser.test_hub import running_hub
from tests.support.stage import Stage

UTC = Fingerprint(languages=("en-US", "en"), timezone="Etc/UTC")
LATER = 1_850_000_000.0


def _value(cookie: Cookie) -> tuple[object, ...]:
    return (
        *cookie.key,
        cookie.value.reveal(),
        cookie.expires,
        cookie.secure,
        cookie.http_only,
        cookie.same_site,
    )


async def test_every_kind_of_cookie_comes_back_from_the_browser_as_it_was(
    screen: None, tmp_path: Path
) -> None:
    base = Cookie("a", Secret("1"), "shop.test")
    cookies = [
        base,
        replace(base, name="below", host_only=False, secure=True, same_site=SameSite.NONE),
        replace(base, name="__Host-x", secure=True, same_site=SameSite.STRICT),
        replace(base, name="only", path="/a/b", http_only=True, expires=_soon(), same_site=SameSite.LAX),
        replace(base, name="four", domain="127.0.0.1"),
        replace(base, name="six", domain="::1"),
        replace(base, name="王", value=Secret('"🙂 x"')),
        replace(base, name="apart", secure=True, partition="https://top.test", same_site=SameSite.NONE),
        replace(base, name="bare", domain="localhost"),
    ]
    async with running_hub(tmp_path, UTC) as hub:
        refused = await fill_jar(hub, cookies)
        found = await read_jar(hub)
        await empty_jar(hub, [one for one in found if one.name != "a"])
        left = await read_jar(hub)

    assert refused == ()
    assert sorted(map(_value, found), key=str) == sorted(map(_value, cookies), key=str)
    assert [_value(one) for one in left] == [_value(base)]


async def test_one_cookie_that_the_browser_refuses_keeps_no_other_from_going_in(
    screen: None, tmp_path: Path
) -> None:
    good = Cookie("a", Secret("1"), "shop.test")
    wrong = replace(good, name="b", secure=True, partition="no site")  # which only the browser knows

    async with running_hub(tmp_path, UTC) as hub:
        refused = await fill_jar(hub, [good, wrong, replace(good, name="c")])
        found = await read_jar(hub)

    assert refused == (1,)
    assert {one.name for one in found} == {"a", "c"}


@pytest.mark.parametrize("form", [CookieFormat.NETSCAPE, CookieFormat.EXTENSION, CookieFormat.PLAYWRIGHT])
def test_a_login_taken_out_of_one_store_and_put_into_another_signs_that_one_in(
    stage: Stage, form: CookieFormat
) -> None:
    stage.make("Anna")
    stage.make("Bert")
    anna = stage.open_store("Anna", "a")
    stage.sign_in(anna, "Mrs Ames", "a")
    cookies = stage.work.isolation.cookies

    _, written = cookies.export("Anna", form)
    stage.open_store("Bert", "b")
    done = cookies.bring_in("Bert", written.content.reveal().encode())
    with stage.keeper() as keeper:
        keeper.open_page(stage.work.isolation.profiles.get("Bert").id, stage.store("again"))

    assert (written.count, done.taken, done.refused) == (2, 2, ())
    seen = stage.report("again")
    assert seen.facts["signed_in_as"] == "Mrs Ames"
    assert seen.facts["session_cookie"] is True
    assert cookies.clear("Bert", site=stage.net.store_url)[1] == 2
    with stage.keeper() as keeper:
        keeper.open_page(stage.work.isolation.profiles.get("Bert").id, stage.store("gone"))
    assert stage.report("gone").facts["signed_in_as"] is None
    assert stage.net.direct_arrivals() == ()


def test_a_closed_store_says_that_its_window_is_needed(stage: Stage) -> None:
    stage.make("Anna")

    for ask in (
        lambda: stage.work.isolation.cookies.export("Anna", CookieFormat.NETSCAPE),
        lambda: stage.work.isolation.cookies.bring_in("Anna", b"a=1", host="shop.test"),
        lambda: stage.work.isolation.cookies.bring_in("Anna", b"a=1", host="shop.test", test_run=True),
        lambda: stage.work.isolation.cookies.clear("Anna"),
    ):
        with pytest.raises(CookiesNeedWindow):
            ask()


def test_who_took_cookies_out_and_how_many_is_recorded_before_they_are_given_out(stage: Stage) -> None:
    profile = stage.make("Anna")
    stage.sign_in(stage.open_store("Anna", "a"), "Mrs Ames", "a")

    stage.work.isolation.cookies.export("Anna", CookieFormat.HEADER, host="store.test", reason="a backup")

    with stage.opened.database.reader() as reader:
        rows = reader.all(
            "SELECT ability, count, reason FROM vault_audit WHERE subject = ? ORDER BY seq DESC LIMIT 1",
            (profile.id,),
        )
    assert [tuple(row) for row in rows] == [("cookie.export", 2, "a backup")]


def test_the_commands_write_a_private_file_and_report_every_cookie_that_was_refused(
    stage: Stage, tmp_path: Path
) -> None:
    stage.make("Anna")
    opened = stage.open_store("Anna", "a")
    stage.sign_in(opened, "Mrs Ames", "a")
    stage.hand_over_to_commands()
    file = tmp_path / "cookies.json"

    code, (wrote,), said = stage.run("cookie", "export", "Anna", str(file), "--format", "extension")
    content = json.loads(file.read_text())
    code_header, (printed,), _ = stage.run(
        "cookie", "export", "Anna", "--format", "header", "--host", "store.test"
    )
    content.append({**content[0], "name": "late", "expirationDate": 1_600_000_000, "session": False})
    content.append({**content[0], "name": "all", "sameSite": "none", "secure": False})
    content.append({**content[0], "name": "__Host-x"})
    file.write_text(json.dumps(content))
    _, (cleared,), _ = stage.run("cookie", "clear", "Anna")
    _, (tried,), _ = stage.run("cookie", "import", "Anna", str(file), "--test-run")
    _, (nothing,), _ = stage.run("cookie", "export", "Anna", "--format", "header", "--host", "store.test")
    code_in, (taken,), _ = stage.run("cookie", "import", "Anna", str(file))

    assert (code, code_header, code_in) == (0, 0, 0)
    assert (wrote["count"], cleared["removed"], taken["taken"]) == (2, 2, 2)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "signed in" in said
    assert "customer=" in printed["cookies"]
    assert (tried["taken"], tried["would_take"], nothing["count"]) == (0, 2, 0)
    assert [(note["place"], note["name"]) for note in taken["refused"]] == [
        (3, "late"),
        (4, "all"),
        (5, "__Host-x"),
    ]
    values = [one["value"] for one in content]
    for log in stage.paths.logs.rglob("*"):
        assert not any(value.encode() in log.read_bytes() for value in values)


def _soon() -> float:
    import time

    return float(int(time.time()) + 30 * 24 * 3600)
