"""Reads the sentences people may see out of the code: calls of `tr`, `say` and `Text`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from string import Formatter

# Where the functions live, and what each is.
_HOMES = {"app.kernel.text": ("say", "Text"), "app.ui.language": ("tr",)}
# Modules that make or pass on sentences whose words stand elsewhere.
_PASSING_ON = frozenset(
    {
        "app/kernel/text.py",
        "app/ui/language.py",
        "app/isolation/keeper/messages.py",
        "app/isolation/fingerprint/timezones.py",  # countries, see _countries
    }
)
_COUNTRIES_HOME = "app/isolation/fingerprint/timezones.py"


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence to translate; `comment` tells two meanings apart, `has_number` asks for plural forms."""

    source: str
    comment: str
    has_number: bool
    where: str

    @property
    def key(self) -> tuple[str, str]:
        """What Qt looks it up by."""
        return self.source, self.comment


@dataclass(frozen=True, slots=True)
class Found:
    """What a tree holds, and what in it cannot be translated, with file and line."""

    messages: tuple[Message, ...]
    faults: tuple[str, ...]


def of_tree(root: Path) -> Found:
    """Every sentence below `app`, once."""
    messages: list[Message] = []
    faults: list[str] = []
    for path in sorted((root / "app").rglob("*.py")):
        found = of_code(path.read_text("utf-8"), path.relative_to(root).as_posix())
        messages += found.messages
        faults += found.faults
    if (root / _COUNTRIES_HOME).is_file():
        messages += _countries()
    return Found(_joined(messages), tuple(faults))


def of_code(code: str, name: str) -> Found:
    """The sentences of one module."""
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        return Found((), (f"{name}:{error.lineno}: not Python: {error.msg}",))
    reader = _Reader(name, tree)
    return Found(tuple(reader.messages()), tuple(reader.faults))


def places(text: str) -> list[str]:
    """The `{name}` places of a sentence, sorted. Raises ValueError where a brace stands alone."""
    return sorted(field for _, field, _, _ in Formatter().parse(text) if field is not None)


class _Reader:
    def __init__(self, name: str, tree: ast.Module) -> None:
        self.faults: list[str] = []
        self._name = name
        self._tree = tree
        self._functions = _imported(tree)

    def messages(self) -> Iterator[Message]:
        called = set()
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call):
                called.add(node.func)
                if kind := self._kind(node.func):
                    yield from self._message(kind, node)
                elif self._is_qts_own(node.func):
                    self._fault(node, "Qt's own tr() knows another context; use tr of app.ui.language")
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Name) and node not in called and self._passes_on(node.id):
                self._fault(node, f"{node.id} is passed on, so its sentences cannot be found")

    def _kind(self, function: ast.expr) -> str:
        return self._functions.get(ast.unparse(function), "")

    def _passes_on(self, name: str) -> bool:
        return self._functions.get(name) in ("tr", "say") and self._name not in _PASSING_ON

    def _is_qts_own(self, function: ast.expr) -> bool:
        if not isinstance(function, ast.Attribute) or self._name in _PASSING_ON:
            return False
        owner = ast.unparse(function.value)
        return function.attr == "tr" or (function.attr == "translate" and owner.endswith("Application"))

    def _message(self, kind: str, call: ast.Call) -> Iterator[Message]:
        if self._name in _PASSING_ON and not (call.args and _literal(call.args[0])):
            return
        if not call.args or (source := _literal(call.args[0])) is None:
            is_f_string = bool(call.args) and isinstance(call.args[0], ast.JoinedStr)
            what = "an f-string" if is_f_string else "not a literal"
            self._fault(call, f"{kind}() is given {what}; write the whole sentence, and fill {{name}} after")
            return
        comment, has_number = "", False
        if kind == "tr":
            comment = self._comment(call)
            has_number = len(call.args) > 2 or any(word.arg == "n" for word in call.keywords)
        if kind == "Text":
            has_number = len(call.args) > 2 or any(word.arg == "n" for word in call.keywords)
        if what := _wrong(source, kind, has_number):
            self._fault(call, f"“{source}”: {what}")
            return
        yield Message(source, comment, has_number, f"{self._name}:{call.lineno}")

    def _comment(self, call: ast.Call) -> str:
        given = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "note")]
        if not given:
            return ""
        comment = _literal(given[0])
        if comment is None:
            self._fault(call, "the note of tr() is not a literal")
        return comment or ""

    def _fault(self, node: ast.expr, what: str) -> None:
        self.faults.append(f"{self._name}:{node.lineno}: {what}")


def _imported(tree: ast.Module) -> dict[str, str]:
    """How this module calls the functions, such as `say`, `text.say` or an alias of it."""
    names = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        for alias in node.names:
            local = alias.asname or alias.name
            if alias.name in _HOMES.get(node.module, ()):
                names[local] = alias.name
            for function in _HOMES.get(f"{node.module}.{alias.name}", ()):
                names[f"{local}.{function}"] = function
    return names


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _wrong(source: str, kind: str, has_number: bool) -> str:
    if not source.strip():
        return "empty"
    if "%n" in source and not has_number:
        return "%n without n="
    if kind == "tr" and has_number and "%n" not in source:
        return "n= without %n"
    try:
        places(source)
    except ValueError:
        return "a brace stands alone"
    return ""


def _joined(messages: Iterable[Message]) -> tuple[Message, ...]:
    found: dict[tuple[str, str], Message] = {}
    for message in messages:
        first = found.setdefault(message.key, message)
        if message.has_number and not first.has_number:
            found[message.key] = replace(first, has_number=True)
    return tuple(found[key] for key in sorted(found, key=lambda key: (key[0].casefold(), key)))


def _countries() -> Iterator[Message]:
    """The names that the program says of exits and markets come from tzdata's table."""
    table = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text("utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            yield Message(line.partition("\t")[2], "", False, "iso3166.tab")
