"""The machine's clock is set back under a running aggregator: order, deadlines and figures of a time stay right."""

import os
import subprocess
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

from faults import RECEIVED, FaultTestCase


class Clock(FaultTestCase):
    def setUp(self):
        super().setUp()
        self.bus.clock = None
        self.offset = self.bus.folder / "offset"
        self.set_clock(3600)
        library = self.bus.folder / "fake_clock.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, Path(__file__).with_name("fake_clock.c"), "-ldl"], check=True)
        # The sanitizers' runtime wants to be the first library; after it is soon enough for the clock.
        self.environment = {"LD_PRELOAD": str(library), "FAKE_CLOCK": str(self.offset),
                            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}

    def set_clock(self, seconds):
        other = self.offset.with_suffix(".new")
        other.write_text(f"{seconds}\n")
        other.rename(self.offset)

    def entries(self):
        return [dict(zip([word.decode() for word in fields[::2]], fields[1::2]))
                for _, fields in self.bus.redis("XRANGE", "chiso:{35}:journal", "-", "+")]

    def test_set_back_by_an_hour(self):
        self.watch_counters()
        self.bus.aggregator(environment=self.environment)
        sender = self.reporter()
        self.accepted(sender, "2024-01")
        self.set_clock(0)
        self.accepted(sender, "2024-02")
        self.counted("clock_went_back")
        before, after = self.entries()
        self.assertNotIn("clock", before)
        self.assertEqual(before["time"], after["time"], "times of a journal never go back")
        real_ms = int(after["clock"])
        self.assertTrue(3500_000 < int(after["time"]) - real_ms < 3700_000)
        self.assertEqual(real_ms, int(self.leaf("2024-02").split()[3]), "deadlines are judged by when it came")
        self.verify()
        # The journal is read again: from its entries the same leaf.
        then = datetime.fromtimestamp(int(after["time"]) / 1000 + 1, timezone(timedelta(hours=7))).isoformat(timespec="seconds")
        rows = self.bus.ctl_json("get", "--unit", "35.x001", "--period", "2024-02", "--indicator", RECEIVED,
                                 "--as-of", then, "--clock", then)
        self.assertEqual({"1"}, {row["value"] for row in rows})

    def test_an_hour_passes(self):
        """Once it is past the newest commit all is as ever."""
        aggregator = self.bus.aggregator(environment=self.environment)
        sender = self.reporter()
        self.accepted(sender, "2024-01")
        self.set_clock(3700)
        self.accepted(sender, "2024-02")
        self.assertNotIn("clock", self.entries()[1])
        self.assertNotIn("event=clock_went_back", aggregator.text())


if __name__ == "__main__":
    unittest.main()
