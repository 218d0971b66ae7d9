"""Windows of the statistical calendar and working days, for the oracle: datetime only, no code of the project."""

from datetime import date, datetime, time, timedelta, timezone
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
    kind: str
    first: date
    last: date

    def __str__(self):
        year, month = self.first.year, self.first.month
        return {
            "day": lambda: self.first.isoformat(),
            "month": lambda: f"{year}-{month:02}",
            "quarter": lambda: f"{year}-Q{(month + 2) // 3}",
            "half": lambda: f"{year}-H{(month + 5) // 6}",
            "nine": lambda: f"{year}-9M",
            "year": lambda: f"{year}",
            "interval": lambda: f"{self.first.isoformat()}/{self.last.isoformat()}",
        }[self.kind]()

    def contains(self, other):
        return self.first <= other.first and other.last <= self.last


def window(kind, year, month=1, day=1):
    """The window of KIND that begins in this month (on this day)."""
    first = date(year, month, day)
    if kind == "day":
        return Period(kind, first, first)
    months = year * 12 + month - 1 + MONTHS[kind]
    return Period(kind, first, date(months // 12, months % 12 + 1, 1) - timedelta(days=1))


def parse(text):
    if "/" in text:
        first, last = text.split("/")
        return Period("interval", date.fromisoformat(first), date.fromisoformat(last))
    year, *rest = text.split("-")
    if not rest:
        return window("year", int(year))
    if len(rest) == 2:
        return window("day", int(year), *map(int, rest))
    part = rest[0]
    if part == "9M":
        return window("nine", int(year))
    if part[0] == "H":
        return window("half", int(year), int(part[1]) * 6 - 5)
    if part[0] == "Q":
        return window("quarter", int(year), int(part[1]) * 3 - 2)
    return window("month", int(year), int(part))


def parts(period):
    """The windows one step shorter, in order."""
    year, month = period.first.year, period.first.month
    if period.kind == "year":
        return [window("half", year, 1), window("half", year, 7)]
    if period.kind == "half":
        return [window("quarter", year, month), window("quarter", year, month + 3)]
    if period.kind == "nine":
        return [window("half", year, 1), window("quarter", year, 7)]
    if period.kind == "quarter":
        return [window("month", year, month + i) for i in range(3)]
    if period.kind == "month":
        return [window("day", year, month, day + 1) for day in range(period.last.day)]
    return []


def before(period):
    """The window of the same length that ends the day before PERIOD begins."""
    last = period.first - timedelta(days=1)
    if period.kind == "day":
        return Period("day", last, last)
    months = period.first.year * 12 + period.first.month - 1 - MONTHS[period.kind]
    return window(period.kind, months // 12, months % 12 + 1)


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
