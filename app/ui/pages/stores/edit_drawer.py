"""Edit a store: every key of its record, as the core's own table of keys reads and shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from app.isolation.profile import ENGINE_CHANNELS, ENGINE_KINDS, AccountStatus, Profile
from app.isolation.profile_keys import KEYS, Change
from app.isolation.profile_writing import PROXY_KEY
from app.isolation.proxies import DIRECT_WORD
from app.isolation.room import IsolationRoom
from app.isolation.template import WEBRTC_WORDS
from app.kernel.errors import Problem
from app.kernel.gate import Answer, Refused
from app.kernel.text import Text, say
from app.ui.face import Face
from app.ui.language import told, tr
from app.ui.pages.stores import editors
from app.ui.pages.stores.editors import ColourEdit, PlaceEdit
from app.ui.pages.stores.words import STATUS_TEXTS
from app.ui.widgets.drawer import Drawer
from app.ui.widgets.fields import Choice as ChoiceField
from app.ui.widgets.fields import Field, OpenChoice
from app.ui.widgets.parts import button, label
from app.ui.widgets.proxy_edit import ProxyEdit

_PART_MS = 8
_ANY = say("This computer's default")
_NONE = say("Any")
_ON, _OFF = say("On"), say("Off")


@dataclass(frozen=True, slots=True)
class FormRow:
    """One field: the core's key, its title, a hint, and its choices where it has some."""

    key: str
    title: Text
    hint: Text | None = None
    choices: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and its fields."""

    title: Text
    rows: tuple[FormRow, ...]


_ENGINES = {
    "auto": _ANY,
    "chrome": Text("Google Chrome"),
    "edge": Text("Microsoft Edge"),
    "chromium": Text("Chromium"),
    "brave": Text("Brave"),
}
_CHANNELS = {
    "": _NONE,
    "stable": say("Stable"),
    "beta": Text("Beta"),
    "dev": Text("Dev"),
    "canary": Text("Canary"),
}
_WEBRTC = {
    "proxy-only": say("Through the proxy only"),
    "public-only": say("Public address only"),
    "default": say("As the browser does by itself"),
}
_PICTURES = (("real", say("Real, as on this computer")), ("noise", say("Noise of this store's own")))
_NOISE_HINT = say("Noise differs for each store, and can be seen as noise")
# Keys whose values the core takes from a table, and those for which it knows likely ones; by the market.
_TABLES: dict[str, Callable[[], list[tuple[str, str]]]] = {
    "fingerprint.window": editors.windows,
    "fingerprint.scale": editors.scales,
}
_OPEN_TABLES: dict[str, Callable[[str], list[tuple[str, str]]]] = {
    "platform": lambda _market: editors.platforms(),
    "market": lambda _market: editors.markets(),
    "fingerprint.languages": editors.languages,
    "fingerprint.timezone": editors.timezones,
}
PARTS: tuple[Part, ...] = (
    Part(
        say("Store"),
        (
            FormRow("name", say("Name")),
            FormRow("number", say("Number")),
            FormRow("colour", say("Colour")),
            FormRow("platform", say("Platform")),
            FormRow("market", say("Market")),
            FormRow(
                "status",
                say("Account status"),
                choices=tuple((status.value, STATUS_TEXTS[status]) for status in AccountStatus),
            ),
            FormRow("group", say("Group")),
            FormRow("tags", say("Tags"), say("With commas between them")),
            FormRow("operator", say("Responsible")),
            FormRow("legal-entity", say("Legal entity")),
        ),
    ),
    Part(
        say("Browser"),
        (
            FormRow("engine", say("Browser"), choices=tuple((one, _ENGINES[one]) for one in ENGINE_KINDS)),
            FormRow(
                "engine-channel",
                say("Channel"),
                choices=tuple((one, _CHANNELS[one]) for one in ENGINE_CHANNELS),
            ),
            FormRow("engine-path", say("Program"), say("Full path; empty for any that is found")),
            FormRow("start-pages", say("Start pages"), say("One address a line")),
            FormRow("downloads", say("Downloads folder"), say("Full path; empty for the usual one")),
            FormRow(
                "allow-private",
                say("May reach private networks"),
                choices=(("off", _OFF), ("on", _ON)),
            ),
        ),
    ),
    Part(
        say("Stays shut"),
        (
            FormRow(
                "stop-without-network",
                say("When no exit is found"),
                say("Off: opens all the same; pages fail until the proxy answers"),
                choices=(("on", _ON), ("off", _OFF)),
            ),
            FormRow(
                "stop-at-new-country",
                say("When the exit is in another country"),
                say("Than the last time, or than at the opening"),
                choices=(("on", _ON), ("off", _OFF)),
            ),
            FormRow(
                "stop-at-new-exit",
                say("When the exit has another address"),
                say("Only for proxies that keep theirs"),
                choices=(("off", _OFF), ("on", _ON)),
            ),
        ),
    ),
    Part(
        say("Fingerprint"),
        (
            FormRow("fingerprint.languages", say("Languages")),
            FormRow("fingerprint.timezone", say("Time zone")),
            FormRow("fingerprint.geolocation", say("Location")),
            FormRow("fingerprint.window", say("Window size")),
            FormRow("fingerprint.scale", say("Scale")),
            FormRow("fingerprint.cores", say("Processor cores"), say("No more than this computer has")),
            FormRow(
                "fingerprint.webrtc",
                say("WebRTC"),
                choices=tuple((one, _WEBRTC[one]) for one in WEBRTC_WORDS),
            ),
            FormRow("fingerprint.canvas", say("Canvas"), _NOISE_HINT, _PICTURES),
            FormRow("fingerprint.audio", say("Audio"), _NOISE_HINT, _PICTURES),
        ),
    ),
)


class EditStoreDrawer(Drawer):
    """Saves all changes or none. `saved` is sent with the record as it is then."""

    saved = Signal(object)  # Profile

    def __init__(
        self,
        host: QWidget,
        face: Face,
        room: IsolationRoom,
        profile: Profile,
        proxy: str,
        focus: str,
        draft: Mapping[str, str] | None = None,
    ) -> None:
        title = tr("Edit {name}").format(name=f"{profile.shown_number} {profile.name}")
        super().__init__(host, "edit_store_drawer", "", face.theme.motion_ms)
        self.title_label.setText(title if len(title) < 40 else f"{title[:39]}…")
        self.setAccessibleName(title)
        self._face = face
        self._room = room
        self._profile = profile
        self._proxy_before = proxy or DIRECT_WORD
        self._focus = focus
        self._is_saving = False
        self._draft = draft or {}
        self._fields: dict[str, Field] = {}
        self._before: dict[str, str] = {}
        self._left = list(PARTS[1:])
        self._build_first(PARTS[0])
        self._build_foot()
        self._later = QTimer(self, interval=_PART_MS)
        self._later.timeout.connect(self._build_next)
        self._later.start()

    def begin(self) -> None:
        """Slides in, with the caret in the field that was asked for."""
        if self._focus not in {PROXY_KEY, *self._fields}:
            self._build_all()
        if self._focus == PROXY_KEY:
            focus: QWidget = self.proxy_edit.edit
        else:
            focus = self._fields[self._focus if self._focus in self._fields else "name"].edit
        self.slide_in(focus)
        if isinstance(focus, QLineEdit):
            focus.selectAll()
        elif isinstance(focus, OpenChoice):
            focus.line.selectAll()
        self.area.ensureWidgetVisible(focus)

    @property
    def profile(self) -> str:
        """The id of the store that is being changed."""
        return self._profile.id

    @property
    def changes(self) -> list[tuple[str, str]]:
        """The keys whose values are others now."""
        self._build_all()  # a draft may hold values for fields that are not there yet
        found = [(key, now) for key in self._fields if (now := self._value(key)) != self._before[key]]
        if self.proxy_edit.value != self._proxy_before:
            found.append((PROXY_KEY, self.proxy_edit.value or DIRECT_WORD))
        return found

    @property
    def draft(self) -> dict[str, str]:
        """What was changed, without the proxy: it may hold a password, and a lock must leave none."""
        return {key: value for key, value in self.changes if key != PROXY_KEY}

    @property
    def has_edits(self) -> bool:
        return bool(self.changes)

    @property
    def is_whole(self) -> bool:
        return not self._left

    def ask_to_close(self) -> None:
        self.leave(self._face.prompts, lambda: None)

    def save(self, *, confirm: bool = False, reason: str | None = None) -> None:
        """Saves what is different; asks for a reason where the core wants one."""
        changes = self.changes
        if self._is_saving:
            return
        if not changes:
            self.end()
            return
        self._set_saving(True)
        self.banner.clear()
        self._face.jobs.call(
            lambda: self._room.profiles.set(self._profile.id, changes, confirm=confirm, reason=reason),
            owner=self,
            then=self._on_saved,
            failed=self._on_failed,
        )

    def _on_saved(self, profile: Profile) -> None:
        self.saved.emit(profile)
        self.end()

    def _on_failed(self, problem: Problem) -> None:
        self._set_saving(False)
        if isinstance(problem, Refused) and problem.needs is Answer.REASON:
            self._face.prompts.ask_text(
                tr("Change it all the same?"),
                f"{told(problem.text)} {tr('Say why; it is kept in the history.')}",
                "",
                tr("Change"),
                lambda reason: self.save(confirm=True, reason=reason) if reason.strip() else None,
            )
            return
        key = str(problem.text.facts.get("key", "")) if problem.text.facts else ""
        if problem.id.startswith(("proxy-string", "proxy-missing", "proxy-known", "proxy-name")):
            self.proxy_edit.say_problem(problem)
        elif (field := self._fields.get(key) or self._by_problem(problem)) is not None:
            field.say_problem(problem)
            field.edit.setFocus()
            self.area.ensureWidgetVisible(field)
        else:
            self.banner.show_problem(problem)
            self.area.verticalScrollBar().setValue(0)

    def _by_problem(self, problem: Problem) -> Field | None:
        keys = {"name-taken": "name", "number-taken": "number", "address-wrong": "start-pages"}
        return self._fields.get(keys.get(problem.id, ""))

    def _build_first(self, part: Part) -> None:
        self.body_layout.addWidget(label(told(part.title), "heading"))
        self._build_rows(part.rows[:1])
        self.proxy_edit = ProxyEdit(self._room.proxies, self._face.jobs, self._proxy_before)
        self.proxy_field = Field(tr("Proxy"), self.proxy_edit, focus=self.proxy_edit.edit, parent=self.body)
        self.body_layout.addWidget(self.proxy_field)
        self._build_rows(part.rows[1:])

    def _build_next(self) -> None:
        """What is below the first screen comes a part at a time: all at once would hold up keys."""
        if not self._left:
            self._later.stop()
            return
        part = self._left.pop(0)
        self.body_layout.addWidget(label(told(part.title), "heading"))
        self._build_rows(part.rows)
        # Tab goes on in the order in which things came; the foot came before these.
        self.setTabOrder(self._fields[part.rows[-1].key].edit, self.cancel_button)
        self.setTabOrder(self.cancel_button, self.save_button)

    def _build_all(self) -> None:
        while self._left:
            self._build_next()

    def _build_rows(self, rows: Sequence[FormRow]) -> None:
        for row in rows:
            key = KEYS[row.key]
            value = key.show(self._profile)
            edit = self._editor(row, self._draft.get(row.key, value))
            hint = told(row.hint) if row.hint is not None else ""
            if key.change is Change.ASKS_AFTER_FIRST_OPENING and self._profile.was_opened:
                hint = f"{hint} · {tr('Stores have seen it; a change asks for a reason.')}".strip(" ·")
            focus = edit.edit if isinstance(edit, ColourEdit) else edit.focusProxy()
            field = Field(told(row.title), edit, hint, focus, self.body)
            self._fields[row.key] = field
            self._before[row.key] = value if row.key in self._draft else self._value(row.key)
            self.body_layout.addWidget(field)

    def _editor(self, row: FormRow, value: str) -> QWidget:
        name = f"{row.key.replace('.', '_').replace('-', '_')}_edit"
        if row.choices:
            return ChoiceField(name, [(key, told(text)) for key, text in row.choices], value)
        if row.key in _TABLES:
            return ChoiceField(name, _TABLES[row.key](), value)
        if row.key in _OPEN_TABLES:
            choice = OpenChoice(name, _OPEN_TABLES[row.key](self._profile.market), value)
            choice.entered.connect(partial(self.save))
            return choice
        if row.key == "colour":
            colour = ColourEdit(name, value)
            colour.edit.returnPressed.connect(partial(self.save))
            return colour
        if row.key == "fingerprint.geolocation":
            place = PlaceEdit(name, value)
            for line in (place.latitude_edit, place.longitude_edit):
                line.returnPressed.connect(partial(self.save))
            return place
        if row.key == "start-pages":
            pages = QPlainTextEdit("\n".join(value.split()))
            pages.setObjectName(name)
            pages.setFixedHeight(84)
            pages.setTabChangesFocus(True)
            return pages
        edit = QLineEdit(value)
        edit.setObjectName(name)
        edit.setMaxLength(8_192)
        edit.returnPressed.connect(partial(self.save))
        return edit

    def _value(self, key: str) -> str:
        edit = self._fields[key].edit
        if isinstance(edit, ChoiceField | OpenChoice | ColourEdit | PlaceEdit):
            return edit.value
        if isinstance(edit, QPlainTextEdit):
            return " ".join(edit.toPlainText()[:50_000].split())
        assert isinstance(edit, QLineEdit)
        return edit.text()

    def _build_foot(self) -> None:
        self.cancel_button = button(tr("Cancel"), "cancel_button", self.ask_to_close, kind="quiet")
        self.save_button = button(tr("Save"), "save_button", self.save, kind="primary")
        self.save_button.setToolTip("Ctrl+Enter")
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.save)
        self.foot_layout.addWidget(self.cancel_button)
        self.foot_layout.addStretch(1)
        self.foot_layout.addWidget(self.save_button)

    def _set_saving(self, is_saving: bool) -> None:
        self._is_saving = is_saving
        self.save_button.setEnabled(not is_saving)
        self.save_button.setText(tr("Saving…") if is_saving else tr("Save"))
