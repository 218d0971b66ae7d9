"""Somebody else has written to keys of one province: the others go on, and nothing of this one is lost (deploy/FAULTS.md)."""

import unittest

from faults import RECEIVED, FaultTestCase
from harness import until
from messages import outcome_name
from mqtt_client import count, report


class Damaged(FaultTestCase):
    def setUp(self):
        super().setUp()
        self.watch_counters()
        self.aggregator = self.bus.aggregator()
        self.here, self.elsewhere = self.reporter(), self.reporter("36.gateway", "36")
        self.accepted(self.here, "2024-01")

    def others_go_on(self):
        message = report("36", "2024", 1, count("legal.plans_issued", 3))
        self.assertIn(outcome_name(self.elsewhere.publish(message)), ("ACCEPTED", "DUPLICATE"))

    def parked(self):
        return self.bus.redis("HLEN", "chiso:{35}:parked")

    def damage(self, key):
        """Makes KEY a string; what it was, to be put back."""
        kept = self.bus.redis("DUMP", key)
        self.bus.redis("SET", key, "x")
        return kept

    def mend(self, key, kept):
        self.bus.redis("RESTORE", key, 0, kept, "REPLACE")

    def taken_in_the_end(self, waiting):
        self.assertEqual("ACCEPTED", self.outcome(self.here, waiting))
        until("nothing parked", lambda: self.parked() == 0)
        self.arrives(self.here, self.send(self.here, "2024-11"))
        self.verify()

    def test_while_it_runs(self):
        for period, tail in (("2024-02", "ledger"), ("2024-03", "quarantine"), ("2024-04", "leaf:35.x001:2024-04")):
            with self.subTest(tail):
                key = f"chiso:{{35}}:{tail}"
                kept = self.damage(key)
                waiting = self.send(self.here, period)
                until("it is parked", self.parked)
                self.others_go_on()
                self.assertEqual([], self.here.verdicts_for(waiting))
                if kept is None:
                    self.bus.redis("DEL", key)
                else:
                    self.mend(key, kept)
                self.taken_in_the_end(waiting)
        self.counted("commit_refused", "parked")
        self.assertNotIn("event=batch_given_back", self.aggregator.text())

    def test_a_report_that_is_sent_again_waits_once(self):
        kept = self.damage("chiso:{35}:ledger")
        message = report("35.x001", "2024-02", 1, count(RECEIVED, 1))
        for _ in range(5):
            self.here.send_bytes(message.SerializeToString())
        self.others_go_on()
        self.assertEqual(1, self.parked())
        self.mend("chiso:{35}:ledger", kept)
        self.taken_in_the_end(message.report_id)

    def test_what_is_parked_survives_a_kill(self):
        kept = self.damage("chiso:{35}:ledger")
        waiting = self.send(self.here, "2024-02")
        until("it is parked", self.parked)
        self.aggregator.kill()
        self.aggregator = self.bus.aggregator()
        self.assertIn("event=province_unread province=35", self.aggregator.text())
        self.others_go_on()
        self.assertEqual(1, self.parked())
        self.mend("chiso:{35}:ledger", kept)
        self.taken_in_the_end(waiting)

    def test_a_value_that_is_none(self):
        self.assertEqual(0, self.aggregator.stop())
        leaf = self.leaf("2024-01")
        self.bus.redis("HSET", "chiso:{35}:leaf:35.x001:2024-01", RECEIVED, "seven")
        self.aggregator = self.bus.aggregator()
        waiting = self.send(self.here, "2024-02")
        self.others_go_on()
        self.assertRegex(self.aggregator.text(), "level=error event=province_unread province=35 reason=.*seven")
        self.counted("province_unread", "parked")
        self.bus.redis("HSET", "chiso:{35}:leaf:35.x001:2024-01", RECEIVED, leaf)
        self.taken_in_the_end(waiting)

    def test_a_head_that_was_set_back(self):
        """A commit that its journal does not take leaves nothing behind, and has no receipt."""
        self.accepted(self.here, "2024-02")
        head, journal = "chiso:{35}:head", "chiso:{35}:journal"
        (_, first), (last, _) = self.bus.redis("XRANGE", journal, "-", "+")
        newest = self.bus.redis.hash(head)
        self.bus.redis("XDEL", journal, last)
        self.bus.redis("HSET", head, "seq", 1, "commit_id", dict(zip(first[::2], first[1::2]))[b"commit_id"])
        waiting = self.send(self.here, "2024-03")
        until("it is parked", self.parked)
        self.counted("commit_refused", "parked")
        self.assertIsNone(self.leaf("2024-03"))
        self.assertEqual([], self.here.verdicts_for(waiting))
        self.bus.redis("HSET", head, "seq", newest["seq"], "commit_id", newest["commit_id"])
        self.assertEqual("ACCEPTED", self.outcome(self.here, waiting))
        status, out, _ = self.bus.ctl("verify", "--lang", "en")
        self.assertEqual(1, status)
        self.assertIn(": 1 difference", out, "the entry that was taken away, and nothing else")

    def test_a_quarantine_that_takes_nothing(self):
        """Its numbers are used up. Figures of the same commit are taken whole."""
        quarantine = "chiso:{35}:quarantine"
        self.bus.redis("XADD", quarantine, f"{2 ** 64 - 1}-{2 ** 64 - 1}", "a", "b")
        message = report("35.x001", "2024-02", 1, count(RECEIVED, 1), count("of.nothing", 1))
        self.assertEqual("PARTIAL", outcome_name(self.here.publish(message)))
        self.assertEqual(1, self.bus.redis("XLEN", quarantine))
        self.assertEqual(0, self.parked())
        self.verify()
        status, out, error = self.bus.ctl("verify", "--journal")
        self.assertEqual(0, status, out + error)

    def test_many_come_back_in_pages(self):
        kept = self.damage("chiso:{35}:ledger")
        waiting = [self.send(self.here, f"{year}-{month:02}") for year in range(2014, 2024) for month in range(1, 13)]
        until("they are parked", lambda: self.parked() == len(waiting))
        self.mend("chiso:{35}:ledger", kept)
        for report_id in waiting:
            self.assertEqual("ACCEPTED", self.outcome(self.here, report_id))
        self.taken_in_the_end(waiting[0])


if __name__ == "__main__":
    unittest.main()
