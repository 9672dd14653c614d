"""What is derived from the log, in SQL: episodes, timers and breaches. All of it can be made again from events."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from sqlalchemy import Table, bindparam, delete, select

from caseclock.store import schema
from caseclock.store.protocol import Breach, Episode, StoredTimer
from caseclock.store.schema import breaches, episodes, timers
from caseclock.store.sql_base import OnConnection
from caseclock.store.sql_statements import CaseRows, for_both, paged, replacing
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
