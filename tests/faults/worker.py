"""A process that works until it is killed: what it says is written before the next step begins.

python worker.py record URL LINES      record event lines one by one, saying the id of each once it is kept
python worker.py import URL FILE       bring a file in, saying each step of each transaction
python worker.py sweep URL INSTANT     sweep in small batches, saying each step of each transaction
"""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from caseclock.exchange.importing import import_files
from caseclock.store.protocol import Store, Transaction
from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine
from caseclock.workflow.event_lines import parse_line
from caseclock.workflow.sweep import sweep

AUTHORITY = "thurrock"
AT = datetime(2026, 11, 1, tzinfo=UTC)


def say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


class Announcing:
    """A store that says when each unit of work has been done, and when it has been committed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self._store.transaction() as unit:
            yield unit
            say("written")
        say("committed")

    def snapshot(self) -> AbstractContextManager[Transaction]:
        return self._store.snapshot()


def main(work: str, url: str, what: str) -> None:
    with open_store(url) as store:
        if work == "record":
            engine = Engine(store)
            for line in Path(what).read_text("utf-8").splitlines():
                event = parse_line(line, at=AT)
                if engine.record(event, at=AT).events:
                    say(event.event_id)
        elif work == "import":
            import_files([Path(what)], engine=Engine(Announcing(store)), authority=AUTHORITY, imported_at=AT)
        else:
            sweep(Engine(Announcing(store)), datetime.fromisoformat(what), batch=3)
    say("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
