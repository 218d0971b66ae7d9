"""Effective values and totals (S2), the ranges of incomplete ones (S3), and history across successions (S5).

An independent reading of core/STATISTICS.md: fractions only, none of the project's code, slow and plain on
purpose. Every function is a sentence of the rules.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

import calendars as calendar
from catalogue import Catalogue
from figures import NO_FIGURE, NOTHING, Figure, Range, decimal_text, quotient_range

NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Side:
    """Figures of some units together, and how many of them are in."""
    figure: Figure = NO_FIGURE
    reported: int = 0
    partial: int = 0
    expected: int = 0
    not_applicable: int = 0
    bare: bool = False

    def join(self, other, joining):
        return Side(self.figure.join(other.figure, joining), self.reported + other.reported,
                    self.partial + other.partial, self.expected + other.expected,
                    self.not_applicable + other.not_applicable)

    @property
    def state(self):
        if self.figure:
            return "bare" if self.bare else "value"
        return NOT_APPLICABLE if self.not_applicable and not self.expected else "none"

    @property
    def complete(self):
        return self.reported == self.expected and not self.partial

    @property
    def touched(self):
        """Itself, or None where nobody contributes or owes."""
        return self if self.figure or self.expected or self.not_applicable else None

    # ---- the number (S1 display, S2 table) ----

    def denominator(self, definition):
        """What the numerator is divided by, or None."""
        if definition.measure == "share":
            return Fraction(self.expected)
        return self.figure.denominator.value() if definition.is_quotient else None

    def value(self, definition):
        """In the printed unit; None for a zero denominator that makes no value, or no figure."""
        if not self.figure:
            return None
        numerator = self.figure.numerator.value(definition.joining)
        if self.bare:
            return numerator
        denominator = self.denominator(definition)
        if denominator is None:
            return numerator * definition.factor
        if denominator == 0:
            of_nothing = {"zero": Fraction(0), "full": Fraction(1)}.get(definition.zero_denominator)
            return None if of_nothing is None else of_nothing * definition.factor
        return definition.factor * numerator / denominator

    def range(self, definition):
        """Where the truth lies, in the printed unit; None: undecided, or no value."""
        if self.value(definition) is None:
            return None
        found = self._range_of_what_is_in(definition)
        if self.complete or found is None:
            return found
        if definition.measure in ("count", "amount") and definition.has_minimum:
            return Range(found.low, None, found.low_open)
        if definition.measure == "max":
            return Range(found.low, None, found.low_open)
        if definition.measure == "min":
            return Range(Fraction(0) if definition.has_minimum else None, found.high, False, found.high_open)
        if definition.measure == "share" and not self.bare:
            ones = Fraction(min(self.figure.numerator.value() + self.expected - self.reported, self.expected))
            return Range(found.low, ones / self.expected * definition.factor, found.low_open)
        return None

    def _range_of_what_is_in(self, definition):
        numerator, tolerance = self.figure.numerator, definition.about_tolerance
        if self.bare or self.denominator(definition) is None:
            has_minimum = definition.has_minimum or definition.is_quotient or definition.measure == "share"
            found = numerator.range(tolerance, has_minimum, sum if self.bare else definition.joining)
            return found if self.bare else found.times(definition.factor)
        above = numerator.range(tolerance, True)
        if definition.measure == "share":
            return above.times(definition.factor / self.denominator(definition))
        under = self.figure.denominator.range(tolerance, True)
        if under.high == 0:
            return Range(self.value(definition), self.value(definition))
        return quotient_range(above, under).times(definition.factor)

    # ---- as it is shown and stored ----

    def numbers(self, definition):
        """The fields of a side as `get --json` names them, the printed value left out."""
        found, state = self.range(definition), self.state
        if state == "value":
            state = "reported" if self.complete else "partial"
        pair = self.figure and not self.bare and (self.figure.denominator or definition.measure == "share")
        denominator = self.expected if definition.measure == "share" else self.figure.denominator.value()
        return {
            "state": "not_reported" if state == "none" else state,
            "numerator": decimal_text(self.figure.numerator.value()) if pair else None,
            "denominator": decimal_text(Fraction(denominator)) if pair else None,
            "qualifier": self.figure.qualifier(definition) if self.value(definition) is not None else None,
            "low": decimal_text(found.low) if found and found.low is not None else None,
            "high": decimal_text(found.high) if found and found.high is not None else None,
            "reported": self.reported, "partial": self.partial, "expected": self.expected,
            "not_applicable": self.not_applicable,
        }

    def stored(self, scale):
        letter = {"value": "P" if self.figure.denominator else "V", "bare": "B", NOT_APPLICABLE: "N",
                  "none": "-"}[self.state]
        return " ".join(map(str, (letter, self.reported, self.partial, self.expected, self.not_applicable,
                                  self.figure.stored(scale))))


@dataclass(frozen=True)
class Total:
    shown: Side
    basis: str | None
    other: Side | None = None
    revision: int = 0
    by_whole: bool = False
    told: bool = True  # False: not comparable; only the expected units are known

    def above(self):
        """What it gives to the total above it: of a bare figure its parts."""
        return self.other if self.shown.bare else self.shown

    def stored(self, scale):
        """As in Redis, the journal number left out."""
        text = f"{ {'reported': 'R', 'derived': 'D', None: '-'}[self.basis]} {self.revision} {scale} "
        return text + self.shown.stored(scale) + (f" | {self.other.stored(scale)}" if self.other else "")


def silent(side):
    """Only how many are expected."""
    return Side(expected=side.expected)


class Oracle(Catalogue):
    def __init__(self, tables, observations, now, first_accepted=None):
        """OBSERVATIONS: dicts of unit, period, indicator, revision, and what Figure.observed takes; of each (unit,
        period, indicator) the highest revision is in force. FIRST_ACCEPTED: (unit, period, indicator), as texts, →
        when the first of them was accepted; NOW where it does not say."""
        super().__init__(tables)
        self.now, self.first_accepted = now, first_accepted or {}
        self.leaves = {}
        for observation in observations:
            period = self.first_version(observation["indicator"]).parse(observation["period"])
            key = observation["unit"], period, observation["indicator"]
            if key not in self.leaves or self.leaves[key]["revision"] < observation["revision"]:
                self.leaves[key] = observation
        self.leaves_of = {}
        for (code, period, indicator), leaf in self.leaves.items():
            unit = self.units.at(code, period.last)
            self.leaves_of.setdefault((unit, indicator), []).append((period, leaf["revision"]))

    # ---- one unit: its effective value (S2, rule 1) ----

    def own(self, unit, indicator, period):
        """The unit's own report in force, not a withdrawn one."""
        leaf = self.leaves.get((unit.code, period, indicator)) if unit.lives(period.last) else None
        return None if leaf is None or leaf.get("withdrawn") else leaf

    def straddles(self, unit, definition, period):
        """Is UNIT founded out of others inside PERIOD, and do figures of its sub-periods add up?"""
        return definition.adds_over_time and unit.begins_inside(period) and bool(self.units.former(unit))

    def is_untold(self, unit, definition, period):
        """With a `part` between: not comparable (S5), unless the unit reports the window as a whole."""
        own = self.own(unit, definition.id, period)
        if not self.straddles(unit, definition, period) or own and not own.get("bare"):
            return False
        return any(self.units.on(unit, part.last) is None or
                   any(self.is_untold(one, definition, part) for one in self.units.on(unit, part.last))
                   for part in calendar.parts(period) if self.same_version(definition, part))

    @lru_cache(maxsize=None)
    def pieces(self, unit, definition, period):
        """(part of PERIOD, the units whose figures for it are UNIT's): UNIT itself, before its time the former ones."""
        if definition.across_time == "none":
            return []
        if not self.straddles(unit, definition, period):
            return [(part, [unit]) for part in calendar.parts(period)
                    if self.units.seen(unit, part) and self.counts_for(unit, definition, part)]
        return [(part, [one for one in self.former_on(unit, part.last) if self.units.seen(one, part)])
                if unit.first > part.last else (part, [unit])
                for part in calendar.parts(period) if unit.first > part.last or self.units.seen(unit, part)]

    def same_version(self, definition, part):
        """Nothing is derived across two versions of a definition."""
        return self.at(definition.id, part.last) is definition

    def is_redefined(self, definition, period):
        """Does PERIOD begin with a window of the cadence that a former version defined?"""
        if period.kind == "interval" or definition.cadence == "none":
            return False
        window = calendar.window_of(definition.cadence, period.first, period.administrative)
        return window.last < definition.first and self.at(definition.id, window.last) is not None

    @lru_cache(maxsize=None)
    def effective(self, unit, indicator, period, bare):
        """A Figure, NOT_APPLICABLE or None. BARE: are finished percentages seen?"""
        definition = self.at(indicator, period.last)
        own = self.own(unit, indicator, period)
        if own and own.get("not_applicable"):
            return NOT_APPLICABLE
        if own and (bare or not own.get("bare")):
            return Figure.observed(own, period)
        if self.is_untold(unit, definition, period):
            return None
        pieces = [(part, units) for part, units in self.pieces(unit, definition, period)
                  if self.same_version(definition, part)]
        if definition.adds_over_time:
            return self._added(unit, definition, period, pieces)
        for part, _ in reversed(pieces):
            if self.effective(unit, indicator, part, True) is not None:
                return self.effective(unit, indicator, part, bare)
        return None

    def _added(self, unit, definition, period, pieces):
        """All sub-periods together."""
        figure, values = NO_FIGURE, {}
        for part, units in pieces:
            of_part = NO_FIGURE
            for one in units:
                value = values[part, one] = self.effective(one, definition.id, part, False)
                if isinstance(value, Figure):
                    of_part = of_part.join(value, definition.joining)
            if of_part:
                figure = self._next(definition, figure, of_part)
        if figure:
            return figure
        missing = any(values.get(piece) is None for piece in self.owed_pieces(unit, definition, period))
        return NOT_APPLICABLE if not missing and NOT_APPLICABLE in values.values() else None

    @staticmethod
    def _next(definition, figure, later):
        """FIGURE of the windows so far, with that of a LATER one."""
        if definition.across_time == "flow_over_stock":
            return figure.over(later)
        return figure.join(later, definition.joining)

    @lru_cache(maxsize=None)
    def owed_pieces(self, unit, definition, period):
        """What must be in: the sub-periods that are owed, or all where none of them is."""
        every = [(part, one) for part, units in self.pieces(unit, definition, period) for one in units]
        owed = self.obligation(unit, definition, min(period.last, unit.last))
        if owed and owed[0] == period.kind or definition.across_time == "cumulative":
            return every
        return [(part, one) for part, one in every if self.owes(one, definition, part)] or every

    @lru_cache(maxsize=None)
    def is_in(self, unit, indicator, period, bare=False):
        """Is the unit's own report in, or every owed sub-period, or the last owed one where the last counts? (rule 4)"""
        own = self.own(unit, indicator, period)
        if own and (bare or not own.get("bare")):
            return True
        definition = self.at(indicator, period.last)
        if self.is_untold(unit, definition, period):
            return False
        owed = self.owed_pieces(unit, definition, period)
        if definition.adds_over_time:
            return bool(owed) and all(self.same_version(definition, part) and self.is_in(one, indicator, part, bare)
                                      for part, one in owed)
        for part, _ in reversed(self.pieces(unit, definition, period)):
            if self.same_version(definition, part) and self.effective(unit, indicator, part, True) is not None:
                return self.is_in(unit, indicator, part, bare)
            if (part, unit) in owed:
                return False
        return False

    @lru_cache(maxsize=None)
    def one(self, unit, indicator, period):
        """The unit's effective value as a side of one unit; a bare figure counts as not reported."""
        value = self.effective(unit, indicator, period, False)
        if value == NOT_APPLICABLE:
            return Side(not_applicable=1)
        if value is None:
            owed = self.owes(unit, self.at(indicator, period.last), period)
            return Side(expected=int(owed or self._reports_inside(unit, indicator, period)))
        complete, units = self.is_in(unit, indicator, period), 1
        if self.at(indicator, period.last).measure == "share" and value.denominator:
            value, units = replace(value, denominator=NOTHING), int(value.denominator.value())
        return Side(value, reported=units * complete, partial=units * (not complete), expected=units)

    def _reports_inside(self, unit, indicator, period):
        """Of a unit that is not comparable, was anything reported, by units that became it in part too? It then counts
        as not reported, but it counts: what is known to be missing is not all in."""
        definition = self.at(indicator, period.last)
        return self.is_untold(unit, definition, period) and any(
            isinstance(self.effective(one, indicator, part, False), Figure) or self._reports_inside(one, indicator, part)
            for part, units in self.pieces(unit, definition, period) if self.same_version(definition, part)
            for one in units)

    def bare(self, unit, indicator, period):
        """The unit's finished percentage, which nobody above sees."""
        value = self.effective(unit, indicator, period, True)
        if not (isinstance(value, Figure) and value.bare):
            return None
        complete = self.is_in(unit, indicator, period, True)
        return Side(value, reported=int(complete), partial=int(not complete), expected=1, bare=True)

    # ---- a unit and those below (S2, rule 2) ----

    def counts_for(self, unit, definition, period):
        """Ended units stay in what is summed over time."""
        return unit.lives(period.last) or definition.adds_over_time

    def wholes(self, unit, definition, period):
        """The units that may speak for the whole of UNIT, in the order of whole_by."""
        departments = [child for child in self.units.children(unit, period)
                       if self.units.seen(child, period)["kind"] == "department"
                       and child.lives(min(period.last, unit.last))]
        return [candidate for entry in definition.whole_by for candidate in [unit] + departments
                if self.speaks_as(entry, self.units.seen(candidate, period))]

    @staticmethod
    def speaks_as(entry, row):
        return entry[0] == row["kind"] and (len(entry) == 1 or entry[1] == row["role"])

    def speaks_above(self, child, definition, period):
        """Is CHILD a department that may speak for its parent?"""
        row = self.units.seen(child, period)
        return row["kind"] == "department" and self.speaks(definition, row)

    @lru_cache(maxsize=None)
    def total(self, unit, indicator, period):
        definition = self.at(indicator, period.last)
        joining = definition.joining
        own, below = Side(), Side()
        if self.is_part(definition, unit, min(period.last, unit.last)) and self.counts_for(unit, definition, period):
            own = self.one(unit, indicator, period)
        if not definition.own_figure_only:
            for child in self.units.children(unit, period):
                if self.counts_for(child, definition, period) and not self.speaks_above(child, definition, period):
                    below = below.join(self.total(child, indicator, period).above(), joining)
        parts = own.join(below, joining)
        total = self._choose(unit, definition, period, parts, "derived" if below.touched else "reported")
        bare = self.bare(unit, indicator, period)
        if bare and not total.by_whole:
            untold = self.is_untold(unit, definition, period)
            total = Total(bare, "reported", silent(total.shown) if untold else total.shown)
        total = replace(total, revision=self.revision(unit, indicator, period))
        if self.is_untold(unit, definition, period) and not self.own(unit, indicator, period):
            # A department's report for the whole can be told, the parts beside it cannot.
            return replace(total, other=None) if total.by_whole else self._untold(total)
        return self._completed(unit, definition, period, None, total)

    @staticmethod
    def _untold(total):
        return Total(silent(total.shown), None, None, total.revision, told=False)

    def _choose(self, unit, definition, period, parts, basis):
        wholes = [self.one(whole, definition.id, period) for whole in self.wholes(unit, definition, period)]
        for side in wholes:
            if side.figure and side.complete or side.state == NOT_APPLICABLE:
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

    @lru_cache(maxsize=None)
    def revision(self, unit, indicator, period, kind=None):
        """The sum of the revisions of every leaf in the subtree with a period inside PERIOD; former units are in it
        where their figures may be."""
        definition = self.at(indicator, period.last)
        below = {one for one in self.units.below(unit, period) if self.counts_for(one, definition, period)
                 and kind in (None, self.units.seen(one, period)["kind"])}
        found = 0
        for (one, leaf_indicator), leaves in self.leaves_of.items():
            stands = self.units.stands_for(one, period) if definition.adds_over_time else one
            if leaf_indicator == indicator and stands in below:
                found += sum(revision for leaf_period, revision in leaves
                             if (leaf_period == period if period.kind == "interval" else period.contains(leaf_period)))
        return found

    @lru_cache(maxsize=None)
    def level(self, unit, indicator, period, kind):
        """indicator@kind: all units of the kind at or under UNIT, whoever else speaks for the whole (rule 5)."""
        definition = self.at(indicator, period.last)
        own, below = Side(), Side()
        for one in self.units.below(unit, period):
            row = self.units.seen(one, period)
            if row["kind"] != kind or not self.counts_for(one, definition, period):
                continue
            if one is unit:
                own = self.one(one, indicator, period)
            else:
                below = below.join(self.one(one, indicator, period), definition.joining)
        side = own.join(below, definition.joining)
        basis = "derived" if below.touched else "reported" if side.state != "none" else None
        total = Total(side, basis, None, self.revision(unit, indicator, period, kind))
        if self.units.seen(unit, period)["kind"] == kind and self.is_untold(unit, definition, period):
            return self._untold(total)
        return self._completed(unit, definition, period, kind, total)

    def cell(self, unit, indicator, period, kind):
        return self.level(unit, indicator, period, kind) if kind else self.total(unit, indicator, period)

    # ---- across successions (S5) ----

    def _completed(self, unit, definition, period, kind, total):
        """37's year is 450 + 500: where the units' figures do not make the window of a unit founded inside it
        complete, the totals of its sub-periods do, when each of these is."""
        parts = calendar.parts(period)
        if not parts or not self.straddles(unit, definition, period) or total.shown.bare or self._is_settled(total.shown):
            return total
        if not all(self.same_version(definition, part) for part in parts):
            return total
        totals = [part for period in parts if (part := self.on_boundaries(unit, definition.id, period, kind))]
        if not all(part.told and self._is_settled(part.shown) for part in totals) or \
                not any(part.shown.figure for part in totals):
            return total
        figure = NO_FIGURE
        for part in totals:
            if part.shown.figure:
                figure = self._next(definition, figure, part.shown.figure)
        expected = total.shown.expected or totals[-1].shown.expected
        return Total(Side(figure, reported=expected, expected=expected), "derived", None, total.revision)

    @staticmethod
    def _is_settled(side):
        return side.state == NOT_APPLICABLE or bool(side.figure) and not side.bare and side.complete

    @lru_cache(maxsize=None)
    def on_boundaries(self, unit, indicator, period, kind=None):
        """The total of UNIT for a PERIOD before its time: that of the former units. None: nobody became it."""
        if unit.lives(period.last):
            return self.cell(unit, indicator, period, kind)
        definition = self.at(indicator, period.last)
        if unit.last < period.last:
            return self._untold(Total(Side(), None))
        units = self.units.on(unit, period.last)
        former = self.former_on(unit, period.last)
        if not former:
            return None
        totals = [self.cell(one, indicator, period, kind) for one in former]
        side = Side()
        for total in totals:
            side = side.join(total.above() or Side(), definition.joining)
        revision = sum(total.revision for total in totals)
        if units is None or definition.own_figure_only or any(
                not t.told or t.shown.bare and not (t.above() and t.above().figure) for t in totals):
            return Total(silent(side), None, None, revision, told=False)
        return self._summed(definition, totals, side, revision)

    @staticmethod
    def _summed(definition, totals, side, revision):
        basis = "derived" if side.touched else None
        other = None
        if any(total.other for total in totals):
            other = Side()
            for total in totals:
                other = other.join(total.other or total.shown, definition.joining)
        return Total(side, basis, other, revision)

    def former_on(self, unit, day):
        """The units living on DAY out of which, in whole or in part, UNIT was founded."""
        if unit.lives(day):
            return [unit]
        return [older for old in self.units.former(unit) if old.first <= day or self.units.former(old)
                for older in self.former_on(old, day)]
