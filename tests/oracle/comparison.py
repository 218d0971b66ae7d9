"""Every number of a world beside the oracle's: rows as `get --json` shows them, stored totals, scores, histories."""

from fractions import Fraction

import calendars as calendar
from figures import decimal_text
from positions import Positions
from rules import Rules
from scores import Scores
from timeliness import Timeliness
from totals import Oracle

HISTORY_SCORES = 15  # one question in so many is about scores on other boundaries


class Comparison:
    """BUS answers rows([(unit, period[, boundaries]), …]), stored(), scores(…), timeliness(…), pillar(…). `differences` collects sentences."""

    def __init__(self, bus, world, first_accepted=None, every_row=True, questions=None):
        """EVERY_ROW: does the bus also show rows without anything in them? QUESTIONS: ask about so many units and
        windows; None: about all."""
        self.questions = questions
        self.bus, self.world, self.every_row = bus, world, every_row
        self.oracle = Oracle(world.tables, world.observations, world.now, first_accepted)
        self.positions = Positions(self.oracle)
        self.rules = Rules(self.oracle, world.tables["rules.csv"])
        self.differences = []
        self.rows = 0

    def differ(self, place, found, expected):
        """Notes what differs; only what the oracle names is compared."""
        self.rows += 1
        wrong = {name: (found.get(name), value) for name, value in expected.items()
                 if not self.agree(found.get(name), value)}
        if wrong:
            self.differences.append(f"{place} (got, oracle): {wrong}")

    @staticmethod
    def agree(found, expected):
        if isinstance(found, dict) and isinstance(expected, dict):
            return all(found.get(name) == value for name, value in expected.items())
        return found == expected

    def all(self):
        units = [unit for unit in self.oracle.units.units if unit.code != "VN"]
        questions = self.some([(unit, name) for name in self.world.windows() for unit in units
                               if unit is self.oracle.units.at(unit.code, calendar.parse(name).last)])
        for (unit, name), rows in zip(questions, self.bus.rows((unit.code, name) for unit, name in questions)):
            self.unit(unit, name, rows)
        questions = self.some([(unit, name, day) for name, day in self.world.histories() for unit in units
                               if unit.lives(day)])
        asked = ((unit.code, name, str(day)) for unit, name, day in questions)
        for (unit, name, day), rows in zip(questions, self.bus.rows(asked)):
            self.history(unit, name, day, rows)
        self.stored()
        self.scores()
        self.pillars()
        self.timeliness()

    def some(self, questions, share=2):
        """As many of them as may be asked: one in SHARE of all."""
        if self.questions is None or len(questions) <= self.questions // share:
            return questions
        return self.world.random.sample(questions, self.questions // share)

    # ---- figures ----

    def unit(self, unit, name, rows):
        found = {(row["indicator"], row["level"]): row for row in rows}
        for indicator in self.oracle.versions:
            period = self.oracle.first_version(indicator).parse(name)
            definition = self.oracle.at(indicator, period.last)
            there = self.oracle.units.at(unit.code, period.last)
            for level in [None, *self.oracle.levels(definition)] if definition and there else []:
                self.row(there, period, definition, level, found.pop((indicator, level), None))
        for key in found:
            self.differences.append(f"{unit.code} {name} {key}: a row that nobody expects")

    def row(self, unit, period, definition, level, found):
        place = f"{unit.code} {period} {definition.id}@{level}"
        total = self.oracle.cell(unit, definition.id, period, level)
        shown = total.shown
        if not found:
            if self.every_row and not level or shown.figure or shown.expected and not level:
                self.differences.append(f"{place}: no row, but {shown}")
            return
        expected = {**shown.numbers(definition), "basis": total.basis, "revision": total.revision,
                    "oldest": str(shown.figure.oldest) if shown.figure else None, "narrow": None,
                    **self.positions.row(unit, definition, level, period, total),
                    "parts": self.parts(unit, period, definition, level, total),
                    "violations": [] if level or not shown.figure else
                    self.rules.violated(unit, definition.id, period),
                    "year_before": self.positions.compared(unit, definition, level, period, total)}
        self.differ(place, found, expected)

    def parts(self, unit, period, definition, level, total):
        """The side not chosen, and by how much the shown one differs where it is complete."""
        if not total.other:
            return None
        shown, other = (side.value(definition) for side in (total.shown, total.other))
        target = self.positions.target(unit, definition, level, period.last)
        asked = target and target.against(self.positions.year_before(unit, definition, level, period, target))
        comparable = shown is not None and other is not None and total.other.complete
        return {**total.other.numbers(definition),
                "value": self.positions.printed(definition, other, asked, period),
                "difference": decimal_text(shown - other) if comparable else None}

    def history(self, unit, name, day, rows):
        """`get --boundaries DAY`."""
        found = {(row["indicator"], row["level"]): row for row in rows}
        for indicator in self.oracle.versions:
            period = self.oracle.first_version(indicator).parse(name)
            definition = self.oracle.at(indicator, period.last)
            for level in [None, *self.oracle.levels(definition)] if definition else []:
                total = self.oracle.on_boundaries(unit, indicator, period, level)
                row = found.pop((indicator, level), None)
                place = f"{unit.code} {name} {indicator}@{level} on {day}"
                if not row and total and (self.every_row and not level or total.shown.figure):
                    self.differences.append(f"{place}: no row, but {total}")
                if row and not total:
                    self.differences.append(f"{place}: a row that nobody expects")
                if row and total and not unit.lives(period.last):
                    expected = {**total.shown.numbers(definition), "basis": total.basis, "revision": total.revision,
                                "value": self.positions.printed(definition, total.shown.value(definition), None, period),
                                "position": "no_target" if total.told else "not_comparable"}
                    if not total.told:
                        del expected["basis"]  # of what?
                    self.differ(place, row, expected)

    # ---- what is stored ----

    def stored(self):
        """Every stored total, to the letter, its journal number left out."""
        for cell, text in self.bus.stored():
            code, name, entry = cell.split(" ")
            indicator, _, level = entry.partition("@")
            period = self.oracle.first_version(indicator).parse(name)
            unit, definition = self.oracle.units.at(code, period.last), self.oracle.at(indicator, period.last)
            words = text.split(" ")
            expected = self.oracle.cell(unit, indicator, period, level or None).stored(definition.input_decimals)
            self.differ(f"stored {cell}", {"text": " ".join(words[:2] + words[3:])}, {"text": expected})
            if self.oracle.units.is_split(unit, period):
                self.differences.append(f"stored {cell}: a succession stands inside")

    # ---- scores ----

    def scores(self):
        scores = Scores(self.oracle)
        for index in sorted({row["id"] for row in self.world.tables["indices.csv"]}):
            histories = self.some(self.world.histories(), HISTORY_SCORES)
            for name, day in [(name, None) for name in self.world.windows()] + histories:
                expected = scores.all(index, name, day)
                answer = self.bus.scores(index, name, str(day) if day else None)
                place = f"score {index} {name}{f' on {day}' if day else ''}"
                if expected is None or not isinstance(answer, list):
                    if (expected is None) != (not isinstance(answer, list)):
                        self.differences.append(f"{place}: {answer}, not {expected}")
                    continue
                found = {row["unit"]: row for row in answer}
                for code in sorted(found.keys() | expected.keys()):
                    self.differ(f"{place} {code}", found.get(code, {}), expected.get(code, {"unit": None}))

    def pillars(self):
        if not hasattr(self.bus, "pillar"):
            return
        pillars = sorted({row["pillar"] for row in self.world.tables["indicators.csv"]})
        for name in self.world.pillar_windows():
            for unit in self.oracle.units.units:
                if unit.code == "VN" or not unit.lives(calendar.parse(name).last):
                    continue
                for pillar in pillars:
                    targets, decided, score = self.positions.pillar(unit, pillar, name)
                    text = None if score is None else str(Fraction(score))
                    self.differ(f"{unit.code} {name} pillar {pillar}", self.bus.pillar(unit.code, pillar, name),
                                {"targets": targets, "decided": decided, "score": text})

    # ---- timeliness ----

    def timeliness(self):
        """Every owed window of the nation, which has all units, former ones too; and the counts of each unit."""
        timeliness = Timeliness(self.oracle)
        for year in self.world.years:
            answer = self.bus.timeliness("VN", str(year))
            states, counts = timeliness.year(year)
            found = {tuple(report[:3]): report[3:] for report in answer["reports"]}
            for key in sorted(found.keys() | states.keys()):
                self.differ(f"timeliness {key}", {"state": found.get(key)}, {"state": states.get(key)})
            for code in sorted(answer["units"].keys() | counts.keys()):
                found, expected = ({"counts": of.get(code, [0] * 7)} for of in (answer["units"], counts))
                self.differ(f"timeliness {year} {code}", found, expected)
