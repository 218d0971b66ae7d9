"""A limit on the aggregator's memory changes how long things take, and nothing that is stored, told or receipted."""

import json
import unittest

import fixture_reports
import stored
from harness import Bus, until
from messages import outcome_name
from mqtt_client import Fleet


def interleaved(reports, provinces):
    """One report of each province in turn, so that the next one is never in a cache of one."""
    by_province = {}
    for report in reports:
        by_province.setdefault(provinces.of(report.unit), []).append(report)
    queues = [list(queue) for queue in by_province.values()]
    while queues:
        for queue in queues:
            yield queue.pop(0)
        queues = [queue for queue in queues if queue]


class Cache(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.provinces = fixture_reports.Provinces()
        cls.reports = list(interleaved(fixture_reports.load(), cls.provinces))

    def scores_are_current(self, bus):
        """Every province's cache of scores is of its last commit."""
        return all(bus.redis("HGET", key.replace(":head", ":score"), "seq") == bus.redis("HGET", key, "seq")
                   for key in bus.redis.keys("chiso:{*}:head"))

    def load(self, name, *options):
        """(figures, scores and ranks) after all reports, delivered twice."""
        bus = Bus(f"Cache-{name}")
        try:
            aggregator = bus.aggregator(*options)
            for allowed in (("ACCEPTED",), ("DUPLICATE", "SUPERSEDED")):
                fleet = Fleet(bus)
                verdicts = fleet.deliver([(report, self.provinces.of(report.unit), report.unit)
                                          for report in self.reports])
                self.assertLessEqual({outcome_name(verdict) for verdict in verdicts}, set(allowed))
                fleet.close()
            until("scores of the last commits", lambda: self.scores_are_current(bus))
            text = aggregator.text()
            self.assertEqual(0, aggregator.stop())
            status, out, error = bus.ctl("verify")
            self.assertEqual(0, status, out + error)
            ranks = {key: bus.redis("ZRANGE", key, 0, -1, "WITHSCORES") for key in bus.redis.keys("chiso:rank:*")}
            return stored.figures(bus.redis), ranks, text
        finally:
            bus.close()

    def test_none_is_kept(self):
        everything, all_ranks, _ = self.load("all")
        figures, ranks, text = self.load("none", "--cache-mib", "0")
        self.assertEqual("", stored.difference(everything, figures))
        self.assertEqual(json.dumps(all_ranks, sort_keys=True, default=str),
                         json.dumps(ranks, sort_keys=True, default=str))
        self.assertIn("event=province_read_again", text)


if __name__ == "__main__":
    unittest.main()
