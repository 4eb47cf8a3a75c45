"""One connection of the browser through its relay: read the head, ask the door, reach out, pump."""

from __future__ import annotations

import asyncio
import contextlib

from app.isolation.network import errors
from app.isolation.network.door import Answerer, Door, Refusal
from app.isolation.network.http_head import (
    HEAD_LIMIT_BYTES,
    BadHead,
    Request,
    has_header,
    page,
    read_request,
    rewritten_answer,
    status_of,
)
from app.isolation.network.leg import Ended, Leg, TooLong
from app.isolation.network.upstreams import RULE_CODES, Connector
from app.kernel.text import say

HEAD_LIMIT_S = 15.0
_BODY_LIMIT_BYTES = 2 * 1024 * 1024
_LINGER_S = 2.0
# What proxies put into answers of their own; without one of these, a refusal may be the site's.
_PROXYS_OWN = frozenset({b"proxy-status", b"proxy-agent", b"x-proxy-error", b"x-squid-error"})
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_BAD = say("Berth's relay was given something that is no request.")
_LENGTH = say("Berth's relay needs to know the length of what is sent.")
_OWN = say("This window is connected to Berth's relay.")


class Passage:
    """The set-up of one connection; once the legs are joined they go on by themselves."""

    def __init__(self, client: Leg, door: Door, connector: Connector, head_limit_s: float) -> None:
        self._client = client
        self._door = door
        self._connector = connector
        self._head_limit_s = head_limit_s
        self.upstream: Leg | None = None

    async def run(self) -> None:
        """Serves the connection's one request."""
        try:
            async with asyncio.timeout(self._head_limit_s):
                request = read_request(await self._client.read_head(HEAD_LIMIT_BYTES))
        except (Ended, TimeoutError):
            self._client.abort()
        except (TooLong, BadHead):
            await self._say(page(400, _BAD))
        else:
            await self._serve(request)

    def abort(self) -> None:
        """Breaks both ends at once."""
        self._client.abort()
        if self.upstream is not None:
            self.upstream.abort()

    async def _serve(self, request: Request) -> None:
        if not request.is_connect and self._door.answers_itself(request.host):
            # The preflight reads here what the profile sends with every request.
            await self._say(page(200, _OWN, languages=request.header(b"accept-language")))
            return
        if not request.is_connect and (answerer := self._door.site_of(request.host)) is not None:
            await self._play_site(request, answerer)
            return
        if (refusal := self._door.refusal(request.host, request.port)) is not None:
            await self._refuse(request, refusal)
            return
        try:
            if request.is_connect:
                await self._tunnel(request)
            else:
                await self._forward(request)
        except errors.ProxyProblem as problem:
            self._door.note(request.host, request.port, problem)
            await self._say(page(502, problem.text, problem.next_step))
        except BadHead:
            await self._say(page(411, _LENGTH))

    async def _play_site(self, request: Request, answerer: Answerer) -> None:
        try:
            async with asyncio.timeout(self._head_limit_s):
                body = await self._whole_body(request)
        except (Ended, TimeoutError):
            self._client.abort()
        except (TooLong, BadHead):
            await self._say(page(411, _LENGTH))
        else:
            await self._say(answerer(request, body))

    async def _whole_body(self, request: Request) -> bytes:
        length = request.body_length()
        if length > _BODY_LIMIT_BYTES:
            raise TooLong
        body = bytearray()
        while len(body) < length:
            # In pieces: a leg holds back what it is sent while much of it waits to be read.
            if not (some := await self._client.read_some()):
                raise Ended
            body += some
        return bytes(body[:length])

    async def _tunnel(self, request: Request) -> None:
        leg = await self._connector.tunnel(request.host, request.port)
        if not self._join(request, leg):
            return
        self._client.write(_ESTABLISHED)
        leg.pump_to(self._client)
        self._client.pump_to(leg)

    async def _forward(self, request: Request) -> None:
        body_length = request.body_length()
        route = await self._connector.plain(request.host, request.port)
        leg = route.leg
        if not self._join(request, leg):
            return
        leg.write(request.written(absolute=route.absolute, extra=route.headers))
        self._client.pump_to(leg, body_length)
        with contextlib.suppress(Ended):
            while 100 <= (status := status_of(head := await self._answer_head(request, leg))) < 200:
                self._client.write(head)
            if status == 407 and route.absolute:
                leg.unpair()
                leg.abort()
                raise errors.auth_failed(self._connector.upstream)
            if route.absolute and status in RULE_CODES and has_header(head, _PROXYS_OWN):
                # It is passed on all the same: the page says more than we can.
                problem = errors.refused_by_rule(self._connector.upstream, status)
                self._door.note(request.host, request.port, problem)
            self._client.write(rewritten_answer(head))
            leg.pump_to(self._client)

    async def _answer_head(self, request: Request, leg: Leg) -> bytes:
        try:
            head = await leg.read_head(HEAD_LIMIT_BYTES)
            status_of(head)
        except (Ended, TooLong, BadHead):
            if self._client.is_lost or self._client.transport.is_closing():
                raise Ended from None
            leg.unpair()
            leg.abort()
            raise errors.target_failed(request.host, self._connector.upstream) from None
        return head

    def _join(self, request: Request, leg: Leg) -> bool:
        """Ties the two ends; False when the browser left or the relay shut meanwhile."""
        refusal = self._door.refusal(request.host, request.port)
        if self._client.is_lost or self._client.transport.is_closing() or refusal is not None:
            leg.abort()
            self._client.abort()
            return False
        self.upstream = leg
        self._door.count(request.host, request.port)
        self._client.pair(leg)
        return True

    async def _refuse(self, request: Request, refusal: Refusal) -> None:
        self._door.note(request.host, request.port, refusal)
        await self._say(page(refusal.status, refusal.text, refusal.next_step))

    async def _say(self, answer: bytes) -> None:
        """Answers by ourselves and closes, giving the browser time to read it."""
        self._client.discard()
        self._client.write(answer)
        self._client.end()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_S):
                await self._client.gone()
        self._client.close()
