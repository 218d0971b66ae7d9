"""The catalogue as the oracle reads it (S2 Details, S5, S7): units, definitions, and who owes what."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

import calendars as calendar

FOREVER = date.max
DAY = timedelta(days=1)
OWN_FIGURE_ONLY = {"rate", "distinct", "index", "rank"}
ADDS_OVER_TIME = {"sum", "mean", "extreme", "flow_over_stock"}
FIRST_ACROSS_TIME = {"ratio": "sum", "count": "sum", "amount": "sum", "mean": "mean", "min": "extreme", "max": "extreme"}


def day_or(text, default):
    return date.fromisoformat(text) if text else default


@dataclass(frozen=True, eq=False)
class Unit:
    """A unit between its foundation and its end, under whatever names, kinds and parents."""
    code: str
    first: date
    last: date
    rows: tuple

    @lru_cache(maxsize=None)
    def at(self, day):
        return next((row for row in self.rows if row["first"] <= day <= row["last"]), None)

    def lives(self, day):
        return self.first <= day <= self.last

    def begins_inside(self, period):
        return period.first < self.first <= period.last


class Indicator:
    """One version of a definition, the defaults filled in."""

    def __init__(self, row):
        self.id, self.row, self.first = row["id"], row, day_or(row["valid_from"], date.min)
        self.pillar, self.measure = row["pillar"], row["measure"]
        self.across_time = row["across_time"] or FIRST_ACROSS_TIME.get(self.measure, "last")
        self.administrative = row["calendar"] == "administrative"
        self.cadence = (row["cadence"] or "month").split("+")[0]
        self.factor = Fraction(row["factor"] or 1)
        self.decimals = int(row["decimals"] or 0)
        self.input_decimals = int(row["input_decimals"] or self.decimals)
        self.has_minimum = row["minimum"] != ""
        self.about_tolerance = Fraction(row["about_tolerance"] or 10)
        self.direction = row["direction"] or "none"
        self.zero_denominator = row["zero_denominator"] or "not_applicable"
        self.due_working_days = int(row["due_working_days"]) if row["due_working_days"] else None
        self.reported_by = [entry.split(":") for entry in row["reported_by"].split()]
        self.whole_by = [entry.split(":") for entry in row["whole_by"].split()]
        self.own_figure_only = self.measure in OWN_FIGURE_ONLY
        self.adds_over_time = self.across_time in ADDS_OVER_TIME
        self.is_quotient = self.measure in ("ratio", "mean")
        self.is_extreme = self.measure in ("min", "max")
        self.joining = {"min": min, "max": max}.get(self.measure, sum)

    def parse(self, period):
        return calendar.parse(period, self.administrative)


def names(entry, unit_row):
    """Does `kind` or `kind:role` name the unit?"""
    return entry[0] == unit_row["kind"] and (len(entry) == 1 or entry[1] == unit_row["role"])


class Units:
    def __init__(self, rows, successions):
        self.successions = [(date.fromisoformat(row["date"]), row["old_code"], row["new_code"], row["extent"])
                            for row in successions]
        self.units = []
        by_code = defaultdict(list)
        for row in rows:
            by_code[row["code"]].append({**row, "first": day_or(row["valid_from"], date.min),
                                         "last": day_or(row["valid_to"], FOREVER)})
        for code, rows_of_code in by_code.items():
            self._split(code, sorted(rows_of_code, key=lambda row: row["first"]))
        self.by_code = defaultdict(list)
        for unit in self.units:
            self.by_code[unit.code].append(unit)

    def _split(self, code, rows):
        """Adjoining rows of a code are one unit, unless a succession stands between them."""
        life = [rows[0]]
        for row in rows[1:] + [None]:
            last = life[-1]["last"]
            next_day = last + DAY if last < FOREVER else None
            ended = any(day == next_day and old == code for day, old, _, _ in self.successions)
            if row and row["first"] == next_day and not ended:
                life.append(row)
                continue
            self.units.append(Unit(code, life[0]["first"], last, tuple(life)))
            life = [row]

    @lru_cache(maxsize=None)
    def at(self, code, day):
        return next((unit for unit in self.by_code[code] if unit.lives(day)), None)

    def last_of(self, code):
        return max(self.by_code[code], key=lambda unit: unit.first, default=None)

    @lru_cache(maxsize=None)
    def ancestors(self, unit, day):
        """Codes above UNIT on DAY, the nearest first."""
        found = []
        while unit and (parent := unit.at(day)["parent"]):
            found.append(parent)
            unit = self.at(parent, day)
        return found

    def province(self, unit, day):
        chain = [unit.code] + self.ancestors(unit, day)
        return chain[-2] if len(chain) > 1 else None

    # ---- successions ----

    @lru_cache(maxsize=None)
    def rows_from(self, unit):
        """The succession rows that end UNIT."""
        return [row for row in self.successions if row[1] == unit.code and row[0] - DAY == unit.last]

    @lru_cache(maxsize=None)
    def became(self, unit):
        """The unit that UNIT wholly passed into, or None."""
        rows = self.rows_from(unit)
        whole = [row for row in rows if row[3] == "whole"]
        return self.at(whole[0][2], whole[0][0]) if len(rows) == 1 and whole else None

    @lru_cache(maxsize=None)
    def former(self, unit):
        """The units that UNIT was founded out of; [] for none."""
        return [self.at(old, day - DAY) for day, old, new, _ in self.successions
                if new == unit.code and day == unit.first]

    def is_whole(self, unit):
        """Did all of its former units wholly become it?"""
        return all(self.became(old) == unit for old in self.former(unit))

    @lru_cache(maxsize=None)
    def on(self, unit, day):
        """The units, living on DAY, that UNIT (founded later) is the sum of; None: not comparable."""
        if unit.first <= day:
            return [unit]
        if not self.is_whole(unit):
            return None
        found = []
        for old in self.former(unit):
            older = self.on(old, day)
            if older is None:
                return None
            found += older
        return found

    # ---- the tree that a window sees ----

    @lru_cache(maxsize=None)
    def seen(self, unit, period):
        """The row of UNIT that PERIOD sees: on its last day, or at its end inside it without a successor."""
        if unit.lives(period.last):
            return unit.at(period.last)
        if period.first <= unit.last < period.last and not self.rows_from(unit):
            return unit.rows[-1]
        return None

    @lru_cache(maxsize=None)
    def parent(self, unit, period):
        """Its parent at the window's end, or its last one, or what that wholly became."""
        row = self.seen(unit, period)
        above = self.at(row["parent"], min(period.last, unit.last)) if row["parent"] else None
        while above and not self.seen(above, period):
            above = self.became(above)
        return above

    @lru_cache(maxsize=None)
    def tree(self, period):
        """Unit → units under it."""
        found = defaultdict(list)
        for unit in self.units:
            if self.seen(unit, period) and (above := self.parent(unit, period)):
                found[above].append(unit)
        return found

    def children(self, unit, period):
        return self.tree(period)[unit]

    @lru_cache(maxsize=None)
    def below(self, unit, period):
        """UNIT and everything under it."""
        return [unit] + [deeper for child in self.children(unit, period) for deeper in self.below(child, period)]

    def stands_for(self, unit, period):
        """The unit in which PERIOD sees UNIT's figures: itself, or what it wholly became."""
        while unit and not self.seen(unit, period):
            unit = self.became(unit)
        return unit

    @lru_cache(maxsize=None)
    def is_split(self, unit, period):
        """Does PERIOD strictly contain a succession, or a move to another province, of UNIT or of one below?"""
        for one in self.below(unit, period):
            if self.former(one) and one.begins_inside(period):
                return True
            days = [row["first"] for row in one.rows if period.first < row["first"] <= min(period.last, one.last)]
            if any(one.lives(day - DAY) and self.province(one, day) != self.province(one, day - DAY) for day in days):
                return True
        return False


class Catalogue:
    """TABLES: file name → list of rows."""

    def __init__(self, tables):
        self.units = Units(tables["units.csv"], tables["successions.csv"])
        self.working_days = calendar.WorkingDays(tables["holidays.csv"])
        self.targets, self.milestones = tables["targets.csv"], tables["milestones.csv"]
        self.indices, self.components = tables["indices.csv"], tables["index_components.csv"]
        self.versions = defaultdict(list)
        for row in tables["indicators.csv"]:
            self.versions[row["id"]].append(Indicator(row))
        self.obligations = defaultdict(list)
        for row in tables["obligations.csv"]:
            self.obligations[row["indicator"]].append(
                {**row, "first": day_or(row["valid_from"], date.min), "last": day_or(row["valid_to"], FOREVER)})

    @lru_cache(maxsize=None)
    def at(self, indicator, day):
        """The definition in force on DAY."""
        return max((version for version in self.versions[indicator] if version.first <= day),
                   key=lambda version: version.first, default=None)

    def first_version(self, indicator):
        return self.versions[indicator][0]

    def reports(self, definition, unit_row):
        return any(names(entry, unit_row) for entry in definition.reported_by)

    def speaks(self, definition, unit_row):
        return any(names(entry, unit_row) for entry in definition.whole_by)

    def _names(self, row, unit, day):
        """How specific a row of obligations.csv is for the unit, the smallest the most; None: not at all."""
        unit_row, above = unit.at(day), self.units.ancestors(unit, day)
        if row["kind"] and not (row["kind"] == unit_row["kind"] and row["role"] in ("", unit_row["role"])):
            return None
        if row["unit"] and not row["kind"]:
            return (0,) if row["unit"] == unit.code else None
        if row["unit"]:
            return (1, above.index(row["unit"]), not row["role"]) if row["unit"] in above else None
        return (2, not row["role"])

    @lru_cache(maxsize=None)
    def named(self, unit, indicator, day):
        """The most specific row of obligations.csv that holds for the unit on DAY."""
        found = [(rank, number) for number, row in enumerate(self.obligations[indicator])
                 if row["first"] <= day <= row["last"] and (rank := self._names(row, unit, day)) is not None]
        return self.obligations[indicator][min(found)[1]] if found else None

    @lru_cache(maxsize=None)
    def obligation(self, unit, definition, day):
        """(cadence, working days until it is due or None) on DAY; None: owes nothing."""
        unit_row = unit.at(day)
        if not unit_row:
            return None
        row = self.named(unit, definition.id, day)
        if row:
            days = int(row["due_working_days"]) if row["due_working_days"] else definition.due_working_days
            cadence = row["cadence"] or definition.cadence
        elif self.reports(definition, unit_row) or self.speaks(definition, unit_row):
            cadence, days = definition.cadence, definition.due_working_days
        else:
            return None
        return None if cadence == "none" else (cadence, days)

    def is_part(self, definition, unit, day):
        row = unit.at(day)
        return not self.speaks(definition, row) and (
            self.reports(definition, row) or self.named(unit, definition.id, day) is not None)

    @lru_cache(maxsize=None)
    def owes(self, unit, definition, period):
        """Is UNIT expected for PERIOD: one or several whole windows of its cadence? DEFINITION is that of the figure
        which is asked for, also where PERIOD is a part of its window."""
        owed = self.obligation(unit, definition, min(period.last, unit.last))
        if not owed or owed[0] not in calendar.CONSISTS_OF[period.kind]:
            return False
        if unit.lives(period.last):
            return True
        return any(self.owes(unit, definition, part) for part in calendar.parts(period) if part.first <= unit.last)

    @lru_cache(maxsize=None)
    def levels(self, definition):
        """The kinds that indicator@kind has, where several report."""
        kinds = {entry[0] for entry in definition.reported_by + definition.whole_by}
        for row in self.obligations[definition.id]:
            if row["kind"]:
                kinds.add(row["kind"])
            else:
                kinds |= {life["kind"] for unit in self.units.by_code[row["unit"]] for life in unit.rows}
        return sorted(kinds) if len(kinds) > 1 and not definition.own_figure_only else []

    # ---- deadlines ----

    @lru_cache(maxsize=None)
    def deadline(self, unit, definition, period):
        """When the unit's report for PERIOD is due; None: never."""
        if not self.owes(unit, definition, period):
            return None
        if self.is_left_to_parts(unit, definition, period):
            return None
        days = self.obligation(unit, definition, period.last)[1]
        return None if days is None else self.working_days.deadline(period.last, days)

    def is_left_to_parts(self, unit, definition, period):
        """May UNIT speak for the whole, and need not, because a part owes PERIOD?"""
        row = unit.at(period.last)
        if not self.speaks(definition, row) or self.named(unit, definition.id, period.last):
            return False
        whole = self.units.parent(unit, period) if row["kind"] == "department" else unit
        return self._some_part_owes(whole, definition, period)

    def _some_part_owes(self, unit, definition, period):
        return any(one.lives(period.last) and self.is_part(definition, one, period.last)
                   and self.owes(one, definition, period) for one in self.units.below(unit, period))
