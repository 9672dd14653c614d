"""Recipients as an operator names them in a TOML file: read, checked, and made into what is told."""

import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import reduce
from importlib import import_module
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from caseclock.outbox.back_off import Patience
from caseclock.outbox.channels import ByCalling, Channel
from caseclock.outbox.cloud_events import SOURCE, Content
from caseclock.outbox.files import ToFile
from caseclock.outbox.handing_on import Telling
from caseclock.outbox.signing import BadKey, Key
from caseclock.outbox.webhooks import SECONDS, BadUrl, ToWebhook, Webhook

_ORDINARY = Patience()


class BadRecipients(ValueError):
    """A file of recipients can't be used. Says where, why, and what to give instead."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Secret(_Strict):
    id: str
    #: where the secret is: never in the file itself
    env: str | None = None
    file: Path | None = None


class _Recipient(_Strict):
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    authority: str | None = None
    kinds: tuple[Annotated[str, Field(pattern=r"^[A-Z][A-Za-z]+$")], ...] = ()
    tries: Annotated[int, Field(ge=1)] = _ORDINARY.tries
    first_wait_seconds: Annotated[float, Field(gt=0)] = _ORDINARY.first.total_seconds()
    longest_wait_seconds: Annotated[float, Field(gt=0)] = _ORDINARY.most.total_seconds()
    after_dead_letter: Literal["go_on", "wait"] = "go_on"

    def patience(self) -> Patience:
        return Patience(
            self.tries,
            timedelta(seconds=self.first_wait_seconds),
            timedelta(seconds=self.longest_wait_seconds),
            wait_for_dead=self.after_dead_letter == "wait",
        )


class _File(_Recipient):
    to: Literal["file"]
    path: Path


class _Callable(_Recipient):
    to: Literal["callable"]
    #: module:name
    call: Annotated[str, Field(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_][\w.]*$")]
    parts: Annotated[int, Field(ge=1, le=64)] = 1


class _Webhook(_Recipient):
    to: Literal["webhook"]
    url: str
    keys: tuple[_Secret, ...] = ()
    content: Content = Content.STRUCTURED
    source: str = SOURCE
    timeout_seconds: Annotated[float, Field(gt=0, le=25)] = SECONDS
    allow_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    plain_http: bool = False
    unsigned: bool = False


class _Recipients(_Strict):
    recipient: tuple[Annotated[_File | _Callable | _Webhook, Field(discriminator="to")], ...]


def read_recipients(text: str, environ: Mapping[str, str], now: Callable[[], datetime]) -> list[Telling]:
    """Read recipients from TOML; `now` is who tells the time when what is sent is signed. Raises BadRecipients."""
    try:
        read = _Recipients.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadRecipients(f"Can't read the recipients: they are not TOML ({error}).") from error
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in problem["loc"]) or "the file"
        raise BadRecipients(
            f"Can't read the recipients: {place}: {problem['msg']}. Give each as a [[recipient]] with its name, and "
            'to = "file", "webhook" or "callable".'
        ) from error
    names = [one.name for one in read.recipient]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadRecipients(f"Two recipients are called {twice[0]!r}. Give each a name of its own.")
    return [_telling(one, environ, now) for one in read.recipient]


def _telling(
    one: _File | _Callable | _Webhook, environ: Mapping[str, str], now: Callable[[], datetime]
) -> Telling:
    try:
        return Telling(one.name, _channel(one, environ, now), one.authority, one.kinds, one.patience())
    except (BadKey, BadUrl, ValueError) as error:
        raise BadRecipients(f"Can't tell {one.name!r}: {error}") from error


def _channel(
    one: _File | _Callable | _Webhook, environ: Mapping[str, str], now: Callable[[], datetime]
) -> Channel:
    match one:
        case _File():
            return ToFile(one.path)
        case _Callable():
            return ByCalling(_function(one.call), parts=one.parts)
        case _Webhook():
            if not one.keys and not one.unsigned:
                raise BadRecipients("it has no keys to sign with. Give keys, or say unsigned = true.")
            keys = tuple(Key(key.id, _secret(key, environ)) for key in one.keys)
            webhook = Webhook(
                one.url,
                keys,
                one.content,
                one.source,
                one.timeout_seconds,
                one.allow_networks,
                one.plain_http,
            )
            return ToWebhook(webhook, now)


def _function(name: str) -> Callable[[dict[str, Any]], object]:
    module, _, path = name.partition(":")
    try:
        found: object = reduce(getattr, path.split("."), import_module(module))
    except (ImportError, AttributeError) as error:
        raise BadRecipients(
            f"{name} can't be imported ({error}). Give the function as module:name."
        ) from error
    if not callable(found):
        raise BadRecipients(f"{name} can't be called. Give a function as module:name.")
    return found


def _secret(key: _Secret, environ: Mapping[str, str]) -> bytes:
    if key.env is not None and key.file is None:
        if not environ.get(key.env):
            raise BadRecipients(f"the variable {key.env}, which should hold key {key.id}, is not set.")
        return environ[key.env].encode()
    if key.file is None or key.env is not None:
        raise BadRecipients(f"key {key.id} needs env (a variable's name) or file (a path), one of the two.")
    try:
        return key.file.read_bytes().strip()
    except OSError as error:
        raise BadRecipients(f"the file of key {key.id} can't be read: {error.strerror}.") from error
