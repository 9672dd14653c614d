"""What a cell of a workbook says, as people fill them in: prefixes, errors, formulas, dates as text or numbers."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from caseclock.exchange.records import Unfit


@dataclass(frozen=True, slots=True)
class Uncalculated:
    """A formula whose result the workbook does not hold, because no spreadsheet program has calculated it."""

    formula: str

    def __str__(self) -> str:
        return self.formula


#: what spreadsheet programs show where a lookup or a sum failed: no answer, whichever it is
_ERRORS = frozenset({"#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#DIV/0!", "#GETTING_DATA"})
_LETTER_PREFIX = re.compile(r"[A-Za-z]{1,2}\)\s*(.+)", re.DOTALL)
_CODE = re.compile(r"(\d{1,2}[A-Za-z]?)(?:\s*[:–-].*)?", re.DOTALL)  # noqa: RUF001 - people do type an en dash
_LEADING_CODE = re.compile(r"[A-Za-z]{1,2}\d{1,2}[AB]?\b")
_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_BRITISH = re.compile(r"(\d\d?)[/.-](\d\d?)[/.-](\d{4})(?: 00:00(?::00)?)?")
_NAMED_MONTH = re.compile(r"(\d\d?)[ -]([A-Za-z]{3,9})[ -](\d{4})")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_YES_OR_NO = {
    "yes": True,
    "y": True,
    "true": True,
    "1": True,
    "no": False,
    "n": False,
    "false": False,
    "0": False,
}


def header_key(value: object) -> str:
    r"""Reduce a header to what makes it this header: letters and digits, in lower case, one space between words.

    >>> header_key(" Referral\xa0NFA? (Y/N)\n"), header_key("Child's  Unique ID")
    ('referral nfa', 'childs unique id')
    """
    text = unicodedata.normalize("NFKC", "" if value is None else str(value)).casefold()
    text = re.sub(r"\((y/n|dd/mm/yy(yy)?)\)", " ", text)
    text = re.sub("['\N{RIGHT SINGLE QUOTATION MARK}]", "", text).replace("ization", "isation")
    return " ".join(re.findall(r"[a-z0-9]+", text))


def cell_text(value: object) -> str | None:
    r"""Give a cell's text on one line; None where it is empty, an error such as #N/A, or an uncalculated formula.

    >>> cell_text("Dustin\xa0Hazlett "), cell_text("#N/A"), cell_text(10692868.0)
    ('Dustin Hazlett', None, '10692868')
    """
    if value is None or isinstance(value, Uncalculated):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = " ".join(str(value).split())
    return None if not text or text in _ERRORS else text


def plain(value: object) -> str | None:
    """Give a cell's text without the letter that Annex A's lists of choices put before it.

    >>> plain("b) Female"), plain("Female"), plain("q) 6: Police")
    ('Female', 'Female', '6: Police')
    """
    text = cell_text(value)
    prefixed = _LETTER_PREFIX.fullmatch(text) if text else None
    return prefixed[1] if prefixed else text


def referral_source(value: object) -> str | None:
    """Give the census code of a source where the cell begins with one, otherwise its text.

    >>> referral_source("q) 6: Police"), referral_source("b) 1B: Individual"), referral_source("Police")
    ('6', '1B', 'Police')
    """
    text = plain(value)
    coded = _CODE.fullmatch(text) if text else None
    return coded[1].upper() if coded else text


def leading_code(value: object) -> str | None:
    """Give the code that a cell of a list of choices begins with, such as a legal status or a placement type.

    >>> leading_code("f) U6: Foster placement - not FFA"), leading_code("PR4 - Private provision"), leading_code("Home")
    ('U6', 'PR4', None)
    """
    found = _LEADING_CODE.match(plain(value) or "")
    return found[0].upper() if found else None


def yes_or_no(value: object) -> bool | None:
    """Read a flag; None where it says neither.

    >>> yes_or_no("a) Yes"), yes_or_no(0), yes_or_no("CS Assessment Updated")
    (True, False, None)
    """
    return _YES_OR_NO.get((plain(value) or "").casefold())


def child_id(column: str, value: object) -> str:
    """Give a child's identifier as written; raises Unfit where it is missing or can't be one."""
    if isinstance(value, Uncalculated):
        raise Unfit(column, value, _uncalculated(column, value))
    if isinstance(value, bool | date | timedelta) or (isinstance(value, float) and not value.is_integer()):
        raise Unfit(column, value, f"{column} is {value}, which can't be a child's identifier. Correct it.")
    text = cell_text(value)
    if text is None:
        reason = f"{column} is missing, so nobody can tell whose record this is. Give the child's identifier."
        raise Unfit(column, value, reason)
    return text


def cell_date(column: str, value: object, epoch: datetime) -> date | None:
    """Read a date: a date cell, a day number counted from `epoch`, or text that can mean one day only.

    None where the cell is empty or an error; raises Unfit where it holds something else. Text is read as
    day/month/year: 09/16/2020 is refused rather than turned round.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, Uncalculated):
        raise Unfit(column, value, _uncalculated(column, value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        if 10_000 <= value < 100_000:  # 1927 to 2173: an age or an identifier in the wrong column is no date
            return (epoch + timedelta(days=int(value))).date()
        raise Unfit(column, value, f"{column} is {value}, which is no day's number. Give the date.")
    if not isinstance(value, str | None):
        raise Unfit(column, value, f"{column} is {value}, which is not a date. Give the date.")
    text = cell_text(value)
    return None if text is None else _date_of_text(column, text)


def _date_of_text(column: str, text: str) -> date:
    try:
        if found := _ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _BRITISH.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := _NAMED_MONTH.fullmatch(text):
            named = [name.startswith(found[2].casefold()) for name in _MONTHS]
            return date(int(found[3]), named.index(True) + 1, int(found[1]))
    except ValueError:
        pass  # 31/02/2020 has the form of a date: refused below like any other text that is none
    raise Unfit(column, text, f"{column} is {text!r}, which is not a date (day/month/year). Correct it.")


def _uncalculated(column: str, value: Uncalculated) -> str:
    return (
        f"{column} is the formula {value.formula} and the workbook does not hold its result. "
        "Open the workbook in a spreadsheet program, save it, and send it again."
    )
