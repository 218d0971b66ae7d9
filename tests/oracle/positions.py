"""Where a figure stands against its target, for the oracle."""

from datetime import datetime, time, timedelta
from fractions import Fraction

import calendars as calendar
from totals import FOREVER, Oracle, day_or
from figures import decimal_text, fixed_text, rounded

YES, NO, UNKNOWN = "yes", "no", "unknown"


class Bound:
    """One thing that a target asks of a figure: at least, more than, at most, less than LIMIT."""

    def __init__(self, sign, limit):
        self.sign, self.limit, self.up = sign, limit, sign in (">=", ">")

    def meets(self, x, just_below=False):
        """JUST_BELOW: a number that comes as near to X as one likes."""
        sign = {">=": ">", "<": "<="}.get(self.sign, self.sign) if just_below else self.sign
        return {">=": x >= self.limit, ">": x > self.limit, "<=": x <= self.limit, "<": x < self.limit}[sign]

    def met(self, found):
        if found is None:
            return UNKNOWN
        low, high, limit = found.low, found.high, self.limit
        high_is_limit_open = high is not None and high == limit and found.high_open
        if self.sign == ">=":
            met, missed = low is not None and low >= limit, high is not None and high < limit or high_is_limit_open
        elif self.sign == ">":
            met, missed = low is not None and low > limit, high is not None and high <= limit
        elif self.sign == "<=":
            met, missed = high is not None and high <= limit, low is not None and low > limit
        else:
            met, missed = high is not None and high < limit or high_is_limit_open, low is not None and low >= limit
        return YES if met else NO if missed else UNKNOWN


class Target:
    def __init__(self, row, direction):
        self.row, self.scope, self.shape = row, row["scope"] or "unit", row["shape"]
        self.due = day_or(row["due"], FOREVER)
        self.value = Fraction(row["value"]) if row["value"] else None
        self.high = Fraction(row["value_high"]) if row["value_high"] else None
        self.baseline = Fraction(row["baseline"]) if row["baseline"] else None
        self.baseline_date = day_or(row["baseline_date"], None)
        self.curve = row["curve"] or ("hold" if self.shape == "maintain" or self.due == FOREVER else "due")
        if self.shape == "maintain" and self.value is None:
            self.value = self.baseline
        if self.shape == "done_by":
            self.value = Fraction(1)
        self.bounds = self._bounds(direction)

    def _bounds(self, direction):
        signs = {"at_least": ">=", "above": ">", "at_most": "<=", "below": "<", "done_by": ">="}
        if self.shape in signs:
            return [Bound(signs[self.shape], self.value)]
        if self.shape == "maintain":
            return [Bound("<=" if direction == "down" else ">=", self.value)]
        low, high = Bound(">=", self.value), Bound("<=", self.high)
        return {"up": [low], "down": [high]}.get(direction, [low, high])

    def met(self, found):
        answers = {bound.met(found) for bound in self.bounds}
        return NO if NO in answers else UNKNOWN if UNKNOWN in answers else YES

    def expected(self, bound, t):
        """E(t); None: not due."""
        if self.curve == "hold" or t >= self.due:
            return bound.limit
        if self.curve == "due":
            return None
        if self.shape == "between" and bound.meets(self.baseline):
            return bound.limit
        way = Fraction((t - self.baseline_date).days, (self.due - self.baseline_date).days)
        return self.baseline + (bound.limit - self.baseline) * min(max(way, Fraction(0)), Fraction(1))

    def tolerance(self, name, bound):
        text = self.row[name]
        if not text.endswith("%"):
            return Fraction(text or 0)
        return Fraction(text[:-1]) / 100 * abs(bound.limit - (self.baseline or 0))

    def at(self, bound, x, t, just_below=False):
        """The position of the exact figure X before the due date."""
        if self.curve == "linear" and bound.meets(x, just_below):
            return "met"
        shortfall = (self.expected(bound, t) - x) * (1 if bound.up else -1)
        amber, red = self.tolerance("amber", bound), self.tolerance("red", bound)
        more, less = just_below and bound.up, just_below and not bound.up
        exclusive = more or amber == 0 and bound.sign in "<>" and not less
        if shortfall < amber or shortfall == amber and not exclusive:
            return "on_track"
        return "at_risk" if shortfall < red or shortfall == red and not more else "behind"

    def before_due(self, found, t):
        """on_track, at_risk, behind, met, or cannot_tell."""
        if self.curve == "linear" and self.met(found) == YES:
            return "met"
        positions = [self._ends(bound, found, t) for bound in self.bounds]
        for position in ("behind", "cannot_tell", "at_risk", "on_track"):
            if position in positions:
                return position
        return "met"

    def _ends(self, bound, found, t):
        if found is None:
            return "cannot_tell"
        ends = set()
        best = "met" if self.curve == "linear" else "on_track"
        for end, is_good, is_open in ((found.low, not bound.up, False), (found.high, bound.up, found.high_open)):
            ends.add(self.at(bound, end, t, is_open) if end is not None else best if is_good else "behind")
        if len(ends) == 1:
            return ends.pop()
        if ends <= {"met", "on_track"}:
            return "on_track"
        return "at_risk" if ends <= {"at_risk", "behind"} else "cannot_tell"

    def prints_falsely(self, exact, printed, t):
        """Would the printed number reach what the figure misses: the target, or what is expected by T?"""
        for bound in self.bounds:
            for limit in {bound.limit, self.expected(bound, t)} - {None}:
                asked = Bound(bound.sign, limit)
                if asked.meets(printed) and not asked.meets(exact):
                    return True
        return False


class Positions:
    def __init__(self, oracle: Oracle):
        self.oracle, self.units = oracle, oracle.units

    # ---- which target ----

    def owner(self, code, target):
        """The unit that a target's code means."""
        for day in (target.baseline_date, target.due if target.due < FOREVER else None):
            if day and (unit := self.units.at(code, day)):
                return unit
        return self.units.last_of(code)

    def target(self, unit, definition, level, t):
        above = self.units.ancestors(unit, t)
        best = {}
        for row in self.oracle.targets:
            if row["indicator"] != definition.id or row["nature"] == "forecast":
                continue
            target = Target(row, definition.direction)
            owner = target.owner = self.owner(row["unit"], target)
            if target.scope == "level" or level:
                if target.scope == "level" and level == row["unit_kind"] and owner is unit:
                    best.setdefault(0, []).append(target)
            elif target.scope == "unit":
                if owner is unit:
                    best.setdefault(0, []).append(target)
            elif row["unit_kind"] == unit.at(t)["kind"] and row["unit"] in above:
                if owner is self.units.at(row["unit"], t):
                    best.setdefault(1 + above.index(row["unit"]), []).append(target)
        if not best:
            return None
        equal = best[min(best)]
        coming = [target for target in equal if target.due >= t]
        return min(coming, key=lambda one: one.due) if coming else max(equal, key=lambda one: one.due)

    # ---- a row ----

    def side(self, unit, definition, level, period):
        oracle = self.oracle
        if level:
            return oracle.level(unit, definition.id, period, level).shown
        return oracle.total(unit, definition.id, period).shown

    def overdue(self, unit, definition, level, period, side):
        """Nobody has reported, and the last of those who owe is past the deadline."""
        if not self.ended(period) or side.reported or not side.expected:
            return False
        owed = self.oracle.obligation(unit, definition.id, period.last)
        if period.kind != definition.cadence and (level or not owed or owed[0] != period.kind):
            return False
        if side.figure and self.units.children(unit, period):
            return False
        deadlines = [self.oracle.deadline(one, definition, period) for one in self.units.below(unit, period)
                     if one.lives(period.last) and level in (None, one.at(period.last)["kind"])]
        deadlines = [deadline for deadline in deadlines if deadline]
        return bool(deadlines) and self.oracle.now > max(deadlines)

    def ended(self, period):
        midnight = datetime.combine(period.last + timedelta(days=1), time(), calendar.VIETNAM)
        return self.oracle.now >= midnight

    def row(self, unit, definition, level, period, side):
        """What `get --json` says about time and target, and the printed value."""
        target = self.target(unit, definition, level, period.last)
        exact = side.figure.value(definition) if side.figure else None
        position = self.position(unit, definition, level, period, side, target)
        result = {"position": position, "target_due": None, "expected_for_date": None, "shortfall": None,
                  "value": self.printed(definition, exact, target, period),
                  "running": not self.ended(period),
                  "judged": self.ended(period) and period.kind == definition.cadence,
                  "late": self.late(unit, definition, level, period)}
        if target:
            result["target_due"] = target.due.isoformat() if target.due < FOREVER else None
            if exact is not None and not self.incomparable(unit, definition, target):
                bound = min(target.bounds, key=lambda one: abs(one.limit - exact))
                expected = target.expected(bound, period.last)
                if expected is not None:
                    result["expected_for_date"] = decimal_text(expected)
                    result["shortfall"] = decimal_text((expected - exact) * (1 if bound.up else -1))
        return result

    def late(self, unit, definition, level, period):
        """Everything is first accepted now: was that after the deadline of the unit's own report?"""
        deadline = self.oracle.deadline(unit, definition, period)
        return bool(not level and self.oracle.own(unit, definition.id, period) and deadline
                    and self.oracle.now > deadline)

    def incomparable(self, unit, definition, target):
        """The unit ends before the due date, or another definition holds then, or held at the baseline."""
        days = [day for day in (target.due, target.baseline_date) if day and day < FOREVER]
        if any(other and other is not definition
               for other in (self.oracle.indicator_at(definition.id, day) for day in days)):
            return True
        return target.due < FOREVER and min(unit.last, target.owner.last) < target.due

    def printed(self, definition, exact, target, period):
        if exact is None:
            return None
        places = definition.decimals
        while target and target.prints_falsely(exact, rounded(exact, places), period.last):
            places += 1
        return fixed_text(exact, places)

    def position(self, unit, definition, level, period, side, target):
        valueless = side.figure and side.figure.value(definition) is None
        if not target or side.state == "not_applicable" or valueless:
            return "no_target"
        if self.incomparable(unit, definition, target):
            return "not_comparable"
        if self.overdue(unit, definition, level, period, side):
            return "overdue"
        if not side.figure or period.kind != definition.cadence or not self.ended(period):
            return "not_due"
        if period.last >= target.due:
            return self.on_or_after_due(unit, definition, level, period, target)
        found = self.oracle.range_of(definition, side)
        if target.curve == "due":
            return {YES: "met", NO: "not_due", UNKNOWN: "cannot_tell"}[target.met(found)]
        return target.before_due(found, period.last)

    def on_or_after_due(self, unit, definition, level, period, target):
        """The last window of this length that ends on or before the due date decides."""
        deciding = period
        later = []
        while deciding.last > target.due:
            later.append(deciding)
            deciding = calendar.before(deciding)

        def met(window):
            if not unit.lives(window.last) or self.oracle.indicator_at(definition.id, window.last) is not definition:
                return None
            side = self.side(unit, definition, level, window)
            return target.met(self.oracle.range_of(definition, side)) if side.figure else None
        answer = met(deciding)
        if answer == NO:
            return "reached_late" if any(met(window) == YES for window in later) else "missed"
        if answer is None:
            return self.without_deciding(unit, definition, level, period, target)
        return {YES: "met", UNKNOWN: "cannot_tell"}[answer]

    def without_deciding(self, unit, definition, level, period, target):
        """The deciding window is not in: the figure itself, late, or against the target as it stands."""
        found = self.oracle.range_of(definition, self.side(unit, definition, level, period))
        if target.met(found) == YES:
            return "reached_late"
        late = Target({**target.row, "due": "", "curve": "hold"}, definition.direction)
        return late.before_due(found, period.last)
