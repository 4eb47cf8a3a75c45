"""A stand-in holds what decides about what pages see, and nothing that a person would miss or mind."""

from __future__ import annotations

from pathlib import Path

from app.isolation.coherence.stand_in import make_stand_in, remove_stand_in


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_settings_and_extensions_are_copied_and_no_login_cookie_or_tab(tmp_path: Path) -> None:
    browser, folder = tmp_path / "browser", tmp_path / "check"
    kept = {"Local State", "Default/Preferences", "Default/Extensions/abc/1.0/manifest.json"}
    put(
        browser,
        *kept,
        "Default/Cookies",
        "Default/Login Data",
        "Default/Sessions/Session_1",
        "Default/History",
    )

    make_stand_in(browser, folder)

    assert names(folder / "browser") == kept


def test_what_a_check_left_that_was_cut_short_goes_and_a_profile_never_opened_has_nothing(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "check"
    put(folder, "engine.json", "browser/Default/Cookies")

    make_stand_in(tmp_path / "browser", folder)
    afterwards = names(folder)
    remove_stand_in(folder)
    remove_stand_in(folder)

    assert afterwards == set()
    assert not folder.exists()
