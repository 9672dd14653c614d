"""Measure everything, or some parts of it: `python -m benchmarks [PART]...`."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.as_known import as_known
from benchmarks.authorities import authorities
from benchmarks.bulk import bulk
from benchmarks.bulk_sizes import SIZES as FILES
from benchmarks.bulk_sizes import bulk_sizes
from benchmarks.caseload import caseload
from benchmarks.clients import clients
from benchmarks.day import day
from benchmarks.figures import Figure, table
from benchmarks.growth import SIZES as STORED
from benchmarks.growth import growth
from benchmarks.long_case import long_case
from benchmarks.midnight import CASES as AT_MIDNIGHT
from benchmarks.midnight import midnight
from benchmarks.peers import peers
from benchmarks.pooling import pooling
from benchmarks.recording import record
from benchmarks.services import services
from benchmarks.sweeping import sweeping

#: cases of a large authority
LARGE = 50_000


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument(
        "parts",
        nargs="*",
        help="record, bulk, clients, authorities, peers, timers, long-case, caseload, as-known, services; all where "
        "none is named; day, bulk-sizes, growth, pooling only where they are",
    )
    options.add_argument("--cases", type=int, default=400, help="journeys recorded event by event")
    options.add_argument("--long", type=int, default=3000, help="events of the long case")
    options.add_argument("--authority", type=int, default=2000, help="cases of the whole authority")
    options.add_argument(
        "--sizes",
        type=int,
        nargs="+",
        help="events of the files of bulk-sizes, or stored at each look of growth",
    )
    options.add_argument("--large", action="store_true", help=f"ask as known of {LARGE:,} cases")
    options.add_argument("--armed", type=int, default=1_000_000, help="timers armed far ahead")
    options.add_argument("--speed", type=float, default=100, help="how many times as fast the day goes by")
    options.add_argument(
        "--hours", type=float, nargs=2, default=(0, 24), help="from which hour of the day to which"
    )
    options.add_argument("--day-cases", type=int, default=LARGE, help="cases there are when the day begins")
    options.add_argument(
        "--db",
        action="append",
        default=[],
        help="for day and midnight: a database that desk_filling has filled",
    )
    options.add_argument(
        "--midnight-cases", type=int, default=AT_MIDNIGHT, help="cases there are at midnight"
    )
    options.add_argument("--unchecked", action="store_true", help="for day: leave out `verify` at its end")
    options.add_argument("--services", type=int, default=100, help="most services simulated, from 1 by tens")
    options.add_argument("--years", type=int, default=100, help="most years simulated of one, from 1 by tens")
    options.add_argument("--json", type=Path, help="where to write the figures as well")
    asked = options.parse_args()
    known: dict[str, Callable[[], Iterator[Figure]]] = {
        "record": lambda: record(asked.cases),
        "bulk": lambda: bulk(asked.authority),
        "clients": lambda: clients(asked.cases),
        "authorities": lambda: authorities(asked.cases),
        "peers": lambda: peers(asked.cases),
        "timers": lambda: sweeping(asked.cases * 5, asked.armed),
        "long-case": lambda: long_case(asked.long),
        "caseload": lambda: caseload(asked.authority),
        "as-known": lambda: as_known(LARGE if asked.large else asked.authority),
        "services": lambda: services(asked.services, asked.years),
    }
    on_their_own: dict[str, Callable[[], Iterator[Figure]]] = {
        "bulk-sizes": lambda: bulk_sizes(asked.sizes or FILES),
        "pooling": lambda: pooling(asked.cases),
        "midnight": lambda: midnight(asked.midnight_cases, asked.db),
        "growth": lambda: growth(asked.sizes or STORED),
        "day": lambda: day(
            asked.speed, tuple(asked.hours), asked.day_cases, asked.db, check=not asked.unchecked
        ),
    }
    strange = [part for part in asked.parts if part not in known | on_their_own]
    if strange:
        sys.exit(f"There is no part {', '.join(strange)}. There are {', '.join(known | on_their_own)}.")
    figures = [figure for part in asked.parts or known for figure in (known | on_their_own)[part]()]
    print(table(figures))
    if asked.json:
        asked.json.write_text(json.dumps([figure.as_dict() for figure in figures], indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
