"""The ordinary bank holidays of England and Wales, worked out by rule for years no official list covers.

The eight days a year of the Banking and Financial Dealings Act 1971 and the common law, with substitute days
for those at a weekend. Days added or moved once are not here: they are in data/announcements.json.
"""

from datetime import date, timedelta
from functools import lru_cache

FIRST_YEAR = 1990
#: a century of a simulated service ends before it. The law may have changed by then: each such day says it is projected
LAST_YEAR = 2120


def easter_sunday(year: int) -> date:
    """Give Easter Sunday of a year by the Gregorian computus.

    >>> easter_sunday(2026)
    datetime.date(2026, 4, 5)
    """
    golden = year % 19
    century, of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon_shift + 15) % 30
    leaps, leap_rest = divmod(of_century, 4)
    to_sunday = (32 + 2 * century_rest + 2 * leaps - epact - leap_rest) % 7
    correction = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * correction + 114, 31)
    return date(year, month, day + 1)


def _first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7)


def _last_monday(last_of_month: date) -> date:
    return last_of_month - timedelta(days=last_of_month.weekday())


def _with_substitutes(year: int) -> dict[date, str]:
    """Place New Year's Day, Christmas Day and Boxing Day, or the weekdays that stand in for them."""
    new_year, christmas, boxing = date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)
    placed: dict[date, str] = {}
    for day, title in (
        (new_year, "New Year\N{RIGHT SINGLE QUOTATION MARK}s Day"),
        (boxing, "Boxing Day"),
        (christmas, "Christmas Day"),
    ):
        if day.weekday() < 5:
            placed[day] = title
            continue
        # in December the Monday after a Sunday is taken: by Boxing Day, or for a Christmas Day on Saturday
        taken = day.month == 12 and day.weekday() == 6
        shift = 7 - day.weekday() + taken
        placed[day + timedelta(days=shift)] = f"{title} (substitute day)"
    return placed


@lru_cache(maxsize=LAST_YEAR - FIRST_YEAR + 1)
def ordinary_bank_holidays(year: int) -> dict[date, str]:
    """Map each ordinary bank holiday of a year to its title. The dictionary is shared: do not change it.

    >>> ordinary_bank_holidays(2030)[date(2030, 5, 6)]
    'Early May bank holiday'
    """
    easter = easter_sunday(year)
    days = {
        easter - timedelta(days=2): "Good Friday",
        easter + timedelta(days=1): "Easter Monday",
        _first_monday(year, 5): "Early May bank holiday",
        _last_monday(date(year, 5, 31)): "Spring bank holiday",
        _last_monday(date(year, 8, 31)): "Summer bank holiday",
    }
    return dict(sorted((days | _with_substitutes(year)).items()))


def immovable_bank_holidays(year: int) -> set[date]:
    """Give the days an official list can't lack: Easter's two, and New Year, Christmas and Boxing Day."""
    easter = easter_sunday(year)
    return {easter - timedelta(days=2), easter + timedelta(days=1), *_with_substitutes(year)}
