"""Where a figure stands against its target (S4), beside the same window a year before (S7), for the oracle."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import calendars as calendar
from catalogue import FOREVER
from figures import Range, decimal_text, fixed_text, rounded
from targets import NO, UNKNOWN, YES, Target
from totals import NOT_APPLICABLE, Oracle, Side

DECIDED = {"met", "missed", "reached_late", "on_track", "at_risk", "behind"}


def text(number):
    return None if number is None else decimal_text(number)


class Positions:
    def __init__(self, oracle: Oracle):
        self.oracle, self.units = oracle, oracle.units

    def ended(self, period):
        midnight = datetime.combine(period.last + timedelta(days=1), time(), calendar.VIETNAM)
        return self.oracle.now >= midnight

    # ---- which target ----

    def owner(self, code, target):
        """The unit that a target's code means."""
        for day in (target.baseline_date, target.due if target.due < FOREVER else None):
            if day and (unit := self.units.at(code, day)):
                return unit
        return self.units.last_of(code)

    def target(self, unit, definition, level, t):
        """The most specific; of equals the earliest due on or after T, else the last one."""
        above = self.units.ancestors(unit, t)
        best = {}
        for row in self.oracle.targets:
            if row["indicator"] != definition.id or row["nature"] == "forecast":
                continue
            milestones = [m for m in self.oracle.milestones if m["indicator"] == definition.id]
            target = Target(row, definition.direction, milestones, self.oracle.working_days, definition.administrative)
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

    # ---- what is judged ----

    def judged_side(self, unit, definition, level, period, target):
        """(the figure of the window, or of the year to date up to its end; can it be told)."""
        total = self.oracle.cell(unit, definition.id, period, level)
        if not self.sums_year_to_date(definition, period, target, total.shown):
            return total.shown, total.told
        side, told = Side(), total.told and not self.has_two_versions(unit, definition, level, period)
        for window in self.to_date(period):
            part = self.oracle.on_boundaries(unit, definition.id, window, level)
            if part:
                told = told and part.told
                later = part.above()
                figure = self.oracle._next(definition, side.figure, later.figure) if later.figure else side.figure
                side = replace(side.join(later, definition.joining), figure=figure)
        return side, told

    @staticmethod
    def sums_year_to_date(definition, period, target, side):
        return target.year_to_date and period.kind not in ("year", "nine") and definition.adds_over_time \
            and side.figure and not side.bare

    def has_two_versions(self, unit, definition, level, period):
        """Nothing is derived across two versions of a definition: is a window of the year up to PERIOD's end owed or
        reported by another one, or does one that is not all in begin with another one's windows?"""
        for window in self.to_date(period):
            part = self.oracle.on_boundaries(unit, definition.id, window, level)
            side = part and part.above()
            if not side:
                continue
            if not self.oracle.same_version(definition, window):
                if side.figure or side.expected:
                    return True
            elif not side.complete and self.oracle.is_redefined(definition, window):
                return True
        return False

    def to_date(self, period):
        return self.longest(calendar.parse(str(period.year), period.administrative), period.last)

    def longest(self, window, day):
        """The windows inside WINDOW up to DAY, the longest that fit: a unit's own half year counts before its months."""
        if window.last <= day:
            return [window]
        return [inner for part in calendar.parts(window) if part.first <= day for inner in self.longest(part, day)]

    def year_before(self, unit, definition, level, period, target):
        """(nominal, Range) of what was judged a year before, for increase_each_year."""
        before = calendar.year_before(period)
        if not before or not unit.lives(before.last) or self.oracle.at(definition.id, before.last) is not definition:
            return None
        side, told = self.judged_side(unit, definition, level, before, target)
        if not told or side.value(definition) is None:
            return None
        return side.value(definition), side.range(definition) or Range(None, None)

    def redefined_since(self, unit, definition, level, period, target):
        """Is there a figure a year before that increase_each_year looks at, of another definition?"""
        before = calendar.year_before(period)
        if target.shape != "increase_each_year" or not before or not unit.lives(before.last):
            return False
        then = self.oracle.at(definition.id, before.last)
        if not then:
            return False
        side = self.oracle.cell(unit, definition.id, before, level).shown
        to_date = self.sums_year_to_date(definition, before, target, side)
        return bool(side.figure) and (
            then is not definition or bool(to_date) and self.has_two_versions(unit, definition, level, before))

    def standing(self, unit, definition, level, period, target):
        """TARGET with what it compares with, and the range of the figure in PERIOD."""
        side, _ = self.judged_side(unit, definition, level, period, target)
        asked = target.against(self.year_before(unit, definition, level, period, target)) \
            if target.shape == "increase_each_year" else target
        return asked, side.range(definition)

    # ---- a row ----

    def overdue(self, unit, definition, level, period, side):
        """Nobody has reported, and the last of those who owe is past the deadline."""
        if not self.ended(period) or side.reported or not side.expected:
            return False
        owed = self.oracle.obligation(unit, definition, period.last)
        if period.kind != definition.cadence and (level or not owed or owed[0] != period.kind):
            return False
        if side.figure and self.units.children(unit, period):
            return False
        deadlines = [self.oracle.deadline(one, definition, period) for one in self.units.below(unit, period)
                     if one.lives(period.last) and level in (None, one.at(period.last)["kind"])]
        deadlines = [deadline for deadline in deadlines if deadline]
        return bool(deadlines) and self.oracle.now > max(deadlines)

    def row(self, unit, definition, level, period, total):
        """What `get --json` says about time and target, and the printed value."""
        side = total.shown
        target = self.target(unit, definition, level, period.last)
        exact = side.value(definition)
        result = {"position": self.position(unit, definition, level, period, total, target), "target_due": None,
                  "expected_for_date": None, "shortfall": None, "value": None, "year_to_date": None,
                  "running": not self.ended(period),
                  "judged": self.ended(period) and period.kind == definition.cadence,
                  "late": self.late(unit, definition, level, period)}
        asked, judged = target, exact
        if target:
            result["target_due"] = target.due.isoformat() if target.due < FOREVER else None
            if target.shape == "increase_each_year":
                asked = target.against(self.year_before(unit, definition, level, period, target))
            to_date, told = self.judged_side(unit, definition, level, period, target)
            judged = to_date.value(definition) if told else None
            comparable = not self.incomparable(unit, definition, target, period.last) and \
                not self.redefined_since(unit, definition, level, period, target)
            if comparable and judged is not None and self.sums_year_to_date(definition, period, target, side):
                result["year_to_date"] = self.printed(definition, judged, asked, period)
            if comparable and asked.bounds and total.told and side.state != NOT_APPLICABLE and \
                    (judged is not None or not side.figure):
                bound = min(asked.bounds, key=lambda one: abs(one.limit - (judged or 0)))
                expected = asked.expected(bound, period.last)
                result["expected_for_date"] = text(expected)
                if expected is not None and judged is not None:
                    result["shortfall"] = decimal_text((expected - judged) * (1 if bound.up else -1))
            if judged is None and len(asked.bounds) > 1:
                del result["expected_for_date"]  # of which bound is a matter of taste
        result["value"] = self.printed(definition, exact, asked, period)
        return result

    def late(self, unit, definition, level, period):
        """Was the unit's own report first accepted after the deadline?"""
        deadline = self.oracle.deadline(unit, definition, period)
        accepted = self.oracle.first_accepted.get((unit.code, str(period), definition.id), self.oracle.now)
        return bool(not level and self.oracle.own(unit, definition.id, period) and deadline and accepted > deadline)

    def incomparable(self, unit, definition, target, t):
        """The unit ends before the due date, or another definition holds then, or held at the baseline."""
        milestone = max((day for day, _ in target.steps if day <= t < target.due), default=None)
        baseline = target.baseline_date if target.has_baseline else None
        days = [day for day in (target.due, baseline, milestone) if day and day < FOREVER]
        if any(other and other is not definition for other in (self.oracle.at(definition.id, day) for day in days)):
            return True
        return target.due < FOREVER and min(unit.last, target.owner.last) < target.due

    def printed(self, definition, exact, target, period):
        if exact is None:
            return None
        places = definition.decimals
        while target and target.prints_falsely(exact, rounded(exact, places), period.last):
            places += 1
        return fixed_text(exact, places)

    def position(self, unit, definition, level, period, total, target, leave_out_overdue=False):
        """S4's order of decision."""
        side = total.shown
        if not total.told:
            return "not_comparable"
        if not target or side.state == NOT_APPLICABLE:
            return "no_target"
        judged, told = self.judged_side(unit, definition, level, period, target)
        if not told:
            return "not_comparable"
        if side.figure and judged.value(definition) is None:
            return "no_target"
        if self.incomparable(unit, definition, target, period.last) or \
                self.redefined_since(unit, definition, level, period, target):
            return "not_comparable"
        if not leave_out_overdue and self.overdue(unit, definition, level, period, side):
            return "overdue"
        if not side.figure or period.kind != definition.cadence or not self.ended(period):
            return "not_due"
        if period.last >= target.due:
            return self.on_or_after_due(unit, definition, level, period, target)
        asked, found = self.standing(unit, definition, level, period, target)
        return asked.before_due(found, period.last)

    def on_or_after_due(self, unit, definition, level, period, target):
        """The last window of this length that ends on or before the due date decides."""
        deciding = period
        later = []
        while deciding.last > target.due:
            later.append(deciding)
            deciding = calendar.before(deciding)

        def met(window):
            if not unit.lives(window.last) or self.oracle.at(definition.id, window.last) is not definition:
                return None
            total = self.oracle.cell(unit, definition.id, window, level)
            judged, told = self.judged_side(unit, definition, level, window, target)
            if not told or not total.shown.figure or judged.value(definition) is None:
                return None
            asked, found = self.standing(unit, definition, level, window, target)
            return asked.met(found)
        answer = met(deciding)
        if answer == NO:
            return "reached_late" if any(met(window) == YES for window in later) else "missed"
        if answer is None:
            return self.without_deciding(unit, definition, level, period, target)
        return {YES: "met", UNKNOWN: "cannot_tell"}[answer]

    def without_deciding(self, unit, definition, level, period, target):
        """The deciding window is not in: the figure itself, late, or against the target as it stands."""
        asked, found = self.standing(unit, definition, level, period, target)
        if asked.met(found) == YES:
            return "reached_late"
        late = target.against(None)
        late = Target({**target.row, "due": "", "curve": "hold"}, definition.direction)
        late.baseline, late.bounds = asked.baseline, asked.bounds
        return late.before_due(found, period.last)

    # ---- a year before ----

    def compared(self, unit, definition, level, period, total):
        """The row's member year_before."""
        before = calendar.year_before(period)
        there = before and self.units.at(unit.code, before.last)
        then = before and self.oracle.at(definition.id, before.last)
        if not there or not then:
            return None
        old = self.oracle.cell(there, definition.id, before, level)
        value = old.shown.value(then) if old.told else None
        if value is None:
            return None
        lacks = not old.shown.complete and self.oracle.is_redefined(then, before)
        state = "other_unit" if there is not unit else "other_definition" if lacks or then is not definition else "comparable"
        change = low = high = None
        exact = total.shown.value(definition) if total.told else None
        if state == "comparable" and exact is not None:
            change = exact - value
            now, past = total.shown.range(definition), old.shown.range(then)
            if now and past:
                low, high = (now - past).low, (now - past).high
        target = self.target(there, then, level, before.last)
        return {"period": str(before), "state": state, "value": self.printed(then, value, None, before),
                "qualifier": old.shown.figure.qualifier(then), "change": text(change), "change_low": text(low),
                "change_high": text(high)}

    # ---- a pillar's score ----

    def pillar(self, unit, pillar, period):
        """(targets, decided, score or None): the plain mean of attainment over the decided targets."""
        targets, attained = 0, []
        for indicator in self.oracle.versions:
            newest = self.oracle.versions[indicator][-1]
            if newest.pillar != pillar:
                continue
            inside = self.oracle.first_version(indicator).parse(str(period))
            for level in [None, *self.all_levels(indicator)]:
                found = self._latest(unit, indicator, level, inside)
                if found is None:
                    continue
                targets += 1
                if found[0] in DECIDED and found[1] is not None:
                    attained.append(found[1])
        return targets, len(attained), sum(attained) / len(attained) if attained else None

    def all_levels(self, indicator):
        return sorted({level for version in self.oracle.versions[indicator] for level in self.oracle.levels(version)})

    def _latest(self, unit, indicator, level, inside):
        """(position, attainment) of the latest judged window that ends inside; None without a target."""
        day = inside.last
        definition = self.oracle.at(indicator, day)
        if not definition or definition.cadence == "none":
            return None
        window = self.window_at(definition.cadence, inside)
        while window and window.last >= inside.first and not self.ended(window):
            window = calendar.before(window)
        if not window or window.last < inside.first or not unit.lives(window.last):
            return None
        definition = self.oracle.at(indicator, window.last)
        if not definition or window.kind != definition.cadence or level and level not in self.oracle.levels(definition):
            return None
        target = self.target(unit, definition, level, window.last)
        if not target:
            return None
        total = self.oracle.cell(unit, indicator, window, level)
        position = self.position(unit, definition, level, window, total, target, True)
        side, _ = self.judged_side(unit, definition, level, window, target)
        asked = target.against(self.year_before(unit, definition, level, window, target))
        x = side.value(definition)
        return position, None if x is None else asked.attainment(x)

    @staticmethod
    def window_at(kind, inside):
        """The last window of KIND that ends on or before the last day of INSIDE."""
        if kind == "day":
            return calendar.Period("day", inside.last, inside.last, inside.administrative)
        window = calendar.window(kind, inside.last.year + 1, 1, 1, inside.administrative)
        while window.last > inside.last:
            window = calendar.before(window)
        return window
