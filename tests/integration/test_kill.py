"""The aggregator is killed at random moments, or started twice: nothing receipted is lost or counted twice."""

import csv
import os
import random
import time
import unittest

import fixture_reports
import stored
from harness import Bus
from mqtt_client import Viewer

SEED = int(os.environ.get("CHISO_TEST_SEED", random.SystemRandom().randrange(1 << 32)))
KILLS = 20
# About as long as a twentieth of the fixtures takes from its first report to its last receipt.
LOAD_S = 0.1


def chunks(bus, count, rng):
    """The fixture rows, without the corrections, in COUNT files; a report's rows stay together."""
    reports = {}
    for path in fixture_reports.files():
        if path.stem.startswith("90-"):
            continue
        for row in fixture_reports.rows(path):
            reports.setdefault((path.stem, row["unit"], row["period"]), []).append(row)
    keys = list(reports)
    rng.shuffle(keys)
    for number in range(count):
        path = bus.folder / f"chunk-{number}.csv"
        with open(path, "w", encoding="utf-8", newline="") as file:
            rows = [row for key in keys[number::count] for row in reports[key]]
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        yield path


def corrections():
    return [path for path in fixture_reports.files() if path.stem.startswith("90-")]


class Kill(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        print(f"CHISO_TEST_SEED={SEED}", flush=True)
        cls.rng = random.Random(SEED)
        bus = Bus("Kill-reference")
        try:
            bus.aggregator()
            for path in fixture_reports.files():
                cls.publish(bus, path)
            cls.reference = stored.figures(bus.redis)
        finally:
            bus.close()

    @staticmethod
    def publish(bus, path):
        status, out, error = bus.publish(path)
        if status:
            raise AssertionError(f"{path}: {out[-2000:]}{error[-2000:]}")

    def check(self, bus):
        status, out, error = bus.ctl("verify")
        self.assertEqual(0, status, out + error)
        self.assertEqual("", stored.difference(self.reference, stored.figures(bus.redis)), f"seed {SEED}")

    def test_20_kills_lose_nothing_and_count_nothing_twice(self):
        bus = Bus("Kill-20")
        self.addCleanup(bus.close)
        viewer = Viewer(bus, "chiso/v1/report/#")
        self.addCleanup(viewer.close)
        publishers, in_the_middle = [], 0
        for number, path in enumerate(chunks(bus, KILLS, self.rng)):
            aggregator = bus.aggregator()
            before = len(viewer.all)
            publishers.append(bus.start_publisher(path, outbox=f"outbox-{number}.db", name=f"publisher-{number}"))
            viewer.wait_for("a report", lambda n=before: len(viewer.all) > n)
            time.sleep(self.rng.uniform(0, LOAD_S))
            aggregator.kill()
            in_the_middle += publishers[-1].running()
        # Else the kills came too late to show anything.
        self.assertGreater(in_the_middle, KILLS // 4)
        bus.aggregator()
        for publisher in publishers:
            self.assertEqual(0, publisher.process.wait(120), publisher.text()[-2000:])
        for path in corrections():
            self.publish(bus, path)
        self.check(bus)

    def test_two_aggregators_on_one_province_agree(self):
        bus = Bus("Kill-two")
        self.addCleanup(bus.close)
        bus.aggregator(name="first")
        bus.aggregator(name="second")
        for path in fixture_reports.files():
            self.publish(bus, path)
        self.check(bus)


if __name__ == "__main__":
    unittest.main()
