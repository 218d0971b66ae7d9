"""The catalogue changes while everything runs: reload, re-sum, refuse, rebuild."""

import unittest

import stored
from harness import Bus
from mqtt_client import Reporter, count, report
from messages import outcome_name


class CatalogueTestCase(unittest.TestCase):
    """A bus of its own for each test."""

    maxDiff = None

    def setUp(self):
        self.bus = Bus(self.id().rsplit(".", 1)[-1])
        self.addCleanup(self.bus.close)

    def reporter(self, province):
        reporter = Reporter(self.bus, f"{province}.gateway", province)
        self.addCleanup(reporter.close)
        return reporter

    def accepted(self, reporter, message):
        self.assertEqual("ACCEPTED", outcome_name(reporter.publish(message)))

    def verify(self):
        status, out, error = self.bus.ctl("verify")
        self.assertEqual(0, status, out + error)

    def head(self, province, field):
        return self.bus.redis("HGET", f"chiso:{{{province}}}:head", field)

    def kinds(self, province):
        """The kinds of the journal's entries, oldest first."""
        entries = self.bus.redis("XRANGE", f"chiso:{{{province}}}:journal", "-", "+")
        return [dict(zip(fields[::2], fields[1::2]))[b"kind"].decode() for _, fields in entries]


class OtherComputation(CatalogueTestCase):
    """Totals that another build has summed."""

    def test_totals_of_another_version_are_summed_again(self):
        aggregator = self.bus.aggregator()
        reporter = self.reporter("35")
        self.accepted(reporter, report("35.x001", "2024-01", 1, count("dossier.received", 7)))
        right = stored.figures(self.bus.redis)
        version = self.head("35", "totals")
        self.assertTrue(version)
        for other in (None, str(int(version) + 1)):
            with self.subTest(other):
                self.assertEqual(0, aggregator.stop())
                if other is None:
                    self.bus.redis("HDEL", "chiso:{35}:head", "totals")
                else:
                    self.bus.redis("HSET", "chiso:{35}:head", "totals", other)
                total = self.bus.redis.hash("chiso:{35}:sum:35:2024-01")["dossier.received"]
                self.bus.redis("HSET", "chiso:{35}:sum:35:2024-01", "dossier.received", total.replace("=7*1", "=8*1"))
                status, _, error = self.bus.ctl("verify", "--lang", "en")
                self.assertEqual(1, status)
                self.assertIn(f"the totals of province 35 are of version {other or 0} (this is {int(version)})", error)
                aggregator = self.bus.aggregator()
                self.assertEqual("", stored.difference(right, stored.figures(self.bus.redis)))
                self.assertEqual(version, self.head("35", "totals"))
                self.assertEqual("catalogue", self.kinds("35")[-1])
                self.verify()


if __name__ == "__main__":
    unittest.main()
