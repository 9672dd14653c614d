"""Embedding: the host system's own rows and Caseclock's events are written in one transaction, or not at all.

Run it with `python examples/in_your_transaction.py [URL]`; without a URL it uses a SQLite file in a temporary folder.
"""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, Table, Text, create_engine, func, insert, select

from caseclock import Engine, Event, Refused, When, open_store
from caseclock.store.engines import database_url
from caseclock.store.sql import SqlStore

HOST = MetaData()
CONTACT_NOTES = Table("host_contact_notes", HOST, Column("case_id", Text), Column("note", Text))
NOW = datetime(2026, 3, 2, 9, 41, tzinfo=UTC)


def referral(event_id: str, case_id: str, at: datetime) -> Event:
    when = When.instant(at)
    return Event(
        event_id, "ReferralReceived", "thurrock", case_id, "R-1", when, when, "sw.jones", "call from school"
    )


def save_note(store: SqlStore, engine: Engine, connection: Connection, case_id: str, told: Event) -> None:
    """Write the host's note and the referral through the host's connection, in the transaction it has begun."""
    connection.execute(insert(CONTACT_NOTES).values(case_id=case_id, note="seen by the duty worker"))
    with store.transaction(connection) as unit:
        engine.record(told, at=NOW, transaction=unit)


def main(url: str) -> None:
    with open_store(url) as store:
        engine = Engine(store)
        host = create_engine(database_url(url))  # the host's own, with its own settings
        HOST.create_all(host)
        with host.begin() as connection:
            save_note(store, engine, connection, "C-1", referral("host-1", "C-1", NOW))
        print("Kept together: a note and a referral.")
        try:
            with host.begin() as connection:
                tomorrow = NOW.replace(day=3)
                save_note(store, engine, connection, "C-2", referral("host-2", "C-2", tomorrow))
        except Refused as refusal:
            print(f"Rolled back together: {refusal}")
        with host.connect() as connection:
            notes = connection.scalar(select(func.count()).select_from(CONTACT_NOTES))
        with store.snapshot() as unit:
            host.dispose()
            print(f"The host has {notes} note; Caseclock has {len(list(unit.case_ids('thurrock')))} case.")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(sys.argv[1])
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(f"sqlite:///{Path(folder) / 'host.db'}")
