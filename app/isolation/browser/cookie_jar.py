"""The cookies of an open window: read, written and removed through the hub, without a trace for a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.isolation.browser.hub import CommandFailed, Hub
from app.isolation.cookie import Cookie, SameSite
from app.kernel.secret import Secret

_LONG_AGO_S = 1.0


async def read_jar(hub: Hub) -> tuple[Cookie, ...]:
    """Every cookie of the profile. Raises CommandFailed, EngineGone."""
    answer = await hub.command("Storage.getCookies")
    return tuple(_cookie(raw) for raw in answer["cookies"])


async def fill_jar(hub: Hub, cookies: Sequence[Cookie]) -> tuple[int, ...]:
    """Writes cookies; the places of those that the browser refused. Raises EngineGone."""
    if not cookies or await _put(hub, cookies):
        return ()
    # One that it does not like keeps it from taking any.
    return tuple([at for at, cookie in enumerate(cookies) if not await _put(hub, [cookie])])


async def empty_jar(hub: Hub, cookies: Sequence[Cookie]) -> None:
    """Removes these cookies. Raises CommandFailed, EngineGone."""
    # What is written as long past is removed; there is no other way to name one cookie without a page.
    await fill_jar(hub, [replace(cookie, expires=_LONG_AGO_S) for cookie in cookies])


async def _put(hub: Hub, cookies: Sequence[Cookie]) -> bool:
    try:
        await hub.command("Storage.setCookies", cookies=[_parameter(cookie) for cookie in cookies])
    except CommandFailed:
        return False
    return True


def _cookie(raw: dict[str, Any]) -> Cookie:
    domain = str(raw["domain"])
    partition = raw.get("partitionKey") or {}
    return Cookie(
        name=str(raw["name"]),
        value=Secret(str(raw["value"])),
        domain=domain.removeprefix(".").strip("[]"),
        host_only=not domain.startswith("."),
        path=str(raw["path"]),
        expires=None if raw.get("session") or raw["expires"] <= 0 else float(raw["expires"]),
        http_only=bool(raw["httpOnly"]),
        secure=bool(raw["secure"]),
        same_site=SameSite(raw.get("sameSite", "")),
        partition=str(partition.get("topLevelSite", "")),
        partition_is_crossed=bool(partition.get("hasCrossSiteAncestor", False)),
    )


def _parameter(cookie: Cookie) -> dict[str, Any]:
    host = f"[{cookie.domain}]" if ":" in cookie.domain else cookie.domain
    parameter: dict[str, Any] = {
        "name": cookie.name,
        "value": cookie.value.reveal(),
        "path": cookie.path,
        "httpOnly": cookie.http_only,
        "secure": cookie.secure,
        # A domain would make it one of all hosts below; an address alone keeps it to the host.
        "url": f"{'https' if cookie.secure else 'http'}://{host}/",
    }
    if not cookie.host_only:
        parameter["domain"] = cookie.written_domain
    if cookie.expires is not None:
        parameter["expires"] = cookie.expires
    if cookie.same_site is not SameSite.UNSET:
        parameter["sameSite"] = cookie.same_site.value
    if cookie.partition:
        parameter["partitionKey"] = {
            "topLevelSite": cookie.partition,
            "hasCrossSiteAncestor": cookie.partition_is_crossed,
        }
    return parameter
