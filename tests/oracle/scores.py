"""Composite indices and ranks (S6), for the oracle."""

from dataclasses import dataclass
from fractions import Fraction

from catalogue import FOREVER, day_or
from datetime import date
from figures import fixed_text, rounded
from totals import NOT_APPLICABLE, Oracle

MISSING, VALUE, NOT_COMPARABLE = "missing", "value", "not_comparable"


@dataclass(frozen=True)
class Score:
    """STATE: missing, not_applicable or value; NUMBER in points, clamped, unrounded."""
    state: str
    number: Fraction | None = None
    incomplete: bool = False


@dataclass(frozen=True)
class Standing:
    """COMPUTED and SHOWN as the index is shown, unrounded; SHOWN is what was published, else the computed number."""
    state: str
    computed: Fraction | None = None
    shown: Fraction | None = None
    published: bool = False
    incomplete: bool = False


class Scores:
    def __init__(self, oracle: Oracle):
        self.oracle = oracle

    def version(self, index, day):
        """The row of indices.csv in force on DAY."""
        return next((row for row in self.oracle.indices if row["id"] == index and
                     day_or(row["valid_from"], date.min) <= day <= day_or(row["valid_to"], FOREVER)), None)

    def components(self, index):
        return [row for row in self.oracle.components if row["index"] == index]

    def indicators(self, index):
        """The indicators in it, at any depth."""
        for row in self.components(index):
            if row["component"] in self.oracle.versions:
                yield row["component"]
            else:
                yield from self.indicators(row["component"])

    def parse(self, index, period):
        return self.oracle.first_version(next(self.indicators(index))).parse(period)

    # ---- one unit ----

    def weight(self, version, component):
        return Fraction(component["weight"] or 1) if version["method"] == "weighted_mean" else Fraction(1)

    def full(self, index, day):
        """What all components together can bring."""
        version = self.version(index, day)
        counting = [row for row in self.components(index) if row["scoring"] != "none"]
        together = sum(self.weight(version, row) * Fraction(row["points"] or 1) for row in counting)
        if version["method"] == "weighted_mean":
            return together / sum(self.weight(version, row) for row in counting)
        return together

    def maximum(self, index, day):
        column = self.version(index, day)["maximum"]
        return Fraction(column) if column else self.full(index, day)

    def fraction(self, component, unit, period):
        """(x or missing or not_applicable, incomplete) of a component."""
        name = component["component"]
        if name not in self.oracle.versions:
            nested = self.score(name, unit, period)
            if nested.state != VALUE:
                return nested.state, nested.incomplete
            return nested.number / self.maximum(name, period.last), nested.incomplete
        definition = self.oracle.at(name, period.last)
        total = self.oracle.total(unit, name, period) if definition else None
        if not total or not total.told or not total.shown.figure:
            return NOT_APPLICABLE if total and total.shown.state == NOT_APPLICABLE else MISSING, False
        side = total.shown
        if side.denominator(definition) == 0 and not side.bare:
            of_nothing = component["zero_denominator"] or definition.zero_denominator
            x = {"zero": Fraction(0), "full": Fraction(1), "not_applicable": NOT_APPLICABLE}[of_nothing]
        else:
            x = side.value(definition) / definition.factor
        return x, not side.complete

    def points(self, version, component, x):
        """What x brings."""
        points = Fraction(component["points"] or 1)
        if component["scoring"] == "steps":
            steps = [tuple(map(Fraction, step.split(":"))) for step in component["steps"].split()]
            found = max((step for step in steps if step[0] <= x), default=(0, Fraction(0)))[1]
        else:
            found = max(points * x / Fraction(component["full_at"] or 1), Fraction(0))
            if component["capped"] != "no":
                found = min(found, points)
        return rounded(found, int(version["component_decimals"])) if version["component_decimals"] else found

    def score(self, index, unit, period):
        version = self.version(index, period.last)
        if not version:
            return Score(MISSING)
        brought, possible, incomplete, missing = Fraction(0), Fraction(0), False, False
        for component in self.components(index):
            if component["scoring"] == "none":
                continue
            x, part_incomplete = self.fraction(component, unit, period)
            incomplete = incomplete or part_incomplete or x == MISSING
            if x == NOT_APPLICABLE:
                continue
            weight = self.weight(version, component)
            possible += weight * Fraction(component["points"] or 1)
            if x != MISSING:
                brought += weight * self.points(version, component, x)
            elif version["missing"] == "zero":
                incomplete = True
            else:
                missing = True
        if missing:
            return Score(MISSING, None, incomplete)
        if not possible:
            return Score(NOT_APPLICABLE, None, incomplete)
        number = self.full(index, period.last) * brought / possible
        if version["maximum"]:
            number = min(number, Fraction(version["maximum"]))
        return Score(VALUE, number, incomplete)

    def takes_part(self, index, unit, period):
        """Has it a figure, or owes one, for a component? A published value is enough."""
        published = self.version(index, period.last)["published_as"]
        if published and self.published(published, unit, period) is not None:
            return True
        return any(self.oracle.at(name, period.last) and self.concerns(unit, name, period)
                   for name in self.indicators(index))

    def concerns(self, unit, name, period):
        side = self.oracle.total(unit, name, period).shown
        return bool(side.figure or side.expected)

    def published(self, name, unit, period):
        """The reported value of the indicator published_as."""
        definition = self.oracle.at(name, period.last)
        total = definition and self.oracle.total(unit, name, period)
        return total.shown.value(definition) if total and total.told and total.shown.figure else None

    def standing(self, index, unit, period):
        """Where a unit stands that lives at the period's end."""
        version, score = self.version(index, period.last), self.score(index, unit, period)
        number = score.number
        if number is not None and version["shown"] == "fraction":
            number /= self.maximum(index, period.last)
        published = self.published(version["published_as"], unit, period) if version["published_as"] else None
        return Standing(score.state, number, number if published is None else published, published is not None,
                        score.incomplete)

    # ---- on other boundaries (S5: an index has its `merger` rule) ----

    def merges(self, index, day):
        """Has it a rule, and has every index in it that counts?"""
        version = self.version(index, day)
        return not version or version["merger"] == "mean" and all(
            self.merges(row["component"], day) for row in self.components(index)
            if row["scoring"] != "none" and row["component"] not in self.oracle.versions)

    def merged(self, index, unit, former, period):
        """Where UNIT stands that the FORMER ones became later: at their mean, those left out to which nothing applies;
        one without a score leaves the mean without one."""
        standings = [self.standing(index, one, period) for one in former]
        incomplete = any(one.incomplete for one in standings)
        if self.oracle.units.on(unit, period.last) is None or not self.merges(index, period.last):
            return Standing(NOT_COMPARABLE, incomplete=incomplete)
        states = {one.state for one in standings} - {NOT_APPLICABLE}
        computed = [one.computed for one in standings if one.state == VALUE]
        shown = [one.shown for one in standings if one.shown is not None]
        lacks = any(one.shown is None and one.state != NOT_APPLICABLE for one in standings)
        has_shown = bool(shown) and not lacks
        return Standing(MISSING if MISSING in states else VALUE if computed else NOT_APPLICABLE,
                        sum(computed) / len(computed) if states == {VALUE} else None,
                        sum(shown) / len(shown) if has_shown else None,
                        has_shown and any(one.published for one in standings), incomplete)

    def place(self, index, unit, period):
        """Where UNIT stands, whenever it lives; None: it takes no part."""
        if unit.last < period.last:
            return Standing(NOT_COMPARABLE)
        former = self.oracle.former_on(unit, period.last)
        if not any(self.takes_part(index, one, period) for one in former):
            return None
        return self.standing(index, unit, period) if former == [unit] else self.merged(index, unit, former, period)

    # ---- all units together ----

    def all(self, index, name, boundaries=None):
        """Rows of `score --json` by unit; None where no version holds."""
        period = self.parse(index, name)
        version = self.version(index, period.last)
        if not version:
            return None
        rows, numbers = {}, {}
        places, day = int(version["decimals"] or 0), boundaries or period.last
        for unit in self.oracle.units.units:
            place = self.place(index, unit, period) \
                if unit.lives(day) and unit.at(day)["kind"] == version["unit_kind"] else None
            if not place:
                continue
            value, computed = (None if number is None else rounded(number, places)
                               for number in (place.shown, place.computed))
            if value is not None:
                numbers[unit.code] = value
            rows[unit.code] = {
                "value": None if value is None else fixed_text(value, places), "published": place.published,
                "computed": None if computed is None else fixed_text(computed, places), "state": place.state,
                "incomplete": place.incomplete}
        for code, row in rows.items():
            row["rank"] = 1 + sum(other > numbers[code] for other in numbers.values()) if code in numbers else None
        return rows
