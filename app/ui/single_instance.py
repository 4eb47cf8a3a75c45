"""One window program for each data folder: a lock decides, a local socket passes on what was asked."""

from __future__ import annotations

import hashlib
import json

from PySide6.QtCore import QLockFile, QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app.kernel.errors import Problem
from app.kernel.paths import Paths, private_folder

_VERSION = 1
_LIMIT_MS = 2_000
_LONGEST = 64 * 1024


class SingleInstance(QObject):
    """Held by the first program; the others hand their words over and end."""

    asked = Signal(list)  # words of a later start

    def __init__(self, paths: Paths, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._paths = paths
        self._lock: QLockFile | None = None
        self._server: QLocalServer | None = None

    def take(self, words: list[str]) -> bool:
        """True for the first; False when another has it and was told. Without a place for the lock: True."""
        try:
            private_folder(self._paths.state)
            private_folder(self._paths.runtime)
        except Problem:
            return True  # a read-only folder: the vault's own lock keeps two from writing
        # A server alone cannot decide: on Linux a second `listen` succeeds (QTBUG-48635).
        self._lock = QLockFile(str(self._paths.state / "gui.lock"))
        self._lock.setStaleLockTime(0)
        if not self._lock.tryLock(0) and (self._hand_over(words) or not self._lock.tryLock(_LIMIT_MS)):
            return False
        self._listen()
        return True

    def release(self) -> None:
        """For the end."""
        if self._server is not None:
            self._server.close()
        if self._lock is not None:
            self._lock.unlock()

    def _name(self) -> str:
        mark = hashlib.sha256(str(self._paths.data.absolute()).encode()).hexdigest()[:16]
        return str(self._paths.runtime / f"gui-{mark}.sock")

    def _listen(self) -> None:
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(self._name())
        self._server.newConnection.connect(self._on_connection)
        self._server.listen(self._name())

    def _hand_over(self, words: list[str]) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self._name())
        if not socket.waitForConnected(_LIMIT_MS):
            return False
        socket.write(json.dumps({"version": _VERSION, "words": words}).encode() + b"\n")
        sent = socket.waitForBytesWritten(_LIMIT_MS)
        socket.waitForReadyRead(_LIMIT_MS)
        socket.disconnectFromServer()
        return sent

    @Slot()
    def _on_connection(self) -> None:
        assert self._server is not None
        socket = self._server.nextPendingConnection()
        # Not a lambda: it would hold this object, and let go of it in the middle of the socket's own end.
        socket.readyRead.connect(self._on_ready)
        socket.disconnected.connect(socket.deleteLater)

    @Slot()
    def _on_ready(self) -> None:
        socket = self.sender()
        if not isinstance(socket, QLocalSocket):
            return
        if not socket.canReadLine():
            if socket.bytesAvailable() > _LONGEST:
                socket.abort()
            return
        raw = bytes(socket.readLine(_LONGEST).data())
        socket.write(b"ok\n")
        socket.flush()
        try:
            message = json.loads(raw)
            words = message["words"] if message["version"] == _VERSION else []
        except (ValueError, KeyError, TypeError, RecursionError):
            return
        if isinstance(words, list) and all(isinstance(word, str) for word in words):
            self.asked.emit(words)
