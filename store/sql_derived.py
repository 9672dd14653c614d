"""What is derived from the log, in SQL: episodes, timers and breaches. All of it can be made again from events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Table, Update, bindparam, delete, exists, func, select, text, update

from caseclock.store import schema
from caseclock.store.json_rows import rows_given
from caseclock.store.prepared import prepared
from caseclock.store.protocol import Breach, DueTimer, Episode, StoredTimer
from caseclock.store.schema import breaches, episodes, timers
from caseclock.store.sql_base import OnConnection
from caseclock.store.sql_statements import ByDialect, CaseRows, for_both, paged, replacing
from caseclock.timers.timer import Timer

_EPISODE = tuple(field.name for field in fields(Episode))
_TIMER = tuple(field.name for field in fields(Timer))
_BREACH = tuple(field.name for field in fields(Breach))
_episode_values, _timer_values, _breach_values = (attrgetter(*names) for names in (_EPISODE, _TIMER, _BREACH))


def _columns(table: Table, names: Sequence[str]) -> list[Any]:
    """Put a table's columns in the order of a dataclass's fields, so that a row is its arguments."""
    return [table.c[name] for name in names]


EPISODES = CaseRows.read(
    _columns(episodes, _EPISODE), lambda row: Episode(*row), [episodes.c.opened_on, episodes.c.episode_id]
)
TIMERS = CaseRows.read(
    [*_columns(timers, _TIMER), timers.c.wake_at],
    lambda row: StoredTimer(Timer(*row[:-1]), row[-1]),
    [timers.c.timer_id],
)
BREACHES = CaseRows.read(_columns(breaches, _BREACH), lambda row: Breach(*row), [breaches.c.breach_id])
_TIMER_KEY = ("authority", "case_id", "timer_id")
_every_timer = select(*_columns(timers, _TIMER), timers.c.wake_at)
_ALL_TIMERS = paged(_every_timer, timers, _TIMER_KEY)
_AUTHORITY_TIMERS = paged(_every_timer.where(timers.c.authority == bindparam("a")), timers, _TIMER_KEY)
_BREACH_KEY = ("authority", "case_id", "breach_id")
_every_breach = select(*_columns(breaches, _BREACH))
_ALL_BREACHES = paged(_every_breach, breaches, _BREACH_KEY)
_AUTHORITY_BREACHES = paged(
    _every_breach.where(breaches.c.authority == bindparam("a")), breaches, _BREACH_KEY
)
# by wake_at and nothing else: any other order would walk over every timer that is not due
_CLAIM = (
    select(
        *_columns(timers, _TIMER),
        exists().where(
            breaches.c.authority == timers.c.authority,
            breaches.c.case_id == timers.c.case_id,
            breaches.c.timer_id == timers.c.timer_id,
        ),
    )
    .where(timers.c.wake_at <= bindparam("moment"))
    .order_by(timers.c.wake_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=timers)
)
_wake_one = text(
    "UPDATE timers SET wake_at = :wake_at WHERE authority = :authority AND timer_id = :timer_id"
).bindparams(bindparam("wake_at", type_=timers.c.wake_at.type))


def _wake_many(names: tuple[str, ...]) -> Update:
    new = rows_given(timers, names)
    same = timers.c.authority == new.c.authority, timers.c.timer_id == new.c.timer_id
    return update(timers).where(*same).values(wake_at=new.c.wake_at)


_WAKE = ByDialect(_wake_one, _wake_one, _wake_many)
_NEXT_WAKE = select(func.min(timers.c.wake_at)).where(timers.c.wake_at.is_not(None))
WRITE_EPISODES, WRITE_TIMERS, WRITE_BREACHES = replacing(episodes), replacing(timers), replacing(breaches)
_REMOVE_EPISODE = for_both(
    delete(episodes).where(
        episodes.c.authority == bindparam("a"),
        episodes.c.case_id == bindparam("c"),
        episodes.c.episode_id == bindparam("e"),
    )
)
_REMOVE_TIMER = for_both(
    delete(timers).where(timers.c.authority == bindparam("a"), timers.c.timer_id == bindparam("t"))
)


class DerivedInSql(OnConnection):
    """The part of an SQL transaction that keeps episodes, timers and breaches."""

    __slots__ = ()

    def episodes(self, authority: str, case_id: str) -> list[Episode]:
        return self._of_case(EPISODES, authority, case_id)

    def write_episodes(self, episodes: Sequence[Episode]) -> None:
        rows = (dict(zip(_EPISODE, _episode_values(one), strict=True)) for one in episodes)
        self._later(schema.episodes, WRITE_EPISODES, rows)

    def remove_episodes(self, authority: str, case_id: str, episode_ids: Sequence[str]) -> None:
        rows = ({"a": authority, "c": case_id, "e": episode_id} for episode_id in episode_ids)
        self._later(episodes, _REMOVE_EPISODE, rows)

    def timers(self, authority: str, case_id: str) -> list[StoredTimer]:
        return self._of_case(TIMERS, authority, case_id)

    def all_timers(self, authority: str | None = None) -> Iterator[StoredTimer]:
        first = {"after_authority": "", "after_case_id": "", "after_timer_id": ""}
        if authority is None:
            pages = self._pages(timers, _ALL_TIMERS, first, _TIMER_KEY)
        else:
            pages = self._pages(timers, _AUTHORITY_TIMERS, first | {"a": authority}, _TIMER_KEY)
        return map(TIMERS.made, pages)

    def write_timers(self, timers: Sequence[StoredTimer]) -> None:
        rows = (
            dict(zip(_TIMER, _timer_values(one.timer), strict=True), wake_at=one.wake_at) for one in timers
        )
        self._later(schema.timers, WRITE_TIMERS, rows)

    def remove_timers(self, authority: str, timer_ids: Sequence[str]) -> None:
        self._later(timers, _REMOVE_TIMER, ({"a": authority, "t": timer_id} for timer_id in timer_ids))

    def claim_due(self, moment: datetime, limit: int) -> list[DueTimer]:
        self._to_write()
        self._reading(breaches)
        connection = self._reading(timers)
        claim = prepared(_CLAIM, connection.dialect.name)
        found = claim.read(connection, {"moment": moment, "most": limit})
        return [DueTimer(Timer(*row), bool(was_raised)) for *row, was_raised in found]

    def wake(self, authority: str, timers: Mapping[str, datetime | None]) -> None:
        rows = (
            {"authority": authority, "timer_id": timer_id, "wake_at": wake_at}
            for timer_id, wake_at in timers.items()
        )
        self._later(schema.timers, _WAKE, rows)

    def next_wake(self) -> datetime | None:
        wake_at: datetime | None = self._reading(timers).scalar(_NEXT_WAKE)
        return wake_at

    def breaches(self, authority: str, case_id: str) -> list[Breach]:
        return self._of_case(BREACHES, authority, case_id)

    def all_breaches(self, authority: str | None = None) -> Iterator[Breach]:
        first = {"after_authority": "", "after_case_id": "", "after_breach_id": ""}
        if authority is None:
            pages = self._pages(breaches, _ALL_BREACHES, first, _BREACH_KEY)
        else:
            pages = self._pages(breaches, _AUTHORITY_BREACHES, first | {"a": authority}, _BREACH_KEY)
        return map(BREACHES.made, pages)

    def write_breaches(self, breaches: Sequence[Breach]) -> None:
        rows = (dict(zip(_BREACH, _breach_values(one), strict=True)) for one in breaches)
        self._later(schema.breaches, WRITE_BREACHES, rows)
