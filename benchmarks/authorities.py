"""Two authorities hammering one PostgreSQL, beside the same rows written plainly: what each loses to the other."""

from collections.abc import Iterator, Sequence
from statistics import median

from benchmarks.clients import at_work, client, together
from benchmarks.figures import Figure
from benchmarks.servers import analyse, postgresql
from caseclock.store.sql import open_store

PART = "two authorities on one PostgreSQL, a client each"
WHO = ("anywhere", "elsewhere")
#: turns of each arrangement; the first fills every cache and is left out
TURNS = 5
#: one alone, the other alone, and both, for the engine and for the floor
ARRANGEMENTS = ((0,), (1,), (0, 1))
WANTED = 0.9


def authorities(cases: int) -> Iterator[Figure]:
    """Measure each authority alone, then both together, in turns with the floor."""
    with postgresql() as databases:
        if databases is None:
            return
        urls = databases("engine"), databases("floor")
        for url in urls:
            open_store(url).close()  # makes the tables
        rates = _rates(cases, urls)
    for what, named in (("engine", "recorded"), ("floor", "the floor's rows")):
        for place, arrangement in enumerate(ARRANGEMENTS):
            who = " and ".join(WHO[one] for one in arrangement)
            is_both = len(arrangement) == 2
            yield Figure(
                PART,
                f"{named}, {who}{' together' if is_both else ' alone'}",
                median(rates[what][place]),
                "events/s",
            )
    gain = {what: _gain(rates[what]) for what in rates}
    share = median(ours / floor for ours, floor in zip(gain["engine"], gain["floor"], strict=True))
    yield Figure(
        PART,
        "together, of both alone",
        median(gain["engine"]),
        "",
        median(gain["floor"]),
        wanted=f"at least {WANTED:g} of the floor's",
        kept=share >= WANTED,
        rounds=tuple(ours / floor for ours, floor in zip(gain["engine"], gain["floor"], strict=True)),
    )


def _gain(rates: Sequence[Sequence[float]]) -> list[float]:
    """Give, turn by turn, what both did together, as a share of what one did alone and the other did alone."""
    return [both / (one + other) for one, other, both in zip(*rates, strict=True)]


def _rates(cases: int, urls: tuple[str, str]) -> dict[str, list[list[float]]]:
    slices = 2 * TURNS  # of what each tells: in each turn one alone, and one beside the other
    rates: dict[str, list[list[float]]] = {what: [[] for _ in ARRANGEMENTS] for what in ("engine", "floor")}
    with at_work(client, [(0, 1, cases, urls, authority, slices) for authority in WHO]) as (ends, told):
        for turn in range(TURNS):
            for place, arrangement in enumerate(ARRANGEMENTS):
                for what, found in rates.items():
                    working = [ends[one] for one in arrangement]
                    took = together(working, (what, 2 * turn + (len(arrangement) == 2)))
                    if turn:
                        found[place].append(sum(told[one] / slices for one in arrangement) / took)
            if not turn:
                for url in urls:
                    analyse(url)
    return rates
