"""Random worlds through the real pipeline: every number must be the one that the oracle computes.

The same worlds every time, so that a failure belongs to the change that was made; CHISO_ORACLE_SEED and
CHISO_ORACLE_WORLDS choose others. The seed is printed with a difference.
"""

import os
import sys
import unittest
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from random import Random

from harness import Bus
from messages import Observation, Report, outcome_name, report_pb2
from mqtt_client import Reporter

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "oracle"))

import calendars as calendar  # noqa: E402
from totals import Oracle  # noqa: E402
from figures import decimal_text  # noqa: E402
from positions import Positions  # noqa: E402
from worlds import MERGER, YEAR, World  # noqa: E402

SEED = int(os.environ.get("CHISO_ORACLE_SEED", "1"))
WORLDS = int(os.environ.get("CHISO_ORACLE_WORLDS", "4"))
SHOWN_DIFFERENCES = 12


def scaled(texts):
    """Numbers as integers with one scale."""
    scale = max((len(text.partition(".")[2]) for text in texts), default=0)
    return [int(Fraction(text) * 10 ** scale) for text in texts], scale


def message(observation):
    numbers = [observation[name] for name in ("value", "denominator") if observation.get(name) is not None]
    integers, scale = scaled(numbers)
    fields = dict(zip(("value", "denominator"), integers))
    for name in ("qualifier", "denominator_qualifier"):
        if name in observation:
            fields[name] = report_pb2.Qualifier.Value("QUALIFIER_" + observation[name].upper())
    for name in ("bare", "not_applicable", "withdrawn"):
        if observation.get(name):
            fields[name] = True
    return Observation(indicator=observation["indicator"], scale=scale, **fields)


def deliveries(world, random):
    """(province, report) of a shuffled delivery: split as it comes, some of it twice."""
    groups = defaultdict(list)
    for number, observation in enumerate(world.observations):
        for _ in range(1 + (random.random() < 0.3)):
            part = random.randrange(3)
            key = observation["unit"], observation["period"], observation["revision"], part
            groups[key].append((number, observation))
    units = Oracle(world.tables, [], world.now).units
    reports = []
    for (unit, period, revision, part), members in groups.items():
        different = list({number: observation for number, observation in members}.values())
        named = {o["indicator"]: o for o in different}
        report = Report(report_id=f"report-{len(reports)}", unit=unit, period=period, revision=revision,
                        source="synthetic", observations=[message(o) for o in named.values()])
        day = calendar.parse(period).last
        above = [unit] + units.ancestors(units.at(unit, day), day)
        reports.append((above[-2], report))
    reports += [random.choice(reports) for _ in range(len(reports) // 5)]
    random.shuffle(reports)
    return reports


def send(bus, world, random):
    """Everything, and the verdicts in; none may be a refusal."""
    reports = deliveries(world, random)
    reporters = {code: Reporter(bus, f"{code}.gw") for code in world.codes}
    try:
        for province, report in reports:
            reporter = reporters[province]
            reporter.client.publish(f"chiso/v1/report/{reporter.tail}", report.SerializeToString(), qos=1)
        for code, reporter in reporters.items():
            sent = sum(province == code for province, _ in reports)
            reporter.wait_for("all verdicts", lambda r=reporter, n=sent: len(r.verdicts) >= n)
            for verdict in reporter.verdicts:
                if outcome_name(verdict) in ("REJECTED", "PARTIAL"):
                    raise AssertionError(f"refused: {verdict}")
    finally:
        for reporter in reporters.values():
            reporter.close()


class Comparison:
    """What the pipeline says beside what the oracle says; DIFFERENCES collects sentences."""

    def __init__(self, bus, world):
        self.bus, self.world = bus, world
        self.oracle = Oracle(world.tables, world.observations, world.now)
        self.positions = Positions(self.oracle)
        self.differences = []
        self.rows = 0

    def splits(self, unit, period):
        """Does a succession of the unit's province stand inside the window?"""
        if not self.world.merger or not period.first < MERGER <= period.last:
            return False
        return any(code in self.world.codes[:2] for code in [unit.code] + self.oracle.units.ancestors(unit, period.last))

    def windows(self):
        year = calendar.window("year", YEAR)
        halves = calendar.parts(year)
        quarters = [quarter for half in halves for quarter in calendar.parts(half)]
        months = [month for quarter in quarters for month in calendar.parts(quarter)]
        reported = {calendar.parse(observation["period"]) for observation in self.world.observations}
        return sorted({year, *halves, *quarters, *months, calendar.window("nine", YEAR), *reported})

    def all(self):
        for period in self.windows():
            if period.first > self.world.now.date():
                continue
            for unit in self.oracle.units.units:
                if unit.code != "VN" and unit.lives(period.last) and not self.splits(unit, period):
                    self.unit(unit, period)
        self.stored()

    def unit(self, unit, period):
        found = {(row["indicator"], row["level"]): row
                 for row in self.bus.ctl_json("get", "--unit", unit.code, "--period", period)}
        for indicator in self.oracle.versions:
            definition = self.oracle.indicator_at(indicator, period.last)
            for level in [None, *sorted(self.oracle.levels(definition))]:
                self.row(unit, period, definition, level, found.pop((indicator, level), None))
        for key in found:
            self.differences.append(f"{unit.code} {period} {key}: a row that nobody expects")

    def row(self, unit, period, definition, level, found):
        if level:
            total = self.oracle.level(unit, definition.id, period, level)
        else:
            total = self.oracle.total(unit, definition.id, period)
        shown = total.shown
        if not found:
            if shown.figure or shown.expected and not level:
                self.differences.append(f"{unit.code} {period} {definition.id}@{level}: no row, but {shown}")
            return
        self.rows += 1
        expected = {**self.oracle.numbers(definition, shown), "basis": total.basis, "revision": total.revision,
                    "oldest": str(shown.figure.oldest) if shown.figure else None,
                    **self.positions.row(unit, definition, level, period, shown)}
        if not shown.figure:
            del expected["expected_for_date"], expected["shortfall"]
        expected["parts"] = self.parts(unit, period, definition, level, total)
        wrong = {name: (found[name], value) for name, value in expected.items() if found[name] != value}
        if wrong:
            self.differences.append(f"{unit.code} {period} {definition.id}@{level} (got, oracle): {wrong}")

    def parts(self, unit, period, definition, level, total):
        """The side not chosen, and by how much the shown one differs where it is complete."""
        if not total.other:
            return None
        shown, other = (side.figure.value(definition) if side.figure else None for side in (total.shown, total.other))
        target = self.positions.target(unit, definition, level, period.last)
        comparable = shown is not None and other is not None and total.other.complete
        return {**self.oracle.numbers(definition, total.other),
                "value": self.positions.printed(definition, other, target, period),
                "difference": decimal_text(shown - other) if comparable else None}

    def stored(self):
        """Every total in Redis, to the letter, its journal number left out."""
        for key in self.bus.redis.keys("chiso:*:sum:*"):
            *_, code, name = key.split(":")
            period = calendar.parse(name)
            unit = self.oracle.units.at(code, period.last)
            if self.splits(unit, period):
                continue
            for entry, text in self.bus.redis.hash(key).items():
                indicator, _, level = entry.partition("@")
                definition = self.oracle.indicator_at(indicator, period.last)
                total = (self.oracle.level(unit, indicator, period, level) if level
                         else self.oracle.total(unit, indicator, period))
                words = text.split(" ")
                found = " ".join(words[:2] + words[3:])
                expected = total.stored(definition.input_decimals)
                self.rows += 1
                if found != expected:
                    self.differences.append(f"stored {code} {period} {entry}: got {found!r}, oracle {expected!r}")


def prepare(world, bus):
    """Writes the catalogue without the rows that its check refuses."""
    folder = bus.folder / "world"
    for _ in range(6):
        world.write(folder)
        _, out, _ = bus.run("chisoctl", "check-catalogue", folder)
        if not world.drop(out.splitlines()):
            return folder
    raise AssertionError(out)


def run_world(seed):
    """The number of compared rows, and the differences."""
    world = World(seed)
    bus = Bus(f"Oracle{seed}", clock=world.now.isoformat())
    try:
        bus.catalogue = prepare(world, bus)
        bus.aggregator()
        send(bus, world, Random(seed))
        comparison = Comparison(bus, world)
        comparison.all()
        status, out, error = bus.ctl("verify", "--journal")
        if status:
            comparison.differences.append(out + error)
        return comparison.rows, comparison.differences
    finally:
        bus.close()


class RandomWorlds(unittest.TestCase):
    def test_every_number_is_the_oracles(self):
        for seed in range(SEED, SEED + WORLDS):
            with self.subTest(seed=seed):
                rows, differences = run_world(seed)
                self.assertGreater(rows, 0)
                self.assertEqual([], differences[:SHOWN_DIFFERENCES], f"CHISO_ORACLE_SEED={seed}, {len(differences)} in all")


if __name__ == "__main__":
    unittest.main()
