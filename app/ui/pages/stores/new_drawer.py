"""New store: template, name, proxy; everything else has a sound default and can be changed later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from app.isolation.profile import MAX_NAME, NameWrong, Profile
from app.isolation.profile_problems import NameTaken
from app.isolation.room import IsolationRoom
from app.isolation.template import Template
from app.kernel.errors import Problem
from app.ui.face import Face
from app.ui.language import tr
from app.ui.pages.stores.gallery import Gallery
from app.ui.pages.stores.words import template_title
from app.ui.theme.icons import icon
from app.ui.widgets.banner import Way
from app.ui.widgets.drawer import Drawer
from app.ui.widgets.fields import Field
from app.ui.widgets.parts import button, label, plain
from app.ui.widgets.proxy_edit import ProxyEdit


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, without the proxy: it holds a password, and a lock must not leave one in memory."""

    template: str = ""
    name: str = ""
    group: str = ""


class NewStoreDrawer(Drawer):
    """One drawer, three fields. `made` is sent after each save."""

    made = Signal(object, bool)  # Profile, whether it is to be opened

    def __init__(
        self,
        host: QWidget,
        face: Face,
        room: IsolationRoom,
        draft: Draft,
        *,
        is_first: bool,
        warns: bool,
        explain: Callable[[], None],
    ) -> None:
        super().__init__(host, "new_store_drawer", tr("New store"), face.theme.motion_ms)
        self._face = face
        self._room = room
        self._warns = warns  # before the first store of all
        self._explain = explain
        self._group = draft.group
        self._is_saving = False
        self._was_warned = False
        self._named_by_template = ""
        if is_first:
            self.body_layout.addWidget(label(tr("Step {number} of 3").format(number=3), "muted"))
        self.gallery = Gallery(room.templates.all(), draft.template)
        self.gallery.chosen.connect(self._on_template)
        self.template_field = Field(tr("Template"), self.gallery, focus=self.gallery.first)
        self.name_edit = QLineEdit(draft.name)
        self.name_edit.setObjectName("name_edit")
        self.name_edit.setMaxLength(MAX_NAME * 2)
        self.name_field = Field(tr("Name"), self.name_edit)
        self.name_edit.textEdited.connect(lambda _text: self.name_field.say(""))
        self.proxy_edit = ProxyEdit(room.proxies, face.jobs)
        self.proxy_field = Field(tr("Proxy"), self.proxy_edit, focus=self.proxy_edit.edit)
        self.proxy_edit.changed.connect(lambda: self.proxy_field.say(""))
        for field in (self.template_field, self.name_field, self.proxy_field):
            self.body_layout.addWidget(field)
        self._build_folded()
        self.body_layout.addStretch(1)
        self._build_foot()
        self.setTabOrder(self.name_edit, self.proxy_edit.edit)

    @property
    def draft(self) -> Draft:
        """What was typed, without the proxy."""
        template = self.gallery.template
        return Draft(template.id if template else "", self.name_edit.text(), self._group)

    @property
    def has_edits(self) -> bool:
        """Whether something would be lost."""
        return bool(
            self.proxy_edit.value
            or (self.name_edit.text() and self.name_edit.text() != self._named_by_template)
        )

    def begin(self) -> None:
        """Slides in, with the caret where the next thing is to be done."""
        self.slide_in(self.name_edit if self.gallery.template is not None else self.gallery.first)

    def ask_to_close(self) -> None:
        self.leave(self._face.prompts, lambda: None)

    def save(self, *, opens: bool, goes_on: bool) -> None:
        """Saves; then opens the window, or is ready for the next store."""
        if self._is_saving:
            return
        template = self.gallery.template
        if template is None:
            self.template_field.say(tr('Choose a template; "Any site" suits every platform.'), "danger")
            self.gallery.first.setFocus()
            return
        if not self.name_edit.text().strip():
            self.name_field.say(tr("A store needs a name."), "danger")
            self.name_edit.setFocus()
            return
        if not self.proxy_edit.value:
            self.proxy_field.say(tr('Paste a proxy, or type "direct" to go without one.'), "danger")
            self.proxy_edit.edit.setFocus()
            return
        if self._warns and not self._was_warned:
            self._warn_once(opens=opens, goes_on=goes_on)
            return
        self._set_saving(True)
        self.banner.clear()
        name, proxy = self.name_edit.text(), self.proxy_edit.value
        values = [("group", self._group)] if self._group else []
        self._face.jobs.write(
            lambda: self._room.profiles.new(name, template=template.id, proxy=proxy, values=values),
            owner=self,
            then=lambda profile: self._on_saved(profile, opens, goes_on),
            failed=self._on_failed,
        )

    def _on_saved(self, profile: Profile, opens: bool, goes_on: bool) -> None:
        self._set_saving(False)
        self._warns = False
        self.made.emit(profile, opens)
        if not goes_on:
            self.end()
            return
        self.name_edit.clear()
        self.proxy_edit.set_value("")
        self.title_label.setText(tr("Next store"))
        self.name_edit.setFocus()

    def _on_failed(self, problem: Problem) -> None:
        self._set_saving(False)
        if isinstance(problem, (NameWrong, NameTaken)):
            self.name_field.say_problem(problem)
            self.name_edit.setFocus()
        elif problem.id.startswith("proxy"):
            self.proxy_edit.say_problem(problem)
        else:
            self.banner.show_problem(problem)

    def _warn_once(self, *, opens: bool, goes_on: bool) -> None:
        """Before the first store of all: what stores on one machine share."""
        self._was_warned = True
        self.banner.show_text(
            tr("Stores on this computer share one graphics card, canvas and set of fonts."),
            tr("To keep two accounts apart in that, too, use two computers."),
            level="info",
            ways=(
                Way(
                    tr("Understood, save"),
                    "understood_button",
                    lambda: self.save(opens=opens, goes_on=goes_on),
                    "primary",
                ),
                Way(tr("What does that mean?"), "explain_button", self._explain, "link"),
            ),
        )
        self.area.verticalScrollBar().setValue(0)
        understood = next(iter(self.banner.buttons), None)
        if understood is not None:
            understood.setFocus()

    def _on_template(self, template: Template) -> None:
        self.template_field.say("")
        if self.name_edit.text() in ("", self._named_by_template):
            self._named_by_template = template_title(template)
            self.name_edit.setText(self._named_by_template)
            self.name_edit.selectAll()
        self.name_edit.setFocus()

    def _build_folded(self) -> None:
        self._unfold = QToolButton()
        self._unfold.setObjectName("fingerprint_fold_button")
        self._unfold.setProperty("kind", "quiet")
        self._unfold.setCheckable(True)
        self._unfold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._unfold.setText(tr("Fingerprint: automatic, by the exit"))
        self._unfold.setIcon(icon("chevron-right", "muted"))
        self._unfold.toggled.connect(self._on_unfold)
        self._folded = plain()
        text = label(
            tr(
                "Language and time zone follow the proxy's country and are fixed when the store is first "
                "opened. Window size, scale and number of cores are drawn from what this computer can "
                "truly show, "
                "differ from your other stores, and stay for the store's life. Everything else is the real "
                'browser\'s own. You can look at all of it, and change it, in the tab "Fingerprint".'
            ),
            "muted",
            wraps=True,
        )
        from PySide6.QtWidgets import QVBoxLayout

        column = QVBoxLayout(self._folded)
        column.setContentsMargins(8, 0, 0, 0)
        column.addWidget(text)
        self._folded.hide()
        self.body_layout.addWidget(self._unfold, 0, Qt.AlignmentFlag.AlignLeft)
        self.body_layout.addWidget(self._folded)

    def _on_unfold(self, is_open: bool) -> None:
        self._folded.setVisible(is_open)
        self._unfold.setIcon(icon("chevron-down" if is_open else "chevron-right", "muted"))

    def _build_foot(self) -> None:
        self.cancel_button = button(tr("Cancel"), "cancel_button", self.ask_to_close, kind="quiet")
        self.next_button = button(
            tr("Save, then the next"), "save_next_button", lambda: self.save(opens=False, goes_on=True)
        )
        self.open_button = button(
            tr("Save and open"),
            "save_open_button",
            lambda: self.save(opens=True, goes_on=False),
            kind="primary",
        )
        self.open_button.setToolTip("Ctrl+Enter")
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, lambda: self.save(opens=True, goes_on=False))
        self.foot_layout.addWidget(self.cancel_button)
        self.foot_layout.addStretch(1)
        self.foot_layout.addWidget(self.next_button)
        self.foot_layout.addWidget(self.open_button)

    def _set_saving(self, is_saving: bool) -> None:
        self._is_saving = is_saving
        for made in (self.next_button, self.open_button):
            made.setEnabled(not is_saving)
        self.open_button.setText(tr("Saving…") if is_saving else tr("Save and open"))
