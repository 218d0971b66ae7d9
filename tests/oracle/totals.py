"""An independent reading of how numbers are computed: fractions only, none of the project's code.

A catalogue (tables of its CSV files) and reported observations become the rows of `chisoctl get --json`, the
texts of the stored totals included. Slow and plain on purpose: every function is a sentence of the rules.

Left out: windows that contain a succession, indices, and what the catalogue check refuses.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

import calendars as calendar
from figures import NO_FIGURE, Figure, Range, decimal_text

FOREVER = date.max
OWN_FIGURE_ONLY = {"rate", "distinct", "index", "rank"}
SUMMED_OVER_TIME = {"sum", "mean"}


def day_or(text, default):
    return date.fromisoformat(text) if text else default


@dataclass(frozen=True)
class Unit:
    """A unit between its foundation and its end; what it was called at the end."""
    code: str
    first: date
    last: date
    rows: tuple = field(compare=False)
    succeeded: bool = field(compare=False, default=False)

    def at(self, day):
        return next((row for row in self.rows if row["first"] <= day <= row["last"]), None)

    def lives(self, day):
        return self.first <= day <= self.last


@dataclass
class Indicator:
    id: str
    first: date
    row: dict

    def __post_init__(self):
        row = self.row
        self.measure, self.across_time = row["measure"], row["across_time"]
        self.cadence = row["cadence"].split("+")[0]
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

    @property
    def own_figure_only(self):
        return self.measure in OWN_FIGURE_ONLY

    @property
    def is_quotient(self):
        return self.measure in ("ratio", "mean")


def names(entry, unit_row):
    """Does `kind` or `kind:role` name the unit?"""
    return entry[0] == unit_row["kind"] and (len(entry) == 1 or entry[1] == unit_row["role"])


@dataclass
class Side:
    """Figures of some units together, and how many of them are in."""
    figure: Figure = NO_FIGURE
    reported: int = 0
    partial: int = 0
    expected: int = 0
    not_applicable: int = 0
    bare: bool = False

    def __add__(self, other):
        return Side(self.figure + other.figure, self.reported + other.reported, self.partial + other.partial,
                    self.expected + other.expected, self.not_applicable + other.not_applicable)

    @property
    def state(self):
        if self.figure:
            return "bare" if self.bare else "value"
        return "not_applicable" if self.not_applicable and not self.expected else "none"

    @property
    def complete(self):
        return self.reported == self.expected and not self.partial

    @property
    def touched(self):
        """Itself, or None where nobody contributes or owes."""
        return self if self.figure or self.expected or self.not_applicable else None

    def stored(self, scale):
        letter = {"value": "P" if self.figure.denominator else "V", "bare": "B", "not_applicable": "N",
                  "none": "-"}[self.state]
        return " ".join(map(str, (letter, self.reported, self.partial, self.expected, self.not_applicable,
                                  self.figure.stored(scale))))


@dataclass
class Total:
    shown: Side
    basis: str | None
    other: Side | None = None
    revision: int = 0
    by_whole: bool = False

    def above(self):
        """What it gives to the total above: of a bare figure its parts."""
        return self.other if self.shown.bare else self.shown

    def stored(self, scale):
        """As in Redis, the journal number left out."""
        text = f"{ {'reported': 'R', 'derived': 'D', None: '-'}[self.basis]} {self.revision} {scale} "
        return text + self.shown.stored(scale) + (f" | {self.other.stored(scale)}" if self.other else "")


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

    def _split(self, code, rows):
        """Adjoining rows of a code are one unit, unless a succession stands between them."""
        life = [rows[0]]
        for row in rows[1:] + [None]:
            last = life[-1]["last"]
            next_day = last + timedelta(days=1) if last < FOREVER else None
            ended = any(day == next_day and old == code for day, old, _, _ in self.successions)
            if row and row["first"] == next_day and not ended:
                life.append(row)
                continue
            self.units.append(Unit(code, life[0]["first"], last, tuple(life), ended))
            life = [row]

    def at(self, code, day):
        return next((unit for unit in self.units if unit.code == code and unit.lives(day)), None)

    def last_of(self, code):
        return max((unit for unit in self.units if unit.code == code), key=lambda unit: unit.first, default=None)

    def ancestors(self, unit, day):
        """Codes above UNIT on DAY, the nearest first."""
        found = []
        while unit and (parent := unit.at(day)["parent"]):
            found.append(parent)
            unit = self.at(parent, day)
        return found

    @lru_cache(maxsize=None)
    def seen(self, unit, period):
        """The row of UNIT that PERIOD sees: on its last day, or at the unit's end inside it."""
        if unit.lives(period.last):
            return unit.at(period.last)
        if period.first <= unit.last < period.last and not unit.succeeded:
            return unit.rows[-1]
        return None

    @lru_cache(maxsize=None)
    def children(self, unit, period):
        return [child for child in self.units
                if (row := self.seen(child, period)) and row["parent"] == unit.code
                and unit is self.parent(child, period)]

    def parent(self, unit, period):
        row = self.seen(unit, period)
        return self.at(row["parent"], min(period.last, unit.last)) if row["parent"] else None

    def below(self, unit, period):
        """UNIT and everything under it."""
        return [unit] + [deeper for child in self.children(unit, period) for deeper in self.below(child, period)]


class Oracle:
    def __init__(self, tables, observations, now):
        """TABLES: file name → list of dicts. OBSERVATIONS: dicts of unit, period, indicator, revision, and what
        figures.observed takes; of each (unit, period, indicator) the highest revision is in force."""
        self.units = Units(tables["units.csv"], tables["successions.csv"])
        self.working_days = calendar.WorkingDays(tables["holidays.csv"])
        self.obligations = tables["obligations.csv"]
        self.targets = tables["targets.csv"]
        self.versions = defaultdict(list)
        for row in tables["indicators.csv"]:
            self.versions[row["id"]].append(Indicator(row["id"], day_or(row["valid_from"], date.min), row))
        self.now = now
        self.leaves = {}
        for observation in observations:
            key = observation["unit"], calendar.parse(observation["period"]), observation["indicator"]
            if key not in self.leaves or self.leaves[key]["revision"] < observation["revision"]:
                self.leaves[key] = observation

    def indicator_at(self, indicator, day):
        return max((version for version in self.versions[indicator] if version.first <= day),
                   key=lambda version: version.first, default=None)

    # ---- who owes what ----

    def reports(self, definition, unit_row):
        return any(names(entry, unit_row) for entry in definition.reported_by)

    def speaks(self, definition, unit_row):
        return any(names(entry, unit_row) for entry in definition.whole_by)

    @lru_cache(maxsize=None)
    def obligation(self, unit, indicator, day):
        """(cadence, working days until it is due or None) on DAY; None: owes nothing."""
        unit_row, definition = unit.at(day), self.indicator_at(indicator, day)
        if not unit_row or not definition:
            return None
        above = self.units.ancestors(unit, day)
        best = None
        for row in self.obligations:
            if row["indicator"] != indicator or not (
                    day_or(row["valid_from"], date.min) <= day <= day_or(row["valid_to"], FOREVER)):
                continue
            if row["kind"] and not (row["kind"] == unit_row["kind"] and row["role"] in ("", unit_row["role"])):
                continue
            if row["unit"] and not row["kind"]:
                rank = (0,) if row["unit"] == unit.code else None
            elif row["unit"]:
                rank = (1, above.index(row["unit"]), not row["role"]) if row["unit"] in above else None
            else:
                rank = (2, not row["role"])
            if rank and (best is None or rank < best[0]):
                best = rank, row
        if best:
            row = best[1]
            if row["cadence"] == "none":
                return None
            days = int(row["due_working_days"]) if row["due_working_days"] else definition.due_working_days
            return row["cadence"] or definition.cadence, days
        if self.reports(definition, unit_row) or self.speaks(definition, unit_row):
            return (definition.cadence, definition.due_working_days) if definition.cadence != "none" else None
        return None

    def has_obligation(self, unit, definition, day):
        """Is it named in obligations.csv?"""
        row, above = unit.at(day), self.units.ancestors(unit, day)
        return any(
            o["indicator"] == definition.id
            and day_or(o["valid_from"], date.min) <= day <= day_or(o["valid_to"], FOREVER) and (
                o["unit"] == unit.code and not o["kind"]
                or o["kind"] == row["kind"] and o["role"] in ("", row["role"])
                and (not o["unit"] or o["unit"] in above))
            for o in self.obligations)

    def is_part(self, definition, unit, day):
        row = unit.at(day)
        return not self.speaks(definition, row) and (
            self.reports(definition, row) or self.has_obligation(unit, definition, day))

    def owes(self, unit, indicator, period):
        """Is UNIT expected for PERIOD: one or several whole windows of its cadence?"""
        day = min(period.last, unit.last)
        owed = self.obligation(unit, indicator, day)
        if not owed or owed[0] not in calendar.CONSISTS_OF[period.kind]:
            return False
        if unit.lives(period.last):
            return True
        return any(self.owes(unit, indicator, part) for part in calendar.parts(period) if part.first <= unit.last)

    def deadline(self, unit, definition, period):
        """When the unit's report for PERIOD is due; None: never."""
        if not self.owes(unit, definition.id, period):
            return None
        row = unit.at(period.last)
        if self.speaks(definition, row) and not self.has_obligation(unit, definition, period.last):
            whole = self.units.parent(unit, period) if row["kind"] == "department" else unit
            if self.some_part_owes(whole, definition, period):
                return None
        days = self.obligation(unit, definition.id, period.last)[1]
        return None if days is None else self.working_days.deadline(period.last, days)

    def some_part_owes(self, unit, definition, period):
        return any(one.lives(period.last) and self.is_part(definition, one, period.last)
                   and self.owes(one, definition.id, period) for one in self.units.below(unit, period))

    # ---- one unit ----

    def own(self, unit, indicator, period):
        """The unit's own report in force, not a withdrawn one."""
        leaf = self.leaves.get((unit.code, period, indicator)) if unit.lives(period.last) else None
        return None if leaf is None or leaf.get("withdrawn") else leaf

    def windows(self, unit, definition, period):
        """The unit's windows that PERIOD consists of."""
        if definition.across_time == "none":
            return []
        return [part for part in calendar.parts(period)
                if self.units.seen(unit, part) and self.counts_for(unit, definition, part)]

    def derivable(self, unit, definition, period):
        """Those of them that are of the same version of the definition."""
        return [part for part in self.windows(unit, definition, period)
                if self.indicator_at(definition.id, part.last) is definition]

    @lru_cache(maxsize=None)
    def effective(self, unit, indicator, period, bare):
        """The effective value: a Figure, "not_applicable" or None. BARE: are finished percentages seen?"""
        definition = self.indicator_at(indicator, period.last)
        own = self.own(unit, indicator, period)
        if own:
            if own.get("not_applicable"):
                return "not_applicable"
            if not own.get("bare"):
                return Figure.observed(own, period)
            if bare:
                return Figure.observed(own, period)
        windows = self.derivable(unit, definition, period)
        if definition.across_time in SUMMED_OVER_TIME:
            values = {part: value for part in windows if (value := self.effective(unit, indicator, part, False))}
            figures = [value for value in values.values() if isinstance(value, Figure)]
            if figures:
                return sum(figures, NO_FIGURE)
            is_missing = any(part not in values for part in self.owed_windows(unit, definition, period))
            return "not_applicable" if values and not is_missing else None
        for part in reversed(windows):
            if self.effective(unit, indicator, part, True) is not None:
                return self.effective(unit, indicator, part, bare)
        return None

    def owed_windows(self, unit, definition, period):
        """The windows inside PERIOD that must be in: those the unit owes, or all where it owes none of them."""
        windows = self.windows(unit, definition, period)
        owed = self.obligation(unit, definition.id, min(period.last, unit.last))
        if owed and owed[0] == period.kind or definition.across_time == "cumulative":
            return windows
        return [part for part in windows if self.owes(unit, definition.id, part)] or windows

    def is_in(self, unit, indicator, period, bare=False):
        """Is the unit's own report in, or every owed window inside PERIOD, or the last where the last counts?"""
        own = self.own(unit, indicator, period)
        if own and (bare or not own.get("bare")):
            return True
        definition = self.indicator_at(indicator, period.last)
        owed, derivable = self.owed_windows(unit, definition, period), self.derivable(unit, definition, period)
        if definition.across_time in SUMMED_OVER_TIME:
            return bool(owed) and all(part in derivable and self.is_in(unit, indicator, part, bare) for part in owed)
        for part in reversed(self.windows(unit, definition, period)):
            if part in derivable and self.effective(unit, indicator, part, True) is not None:
                return self.is_in(unit, indicator, part, bare)
            if part in owed:
                return False
        return False

    def one(self, unit, indicator, period):
        """The unit's effective value as a side of one unit; a bare figure counts as not reported."""
        value = self.effective(unit, indicator, period, False)
        if value == "not_applicable":
            return Side(not_applicable=1)
        if value is None:
            return Side(expected=int(self.owes(unit, indicator, period)))
        complete = self.is_in(unit, indicator, period)
        return Side(value, reported=int(complete), partial=int(not complete), expected=1)

    def bare(self, unit, indicator, period):
        """The unit's finished percentage, which nobody above sees."""
        value = self.effective(unit, indicator, period, True)
        if not (isinstance(value, Figure) and value.bare):
            return None
        complete = self.is_in(unit, indicator, period, True)
        return Side(value, reported=int(complete), partial=int(not complete), expected=1, bare=True)

    # ---- a unit and those below ----

    def counts_for(self, unit, definition, period):
        """Ended units stay in what is summed over time."""
        return unit.lives(period.last) or definition.across_time in SUMMED_OVER_TIME

    def wholes(self, unit, definition, period):
        """The units that may speak for the whole of UNIT, in the order of whole_by."""
        departments = [child for child in self.units.children(unit, period)
                       if self.units.seen(child, period)["kind"] == "department"
                       and child.lives(min(period.last, unit.last))]
        return [candidate for entry in definition.whole_by for candidate in [unit] + departments
                if names(entry, self.units.seen(candidate, period))]

    @lru_cache(maxsize=None)
    def total(self, unit, indicator, period):
        definition = self.indicator_at(indicator, period.last)
        own, below = Side(), Side()
        if self.is_part(definition, unit, min(period.last, unit.last)) and self.counts_for(unit, definition, period):
            own = self.one(unit, indicator, period)
        if not definition.own_figure_only:
            for child in self.units.children(unit, period):
                if self.counts_for(child, definition, period) and not self.speaks_above(child, definition, period):
                    below += self.total(child, indicator, period).above()
        parts = own + below
        total = self._choose(unit, definition, period, parts, "derived" if below.touched else "reported")
        bare = self.bare(unit, indicator, period)
        if bare and not total.by_whole:
            total = Total(bare, "reported", total.shown)
        total.revision = self.revision(unit, indicator, period)
        return total

    def speaks_above(self, child, definition, period):
        """Is CHILD a department that may speak for its parent?"""
        row = self.units.seen(child, period)
        return row["kind"] == "department" and self.speaks(definition, row)

    def _choose(self, unit, definition, period, parts, basis):
        wholes = [self.one(whole, definition.id, period) for whole in self.wholes(unit, definition, period)]
        for side in wholes:
            if side.figure and side.complete or side.state == "not_applicable":
                return Total(side, "reported", parts.touched, by_whole=True)
        partial = next((side for side in wholes if side.figure), None)
        if parts.state != "none":
            return Total(parts, basis, partial)
        if partial:
            return Total(partial, "reported", parts.touched)
        basis = basis if basis == "derived" else None
        if parts.expected:
            return Total(parts, basis)
        return Total(next((side for side in wholes if side.expected), parts), basis)

    def revision(self, unit, indicator, period, kind=None):
        definition = self.indicator_at(indicator, period.last)
        below = [u for u in self.units.below(unit, period) if self.counts_for(u, definition, period)
                 and kind in (None, self.units.seen(u, period)["kind"])]
        return sum(leaf["revision"] for (code, leaf_period, leaf_indicator), leaf in self.leaves.items()
                   if leaf_indicator == indicator
                   and (leaf_period == period if period.kind == "interval" else period.contains(leaf_period))
                   and any(u.code == code and u.lives(leaf_period.last) for u in below))

    def level(self, unit, indicator, period, kind):
        """indicator@kind: all units of the kind at or under UNIT, whoever else speaks for the whole."""
        definition = self.indicator_at(indicator, period.last)
        own, below = Side(), Side()
        for one in self.units.below(unit, period):
            row = self.units.seen(one, period)
            if row["kind"] != kind or not self.counts_for(one, definition, period):
                continue
            if one is unit:
                own = self.one(one, indicator, period)
            else:
                below += self.one(one, indicator, period)
        side = own + below
        basis = "derived" if below.touched else "reported" if side.state != "none" else None
        return Total(side, basis, None, self.revision(unit, indicator, period, kind))

    def levels(self, definition):
        kinds = {entry[0] for entry in definition.reported_by + definition.whole_by}
        kinds |= {row["kind"] for row in self.obligations if row["indicator"] == definition.id and row["kind"]}
        for row in self.obligations:
            if row["indicator"] == definition.id and not row["kind"]:
                kinds |= {r["kind"] for unit in self.units.units if unit.code == row["unit"] for r in unit.rows}
        return kinds if len(kinds) > 1 and not definition.own_figure_only else set()

    # ---- what is shown ----

    def range_of(self, definition, side):
        """Where the truth lies (a Range), or None: undecided."""
        if not side.figure:
            return None
        found = side.figure.range(definition)
        if side.complete:
            return found
        if definition.measure in ("count", "amount") and definition.has_minimum and found:
            return Range(found.low, None)
        return None

    def numbers(self, definition, side):
        """The fields of a side as `get --json` names them, the printed value left out."""
        found = self.range_of(definition, side)
        state = side.state
        if state == "value":
            state = "reported" if side.complete else "partial"
        figure = side.figure
        pair = figure and figure.denominator and not side.bare
        return {
            "state": "not_reported" if state == "none" else state,
            "numerator": decimal_text(figure.numerator.value) if pair else None,
            "denominator": decimal_text(figure.denominator.value) if pair else None,
            "qualifier": figure.qualifier if figure and figure.value(definition) is not None else None,
            "low": decimal_text(found.low) if found and found.low is not None else None,
            "high": decimal_text(found.high) if found and found.high is not None else None,
            "reported": side.reported, "partial": side.partial, "expected": side.expected,
            "not_applicable": side.not_applicable,
        }
