"""Runs one command: reads it, calls it, and says what went wrong in a sentence and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from app.cli import arguments, logs
from app.cli.context import Context
from app.cli.output import Output
from app.cli.prompts import Prompts
from app.kernel.errors import Cancelled, ExitCode, Problem
from app.kernel.paths import Paths

_INTERRUPTED = 130  # what shells expect after Ctrl+C


def main(words: Sequence[str]) -> int:
    """The exit code of the command that these words ask for."""
    out = Output(arguments.wants_json(words))
    try:
        return int(_run(words, out))
    except arguments.HelpShown as shown:
        out.line({"help": shown.text}, shown.text)
        return int(shown.exit_code)
    except Problem as problem:
        return _tell(problem, out)
    except (KeyboardInterrupt, Cancelled):
        return _INTERRUPTED
    except BrokenPipeError:
        _silence()
        return int(ExitCode.FAILED)
    except Exception as error:  # noqa: BLE001 - the last place before the person
        return _tell_bug(error, out)
    finally:
        logs.close()


def _run(words: Sequence[str], out: Output) -> ExitCode:
    first, rest = arguments.split(words)
    logs.open_in(Paths.of(first.home))
    call = arguments.read(first, rest)
    paths = Paths.of(call.args.home)
    logs.open_in(paths)
    context = Context(paths, out, Prompts(out), call.args.passphrase_file)
    return call.run(call.args, context) or ExitCode.DONE


def _tell(problem: Problem, out: Output) -> int:
    if out.as_json:
        out.line(problem.as_json(), "")
    out.note(str(problem))
    return int(problem.exit_code)


def _tell_bug(error: Exception, out: Output) -> int:
    place = logs.report(error)
    where = f" What happened is in {place}." if place else ""
    sentence = f"Berth met an error of its own ({type(error).__name__}).{where}"
    if out.as_json:
        out.line({"error": "bug", "message": sentence, "exit_code": int(ExitCode.FAILED)}, "")
    out.note(sentence)
    return int(ExitCode.FAILED)


def _silence() -> None:
    """Nobody reads any more; keeps Python from complaining about it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
