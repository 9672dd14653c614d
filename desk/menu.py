"""What the service's navigation offers, to whom."""

from dataclasses import dataclass

from caseclock.desk.roles import Permission, Person


@dataclass(frozen=True, slots=True)
class Item:
    words: str
    path: str
    current: bool


#: in the order in which they are shown
PLACES: tuple[tuple[str, str, Permission], ...] = (
    ("Queue", "/queue", Permission.READ),
    ("Breaches", "/breaches", Permission.READ),
    ("Board", "/board", Permission.READ),
    ("Rules", "/rules", Permission.SIGNED_IN),
    ("Imports", "/imports", Permission.IMPORTS),
    ("Audit", "/audit", Permission.AUDIT),
    ("Access", "/access", Permission.ADMINISTER),
    ("Health", "/health", Permission.SIGNED_IN),
)


def menu(person: Person | None, path: str) -> list[Item]:
    """Give what a person may open, the place they are in marked."""
    if person is None:
        return []
    return [
        Item(words, place, path == place or path.startswith(f"{place}/"))
        for words, place, permission in PLACES
        if person.may(permission)
    ]


def first_page(person: Person) -> str:
    """Say where somebody begins."""
    return next(place for _, place, permission in PLACES if person.may(permission))
