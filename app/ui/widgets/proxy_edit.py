"""A field for a network path: paste a proxy in any form, choose a saved one, or go direct."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from app.isolation.checks import Exit
from app.isolation.network.proxy_string import ProxyString, ProxyStringAmbiguous, parse, write
from app.isolation.proxies import DIRECT_WORD, Proxies, Proxy
from app.kernel.errors import Problem
from app.ui.bridge import GuiJobs
from app.ui.language import told_whole, tr
from app.ui.telling import country_title, far_end, proxy_words
from app.ui.widgets.fields import LONGEST_PASTE
from app.ui.widgets.parts import button, icon_button, label, set_kind

_TEST_AFTER_MS = 700
_LISTED = 60


class ProxyEdit(QWidget):
    """Says at once how it reads what was typed, and tests it in the background."""

    changed = Signal()

    def __init__(self, proxies: Proxies, jobs: GuiJobs, value: str = "", *, name: str = "proxy_edit") -> None:
        super().__init__()
        self._proxies = proxies
        self._jobs = jobs
        self._saved: dict[str, Proxy] = {}
        self._tested = ""
        self.edit = QLineEdit(value)
        self.edit.setObjectName(name)
        self.edit.setMaxLength(LONGEST_PASTE)
        self.edit.setPlaceholderText(tr("Paste a proxy in any form, or choose a saved one"))
        self.edit.textChanged.connect(self._on_changed)
        self._choose = icon_button("chevron-down", tr("Saved proxies"), "saved_proxies_button", self._on_menu)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.edit, 1)
        row.addWidget(self._choose)
        self.read_label = label(kind="muted", wraps=True)
        self.read_label.setObjectName("proxy_read_label")
        self.test_label = label(kind="muted", wraps=True)
        self.test_label.setObjectName("proxy_test_label")
        self._readings = QHBoxLayout()
        self._readings.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addLayout(row)
        column.addWidget(self.read_label)
        column.addLayout(self._readings)
        column.addWidget(self.test_label)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._test)
        self._load_saved()
        self._say("", "")

    @property
    def value(self) -> str:
        """What the core is to read: direct, a saved proxy's name, or a proxy string."""
        return self.edit.text().strip()

    def set_value(self, value: str) -> None:
        """Puts something into the field."""
        self.edit.setText(value)

    def say_problem(self, problem: Problem) -> None:
        """What the core did not like."""
        self._say(told_whole(problem), "danger")
        self.edit.setFocus()

    def _load_saved(self) -> None:
        def work() -> list[Proxy]:
            return list(self._proxies.page(limit=_LISTED).rows)

        def done(found: list[Proxy]) -> None:
            self._saved = {proxy.name: proxy for proxy in found}
            if self.value in self._saved:
                self._on_changed(self.edit.text())

        self._jobs.call(work, owner=self, then=done, failed=lambda _problem: None)

    @Slot()
    def _on_menu(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("saved_proxies_menu")
        menu.addAction(tr("Direct, without a proxy"), partial(self.set_value, DIRECT_WORD))
        if self._saved:
            menu.addSeparator()
        for name, proxy in self._saved.items():
            text = f"{name}   {proxy.kind.value}".replace("&", "&&")
            if proxy.used_by:
                text += "   " + tr("used by %n", n=proxy.used_by)
            menu.addAction(text, partial(self.set_value, name))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._choose.mapToGlobal(self._choose.rect().bottomLeft()))

    @Slot(str)
    def _on_changed(self, text: str) -> None:
        self._timer.stop()
        self._tested = ""
        self.test_label.hide()
        self._clear_readings()
        wanted = text.strip()
        if not wanted:
            self._say("", "")
        elif wanted.lower() == DIRECT_WORD:
            self._say(tr("No proxy: stores see this computer's own address."), "warn")
        elif wanted in self._saved:
            proxy = self._saved[wanted]
            self._say(proxy_words(proxy.kind, proxy.host, proxy.port, proxy.username), "ok")
        elif ":" not in wanted:
            self._say(tr("No saved proxy has this name."), "muted")
        else:
            self._read(wanted)
        self.changed.emit()

    def _read(self, wanted: str) -> None:
        try:
            found = parse(wanted)
        except ProxyStringAmbiguous as problem:
            self._say(tr("This can be read in two ways. Which one is meant?"), "warn")
            self._offer(problem.readings)
        except Problem as problem:
            self._say(told_whole(problem), "danger")
        else:
            far = found.upstream
            self._say(proxy_words(far.kind, far.host, far.port, far.username), "ok")
            self._timer.start(_TEST_AFTER_MS)

    def _offer(self, readings: tuple[ProxyString, ...]) -> None:
        for at, reading in enumerate(readings):
            change = f"[{reading.change_ip_url}]" if reading.change_ip_url else ""
            text = write(reading.upstream) + change
            shown = far_end(reading.upstream.host, reading.upstream.port)
            self._readings.addWidget(button(shown, f"reading_{at}_button", partial(self.set_value, text)))
        self._readings.addStretch(1)

    def _clear_readings(self) -> None:
        while (item := self._readings.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def _say(self, text: str, kind: str) -> None:
        self.read_label.setText(text)
        self.read_label.setVisible(bool(text))
        set_kind(self.read_label, kind or "muted")
        set_kind(self.edit, "wrong" if kind == "danger" else "", "state")

    @Slot()
    def _test(self) -> None:
        wanted = self._tested = self.value
        self._say_test(tr("Testing…"), "muted")
        check: Callable[[], Exit] = partial(self._proxies.check_text, wanted)
        self._jobs.call(
            check,
            owner=self,
            then=partial(self._on_tested, wanted),
            failed=partial(self._on_test_failed, wanted),
        )

    def _on_tested(self, wanted: str, found: Exit) -> None:
        if wanted == self._tested:
            country = country_title(found.country) or tr("unknown country")
            text = tr("It works: exit {ip}, {country}, {ms} ms").format(
                ip=found.ip, country=country, ms=found.latency_ms
            )
            self._say_test(text, "ok")

    def _on_test_failed(self, wanted: str, problem: Problem) -> None:
        if wanted == self._tested:
            self._say_test(told_whole(problem), "danger")

    def _say_test(self, text: str, kind: str) -> None:
        self.test_label.setText(text)
        self.test_label.show()
        set_kind(self.test_label, kind)
