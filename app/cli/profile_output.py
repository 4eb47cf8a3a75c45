"""How a profile is printed: one line of a list, or all of it."""

from __future__ import annotations

from datetime import datetime

from app.isolation.profile import Profile
from app.isolation.profile_keys import KEYS
from app.isolation.template import AUTOMATIC

_FROZEN = "fingerprint."


def plain(profile: Profile, path: str) -> dict[str, object]:
    """A profile for `--json`; `path` is direct or the proxy's name. Its note stays sealed."""
    settings = {name.replace("-", "_"): key.show(profile) for name, key in KEYS.items() if name != "number"}
    frozen: dict[str, object] = {
        name.removeprefix(_FROZEN): value for name, value in settings.items() if name.startswith(_FROZEN)
    }
    exit_ = profile.exit
    return {
        "id": profile.id,
        "number": profile.number,
        "name": profile.name,
        "template": profile.template,
        "proxy": path,
        **{name: value for name, value in settings.items() if not name.startswith(_FROZEN)},
        "start_pages": list(profile.start_pages),
        "jail": profile.jail,
        "allow_private": profile.allow_private,
        "stops": list(profile.stops),
        "tags": list(profile.tags),
        "fingerprint": {**frozen, "languages": list(profile.fingerprint.languages) or AUTOMATIC},
        "has_note": profile.has_note,
        "last_opened": _moment(profile.last_opened),
        "exit_ip": exit_.ip if exit_ else None,
        "exit_country": exit_.country if exit_ else None,
        "created": _moment(profile.created),
        "updated": _moment(profile.updated),
        "deleted_at": _moment(profile.deleted_at),
    }


def lines(data: dict[str, object]) -> list[tuple[str, object]]:
    """What `plain` gave, as lines with the keys that `profile set` takes; empty ones are left out."""
    found: list[tuple[str, object]] = []
    for name, value in data.items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        found += [(f"{name}.{part}".rstrip(".").replace("_", "-"), item) for part, item in parts]
    return [(name, value) for name, value in found if value not in ("", None, [])]


def essentials(data: dict[str, object]) -> list[tuple[str, object]]:
    """The few lines of `plain` that tell somebody whether the profile they made is the one they meant."""
    settings = data["fingerprint"]
    assert isinstance(settings, dict)
    return [
        ("number", data["number"]),
        ("name", data["name"]),
        ("market", data["market"] or "none"),
        ("path", data["proxy"]),
        ("languages", settings["languages"]),
        ("timezone", settings["timezone"]),
        ("window", settings["window"]),
    ]


def summary(profile: Profile, path: str) -> tuple[object, ...]:
    """A profile as one row of a list."""
    opened = profile.last_opened
    return (
        profile.shown_number,
        profile.name,
        profile.platform,
        profile.market,
        profile.group,
        profile.status.value,
        path,
        f"{opened.astimezone():%Y-%m-%d %H:%M}" if opened else "never",
    )


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds") if moment else None
