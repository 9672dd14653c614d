"""A webhook as a recipient: each message as a signed CloudEvent in a POST request of its own.

No redirect is followed, no proxy is used, nothing but the status of the answer is looked at, and every request ends
within its time, whatever the other side does.
"""

import http.client
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from socket import SHUT_RDWR, gaierror, socket
from urllib.parse import urlsplit

from caseclock.outbox.addresses import AddressRefused, Network, connect
from caseclock.outbox.channels import NotTaken
from caseclock.outbox.cloud_events import SOURCE, Content, as_request
from caseclock.outbox.signing import Key, signed
from caseclock.store.protocol import OutboxMessage

#: requests that a recipient may be sent at the same time, each of other cases
PARTS = 16
#: seconds that a request may take altogether
SECONDS = 10.0
#: of an answer no more is read than this
MOST_READ = 65536
#: answers that say something about the message; any other failure would meet the next message too
_ABOUT_THE_MESSAGE = frozenset({400, 409, 411, 413, 414, 415, 422, 431})


class BadUrl(ValueError):
    """A webhook's URL can't be used. Says why, and what to give instead."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a webhook is, and how it is spoken to."""

    url: str
    keys: tuple[Key, ...] = ()
    content: Content = Content.STRUCTURED
    source: str = SOURCE
    seconds: float = SECONDS
    #: networks that may be connected to though they are not public
    allowed: tuple[Network, ...] = ()
    #: whether it may be spoken to without encryption
    plain_http: bool = False

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            there = parts.scheme in ("https", "http") and parts.hostname and parts.port != 0
        except ValueError:
            there = False
        if not there:
            raise BadUrl(
                f"{self.url} is not the URL of a webhook. Give one such as https://example.org/caseclock."
            )
        if parts.scheme == "http" and not self.plain_http:
            raise BadUrl(
                f"{self.url} is not encrypted, and what is sent names cases. Give its https URL, or allow plain_http."
            )
        if parts.username is not None or parts.password is not None:
            raise BadUrl(
                "A webhook's URL may hold no name or password. Sign what is sent with a key instead."
            )


class ToWebhook:
    """Sends messages to a webhook, over one connection a thread that is kept open."""

    parts = PARTS
    at_once = 1

    def __init__(
        self, webhook: Webhook, now: Callable[[], datetime], *, tls: ssl.SSLContext | None = None
    ) -> None:
        self._webhook = webhook
        self._now = now
        self._tls = (tls or ssl.create_default_context()) if webhook.url.startswith("https") else None
        split = urlsplit(webhook.url)
        self._path = (split.path or "/") + (f"?{split.query}" if split.query else "")
        self._mine = threading.local()
        self._agent = f"caseclock/{version('caseclock')}"

    def tell(self, messages: Sequence[OutboxMessage]) -> None:
        for message in messages:
            body, headers = as_request(message, self._webhook.content, self._webhook.source)
            headers |= signed(body, self._webhook.keys, self._now()) | {"User-Agent": self._agent}
            self._judge(*self._sent(body, headers))

    def close(self) -> None:
        """Close this thread's connection; those of other threads close with them."""
        connection: _Connection | None = getattr(self._mine, "connection", None)
        if connection is not None:
            connection.close()
            self._mine.connection = None

    def _sent(self, body: bytes, headers: dict[str, str]) -> tuple[int, str | None]:
        """Send a request and give the answer's status and Retry-After."""
        connection: _Connection | None = getattr(self._mine, "connection", None)
        if connection is not None:
            try:
                return connection.post(self._path, body, headers)
            except (http.client.RemoteDisconnected, ConnectionError):
                pass  # it was closed while nothing was sent on it: that says nothing about now
            except (OSError, http.client.HTTPException) as error:
                self._mine.connection = None
                raise self._no_answer(error) from error
        connection = self._mine.connection = _Connection(self._webhook, self._tls)
        try:
            return connection.post(self._path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            self._mine.connection = None
            raise self._no_answer(error) from error

    def _no_answer(self, error: Exception) -> NotTaken:
        host = urlsplit(self._webhook.url).hostname
        if isinstance(error, AddressRefused):
            why = str(error)
        elif isinstance(error, TimeoutError):
            why = f"{host} did not answer within {self._webhook.seconds:g} seconds."
        elif isinstance(error, gaierror):
            why = f"The name {host} can't be looked up: {error.strerror}."
        elif isinstance(error, ssl.SSLError):
            why = f"{host} can't be spoken to in safety: {error.reason or error}."
        else:
            why = f"{host} could not be reached, or broke off: {str(error) or type(error).__name__}."
        return NotTaken(why, unreachable=True)

    def _judge(self, status: int, retry_after: str | None) -> None:
        if 200 <= status < 300:
            return
        host = urlsplit(self._webhook.url).hostname
        if 300 <= status < 400:
            why = f"{host} answered {status}. Redirects are not followed: give the URL it leads to."
            raise NotTaken(why, unreachable=True)
        asked = _seconds_of(retry_after, self._now())
        raise NotTaken(
            f"{host} answered {status}.", unreachable=status not in _ABOUT_THE_MESSAGE, retry_after=asked
        )


class _Connection:
    """One connection to a webhook, on which one request at a time is sent."""

    def __init__(self, webhook: Webhook, tls: ssl.SSLContext | None) -> None:
        split = urlsplit(webhook.url)
        self._webhook = webhook
        self._tls = tls
        self._host = split.hostname or ""
        self._port = split.port or (443 if tls else 80)
        self._http = http.client.HTTPConnection(self._host, split.port, timeout=webhook.seconds)
        if tls is not None:
            self._http.default_port = 443
        self._open: socket | None = None
        self._late = False

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str | None]:
        """Send one request; raises TimeoutError where it was not answered in time. Closes after any failure."""
        self._late = False
        # a time-out of the socket holds for each read; this one holds for the whole
        watch = threading.Timer(self._webhook.seconds, self._break_off)
        watch.daemon = True
        watch.start()
        whole = False
        try:
            if self._http.sock is None:
                self._http.sock = self._connected()
            self._http.request("POST", path, body, headers)
            answer = self._http.getresponse()
            answer.read(MOST_READ)
            if self._late:  # an answer that is broken off among its headers looks whole
                raise TimeoutError
            whole = answer.isclosed()
        except (OSError, http.client.HTTPException, ValueError) as error:
            if self._late:
                raise TimeoutError from error
            raise
        finally:
            watch.cancel()
            if not whole:
                self.close()
        return answer.status, answer.headers.get("Retry-After")

    def close(self) -> None:
        self._http.close()

    def _connected(self) -> socket:
        opened = connect(self._host, self._port, allowed=self._webhook.allowed, seconds=self._webhook.seconds)
        self._open = opened
        try:
            opened.settimeout(self._webhook.seconds)
            if self._tls is not None:
                # the handshake by itself, so that it can be broken off
                opened = self._open = encrypted = self._tls.wrap_socket(
                    opened, server_hostname=self._host, do_handshake_on_connect=False
                )
                encrypted.do_handshake()
        except BaseException:
            opened.close()
            raise
        return opened

    def _break_off(self) -> None:
        self._late = True
        if self._open is not None:
            with suppress(OSError):  # it may be closed just now
                self._open.shutdown(SHUT_RDWR)


def _seconds_of(retry_after: str | None, at: datetime) -> timedelta | None:
    """Read a Retry-After header: seconds, or a date; None where it says nothing that can be read."""
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return timedelta(seconds=min(int(retry_after), 10**9))
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(until - at, timedelta(0)) if until.tzinfo is not None else None
