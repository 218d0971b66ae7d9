"""What a target asks for (S4): shapes, curves, tolerances, attainment."""

from datetime import date
from fractions import Fraction

from calendars import window_of
from catalogue import FOREVER, day_or
from figures import Range

YES, NO, UNKNOWN = "yes", "no", "unknown"
# Of two bounds the worse position counts.
WORST_FIRST = ("behind", "cannot_tell", "at_risk", "not_due", "on_track", "met")


class Bound:
    """One thing that a target asks of a figure: at least, more than, at most, less than LIMIT, a number. A limit that
    is not known exactly (the figure of a year before) is a Range."""

    def __init__(self, sign, limit, limits=None):
        self.sign, self.limit, self.up = sign, limit, sign in (">=", ">")
        self.limits = limits or Range(limit, limit)
        self.is_exact = self.limits.low is not None and self.limits.low == self.limits.high

    def meets(self, x, just_below=False):
        """JUST_BELOW: a number that comes as near to X as one likes."""
        sign = {">=": ">", "<": "<="}.get(self.sign, self.sign) if just_below else self.sign
        return {">=": x >= self.limit, ">": x > self.limit, "<=": x <= self.limit, "<": x < self.limit}[sign]

    def met(self, found):
        """S4's table of shapes."""
        if found is None:
            return UNKNOWN
        low, high, limit = found.low, found.high, self.limit
        if not self.is_exact:
            return self._met_by_all(found)
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

    def _met_by_all(self, found):
        """More (less) than a figure that lies in a range: than all of it, or than none of it."""
        ends = (found.low, self.limits.high, found.high, self.limits.low)
        worst_x, worst_limit, best_x, best_limit = ends if self.up else ends[2:] + ends[:2]
        sign = 1 if self.up else -1
        open_limit = self.up and self.limits.high_open
        met = worst_x is not None and worst_limit is not None and (
            (worst_x - worst_limit) * sign > 0 or worst_x == worst_limit and (open_limit or not self.up and found.high_open))
        missed = best_x is not None and best_limit is not None and (best_x - best_limit) * sign <= 0
        return YES if met else NO if missed else UNKNOWN


class Target:
    def __init__(self, row, direction, milestones=(), working_days=None, administrative=False):
        self.row, self.scope, self.shape = row, row["scope"] or "unit", row["shape"]
        self.working_days = working_days
        self.due = day_or(row["due"], FOREVER)
        self.value = Fraction(row["value"]) if row["value"] else None
        self.high = Fraction(row["value_high"]) if row["value_high"] else None
        self.has_baseline = row["baseline"] != ""
        self.baseline = Fraction(row["baseline"]) if row["baseline"] else None
        self.baseline_date = day_or(row["baseline_date"], None)
        holds = self.shape in ("maintain", "increase_each_year") or self.due == FOREVER
        self.curve = row["curve"] or ("hold" if holds else "due")
        self.year_to_date = row["window"] == "year_to_date" or self.curve == "cumulative" and not self.has_baseline
        if self.curve == "cumulative" and not self.has_baseline:
            self.baseline = Fraction(0)
        self.start = self.baseline_date
        if not self.start and self.due < FOREVER:
            self.start = window_of("year", self.due, administrative).first
        self.steps = sorted((date.fromisoformat(m["date"]), Fraction(m["value"])) for m in milestones
                            if self.curve == "steps" and (m["unit"], m["unit_kind"]) == (row["unit"], row["unit_kind"]))
        self.way_from = self.baseline or Fraction(0)  # per cent are of the way from here to the target
        if self.shape == "maintain" and self.value is None:
            self.value, self.way_from = self.baseline, Fraction(0)
        if self.shape == "done_by":
            self.value = Fraction(1)
        self.direction = direction
        self.bounds = self._bounds(None)

    def _bounds(self, before):
        signs = {"at_least": ">=", "above": ">", "at_most": "<=", "below": "<", "done_by": ">="}
        down = self.direction == "down"
        if self.shape in signs:
            return [Bound(signs[self.shape], self.value)]
        if self.shape == "maintain":
            return [Bound("<=" if down else ">=", self.value)]
        if self.shape == "increase_each_year":
            if before is None:
                return []
            nominal, found = before
            return [Bound("<" if down else ">", nominal, found)]
        low, high = Bound(">=", self.value), Bound("<=", self.high)
        return {"up": [low], "down": [high]}.get(self.direction, [low, high])

    def against(self, before):
        """increase_each_year with the figure of a year BEFORE: (nominal, Range), or None."""
        if self.shape != "increase_each_year":
            return self
        other = Target.__new__(Target)
        other.__dict__.update(self.__dict__)
        other.bounds = self._bounds(before)
        return other

    def met(self, found):
        answers = {bound.met(found) for bound in self.bounds} or {UNKNOWN}
        return NO if NO in answers else UNKNOWN if UNKNOWN in answers else YES

    # ---- on the way (curves) ----

    def expected(self, bound, t):
        """E(t); None: not due."""
        if self.curve == "hold" or t >= self.due:
            return bound.limit
        if self.curve == "due":
            return None
        if self.curve == "steps":
            return max((step for step in self.steps if step[0] <= t), default=(None, None))[1]
        if self.shape == "between" and bound.meets(self.baseline):
            return bound.limit
        if self.curve == "linear":
            way = Fraction((t - self.baseline_date).days, (self.due - self.baseline_date).days)
        else:
            every = self.working_days.between(self.start, self.due)
            way = Fraction(self.working_days.between(self.start, max(t, self.start)), every)
        return self.baseline + (bound.limit - self.baseline) * min(max(way, Fraction(0)), Fraction(1))

    def tolerance(self, name, bound):
        text = self.row[name]
        if not text.endswith("%"):
            return Fraction(text or 0)
        return Fraction(text[:-1]) / 100 * abs(bound.limit - self.way_from)

    def at(self, bound, x, t, just_below=False):
        """The position of the exact figure X before the due date."""
        if self.curve != "hold" and bound.meets(x, just_below):
            return "met"
        expected = self.expected(bound, t)
        if expected is None:
            return "not_due"
        shortfall = (expected - x) * (1 if bound.up else -1)
        amber, red = self.tolerance("amber", bound), self.tolerance("red", bound)
        more, less = just_below and bound.up, just_below and not bound.up
        exclusive = more or amber == 0 and bound.sign in "<>" and not less
        if shortfall < amber or shortfall == amber and not exclusive:
            return "on_track"
        return "at_risk" if shortfall < red or shortfall == red and not more else "behind"

    def before_due(self, found, t):
        """met, on_track, at_risk, behind, not_due, or cannot_tell."""
        positions = [self._ends(bound, found, t) for bound in self.bounds] or ["cannot_tell"]
        return next(position for position in WORST_FIRST if position in positions)

    def _ends(self, bound, found, t):
        """The positions of both ends of the figure, as one."""
        if found is None:
            return "cannot_tell"
        best = "on_track" if self.curve == "hold" else "met"
        worst = "not_due" if self.expected(bound, t) is None else "behind"
        ends = set()
        for end, limit, is_good, is_open in (
                (found.low, bound.limits.high, not bound.up, False),
                (found.high, bound.limits.low, bound.up, found.high_open)):
            if end is None or limit is None:
                ends.add(best if is_good else worst)
            else:
                ends.add(self.at(Bound(bound.sign, limit), end, t, is_open))
        if len(ends) == 1:
            return ends.pop()
        if ends <= {"met", "on_track"}:
            return "on_track"
        return "at_risk" if ends <= {"at_risk", "behind"} else "cannot_tell"

    # ---- how it is shown ----

    def prints_falsely(self, exact, printed, t):
        """Would the printed number reach what the figure misses: the target, or what is expected by T?"""
        for bound in self.bounds:
            for limit in {bound.limit, self.expected(bound, t)} - {None}:
                asked = Bound(bound.sign, limit)
                if asked.meets(printed) and not asked.meets(exact):
                    return True
        return False

    def attainment(self, x):
        """How much of the target is reached, 0 to 1; None: nothing is asked for."""
        return min((self._attained(bound, x) for bound in self.bounds), default=None)

    def _attained(self, bound, x):
        limit, baseline = bound.limit, self.baseline if self.has_baseline else None
        if baseline is not None and limit != baseline:
            part = (x - baseline) / (limit - baseline)
        elif baseline is not None or limit == 0 or x == 0:
            return Fraction(bound.meets(x))
        else:
            part = x / limit if bound.up else limit / x
        return min(max(part, Fraction(0)), Fraction(1))
