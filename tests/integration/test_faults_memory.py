"""Allocations of the aggregator fail, one after the other: no report is refused for it, nothing is lost, nothing counts twice."""

import mmap
import os
import struct
import subprocess
import unittest
from pathlib import Path

from faults import RECEIVED, FaultTestCase
from harness import until
from mqtt_client import count, report

# Up to more than one report needs, from the broker's socket to its receipt.
ALLOCATIONS = range(1, 60, 3)
AGAIN_S = 0.3
# A field that no version knows, which makes a report large enough for scarce_memory.c to begin with.
PADDING = bytes.fromhex("c23ea01f") + bytes(4000)


class Memory(FaultTestCase):
    def setUp(self):
        super().setUp()
        library, counter = self.bus.folder / "scarce_memory.so", self.bus.folder / "countdown"
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, Path(__file__).with_name("scarce_memory.c"), "-ldl"], check=True)
        counter.write_bytes(bytes(4))
        with open(counter, "r+b") as file:
            self.counter = mmap.mmap(file.fileno(), 4)
        self.addCleanup(self.counter.close)
        # The sanitizers' runtime wants to be the first library; after it is soon enough for this.
        self.environment = {"LD_PRELOAD": str(library), "SCARCE_MEMORY": str(counter),
                            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}

    def fail_at(self, number):
        self.counter[:] = struct.pack("I", number)

    def answered(self, aggregator, reporter, message):
        """Sends until there is an answer, as whoever keeps what has none does."""
        while not reporter.verdicts_for(message.report_id):
            self.assertTrue(aggregator.running(), aggregator.process.returncode)
            reporter.send_bytes(message.SerializeToString() + PADDING)
            with reporter.news:
                reporter.news.wait_for(lambda: reporter.verdicts_for(message.report_id), AGAIN_S)
        return reporter.verdicts_for(message.report_id)

    def test_one_allocation_fails(self):
        # A province is read again for each report, after one of another province.
        aggregator = self.bus.aggregator("--cache-mib", "0", environment=self.environment)
        reporter, elsewhere = self.reporter(), self.reporter("36.gateway", "36")
        self.accepted(reporter, "2015-01")
        for number in ALLOCATIONS:
            month = f"{2016 + number // 12}-{1 + number % 12:02}"
            message = report("35.x001", month, 1, count(RECEIVED, number))
            elsewhere.publish(report("36", "2024", 1, count("legal.plans_issued", 3)))
            self.fail_at(number)
            for verdict in self.answered(aggregator, reporter, message):
                self.assertEqual([], list(verdict.rejections), f"allocation {number}")
        self.fail_at(0)
        self.assertTrue(aggregator.running())
        self.assertNotRegex(aggregator.text(), r'event=province_unread .*reason=("[^"]*[?][^"]*"|"")', "it says why")
        until("nothing is left over", lambda: self.bus.ctl("verify")[0] == 0)
        for words in (("verify", "--journal"), ("ledger",)):
            status, out, error = self.bus.ctl(*words)
            self.assertEqual(0, status, out + error)


if __name__ == "__main__":
    unittest.main()
