"""Stands before everything: whose name the desk is called by, how much may be sent, and the headers of each answer."""

from time import monotonic
from typing import Any

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from caseclock.desk.engines import Desk
from caseclock.desk.errors import answer, broken
from caseclock.desk.forms import UPLOADS
from caseclock.desk.refusals import TooLarge, Turned
from caseclock.desk.security import HEADERS, PRIVATE, TRANSPORT


class BrokenOff(RuntimeError):
    """An answer could not be given to its end. Says nothing of why: that is in the log."""


class _TooMuch(Exception):
    """More was sent than was announced, or than may be."""


class Guard:
    """The outermost layer of the app. Nothing that is raised within goes further than this."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self.app = app
        self.desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})
        heading = scope["method"] == "HEAD"
        if heading:
            scope["method"] = "GET"
        started = False
        begun, status = monotonic(), 500

        async def guarded_send(message: Message) -> None:
            nonlocal started, status
            if message["type"] == "http.response.start":
                started, status = True, message["status"]
                self._add_headers(scope, message)
            elif heading and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        request = Request(scope)
        limit = self._limit(request)
        announced = request.headers.get("content-length", "0")
        try:
            if not self._is_called_by_name(request):
                refusal = Turned(
                    "This service is not called by that name here. Use the address you were given."
                )
                await answer(request, refusal)(scope, receive, guarded_send)
            elif not announced.isdecimal() or int(announced) > limit:
                await answer(request, _too_large(limit))(scope, receive, guarded_send)
            else:
                await self.app(scope, _limited(receive, limit), guarded_send)
        except _TooMuch:
            if not started:
                await answer(request, _too_large(limit))(scope, receive, guarded_send)
        except Exception as fault:  # noqa: BLE001  # the last stop: told with a reference, and logged
            response = broken(request, fault)
            if started:
                # half an answer must not pass for a whole one; what it was that failed may tell of a child
                raise BrokenOff(
                    "An answer broke off; the line desk.failed before this one says where."
                ) from None
            await response(scope, receive, guarded_send)
        finally:
            if self.desk.settings.answered is not None:
                self.desk.settings.answered(status, monotonic() - begun)

    def _is_called_by_name(self, request: Request) -> bool:
        host = request.headers.get("host", "")
        name = (
            host[: host.rindex("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]
        )
        return name.lower() in self.desk.settings.hosts

    def _limit(self, request: Request) -> int:
        """Say how many bytes may be sent: pages take short forms, and read them before they know from whom."""
        settings = self.desk.settings
        if request.url.path == UPLOADS:
            return settings.largest_upload
        return settings.largest_call if request.url.path.startswith("/api/") else settings.largest_form

    def _add_headers(self, scope: Scope, message: Message) -> None:
        headers = MutableHeaders(raw=message.setdefault("headers", []))
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("cache-control", PRIVATE)
        if self.desk.settings.secure_cookies:
            headers.setdefault("strict-transport-security", TRANSPORT)
        for cookie in scope["state"].get("cookies", ()):
            headers.append("set-cookie", cookie)
        del headers["server"]


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"What was sent is larger than {limit:,} bytes. Nothing was recorded. Send less at once.")


def _limited(receive: Receive, limit: int) -> Receive:
    """Count what comes in: the length that was announced may be a lie, or missing."""
    seen = 0

    async def counted() -> Any:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise _TooMuch
        return message

    return counted
