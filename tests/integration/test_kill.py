"""What dies at any moment: nothing is lost, nothing is counted twice. Or an aggregator is started twice.

The moments are random: the seed is printed, and CHISO_TEST_SEED sets it. CHISO_TEST_KILLS is the number of kills in each
test, CHISO_ORACLE_SEED the world whose reports are the load.
"""

import os
import random
import signal
import time
import unittest
from collections import Counter

import fixture_reports
import stored
from harness import Bus, free_port, until
from messages import outcome_name
from mqtt_client import Reporter, count, report
from torture import Once, Outbox, Resender, Torture, journal

SEED = int(os.environ.get("CHISO_TEST_SEED", random.SystemRandom().randrange(1 << 32)))
KILLS = int(os.environ.get("CHISO_TEST_KILLS", "28"))
WORLD = int(os.environ.get("CHISO_ORACLE_SEED", "5"))
# Each is a program of its own; every stored total is compared anyway.
QUESTIONS = 20
SHOWN = 12


class Kill(unittest.TestCase):
    maxDiff = None

    def torture(self, name, kinds, choices):
        torture = Torture(name, SEED, WORLD, kinds)
        self.addCleanup(torture.close)
        print(torture.seed, flush=True)
        torture.run(KILLS, choices)
        torture.wait_until_all_have_arrived()
        self.assertEqual([], torture.lost()[:SHOWN], f"lost; {torture.seed}")
        self.assertEqual([], torture.doubled()[:SHOWN], f"doubled; {torture.seed}")
        self.assertEqual([], torture.refused()[:SHOWN], f"refused; {torture.seed}")
        self.assertEqual([], torture.wrong(QUESTIONS)[:SHOWN], f"wrong; {torture.seed}")

    def test_the_aggregator_and_redis_are_killed(self):
        """Senders that rely on the broker alone lose nothing either."""
        self.torture("Kill-centre", (Once, Resender, Outbox), (["aggregator"], ["redis"], ["aggregator", "redis"]))

    def test_the_broker_is_killed_too_and_its_store_deleted(self):
        self.torture("Kill-broker", (Resender, Outbox), (["aggregator"], ["redis"], ["broker"], ["publishers"],
                                                         ["broker", "redis", "aggregator", "publishers"]))


class Receipted(unittest.TestCase):
    def test_the_number_of_a_repeat_is_not_forgotten(self):
        """Its publisher does not send it again after the receipt: the ledger would have a gap for ever."""
        bus = Bus("Kill-receipted")
        self.addCleanup(bus.close)
        aggregator, reporter = bus.aggregator(), Reporter(bus, "35.gateway")
        self.addCleanup(reporter.close)
        for number, outcome in ((1, "ACCEPTED"), (2, "DUPLICATE")):
            message = report("35.x001", "2024-01", 1, count("dossier.received", 7))
            message.stream_id, message.sequence = "s", number
            self.assertEqual(outcome, outcome_name(reporter.publish(message)))
        aggregator.kill()
        self.assertEqual("2", bus.redis.hash("chiso:{35}:ledger")["stream:35.gateway:s"])


class SlowCommit(unittest.TestCase):
    """Redis stands still for longer than the keepalive, which is 10 s here: the least that a broker can demand."""

    REPORTS, KEEPALIVE_S = 50, 10

    def test_nothing_is_lost_or_doubled_and_nobody_hurries(self):
        bus = Bus("Kill-slow")
        self.addCleanup(bus.close)
        bus.broker.stop()
        port = free_port()
        bus.start_broker(port, f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_keepalive {self.KEEPALIVE_S}\n")
        aggregator, reporter = bus.aggregator(), Reporter(bus, "35.gateway")
        self.addCleanup(reporter.close)
        stopped = time.monotonic()
        bus.redis_server.process.send_signal(signal.SIGSTOP)
        sent = [report(f"35.x{number:03}", "2024-01", 1, count("dossier.received", number))
                for number in range(1, self.REPORTS + 1)]
        for message in sent:
            reporter.send_bytes(message.SerializeToString())
        aggregator.wait_for_log("event=batch_given_back .*\n.*event=mqtt_dropped")
        until("longer than the keepalive", lambda: time.monotonic() - stopped > self.KEEPALIVE_S)
        self.assertEqual([], reporter.verdicts, "receipted before it was committed")
        bus.redis_server.process.send_signal(signal.SIGCONT)
        reporter.wait_for("all verdicts", lambda: len({one.report_id for one in reporter.verdicts}) == len(sent))
        lasted = time.monotonic() - stopped
        self.assertLessEqual({outcome_name(one) for one in reporter.verdicts}, {"ACCEPTED", "DUPLICATE"})
        ledger = bus.redis.hash("chiso:{35}:ledger")
        self.assertEqual(["1"] * len(sent), [ledger[f"unit:{one.unit}:ACCEPTED"] for one in sent])
        self.assertEqual({one.report_id: 1 for one in sent}, Counter(one.report_id for one in journal(bus.redis)))
        status, out, error = bus.ctl("verify")
        self.assertEqual(0, status, out + error)
        # One connection at the start, and at most one for each half of the keepalive.
        self.assertLessEqual(aggregator.text().count("event=mqtt_connected"), 2 + lasted / (self.KEEPALIVE_S / 2))


class Twice(unittest.TestCase):
    maxDiff = None

    def figures(self, *names):
        bus = Bus("Twice-" + "-".join(names))
        try:
            for name in names:
                bus.aggregator(name=name)
            for path in fixture_reports.files():
                status, out, error = bus.publish(path)
                self.assertEqual(0, status, f"{path}: {out[-2000:]}{error[-2000:]}")
            status, out, error = bus.ctl("verify")
            self.assertEqual(0, status, out + error)
            return stored.figures(bus.redis)
        finally:
            bus.close()

    def test_two_aggregators_on_one_province_agree(self):
        self.assertEqual("", stored.difference(self.figures("only"), self.figures("first", "second")))


if __name__ == "__main__":
    unittest.main()
