"""Which owed reports are in, and which came on time (S7; what it leaves open: core/timeliness.h)."""

from collections import defaultdict
from datetime import timedelta

import calendars as calendar
from totals import NOT_APPLICABLE


class Timeliness:
    def __init__(self, oracle):
        self.oracle, self.now = oracle, oracle.now

    def year(self, year):
        """({(unit, indicator, window): [state, days too late]} of every owed window that has begun, {code: [expected,
        reported, due, on time, late, overdue, not applicable]} of each unit with those below it)."""
        states, counts = {}, defaultdict(lambda: [0] * 7)
        for indicator in self.oracle.versions:
            for window in self.windows(indicator, year):
                for unit in self.oracle.units.units:
                    if unit.lives(window.last) and self.owes(unit, indicator, window):
                        states[unit.code, indicator, str(window)] = self.state(unit, indicator, window)
                        counted = self.counted(unit, indicator, window)
                        for code in [unit.code, *self.oracle.units.ancestors(unit, window.last)]:
                            counts[code] = [sum(pair) for pair in zip(counts[code], counted)]
        return states, counts

    def windows(self, indicator, year):
        """The year in the indicator's calendar and all that is in it, down to the days."""
        found, step = [], [self.oracle.first_version(indicator).parse(str(year))]
        while step:
            found += step
            step = [part for window in step for part in calendar.parts(window)]
        return [window for window in found if window.first <= self.now.date()]

    def owes(self, unit, indicator, window):
        """Is it a window of the unit's own cadence, and nobody else's to report?"""
        definition = self.oracle.at(indicator, window.last)
        owed = self.oracle.obligation(unit, definition, window.last)
        return bool(owed) and owed[0] == window.kind and not self.oracle.is_left_to_parts(unit, definition, window)

    def state(self, unit, indicator, window):
        deadline = self.oracle.deadline(unit, self.oracle.at(indicator, window.last), window)
        if self.oracle.effective(unit, indicator, window, True) == NOT_APPLICABLE:
            return ["not_applicable", 0]
        came = self.came(unit, indicator, window)
        if came and not deadline:
            return ["reported", 0]
        if came:
            return ["late", self.days(deadline, came)] if came > deadline else ["on_time", 0]
        if deadline:
            return ["overdue", self.days(deadline, self.now)] if self.now > deadline else ["not_due", 0]
        return ["missing" if window.last < self.now.date() else "not_due", 0]

    def came(self, unit, indicator, window):
        """When all of it was in for the first time; None: it is not. A finished percentage of a part adds up to nothing."""
        sees_bare = self.oracle.own(unit, indicator, window) or \
            not self.oracle.at(indicator, window.last).adds_over_time
        is_in = self.oracle.is_in(unit, indicator, window, bool(sees_bare))
        return self.accepted(unit, indicator, window) if is_in else None

    def accepted(self, unit, indicator, window):
        """Its own report, else the last of the sub-periods to come, or the latest where the last figure counts."""
        definition = self.oracle.at(indicator, window.last)
        if self.oracle.own(unit, indicator, window):
            return self.oracle.first_accepted.get((unit.code, str(window), indicator), self.now)
        pieces = [(part, one) for part, units in self.oracle.pieces(unit, definition, window) for one in units]
        times = [time for part, one in reversed(pieces) if (time := self.accepted(one, indicator, part))]
        return max(times if definition.adds_over_time else times[:1], default=None)

    def days(self, deadline, then):
        """With so many working days more THEN would have been in time."""
        days, day, works = 0, deadline, False
        while not works or day < then:
            day += timedelta(days=1)
            works = self.oracle.working_days.works(day.date())
            days += works
        return days

    def counted(self, unit, indicator, window):
        if window.last >= self.now.date():
            return [0] * 7
        state, _ = self.state(unit, indicator, window)
        if state == "not_applicable":
            return [0] * 6 + [1]
        deadline = self.oracle.deadline(unit, self.oracle.at(indicator, window.last), window)
        due = bool(deadline) and self.now > deadline
        return [1, int(bool(self.came(unit, indicator, window))), int(due),
                *(int(due and state == name) for name in ("on_time", "late", "overdue")), 0]
