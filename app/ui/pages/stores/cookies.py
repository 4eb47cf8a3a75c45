"""Takes a store's cookies out to a file and puts those of a file in, with a look at them first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QFileDialog

from app.isolation.cookie import CookieNote
from app.isolation.cookie_reading import MOST_BYTES
from app.isolation.cookie_writing import CookieFormat
from app.isolation.cookies import ImportedCookies
from app.kernel.errors import Problem, reading_problem
from app.kernel.files import write_whole
from app.ui.language import told, tr
from app.ui.prompts import Choice, TextQuestion

if TYPE_CHECKING:
    from app.ui.pages.stores.page import StoresPage

_SHOWN = 6
_NO_HOST = "cookies-unreadable"
_ENDINGS = {CookieFormat.NETSCAPE: "txt", CookieFormat.EXTENSION: "json", CookieFormat.PLAYWRIGHT: "json"}


class StoreCookies(QObject):
    """What the stores page does with cookies."""

    def __init__(self, page: StoresPage) -> None:
        super().__init__(page)
        self._page = page
        self._face = page.face

    # --- out ----------------------------------------------------------------------------------------------

    def ask_export(self) -> None:
        """Warns, and asks for the form of the file."""
        profile, name = self._chosen()
        if not profile:
            return
        self._face.prompts.ask(
            tr("Export the cookies of {name}").format(name=name),
            tr(
                "Whoever has this file is signed in to the store, without a password and without a code. "
                "Keep it safe, and delete it when it is no longer needed."
            ),
            (
                Choice("cancel", tr("Cancel")),
                Choice("netscape", "cookies.txt"),
                Choice("extension", tr("JSON of extensions")),
                Choice("playwright", tr("JSON of Playwright")),
            ),
            lambda key: self._ask_where(profile, CookieFormat(key)) if key != "cancel" else None,
        )

    def _ask_where(self, profile: str, form: CookieFormat) -> None:
        dialog = self._dialog(tr("Export cookies"), "export_cookies_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(_ENDINGS[form])
        dialog.selectFile(f"cookies.{_ENDINGS[form]}")
        dialog.fileSelected.connect(lambda file: self.export_to(profile, form, Path(file)))
        dialog.open()

    def export_to(self, profile: str, form: CookieFormat, file: Path) -> None:
        """Writes the cookies to a file that this user alone may read."""

        def work() -> int:
            _, written = self._page.room.cookies.export(profile, form)
            write_whole(file, written.content.reveal().encode())
            return written.count

        def done(count: int) -> None:
            self._face.toaster.show(tr("%n cookie(s) written to {file}", n=count).format(file=file.name))

        self._face.jobs.write(work, owner=self._page, then=done, failed=self._page.deeds.show_problem)

    # --- in -----------------------------------------------------------------------------------------------

    def ask_import(self) -> None:
        """Asks for the file."""
        profile, _ = self._chosen()
        if not profile:
            return
        dialog = self._dialog(tr("Import cookies"), "import_cookies_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda file: self.import_from(profile, Path(file)))
        dialog.open()

    def import_from(self, profile: str, file: Path, host: str = "") -> None:
        """Looks at a file, and asks whether its cookies shall go in."""

        def work() -> tuple[bytes, ImportedCookies]:
            raw = _read(file)
            return raw, self._page.room.cookies.bring_in(profile, raw, host=host, test_run=True)

        def done(found: tuple[bytes, ImportedCookies]) -> None:
            self._ask_whether(profile, found[0], found[1], host)

        def failed(problem: Problem) -> None:
            if problem.id == _NO_HOST and not host and "--host" in problem.next_step.source:
                self._ask_host(profile, file)
            else:
                self._page.deeds.show_problem(problem)

        self._face.jobs.write(work, owner=self._page, then=done, failed=failed)

    def _ask_host(self, profile: str, file: Path) -> None:
        def given(host: str, question: TextQuestion) -> None:
            question.close()
            self.import_from(profile, file, host)

        self._face.prompts.ask_until(
            tr("For which site are these cookies?"),
            tr("The file is a Cookie header, which does not say it. Name the site, such as www.example.com."),
            "",
            tr("Continue"),
            given,
        )

    def _ask_whether(self, profile: str, raw: bytes, found: ImportedCookies, host: str) -> None:
        text = [
            tr("Cookies of the same name that the store has already are replaced."),
            *_listed(tr("%n will be refused:", n=len(found.refused)), found.refused),
            *_listed(tr("%n will be changed:", n=len(found.changed)), found.changed),
        ]
        choices = [Choice("cancel", tr("Cancel"))]
        if found.taken:
            choices.append(Choice("import", tr("Import"), "primary"))
        self._face.prompts.ask(
            tr("Put %n cookie(s) into {name}?", n=found.taken).format(name=found.profile.name),
            "\n".join(text),
            choices,
            lambda key: self._import(profile, raw, host, len(found.refused)) if key == "import" else None,
        )

    def _import(self, profile: str, raw: bytes, host: str, told_before: int) -> None:
        def done(imported: ImportedCookies) -> None:
            self._face.toaster.show(
                tr("%n cookie(s) put into {name}", n=imported.taken).format(name=imported.profile.name)
            )
            if refused := imported.refused[told_before:]:  # the others were shown before the import
                self._face.prompts.ask(
                    tr("Not every cookie was put into {name}").format(name=imported.profile.name),
                    "\n".join(_listed(tr("%n refused by the browser:", n=len(refused)), refused)[1:]),
                    (Choice("close", tr("Close")),),
                    lambda _key: None,
                )

        self._face.jobs.write(
            partial(self._page.room.cookies.bring_in, profile, raw, host=host),
            owner=self._page,
            then=done,
            failed=self._page.deeds.show_problem,
        )

    # ------------------------------------------------------------------------------------------------------

    def _chosen(self) -> tuple[str, str]:
        row = self._page.model.row_of(self._page.list.current)
        return (row.profile.id, row.profile.name) if row is not None else ("", "")

    def _dialog(self, title: str, name: str) -> QFileDialog:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self._page, title, folder, f"{tr('Cookie files')} (*.txt *.json);;* (*)")
        dialog.setObjectName(name)
        dialog.finished.connect(dialog.deleteLater)
        return dialog


def _listed(title: str, notes: Sequence[CookieNote]) -> list[str]:
    if not notes:
        return []
    lines = [f"  {note.domain} {note.name}: {told(note.why)}" for note in notes[:_SHOWN]]
    if len(notes) > _SHOWN:
        lines.append("  " + tr("and %n more", n=len(notes) - _SHOWN))
    return ["", title, *lines]


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise reading_problem(error, file) from error
