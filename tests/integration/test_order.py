"""The same reports in any order, any number of times, split in any way leave the same leaves and totals."""

import os
import random
import unittest

import fixture_reports
import stored
from harness import Bus
from messages import Report, outcome_name
from mqtt_client import Fleet

SEED = int(os.environ.get("CHISO_TEST_SEED", random.SystemRandom().randrange(1 << 32)))


def split(report, rng):
    """The same figures in one to three reports."""
    figures, count = list(report.observations), rng.randint(1, 3)
    rng.shuffle(figures)
    for number, part in enumerate(part for part in (figures[i::count] for i in range(count)) if part):
        piece = Report()
        piece.CopyFrom(report)
        del piece.observations[:]
        piece.observations.extend(part)
        piece.report_id = f"{report.report_id}.{number}"
        yield piece


class Order(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"CHISO_TEST_SEED={SEED}", flush=True)
        cls.provinces = fixture_reports.Provinces()
        cls.reports = fixture_reports.load()
        cls.reference = cls.load("as written", [(report, report.unit) for report in cls.reports])

    @classmethod
    def load(cls, name, deliveries, allowed=("ACCEPTED",)):
        """Publishes (report, publisher) one after another and returns what is stored."""
        bus = Bus(f"Order-{name.replace(' ', '-')}")
        try:
            bus.aggregator()
            fleet = Fleet(bus)
            verdicts = fleet.deliver([(report, cls.provinces.of(report.unit), publisher)
                                      for report, publisher in deliveries])
            fleet.close()
            for verdict in verdicts:
                if outcome_name(verdict) not in allowed:
                    raise AssertionError(f"{name}: {verdict}")
            status, out, error = bus.ctl("verify")
            if status:
                raise AssertionError(f"{name}: verify: {out}{error}")
            return stored.figures(bus.redis)
        finally:
            bus.close()

    def check(self, name, deliveries):
        # A corrected figure may arrive after its correction.
        found = self.load(name, deliveries, ("ACCEPTED", "DUPLICATE", "SUPERSEDED"))
        self.assertEqual("", stored.difference(self.reference, found), f"{name}, seed {SEED}")

    def test_shuffled(self):
        deliveries = [(report, report.unit) for report in self.reports]
        random.Random(SEED).shuffle(deliveries)
        self.check("shuffled", deliveries)

    def test_each_twice(self):
        deliveries = [(report, report.unit) for report in self.reports * 2]
        random.Random(SEED + 1).shuffle(deliveries)
        self.check("each twice", deliveries)

    def test_split_over_reports_and_publishers(self):
        rng = random.Random(SEED + 2)
        deliveries = []
        for report in self.reports:
            gateway = f"{self.provinces.of(report.unit)}.gateway"
            deliveries += [(piece, rng.choice((piece.unit, gateway))) for piece in split(report, rng)]
        rng.shuffle(deliveries)
        self.check("split", deliveries)


if __name__ == "__main__":
    unittest.main()
