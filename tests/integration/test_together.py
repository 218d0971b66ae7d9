"""Reports of several provinces in one batch: their commits are sent together, and one that fails is nobody else's matter."""

import signal
import unittest

from harness import BusTestCase
from messages import outcome_name
from mqtt_client import Reporter, count, report

# Units of the fixture catalogue, by province.
UNITS = {"35": "35.x001", "36": "36"}


class Together(BusTestCase):
    def setUp(self):
        self.aggregator = self.bus.aggregator()
        self.addCleanup(self.aggregator.stop)
        self.reporters = {code: Reporter(self.bus, f"{code}.gateway", code) for code in UNITS}
        for reporter in self.reporters.values():
            self.addCleanup(reporter.close)

    def in_one_batch(self, month, meanwhile=lambda: None):
        """Outcomes of a report of each province that are all there before the aggregator reads any."""
        messages = {code: report(unit, f"2024-{month:02d}", 1, count("dossier.received", month))
                    for code, unit in UNITS.items()}
        self.aggregator.process.send_signal(signal.SIGSTOP)
        try:
            meanwhile()
            for code, message in messages.items():
                self.reporters[code].send_bytes(message.SerializeToString())
        finally:
            self.aggregator.process.send_signal(signal.SIGCONT)
        return {code: outcome_name(self.reporters[code].wait_for(
            "a verdict", lambda: self.reporters[code].verdicts_for(message.report_id))[0])
            for code, message in messages.items()}

    def test_together(self):
        accepted = {code: "ACCEPTED" for code in UNITS}
        self.assertEqual(accepted, self.in_one_batch(1), "provinces that are not in memory yet")
        self.assertEqual(accepted, self.in_one_batch(2))
        self.assertEqual(accepted, self.in_one_batch(3, lambda: self.close_a_period("2023-12")),
                         "one has been changed by somebody else")
        self.assertEqual(accepted, self.in_one_batch(4, lambda: self.bus.redis("FUNCTION", "FLUSH")),
                         "the function has gone")
        self.assertEqual(accepted, self.in_one_batch(5, lambda: self.bus.redis("CLIENT", "KILL", "TYPE", "normal",
                                                                               "SKIPME", "yes")),
                         "the connection has broken")
        status, out, error = self.bus.ctl("verify")
        self.assertEqual(0, status, out + error)
        for code in UNITS:
            self.assertEqual(b"5", self.bus.redis("HGET", f"chiso:{{{code}}}:ledger", f"unit:{UNITS[code]}:ACCEPTED"))

    def close_a_period(self, period):
        status, out, error = self.bus.ctl("close", period, "--calendar", "statistical", "--by", "VP", "--provinces", "35")
        self.assertEqual(0, status, out + error)


if __name__ == "__main__":
    unittest.main()
