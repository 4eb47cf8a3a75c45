"""What people read, in their language: `tr` for the program's own words, `told` for the core's sentences."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from app.kernel import assets
from app.kernel.errors import Problem
from app.kernel.text import Text, fill, say

CONTEXT = "berth"  # one for everything, so that a term is translated once
_FIRST_GROUPED = 1_000


def tr(source: str, note: str = "", n: int = -1) -> str:
    """A sentence or word in the language of now; `note` tells two meanings of one English word apart.

    `source` is a literal: the translators' list is read from the code. `{name}` places are filled after.
    With `n`, `%n` becomes the number, its digits grouped, and the form fits it.
    """
    return _grouped(QCoreApplication.translate(CONTEXT, source, note, n), n)


def told(text: Text) -> str:
    """A sentence of the core in the language of now, its facts filled in."""
    n = -1 if text.n is None else text.n
    template = _grouped(QCoreApplication.translate(CONTEXT, text.source, "", n), n)
    # The marks around commands are for terminals; facts keep theirs, whatever they are.
    return fill(
        template.replace("`", ""),
        {name: told(fact) if isinstance(fact, Text) else fact for name, fact in text.facts.items()},
    )


def told_whole(problem: Problem) -> str:
    """What happened and what to do next, as one text; Chinese puts no space between the two."""
    return told(say("{what} {next}", what=problem.text, next=problem.next_step))


class Languages:
    """Loads the words of a language into the program; `auto` is the system's, English where it is neither."""

    def __init__(self, application: QCoreApplication) -> None:
        self._application = application
        self._translators: list[QTranslator] = []
        self.language = ""

    def use(self, wanted: str) -> bool:
        """Speaks auto, zh or en from now on; True when that is another language than before."""
        language = wanted if wanted in ("zh", "en") else _of_system()
        if language == self.language:
            return False
        self.language = language
        for translator in self._translators:
            self._application.removeTranslator(translator)
        locale = QLocale("zh_CN" if language == "zh" else "en_US")
        QLocale.setDefault(locale)
        own = str(assets.folder("resources") / "i18n")
        qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        names = [("berth_zh_CN", own), ("qtbase_zh_CN", qt)] if language == "zh" else [("berth_en", own)]
        self._translators = []
        for name, folder in names:
            translator = QTranslator(self._application)
            if translator.load(name, folder):
                self._application.installTranslator(translator)
                self._translators.append(translator)
        return True


def _grouped(text: str, n: int) -> str:
    """The number of `%n` as people write it; Qt puts its digits in a row."""
    return text.replace(str(n), QLocale().toString(n), 1) if n >= _FIRST_GROUPED else text


def _of_system() -> str:
    names = [*QLocale.system().uiLanguages(), QLocale.system().name()]
    first = next((name for name in names if name and name != "C"), "en")
    return "zh" if first.startswith("zh") else "en"
