"""Column types: instants that can't lose their offset, dates that can't be instants, JSON written one way only."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import Dialect, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeDecorator, TypeEngine

from caseclock.timers.when import NaiveInstant


class NaiveInstantRefused(NaiveInstant, DontWrapMixin):
    """An instant without an offset was about to be stored. Nothing was written."""


class NotStorable(ValueError, DontWrapMixin):
    """A value can't be kept so that it comes back the same. Nothing was written."""


def in_utc(instant: datetime) -> datetime:
    """Give an aware instant in UTC; raises NaiveInstantRefused without an offset.

    >>> in_utc(datetime.fromisoformat("2026-06-01T00:30:00+01:00")).isoformat()
    '2026-05-31T23:30:00+00:00'
    """
    zone = instant.tzinfo
    if zone is UTC:
        return instant
    if zone is None or instant.utcoffset() is None:
        raise NaiveInstantRefused(
            f"Can't store {instant.isoformat()}: it has no offset, so nobody can tell which moment it is. "
            "Give one, such as +00:00."
        )
    return instant.astimezone(UTC)


def utc_text(instant: datetime) -> str:
    """Write an instant in UTC at a fixed width, so that text sorts as time does.

    >>> utc_text(datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
    '2026-03-02T09:30:00.000000Z'
    """
    return _text_in_utc(in_utc(instant))


@lru_cache(maxsize=4096)
def _text_in_utc(instant: datetime) -> str:
    # by UTC alone: elsewhere two instants an hour apart are equal when clocks go back
    return instant.isoformat(timespec="microseconds")[:26] + "Z"


@runtime_checkable
class KeptAsText(Protocol):
    """A type whose values SQLite keeps as text. Neither takes null."""

    #: writes a value; raises what the type refuses
    to_text: Callable[[Any], str]
    #: reads a value
    from_text: Callable[[str], Any]


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware on the way in, aware and in UTC on the way out.

    SQLite keeps `utc_text`, which sorts as time does and which its own date functions read; PostgreSQL keeps
    timestamptz. Raises NaiveInstantRefused for an instant without an offset.
    """

    impl = Text
    cache_ok = True
    to_text = staticmethod(utc_text)
    from_text = staticmethod(datetime.fromisoformat)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return postgresql.TIMESTAMP(timezone=True)
        return Text()

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return in_utc(value) if dialect.name == "postgresql" else utc_text(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return in_utc(value)


class LocalDate(TypeDecorator[date]):
    """A Europe/London date. Refuses an instant: which date it falls on is decided before it comes here."""

    impl = Text
    cache_ok = True
    from_text = staticmethod(date.fromisoformat)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return postgresql.DATE() if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return _no_instant(value) if dialect.name == "postgresql" else self.to_text(value)

    @staticmethod
    def to_text(value: date) -> str:
        return (value if type(value) is date else _no_instant(value)).isoformat()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> date | None:
        if isinstance(value, str):
            return date.fromisoformat(value)
        return value


def _no_instant(value: date) -> date:
    if isinstance(value, datetime):
        raise NotStorable(
            f"Can't store {value.isoformat()} as a date: it is an instant. Give its London date."
        )
    return value


class OneOf(TypeDecorator[StrEnum]):
    """A value of a StrEnum, stored as its text."""

    impl = Text
    cache_ok = True

    def __init__(self, values: type[StrEnum]) -> None:
        super().__init__()
        self.values = values
        self._by_text = {value.value: value for value in values}  # calling the enum takes ten times as long

    def to_text(self, value: StrEnum) -> str:
        return self.from_text(value).value

    def from_text(self, value: str) -> StrEnum:
        return self._by_text.get(value) or self.values(value)

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self.to_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.from_text(value)


_write = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode
_SCALARS = (str, int, float, bool, type(None))


def canonical_json(value: Mapping[str, Any]) -> str:
    """Write an object as JSON in one way only: keys sorted, no spaces, no escapes beyond those JSON demands.

    Raises NotStorable for anything that would not come back equal: keys that are not text, dates, sets, NaN.

    >>> canonical_json({"b": [1, None], "a": "é"})
    '{"a":"é","b":[1,null]}'
    """
    _check(value)
    try:
        return _write(value if type(value) is dict else dict(value))
    except ValueError as error:
        raise NotStorable(f"Can't store this as JSON: {error}. Give a finite number, or text.") from error


def _check(value: Any) -> None:
    """Refuse what JSON would change on the way, such as a number as a key, which comes back as text."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise NotStorable(f"Can't store the key {key!r}: keys are text in JSON. Write it as text.")
            if not isinstance(inner, _SCALARS):
                _check(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            if not isinstance(inner, _SCALARS):
                _check(inner)
    elif not isinstance(value, _SCALARS):
        raise NotStorable(
            f"Can't store a {type(value).__name__} in JSON: it would come back as something else. "
            "Write it as text, a number, a list or an object."
        )


class CanonicalJson(TypeDecorator[dict[str, Any]]):
    """A JSON object kept as canonical text.

    Text on PostgreSQL too: jsonb rewrites numbers (1e2 becomes 100), and the hash chain needs what was written.
    Cast it (`data::jsonb`) to query inside it.
    """

    impl = Text
    cache_ok = True
    from_text = json.JSONDecoder().decode

    @staticmethod
    def to_text(value: dict[str, Any] | str) -> str:
        # text is canonical already: the event log makes it once, for the hash and the row
        return value if isinstance(value, str) else canonical_json(value)

    def process_bind_param(self, value: dict[str, Any] | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.to_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:
        if value is None:
            return None
        read: dict[str, Any] = self.from_text(value)
        return read
