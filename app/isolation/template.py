"""Templates: ready settings for a platform and market, read from YAML files checked against a schema."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.isolation.fingerprint.timezones import is_country, is_zone, near_zones
from app.isolation.plan import GeoMode, Place, WebRtcPolicy
from app.isolation.profile import DEFAULT_COLOUR, AddressWrong, clean_colour, clean_url
from app.kernel import assets
from app.kernel.errors import NotFoundProblem, UsageProblem, reading_problem
from app.kernel.paths import is_there
from app.kernel.text import Text, echoed, say

if TYPE_CHECKING:
    from jsonschema import ValidationError

    from app.isolation.yaml_lines import Document

AUTOMATIC = "automatic"
GENERIC = "generic"
SUFFIXES = (".yaml", ".yml")
MAX_BYTES = 64 * 1024
WEBRTC_WORDS: Mapping[str, WebRtcPolicy] = {
    "proxy-only": WebRtcPolicy.PROXY_ONLY,
    "public-only": WebRtcPolicy.PUBLIC_ONLY,
    "default": WebRtcPolicy.DEFAULT,
}


class TemplateWrong(UsageProblem):
    """A template file that cannot be used, with the file and line that say why."""

    def __init__(self, file: Path, line: int, why: Text) -> None:
        super().__init__(
            say("{file}, line {line}: {why}", file=str(file), line=line, why=why),
            say("Correct that line; profiles/schema.json says what a template may hold."),
        )
        self.file = file
        self.line = line


class TemplateMissing(NotFoundProblem):
    """No template has this name."""


@dataclass(frozen=True, slots=True)
class Template:
    """Ready settings. No languages or an empty time zone mean: from the exit."""

    id: str
    title: str
    title_zh: str = ""
    platform: str = ""
    market: str = ""
    colour: str = DEFAULT_COLOUR
    start_pages: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    timezone: str = ""
    geolocation: GeoMode = GeoMode.BLOCKED
    place: Place | None = None
    webrtc: WebRtcPolicy = WebRtcPolicy.PROXY_ONLY
    file: Path = field(default=Path(), compare=False)


PLAIN = Template(GENERIC, "Any site")  # what a profile starts from when nobody named a template
Loaded = tuple[tuple[Template, ...], tuple[TemplateWrong, ...]]


class Templates:
    """The shipped templates and a user's own, read at first use; one wrong file of theirs spoils no other."""

    def __init__(self, load: Callable[[], Loaded]) -> None:
        self._load = load

    @cached_property
    def _loaded(self) -> Loaded:
        return self._load()

    @property
    def wrong(self) -> tuple[TemplateWrong, ...]:
        """What is wrong with files of the user's that are no templates."""
        return self._loaded[1]

    def all(self) -> tuple[Template, ...]:
        """Every usable template by id, the generic one last."""
        return tuple(sorted(self._loaded[0], key=lambda item: (item.id == GENERIC, item.id)))

    def get(self, name: str) -> Template:
        """A template by its id. Raises TemplateMissing with the near match, or its file's TemplateWrong."""
        known = {template.id: template for template in self._loaded[0]}
        if found := known.get(name):
            return found
        for problem in self.wrong:
            if problem.file.stem == name:
                raise problem
        near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
        raise TemplateMissing(
            say("There is no template called {name}.", name=echoed(name)),
            say("Did you mean {near}?", near=near[0])
            if near
            else say("`berth template list` shows all of them."),
        )


def load_all(folder: Path) -> tuple[Template, ...]:
    """Every template of a folder, by file name. Raises TemplateWrong at the first that is not one."""
    templates, wrong = _read_folder(folder, ())
    if wrong:
        raise wrong[0]
    return templates


def _shipped() -> tuple[Template, ...]:
    """Those that come with Berth: held to the schema by a test, not again on every machine, where loading the
    checker takes longer and more memory than all the rest.
    """
    templates, wrong = _read_folder(assets.folder("profiles"), (), is_trusted=True)
    if wrong:
        raise wrong[0]
    return templates


def shipped_and_own(own: Path) -> Templates:
    """The templates shipped with Berth and those a user put into a folder, which need not exist."""

    def load() -> Loaded:
        shipped = _shipped()
        mine, wrong = _read_folder(own, shipped) if is_there(own) and own.is_dir() else ((), ())
        return (*shipped, *mine), wrong

    return Templates(load)


def parse(content: bytes, file: Path, *, is_trusted: bool = False) -> Template:
    """One template from a file's content; a trusted one is not held to the schema. Raises TemplateWrong."""
    # Imported here: few commands read templates, and YAML takes its time to load.
    from app.isolation.yaml_lines import YamlWrong, read

    if len(content) > MAX_BYTES:
        raise TemplateWrong(file, 1, say("the file is larger than {most} bytes.", most=MAX_BYTES))
    try:
        document = read(content)
    except YamlWrong as error:
        raise TemplateWrong(file, error.line, error.text) from None
    if not is_trusted:
        _check_schema(document, file)
    assert isinstance(document.values, dict)
    raw: dict[str, Any] = document.values
    _check_meaning(raw, document, file)
    return _template(raw, file)


def _read_folder(folder: Path, others: Iterable[Template], *, is_trusted: bool = False) -> Loaded:
    known = {template.id: template.file for template in others}
    found, wrong = [], []
    for file in _files_of(folder):
        try:
            template = parse(_content(file), file, is_trusted=is_trusted)
            if other := known.get(template.id):
                raise TemplateWrong(
                    file, 1, say("the id {id} is already taken by {other}.", id=template.id, other=str(other))
                )
        except TemplateWrong as problem:
            wrong.append(problem)
        else:
            known[template.id] = file
            found.append(template)
    return tuple(found), tuple(wrong)


def _files_of(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    except OSError as error:
        raise reading_problem(error, folder) from error


def _content(file: Path) -> bytes:
    try:
        if file.exists() and not file.is_file():  # a pipe of that name would never end
            raise TemplateWrong(file, 1, say("it cannot be read: it is not a file."))
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise TemplateWrong(
            file, 1, say("it cannot be read: {why}.", why=error.strerror or "refused")
        ) from None


def _template(raw: dict[str, Any], file: Path) -> Template:
    languages, zone, geo = raw.get("languages"), raw.get("timezone"), raw.get("geolocation", "blocked")
    return Template(
        id=raw["id"],
        title=raw["title"]["en"],
        title_zh=raw["title"].get("zh", ""),
        platform=raw.get("platform", ""),
        market=raw.get("market", ""),
        colour=clean_colour(raw.get("colour", DEFAULT_COLOUR)),
        start_pages=tuple(clean_url(page) for page in raw.get("start_pages", ())),
        languages=() if languages in (None, AUTOMATIC) else tuple(languages),
        timezone="" if zone in (None, AUTOMATIC) else zone,
        geolocation=GeoMode.FIXED if isinstance(geo, dict) else GeoMode(geo),
        place=Place(**geo) if isinstance(geo, dict) else None,
        webrtc=WEBRTC_WORDS[raw.get("webrtc", "proxy-only")],
        file=file,
    )


def _check_meaning(raw: dict[str, Any], document: Document, file: Path) -> None:
    """What a schema cannot say: the id is the file's name, countries and zones exist, pages are pages."""

    def wrong(path: tuple[str | int, ...], why: Text) -> TemplateWrong:
        return TemplateWrong(file, document.line_of(path), why)

    if raw["id"] != file.stem:
        raise wrong(("id",), say("the id {id} is not the file's name {name}.", id=raw["id"], name=file.stem))
    if (market := raw.get("market", "")) and not is_country(market):
        hint = say("UK is not a country code, GB is.") if market == "UK" else None
        raise wrong(("market",), hint or say("{market} is not a country code.", market=market))
    zone = raw.get("timezone", AUTOMATIC)
    if zone != AUTOMATIC and not is_zone(zone):
        near = near_zones(zone)
        raise wrong(
            ("timezone",),
            say("there is no time zone {zone}, did you mean {near}?", zone=zone, near=near[0])
            if near
            else say("there is no time zone {zone}.", zone=zone),
        )
    for at, page in enumerate(raw.get("start_pages", ())):
        try:
            clean_url(page)
        except AddressWrong as error:
            path = ("start_pages", at)
            raise wrong(path, error.text) from None


def _check_schema(document: Document, file: Path) -> None:
    if document.values is None:
        raise TemplateWrong(file, 1, say("the file is empty."))
    # Imported here: it takes longer to load than everything else together.
    from jsonschema.exceptions import best_match

    error = best_match(_validator().iter_errors(document.values))
    if error is not None:
        path, why = _explained(error)
        raise TemplateWrong(file, document.line_of(path), why)


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    schema = json.loads((assets.folder("profiles") / "schema.json").read_text("utf-8"))
    return Draft202012Validator(schema)


def _explained(error: ValidationError) -> tuple[tuple[str | int, ...], Text]:
    """The path of what is wrong and a sentence for it, by the schema's word that was broken."""
    path = tuple(error.absolute_path)
    schema: Any = error.schema
    broken: Any = error.validator_value
    instance: Any = error.instance
    key = ".".join(str(part) for part in path) or say("the file")
    shown = say("empty") if instance in (None, "") else str(instance)[:60]
    match error.validator:
        case "additionalProperties":
            unknown = next(name for name in instance if name not in schema["properties"])
            return (*path, unknown), _unknown_key(unknown, schema["properties"])
        case "required":
            return path, say("{key} is missing.", key=next(name for name in broken if name not in instance))
        case "type" if not path:
            return path, say("it does not hold keys and values.")
        case "enum":
            choices = ", ".join(broken)
            return path, say(
                "{key} is {value}, not one of: {choices}.", key=key, value=shown, choices=choices
            )
    return path, say("{key} cannot be {value}.", key=key, value=shown)


def _unknown_key(key: str, known: Iterable[str]) -> Text:
    if near := difflib.get_close_matches(key, list(known), n=1):
        return say("the key {key} is unknown, did you mean {near}?", key=key[:60], near=near[0])
    return say("the key {key} is unknown.", key=key[:60])
