"""`berth doctor`: what of this machine and, when asked, of the vault is well or not."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

from app.cli.context import Context
from app.isolation.browser import jail
from app.isolation.browser.driver import driver_version
from app.isolation.browser.engines import find_engines
from app.isolation.checks import Check, Level
from app.isolation.health import driver_check, engines_check, jail_check, sandbox_check, screen_check
from app.isolation.template import shipped_and_own
from app.kernel.errors import ExitCode, FolderNotReadable, Problem
from app.kernel.paths import is_there
from app.kernel.text import Text, say

_SIGNS = {Level.GREEN: "ok     ", Level.AMBER: "note   ", Level.RED: "PROBLEM"}


def doctor_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `doctor` takes."""
    parser.add_argument("--integrity", action="store_true", help="unlock the vault and check all of it")


def doctor(args: argparse.Namespace, context: Context) -> ExitCode:
    """Prints every check; ends with 1 when one of them is red."""
    engines = find_engines()
    why_no_jail = jail.why_no_jail(os.environ)
    checks = [
        _data_check(context),
        engines_check(engines),
        driver_check(driver_version()),
        sandbox_check(engines),
        jail_check(why_no_jail),
        screen_check(),
        *_template_checks(context),
    ]
    if args.integrity:
        checks += _integrity_checks(context)
    is_well = all(check.level is not Level.RED for check in checks)
    data = {
        "ok": is_well,
        "data": str(context.paths.data),
        "guarantee": "switches" if why_no_jail else "kernel",
        "checks": [
            {"id": check.id, "level": check.level.value, "message": check.message.english()}
            for check in checks
        ],
    }
    lines = [f"{_SIGNS[check.level]}  {check.id}: {check.message.english()}" for check in checks]
    context.out.show(data, "\n".join(lines))
    return ExitCode.DONE if is_well else ExitCode.FAILED


def _data_check(context: Context) -> Check:
    folder = context.paths.data
    try:
        is_there_already = is_there(folder)
    except FolderNotReadable as problem:
        return Check("data", Level.RED, problem.text)
    if not is_there_already:
        return _note("data", say("{folder} does not exist yet; `berth init` makes it.", folder=str(folder)))
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return Check("data", Level.RED, say("Berth may not write to {folder}.", folder=str(folder)))
    if os.name == "posix" and folder.stat().st_mode & 0o077:
        text = say("Other users may look into {folder}: chmod 700 it.", folder=str(folder))
        return Check("data", Level.AMBER, text)
    if not context.vault().exists():
        return _note(
            "data", say("There is no vault in {folder} yet; `berth init` makes one.", folder=str(folder))
        )
    return Check("data", Level.GREEN, say("The vault is in {folder}.", folder=str(folder)))


def _template_checks(context: Context) -> Iterator[Check]:
    templates = shipped_and_own(context.paths.data / "templates")
    try:
        found = templates.all()
    except FolderNotReadable as problem:
        yield Check("templates", Level.RED, problem.text)
        return
    yield Check("templates", Level.GREEN, say("{n} templates.", n=len(found)))
    for wrong in templates.wrong:
        yield Check("templates", Level.RED, wrong.text)


def _integrity_checks(context: Context) -> Iterator[Check]:
    try:
        with context.open_vault() as opened:
            report = opened.check_integrity()
    except Problem as problem:
        if problem.exit_code is not ExitCode.FAILED:
            raise  # locked, busy, missing: not a finding
        yield Check("integrity", Level.RED, problem.text)
        return
    for line in report.lines:
        yield Check(f"integrity.{line.id}", Level.GREEN if line.ok else Level.RED, line.text)


def _note(name: str, text: Text) -> Check:
    return Check(name, Level.AMBER, text)
