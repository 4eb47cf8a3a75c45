"""A new proxy, or a saved one changed: its far end, and what is known of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from app.isolation.profile import MAX_NAME, NameWrong, clean_label
from app.isolation.proxies import Proxies, Proxy, Same
from app.kernel.errors import Problem
from app.ui.face import Face
from app.ui.language import tr
from app.ui.pages.proxies.date_edit import DateEdit
from app.ui.prompts import Choice
from app.ui.telling import day, proxy_words
from app.ui.widgets.drawer import Drawer
from app.ui.widgets.fields import Field
from app.ui.widgets.parts import button
from app.ui.widgets.proxy_edit import ProxyEdit


class ProxyDrawer(Drawer):
    """`saved` is sent when it is stored."""

    saved = Signal(object)  # Proxy

    def __init__(self, host: QWidget, face: Face, proxies: Proxies, proxy: Proxy | None = None) -> None:
        is_new = proxy is None
        name = "new_proxy_drawer" if is_new else "edit_proxy_drawer"
        super().__init__(host, name, tr("New proxy") if is_new else tr("Edit proxy"), face.theme.motion_ms)
        self._face = face
        self._proxies = proxies
        self._proxy = proxy
        self._is_saving = False
        self.proxy_edit = ProxyEdit(proxies, face.jobs, name="proxy_text_edit")
        self.name_edit = _line("name_edit", proxy.name if proxy else "")
        self.provider_edit = _line("provider_edit", proxy.provider if proxy else "")
        self.price_edit = _line("price_edit", proxy.price if proxy else "")
        self.date_edit = DateEdit("expires_edit", proxy.expires if proxy else None)
        self._build_fields()
        self._build_foot()
        self._before = self._state()

    @property
    def has_edits(self) -> bool:
        """Whether something would be lost."""
        return self._state() != self._before

    def begin(self) -> None:
        """Slides in."""
        self.slide_in(self.proxy_edit.edit if self._proxy is None else self.name_edit)

    def ask_to_close(self) -> None:
        if self._is_saving:
            return
        if not self.has_edits:
            self.end()
            return
        self._face.prompts.ask(
            tr("Leave without saving?"),
            tr("What you have typed is lost then."),
            (Choice("stay", tr("Go on editing"), "primary"), Choice("leave", tr("Leave"), "danger")),
            lambda key: self.end() if key == "leave" else None,
        )

    def save(self) -> None:
        """Stores it, where the fields can be read."""
        if self._is_saving:
            return
        for field in (
            *(self.proxy_field, self.name_field, self.provider_field),
            *(self.price_field, self.date_field),
        ):
            field.say("")
        if self._proxy is None and not self.proxy_edit.value:
            self.proxy_field.say(tr("Paste a proxy."), "danger")
            self.proxy_edit.edit.setFocus()
            return
        for field, edit in (
            (self.name_field, self.name_edit),
            (self.provider_field, self.provider_edit),
            (self.price_field, self.price_edit),
        ):
            try:
                clean_label(edit.text())
            except NameWrong as problem:
                field.say_problem(problem)
                edit.setFocus()
                return
        if self.date_edit.is_wrong:
            self.date_field.say(tr("Write a day as 2027-03-31, or leave it empty for never."), "danger")
            self.date_edit.edit.setFocus()
            return
        self._set_saving(True)
        self.banner.clear()
        self._face.jobs.call(self._work(), owner=self, then=self._on_saved, failed=self._on_failed)

    def _work(self) -> Callable[[], Proxy]:
        text, name = self.proxy_edit.value, self.name_edit.text()
        provider, moment, before = self.provider_edit.text(), self.date_edit.moment, self._proxy
        price = self.price_edit.text()
        keeps_day = before is not None and _day_of(before) == self.date_edit.edit.text()
        expires = Same.SAME if keeps_day else moment

        def work() -> Proxy:
            if before is not None:
                return self._proxies.change(
                    before.id, name=name, expires=expires, provider=provider, text=text or None, price=price
                )
            made = self._proxies.add(text, name)
            if provider.strip() or price.strip() or moment is not None:
                return self._proxies.change(made.id, expires=moment, provider=provider, price=price)
            return made

        return work

    def _on_saved(self, proxy: Proxy) -> None:
        self.saved.emit(proxy)
        self.end()

    def _on_failed(self, problem: Problem) -> None:
        self._set_saving(False)
        if problem.id == "proxy-name-taken":
            self.name_field.say_problem(problem)
            self.name_edit.setFocus()
        elif problem.id.startswith("proxy-string") or problem.id == "proxy-known":
            self.proxy_edit.say_problem(problem)
        else:
            self.banner.show_problem(problem)
            self.area.verticalScrollBar().setValue(0)

    def _build_fields(self) -> None:
        hint = ""
        title = tr("Proxy")
        self.proxy_edit.edit.setPlaceholderText(tr("Paste it in any form: host:port:user:password, a URL, …"))
        if self._proxy is not None:
            title = tr("Another address or password")
            hint = tr("Now: {proxy}. Leave this empty to keep it.").format(
                proxy=proxy_words(self._proxy.kind, self._proxy.host, self._proxy.port, self._proxy.username)
            )
        for made in self.proxy_edit.findChildren(QToolButton, "saved_proxies_button"):
            made.hide()  # this one is to be saved, not chosen
        self.proxy_field = Field(title, self.proxy_edit, hint, focus=self.proxy_edit.edit)
        self.name_field = Field(tr("Name"), self.name_edit, tr("Empty: made from its address"))
        self.provider_field = Field(tr("Provider"), self.provider_edit, tr("Where it was bought"))
        self.price_field = Field(tr("Price"), self.price_edit, tr("In your own words, such as $3 a month"))
        self.date_field = Field(
            tr("Expires"), self.date_edit, tr("Berth warns before that day."), focus=self.date_edit.edit
        )
        fields = [self.name_field, self.provider_field, self.price_field, self.date_field]
        fields = [self.proxy_field, *fields] if self._proxy is None else [*fields, self.proxy_field]
        for field in fields:
            self.body_layout.addWidget(field)
        self.body_layout.addStretch(1)
        edits = (self.name_edit, self.provider_edit, self.price_edit, self.date_edit.edit)
        for edit in (self.proxy_edit.edit, *edits):
            edit.returnPressed.connect(self.save)
        self.date_edit.changed.connect(lambda: self.date_field.say(""))
        self.name_edit.textEdited.connect(lambda _text: self.name_field.say(""))
        self.provider_edit.textEdited.connect(lambda _text: self.provider_field.say(""))
        self.proxy_edit.changed.connect(lambda: self.proxy_field.say(""))

    def _build_foot(self) -> None:
        self.cancel_button = button(tr("Cancel"), "cancel_button", self.ask_to_close, kind="quiet")
        self.save_button = button(tr("Save"), "save_button", self.save, kind="primary")
        self.save_button.setToolTip("Ctrl+Enter")
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.save)
        self.foot_layout.addWidget(self.cancel_button)
        self.foot_layout.addStretch(1)
        self.foot_layout.addWidget(self.save_button)

    def _state(self) -> tuple[str, ...]:
        return (
            self.proxy_edit.value,
            self.name_edit.text(),
            self.provider_edit.text(),
            self.price_edit.text(),
            self.date_edit.edit.text(),
        )

    def _set_saving(self, is_saving: bool) -> None:
        self._is_saving = is_saving
        self.save_button.setEnabled(not is_saving)
        self.save_button.setText(tr("Saving…") if is_saving else tr("Save"))


def _line(name: str, value: str) -> QLineEdit:
    edit = QLineEdit(value)
    edit.setObjectName(name)
    edit.setMaxLength(MAX_NAME * 2)
    return edit


def _day_of(proxy: Proxy) -> str:
    return day(proxy.expires) if proxy.expires is not None else ""
