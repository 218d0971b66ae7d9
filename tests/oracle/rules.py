"""Which consistency rules (rules.csv) the figures of a unit and window break (what is judged: core/rule.h)."""

from fractions import Fraction

from figures import Range
from totals import NOT_APPLICABLE

VIOLATIONS_MAX = 8  # that a row names


class Rules:
    def __init__(self, oracle, rows):
        self.oracle = oracle
        self.rules = [(row["id"], self.terms(row["left"]), row["operator"], self.terms(row["right"])) for row in rows]

    @staticmethod
    def terms(side):
        return [term.strip() for term in side.split("+")]

    def violated(self, unit, indicator, period):
        """The ids of those that INDICATOR stands in, in the file's order."""
        return [rule for rule, left, operator, right in self.rules
                if indicator in left + right and self.is_broken(unit, period, left, operator, right)][:VIOLATIONS_MAX]

    def is_broken(self, unit, period, left, operator, right):
        """Only what is certain: no numbers inside the ranges satisfy it."""
        sides = [[self.range(unit, name, period) for name in side] for side in (left, right)]
        if any(None in side for side in sides):
            return False
        difference = self.sum(sides[0]) - self.sum(sides[1])
        low, high = difference.low, difference.high
        if low is not None and low == high and (difference.low_open or difference.high_open):
            return False  # "below 0" of what is never below 0: no number is inside, and nothing certain
        is_negative = high is not None and (high < 0 or high == 0 and difference.high_open)
        is_positive = low is not None and (low > 0 or low == 0 and difference.low_open)
        return {"=": is_negative or is_positive, "<=": is_positive, ">=": is_negative,
                "<": low is not None and low >= 0, ">": high is not None and high <= 0}[operator]

    @staticmethod
    def sum(ranges):
        return sum(ranges, Range(Fraction(0), Fraction(0)))

    def range(self, unit, name, period):
        """Where a term's figure lies; None where it is not there, not complete, or not comparable."""
        definition = self.oracle.at(name, period.last)
        total = self.oracle.total(unit, name, period) if definition else None
        if not total or not total.told or total.shown.state in ("none", NOT_APPLICABLE) or not total.shown.complete:
            return None
        return total.shown.range(definition)
