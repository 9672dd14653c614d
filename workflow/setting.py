"""What holds for an authority: its packs and its calendar, as shipped and with what was announced and adopted since."""

from collections.abc import Callable, Mapping
from datetime import date

from caseclock.store.protocol import AdoptedPack, CalendarChange, Transaction
from caseclock.timers.calendar import AddedDay, BankHolidays
from caseclock.timers.evaluation import Setting
from caseclock.timers.packs import read_pack
from caseclock.timers.rulebook import Rulebook
from caseclock.timers.when import london_date

Marks = tuple[int, int]


class Settings:
    """Makes each authority's setting once, until calendar or packs change. Serves one engine."""

    def __init__(
        self,
        rulebooks: Callable[[str | None], Rulebook],
        holidays: BankHolidays,
        closures: Mapping[str, frozenset[date]],
    ) -> None:
        self._rulebooks = rulebooks
        self._holidays = holidays
        self._closures = closures
        self._made: dict[tuple[str, Marks], Setting] = {}
        #: as they were when last read; what was worked out under others is not written
        self.marks: Marks | None = None
        #: changes that may not have reached every case, as last read
        self._unsettled: list[CalendarChange | AdoptedPack] = []
        self._looked_at: Marks | None = None

    def of(self, unit: Transaction, authority: str) -> Setting:
        """Give the packs and the calendar that hold for an authority."""
        marks = self.marks = unit.marks()
        setting = self._made.get((authority, marks))
        if setting is None:
            setting = self._made[authority, marks] = Setting(
                self._rulebook(unit, authority), self._calendar(unit, authority)
            )
        return setting

    def at_hand(self, authority: str) -> Setting | None:
        """Give the setting that held when it was last looked at; None where that is not known, or in question."""
        if self.marks is None or self.marks != self._looked_at or self._unsettled:
            return None
        return self._made.get((authority, self.marks))

    def unsettled(self, unit: Transaction, authority: str) -> list[CalendarChange | AdoptedPack]:
        """List the changes that hold for an authority and may not have reached every case of it."""
        if self._unsettled or self.marks is None or self._looked_at != self.marks:
            marks = self.marks = unit.marks()
            self._unsettled, self._looked_at = unit.unsettled(), marks
        return [change for change in self._unsettled if change.authority in (None, authority)]

    def _calendar(self, unit: Transaction, authority: str) -> BankHolidays:
        added = tuple(
            AddedDay(change.day, change.title, london_date(change.known_at), change.replaces)
            for change in unit.calendar_changes()
            if change.authority in (None, authority)
        )
        closures = self._closures.get(authority, frozenset())
        return self._holidays.with_local(added, closures) if added or closures else self._holidays

    def _rulebook(self, unit: Transaction, authority: str) -> Rulebook:
        book = self._rulebooks(authority)
        for adopted in unit.adopted_packs():
            if adopted.authority in (None, authority):
                pack = read_pack(adopted.text, adopted.pack_id)
                book = book.with_adopted(pack, london_date(adopted.known_at))
        return book
