"""The monitor's side: answers whoever knows the secret, and is hurt by nobody.

Limits: times count on the loop's clock; where that runs fast, as in a demo, a client has as much
less of it.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from midback.control.door import clear_away, open_door
from midback.control.line import Facts, Malformed, decode_line, encode_line
from midback.errors import MidbackError

_log = logging.getLogger(__name__)

IDLE_S = 10.0
"""A client that says nothing for so long, or does not take its answer, is dropped."""

MOST_CLIENTS = 8

Request = Callable[[Facts], Awaitable[Facts]]
"""Meets one kind of request: takes its facts, gives those of the answer.

Raises:
    MidbackError: it cannot be met; says why and what to do.
"""


async def serve(folder: Path, requests: Mapping[str, Request]) -> None:
    """Answer requests until cancelled.

    Where nobody can listen, that is logged, and nobody is answered.

    Args:
        folder: the data folder, into which this process records.
        requests: what can be asked, by name.
    """
    clients: set[asyncio.Task[None]] = set()
    host = _Host(requests, clients)
    try:
        server, door = await open_door(folder, host.receive)
    except OSError as error:
        _log.warning("other commands cannot reach this Midback: %s", error)
        return
    host.token = door.token
    try:
        await asyncio.Event().wait()
    finally:
        server.close()
        host.closed = True
        for client in tuple(clients):
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)
        clear_away(folder)


class _Host:
    """Receives clients.

    Args:
        requests: what can be asked, by name.
        clients: where those who are here are kept.

    Attributes:
        token: what a request must bring.
        closed: whether the monitor ends; who was on the way in then is sent away.
    """

    def __init__(self, requests: Mapping[str, Request], clients: set[asyncio.Task[None]]) -> None:
        self.token = ""
        self.closed = False
        self._requests = requests
        self._clients = clients

    async def receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one client until it leaves or is dropped."""
        task = asyncio.current_task()
        assert task is not None
        full = len(self._clients) >= MOST_CLIENTS
        self._clients.add(task)
        try:
            if self.closed:
                return
            if full:
                await _send(writer, _refusal("too many ask at once: try again"))
            else:
                await self._talk(reader, writer)
        except (OSError, EOFError):
            # It left, or its time was up.
            pass
        except asyncio.CancelledError:
            # The monitor ends.  Not raised again: asyncio's streams would log it as an error.
            pass
        finally:
            self._clients.discard(task)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                async with asyncio.timeout(IDLE_S):
                    line = await reader.readline()
            except ValueError:
                # Longer than a line may be; where the next one would begin is not known.
                await _send(writer, _refusal("a line is too long"))
                return
            if not line:
                return
            await _send(writer, await self._answer(line))

    async def _answer(self, line: bytes) -> Facts:
        try:
            facts = decode_line(line)
        except Malformed as error:
            return _refusal(str(error))
        token, wanted = facts.pop("token", None), facts.pop("ask", None)
        if not isinstance(token, str) or not hmac.compare_digest(
            token.encode("utf-8", "replace"), self.token.encode()
        ):
            return _refusal(
                "this is not the token of this monitor: ask again; if that does not help, end the "
                "running Midback and start it anew"
            )
        request = self._requests.get(wanted) if isinstance(wanted, str) else None
        if request is None:
            return _refusal(f"{wanted!r:.40} is no request of this Midback")
        try:
            return {"ok": True, **await request(facts)}
        except MidbackError as error:
            return _refusal(str(error))
        # Whatever is wrong with one request, the monitor goes on.
        except Exception:
            _log.exception("a request failed: %s", wanted)
            return _refusal("the monitor failed at this")


async def _send(writer: asyncio.StreamWriter, answer: Facts) -> None:
    try:
        line = encode_line(answer)
    except (ValueError, TypeError):
        _log.exception("an answer cannot be sent")
        line = encode_line(_refusal("the monitor failed at this"))
    async with asyncio.timeout(IDLE_S):
        writer.write(line)
        await writer.drain()


def _refusal(why: str) -> Facts:
    return {"ok": False, "error": why[:1000]}
