"""Every commune of the country has a connection of its own and reports at the same moment (deploy/FAULTS.md)."""

import resource
import unittest

from catalogues import change
from faults import RECEIVED, FaultTestCase
from harness import PATIENCE_S
from messages import outcome_name
from mqtt_client import count, report
from mqtt_raw import Crowd

PUBLISHERS = 3321
COMMUNES = 100


class Many(FaultTestCase):
    def setUp(self):
        # The broker's connections are files of its process, and so are ours.
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        needed = 2 * PUBLISHERS
        if hard not in (resource.RLIM_INFINITY,) and hard < needed:
            self.skipTest(f"this machine allows {hard} open files, {needed} are needed")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        super().setUp()

    def test_3321_publishers_at_once(self):
        names = [f"p{number}" for number in range(PUBLISHERS)]
        self.bus.catalogue = change(self.bus, "publishers.csv", lambda row: True,
                                    add=[{"publisher": name, "units": "35/*"} for name in names])
        aggregator = self.bus.aggregator()
        reports = {}
        for number, name in enumerate(names):
            months = number // COMMUNES
            message = report(f"35.x{number % COMMUNES + 1:03}", f"{2024 - months // 12}-{months % 12 + 1:02}", 1,
                             count(RECEIVED, number))
            reports[name] = ("35", message.SerializeToString())
        verdicts = Crowd(self.bus.port, reports).run(4 * PATIENCE_S)
        self.assertEqual(PUBLISHERS, len(verdicts))
        self.assertEqual({"ACCEPTED"}, {outcome_name(verdict) for verdict in verdicts.values()})
        self.assertEqual(PUBLISHERS, sum(self.bus.redis("HLEN", key) for key in self.bus.redis.keys("chiso:{35}:leaf:*")))
        self.assertNotIn("event=batch_given_back", aggregator.text())
        self.verify()


if __name__ == "__main__":
    unittest.main()
