"""Reads a small YAML file into plain values with the line of each; bombs and oddities are refused."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from app.kernel.text import Text, say

MAX_DEPTH = 12

Path = tuple[str | int, ...]
Plain = str | int | float | bool | list["Plain"] | dict[str, "Plain"] | None

_SCALARS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "null")}
_MAP = "tag:yaml.org,2002:map"
_SEQUENCE = "tag:yaml.org,2002:seq"


class YamlWrong(Exception):
    """What is wrong, and in which line; the reader's caller knows the file."""

    def __init__(self, line: int, text: Text) -> None:
        super().__init__(line, text)
        self.line = line
        self.text = text


@dataclass(frozen=True, slots=True)
class Document:
    """A file's values, and the line on which each of them stands."""

    values: Plain
    lines: Mapping[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int:
        """The line of a value or of its key."""
        return self.lines.get(path, 1)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the C loader may be absent
    """The safe loader without YAML 1.1's surprises: a market NO is a text, and so is a date."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in rows if tag in _SCALARS]
    for letter, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(content: bytes) -> Document:
    """The values of a YAML file. Raises YamlWrong."""
    text = _decoded(content)
    try:
        _check_events(text)
        loader = _Loader(text)
        node = loader.get_single_node()
        lines: dict[Path, int] = {}
        return Document(None if node is None else _plain(loader, node, (), lines), lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlWrong(
            mark.line + 1 if mark else 1,
            say("it is not YAML: {why}.", why=str(error.problem or error.context)),
        ) from None
    except (yaml.YAMLError, ValueError) as error:
        # ValueError: a number that only looks like one, such as 0x_ or a surrogate escape
        raise YamlWrong(1, say("it is not YAML: {why}.", why=str(error).splitlines()[0][:120])) from None


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise YamlWrong(line, say("it is not written in UTF-8.")) from None


def _check_events(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise YamlWrong(line, say("references with * are not allowed."))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise YamlWrong(line, say("it is nested too deeply."))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _plain(loader: yaml.SafeLoader, node: yaml.Node, path: Path, lines: dict[Path, int]) -> Plain:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode) and node.tag == _MAP:
        return _mapping(loader, node, path, lines)
    if isinstance(node, yaml.SequenceNode) and node.tag == _SEQUENCE:
        return [_plain(loader, item, (*path, at), lines) for at, item in enumerate(node.value)]
    if node.tag in _SCALARS:
        value = loader.construct_object(node)
        if isinstance(value, float) and not math.isfinite(value):
            raise YamlWrong(
                node.start_mark.line + 1, say("{value} is not a number.", value=str(node.value)[:60])
            )
        return value  # type: ignore[no-any-return]  # it is one of _SCALARS
    raise YamlWrong(node.start_mark.line + 1, say("the tag {tag} is not allowed.", tag=node.tag[:60]))


def _mapping(
    loader: yaml.SafeLoader, node: yaml.MappingNode, path: Path, lines: dict[Path, int]
) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise YamlWrong(line, say("a key is not a plain word."))
        key = str(key_node.value)
        if key in found:
            raise YamlWrong(line, say("the key {key} stands twice.", key=key[:60]))
        lines[(*path, key)] = line
        found[key] = _plain(loader, value_node, (*path, key), lines)
    return found
