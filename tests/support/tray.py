"""A desktop's tray: what GNOME's and KDE's panels do, spoken over a session bus of the test's own.

Formats: freedesktop.org StatusNotifierItem and StatusNotifierWatcher, and com.canonical.dbusmenu.
"""

from __future__ import annotations

import subprocess
import threading
from typing import Any, Self

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    new_error,
    new_method_call,
    new_method_return,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

from tests.support.stage import until

_WATCHER = "org.kde.StatusNotifierWatcher"
_ITEM = "org.kde.StatusNotifierItem"
_MENU = "com.canonical.dbusmenu"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_PAUSE_S = 0.2
_INTROSPECTION = f"""<node><interface name="{_WATCHER}">
<method name="RegisterStatusNotifierItem"><arg type="s" direction="in"/></method>
<property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
<property name="ProtocolVersion" type="i" access="read"/>
<property name="RegisteredStatusNotifierItems" type="as" access="read"/>
</interface></node>"""
_VALUES = {
    "IsStatusNotifierHostRegistered": ("b", True),
    "ProtocolVersion": ("i", 0),
    "RegisteredStatusNotifierItems": ("as", []),
}


class DesktopTray:
    """Shows one program's icon. `address` is the bus on which it is found."""

    def __enter__(self) -> Self:
        words = ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
        self._daemon = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert self._daemon.stdout is not None
        self.address = self._daemon.stdout.readline().strip()
        self._item = ""
        self._is_over = threading.Event()
        self._asked = open_dbus_connection(self.address)
        self._asked.send_and_get_reply(message_bus.RequestName(_WATCHER))
        self._asking = open_dbus_connection(self.address)
        self._thread = threading.Thread(target=self._answer_all, name="desktop-tray")
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_over.set()
        self._thread.join()
        self._asked.close()
        self._asking.close()
        self._daemon.terminate()
        self._daemon.communicate()

    # --- what a person does and sees ------------------------------------------------------------------------

    def wait_for_icon(self) -> None:
        """Waits until the program has put its icon into the tray."""
        until(lambda: self._item, 20)

    @property
    def tip(self) -> str:
        """What the icon says when the pointer rests on it."""
        _, _, title, text = self._property("ToolTip")
        return f"{title} {text}".strip()

    def click(self) -> None:
        """A click on the icon."""
        self._ask("/StatusNotifierItem", _ITEM, "Activate", "ii", (0, 0))

    def menu(self) -> dict[str, int]:
        """The texts of the icon's menu, opened now, with the number by which each is chosen."""
        path = self._property("Menu")
        self._ask(path, _MENU, "AboutToShow", "i", (0,))
        _, (_, _, entries) = self._ask(path, _MENU, "GetLayout", "iias", (0, -1, ["label"]))
        found = [entry for _, entry in entries]
        return {facts["label"][1]: number for number, facts, _ in found if "label" in facts}

    def choose(self, text: str) -> None:
        """Opens the menu and chooses an entry."""
        number = self.menu()[text]
        path = self._property("Menu")
        self._ask(path, _MENU, "Event", "isvu", (number, "clicked", ("s", ""), 0))

    # --- the bus --------------------------------------------------------------------------------------------

    def _property(self, name: str) -> Any:
        ((_, value),) = self._ask("/StatusNotifierItem", _PROPERTIES, "Get", "ss", (_ITEM, name))
        return value

    def _ask(self, path: str, interface: str, method: str, signature: str, body: tuple[object, ...]) -> Any:
        address = DBusAddress(path, self._item, interface)
        reply = self._asking.send_and_get_reply(new_method_call(address, method, signature, body), timeout=10)
        assert reply.header.message_type is MessageType.method_return, reply.body
        return reply.body

    def _answer_all(self) -> None:
        while not self._is_over.is_set():
            try:
                message = self._asked.receive(timeout=_PAUSE_S)
            except TimeoutError:
                continue
            if message.header.message_type is MessageType.method_call:
                self._asked.send(self._answer(message))

    def _answer(self, message: Message) -> Message:
        fields = message.header.fields
        member = fields[HeaderFields.member]
        if member == "Introspect":
            return new_method_return(message, "s", (_INTROSPECTION,))
        if member == "Get" and message.body[1] in _VALUES:
            return new_method_return(message, "v", (_VALUES[message.body[1]],))
        if member == "GetAll":
            return new_method_return(message, "a{sv}", (_VALUES,))
        if member == "RegisterStatusNotifierItem":
            self._item = fields[HeaderFields.sender]
            return new_method_return(message)
        return new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")
