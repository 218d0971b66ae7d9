"""Windows of both calendars, and working days, for the oracle: datetime only, no code of the project."""

from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

VIETNAM = timezone(timedelta(hours=7))
MONTHS = {"month": 1, "quarter": 3, "half": 6, "nine": 9, "year": 12}
# The windows of which every window of a kind consists: a half is whole months and quarters, nine months no halves.
CONSISTS_OF = {
    "day": {"day"},
    "month": {"day", "month"},
    "quarter": {"day", "month", "quarter"},
    "half": {"day", "month", "quarter", "half"},
    "nine": {"day", "month", "quarter"},
    "year": {"day", "month", "quarter", "half", "year"},
    "interval": set(),
}


class Period(NamedTuple):
    """A window; of the administrative calendar's the days are half a month earlier than its name says."""
    kind: str
    first: date
    last: date
    administrative: bool = False

    def __str__(self):
        year, month = self.last.year, self.last.month
        return {
            "day": lambda: self.first.isoformat(),
            "month": lambda: f"{year}-{month:02}",
            "quarter": lambda: f"{year}-Q{(month + 2) // 3}",
            "half": lambda: f"{year}-H{(month + 5) // 6}",
            "nine": lambda: f"{year}-9M",
            "year": lambda: f"{year}",
            "interval": lambda: f"{'..' if self.first == date.min else self.first.isoformat()}/{self.last.isoformat()}",
        }[self.kind]()

    def contains(self, other):
        return self.first <= other.first and other.last <= self.last

    @property
    def year(self):
        """The year of whose windows it is one."""
        if self.administrative and (self.last.month, self.last.day) > (12, 14):
            return self.last.year + 1
        return self.last.year


def window(kind, year, month=1, day=1, administrative=False):
    """The window of KIND whose name begins with this month (this day)."""
    first = date(year, month, day)
    if kind == "day":
        return Period(kind, first, first, administrative)
    months = year * 12 + month - 1 + MONTHS[kind]
    last = date(months // 12, months % 12 + 1, 1) - timedelta(days=1)
    if administrative:
        first, last = (first - timedelta(days=1)).replace(day=15), last.replace(day=14)
    return Period(kind, first, last, administrative)


def parse(text, administrative=False):
    if "/" in text:
        first, last = text.split("/")
        return Period("interval", date.min if first == ".." else date.fromisoformat(first), date.fromisoformat(last),
                      administrative)
    year, *rest = text.split("-")
    if not rest:
        return window("year", int(year), 1, 1, administrative)
    if len(rest) == 2:
        return window("day", int(year), *map(int, rest), administrative)
    part = rest[0]
    if part == "9M":
        return window("nine", int(year), 1, 1, administrative)
    if part[0] == "H":
        return window("half", int(year), int(part[1]) * 6 - 5, 1, administrative)
    if part[0] == "Q":
        return window("quarter", int(year), int(part[1]) * 3 - 2, 1, administrative)
    return window("month", int(year), int(part), 1, administrative)


@lru_cache(maxsize=None)
def parts(period):
    """The windows one step shorter, in order."""
    def begins(kind, *months):
        return [window(kind, period.last.year, month, 1, period.administrative) for month in months]
    month = period.last.month
    if period.kind == "year":
        return begins("half", 1, 7)
    if period.kind == "half":
        return begins("quarter", month - 5, month - 2)
    if period.kind == "nine":
        return begins("half", 1) + begins("quarter", 7)
    if period.kind == "quarter":
        return begins("month", month - 2, month - 1, month)
    if period.kind == "month":
        days = (period.last - period.first).days + 1
        return [Period("day", day, day, period.administrative)
                for day in (period.first + timedelta(days=number) for number in range(days))]
    return []


def window_of(kind, day, administrative):
    """The window of KIND in which DAY lies."""
    year = window("year", day.year + administrative * ((day.month, day.day) > (12, 14)), 1, 1, administrative)
    return next(one for one in windows_inside(kind, year) if one.last >= day)


@lru_cache(maxsize=None)
def windows_inside(kind, period):
    """The windows of KIND that PERIOD consists of, in order; itself where it is one."""
    if period.kind == kind:
        return [period]
    return [inner for part in parts(period) for inner in windows_inside(kind, part)]


def before(period):
    """The window of the same length that ends the day before PERIOD begins."""
    if period.kind == "day":
        day = period.first - timedelta(days=1)
        return Period("day", day, day, period.administrative)
    months = period.last.year * 12 + period.last.month - 2 * MONTHS[period.kind]
    if period.kind == "nine":
        return window("nine", period.last.year - 1, 1, 1, period.administrative)
    return window(period.kind, months // 12, months % 12 + 1, 1, period.administrative)


def after(period):
    """The window of the same length that follows."""
    if period.kind == "day":
        day = period.last + timedelta(days=1)
        return Period("day", day, day, period.administrative)
    months = period.last.year * 12 + period.last.month
    return window(period.kind, months // 12, months % 12 + 1, 1, period.administrative)


def year_before(period):
    """The same window a year before, or None."""
    if period.kind == "interval" or (period.kind == "day" and (period.first.month, period.first.day) == (2, 29)):
        return None
    if period.kind == "day":
        day = period.first.replace(year=period.first.year - 1)
        return Period("day", day, day, period.administrative)
    name = str(period)
    return parse(f"{period.last.year - 1}{name[4:]}", period.administrative)


class WorkingDays:
    """Monday to Friday, less the days off, and the Saturdays worked instead."""

    def __init__(self, rows):
        self.kind = {date.fromisoformat(row["date"]): row["kind"] for row in rows}

    def works(self, day):
        return self.kind.get(day, "work" if day.weekday() < 5 else "off") == "work"

    def deadline(self, last, days):
        """17:00 in Vietnam, DAYS working days after LAST."""
        day = last
        while days:
            day += timedelta(days=1)
            days -= self.works(day)
        return datetime.combine(day, time(17), VIETNAM)

    def between(self, first, last):
        """How many after FIRST, up to and including LAST."""
        return sum(self.works(first + timedelta(days=number + 1)) for number in range((last - first).days))
