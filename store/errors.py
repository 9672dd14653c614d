"""What a store raises. Each is told of in protocol.py, where it may come up; import it from there."""


class CaseChanged(RuntimeError):
    """Someone else wrote to the case since it was read. Read it again and retry."""


class Unreadable(RuntimeError):
    """A row holds what Caseclock never wrote there: JSON or a date that can't be read. Someone else did."""


class EventIdTaken(RuntimeError):
    """An event id is in the authority's log already. Recording the same event again is for the caller to notice."""


class SnapshotIsReadOnly(RuntimeError):
    """Something was to be written in a snapshot, which only reads. Write in a transaction."""


class StoreBusy(RuntimeError):
    """Another writer held the database for longer than this one was willing to wait. Nothing was written."""


class StoreFull(StoreBusy):
    """The disk of the database has no room left. Nothing was written; there is nothing to do but make room."""


class ConnectionOfTheStore(RuntimeError):
    """A unit of work was to run on a connection of the store's own, on which nothing had begun."""


class DatabaseTooNew(RuntimeError):
    """The database was made by a newer Caseclock than this one."""


class DatabaseTooOld(RuntimeError):
    """The database was made by an older Caseclock and has not been upgraded."""


class NoDatabase(RuntimeError):
    """There is no Caseclock database at the URL, or the URL names none that Caseclock can use."""
