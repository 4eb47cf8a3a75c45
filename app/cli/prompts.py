"""Asking: passphrases and passwords from a terminal or a file, never from the command line."""

from __future__ import annotations

import getpass
import os
import stat
import sys
from pathlib import Path
from typing import TextIO

from app.cli.output import Output
from app.kernel.errors import LockedProblem, UsageProblem
from app.kernel.secret import Secret
from app.kernel.text import say

_LONGEST = 64 * 1024


class PassphraseNeeded(LockedProblem):
    """Nobody can be asked for the passphrase."""


class PassphraseFileUnreadable(LockedProblem):
    """The passphrase file is missing, empty or not text."""


class PasswordNeeded(UsageProblem):
    """A password is to be stored, and nobody can be asked for it."""


class AnswersDiffer(UsageProblem):
    """The same secret was typed twice, differently."""


class ConfirmationNeeded(UsageProblem):
    """Something that cannot be undone wants a yes, and nobody can be asked."""


class Prompts:
    """Asks the person at the terminal, where there is one."""

    def __init__(self, out: Output, source: TextIO | None = None) -> None:
        self._out = out
        self._in = source or sys.stdin

    @property
    def has_person(self) -> bool:
        """Whether somebody sits at a terminal."""
        return self._in is not None and not self._in.closed and self._in.isatty()

    def passphrase(self, file: Path | None) -> Secret:
        """The vault's passphrase. Raises PassphraseNeeded or PassphraseFileUnreadable."""
        if file is not None:
            return self.secret_file(file)
        if not self.has_person:
            raise PassphraseNeeded(
                say("The vault is locked, and there is no terminal to ask for its passphrase."),
                say("Name a file that holds it with --passphrase-file or BERTH_PASSPHRASE_FILE."),
            )
        return self.typed("Passphrase: ")

    def new_passphrase(self, file: Path | None) -> Secret:
        """A passphrase for a new vault, typed twice. Raises AnswersDiffer and what `passphrase` raises."""
        if file is not None or not self.has_person:
            return self.passphrase(file)
        return self._typed_twice("New passphrase: ")

    def recovery_code(self, file: Path | None) -> Secret:
        """The code that `berth init` printed. Raises PassphraseNeeded or PassphraseFileUnreadable."""
        if file is not None:
            return self.secret_file(file)
        if not self.has_person:
            raise PassphraseNeeded(
                say("There is no terminal to ask for the recovery code."),
                say("Name a file that holds it with --recovery-file."),
            )
        return self.typed("Recovery code: ")

    def password(self, file: Path | None, what: str) -> Secret:
        """A password to store. Raises PasswordNeeded, AnswersDiffer or PassphraseFileUnreadable."""
        if file is not None:
            return self.secret_file(file)
        if not self.has_person:
            raise PasswordNeeded(
                say("There is no terminal to ask for the {what}.", what=what.replace("-", " ")),
                say("Name a file that holds it with --{what}-file.", what=what),
            )
        return self._typed_twice(f"{what.replace('-', ' ').capitalize()}: ")

    def secret_file(self, path: Path, *, may_be_empty: bool = False) -> Secret:
        """What a file holds, without its last line end; says so when others could read it.

        Raises PassphraseFileUnreadable: nothing is ever cut or left out to make it fit.
        """
        content, mode = _content(path)
        try:
            text = content.decode()
        except UnicodeDecodeError:
            raise _unreadable(path, "it is not UTF-8 text") from None
        text = text.removesuffix("\n").removesuffix("\r")
        if not text and not may_be_empty:
            raise _unreadable(path, "it is empty")
        if "\0" in text:
            raise _unreadable(path, "it holds a zero byte, so it is not text")
        if os.name == "posix" and mode & 0o077:
            self._out.note(f"Warning: other users may read {path}. Make it private: chmod 600 {path}")
        return Secret(text)

    def confirm(self, question: str, given: bool) -> bool:
        """Whether the person says yes; `given` is --yes. Raises ConfirmationNeeded where nobody is there."""
        if given:
            return True
        if not self.has_person:
            raise ConfirmationNeeded(say("This cannot be undone."), say("Add --yes when you are sure."))
        self._out.note(f"{question} [y/N] ")
        return self._in.readline().strip().lower() in ("y", "yes")

    def typed(self, prompt: str) -> Secret:
        """What the person types, unseen."""
        try:
            return Secret(getpass.getpass(prompt))
        except EOFError:
            raise KeyboardInterrupt from None  # Ctrl+D at the prompt is a change of mind

    def _typed_twice(self, prompt: str) -> Secret:
        first = self.typed(prompt)
        if not self.typed("Again: ").matches(first):
            raise AnswersDiffer(say("The two are not the same."), say("Try again."))
        return first


def _content(path: Path) -> tuple[bytes, int]:
    """Bytes and mode of a plain file, or of a password manager's pipe; a device could be endless."""
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            mode = os.fstat(fd).st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
                raise _unreadable(path, "it is not a plain file")
            if stat.S_ISFIFO(mode) and hasattr(os, "set_blocking"):
                os.set_blocking(fd, True)
            with os.fdopen(fd, "rb", closefd=False) as file:
                content = file.read(_LONGEST + 1)
        finally:
            os.close(fd)
    except OSError as error:
        raise _unreadable(path, error.strerror or "it cannot be opened") from error
    if len(content) > _LONGEST:
        raise _unreadable(path, f"it is longer than {_LONGEST:,} bytes")
    return content, mode


def _unreadable(path: Path, why: str) -> PassphraseFileUnreadable:
    return PassphraseFileUnreadable(
        say("The file {file} cannot be used: {why}.", file=str(path), why=why),
        say("Name a file whose text is the secret."),
    )
