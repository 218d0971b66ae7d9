"""The journal taken again from its first entry makes the figures that are stored, to the letter; and with chisoctl
replay everything else that a province has, in an empty Redis."""

import json
import re
import unittest
from random import Random

import replayed
from catalogues import change, setting
from fixture_reports import files
from harness import CLOCK, Bus, OwnBusTestCase
from messages import outcome_name
from mqtt_client import Reporter, count, ratio, report
from test_oracle import SEED, World, prepare, send

JOURNAL = "chiso:{35}:journal"
ONLINE = "work.online_dossier_rate"


class Journal(OwnBusTestCase):
    def report(self, outcome, *observations, revision=1, unit="35.x001", period="2025-Q1"):
        reporter = Reporter(self.bus, "35.gateway", "35")
        try:
            self.assertEqual(outcome, outcome_name(reporter.publish(report(unit, period, revision, *observations))))
        finally:
            reporter.close()

    def verify(self, status=0):
        found, out, error = self.bus.ctl("verify", "--journal", "--lang", "en")
        self.assertEqual(status, found, out + error)
        if status == 0:
            replayed.check(self, self.bus)
        return out + error

    def test_the_published_fixtures(self):
        self.bus.aggregator()
        for path in files():
            status, _, error = self.bus.publish(path)
            self.assertEqual(0, status, error)
        self.assertRegex(self.verify(), r": 0 differences")
        # What is shown of it is the same as what is stored now; mergers, boundaries and the nation included.
        questions = [("get", "--unit", unit, "--period", period, *more)
                     for unit, more in (("35", ()), ("02", ()), ("347", ()), ("VN", ()),
                                        ("37", ("--boundaries", "2025-07-01")))
                     for period in ("2024", "2025-Q1")]
        questions += [("score", "--index", "qd766", "--period", "2025-Q1"), ("score", "--index", "dti", "--period", "2024"),
                      ("explain", "--unit", "35", "--indicator", "work.online_dossier_rate", "--period", "2025-Q1")]
        for question in questions:
            with self.subTest(question):
                now = self.bus.ctl(*question, "--json")
                then = self.bus.ctl(*question, "--json", "--as-of", CLOCK)
                self.assertEqual(0, now[0], now[2])
                self.assertEqual(now, (then[0], re.sub(r'"as_of": "[^"]*"', '"as_of": null', then[1]), then[2]))

    def test_corrections_withdrawals_and_what_was_refused_in_part(self):
        self.bus.aggregator()
        self.report("ACCEPTED", count("dossier.received", 7))
        self.report("PARTIAL", count("dossier.received", 8), ratio(ONLINE, 1, 2))
        self.report("ACCEPTED", count("dossier.received", 9), revision=2)
        self.report("SUPERSEDED", count("dossier.received", 7))
        self.report("PARTIAL", count("dossier.received", 9), count("no.such", 3), revision=2)
        self.report("ACCEPTED", ratio(ONLINE, 0, 0, withdrawn=True), revision=3)
        self.assertRegex(self.verify(), r": 0 differences")

    def test_every_entry_under_its_own_catalogue(self):
        """What one catalogue takes the next one refuses, and takes again later."""
        first = self.bus.catalogue
        other = change(self.bus, "indicators.csv", setting("cadence", "year", id=ONLINE))
        for revision, catalogue, outcome in ((1, first, "ACCEPTED"), (2, other, "PARTIAL"), (3, first, "ACCEPTED")):
            self.bus.catalogue = catalogue
            aggregator = self.bus.aggregator()
            self.report(outcome, count("dossier.received", revision), ratio(ONLINE, revision, 5), revision=revision)
            self.assertRegex(self.verify(), r": 0 differences")
            self.assertEqual(0, aggregator.stop())

    def test_what_was_changed_by_hand_is_found(self):
        self.bus.aggregator()
        self.report("ACCEPTED", count("dossier.received", 7))
        key = "chiso:{35}:leaf:35.x001:2025-Q1"
        right = self.bus.redis.hash(key)["dossier.received"]
        wrong = right.replace("1 7 ", "1 8 ")
        self.bus.redis("HSET", key, "dossier.received", wrong)
        self.assertIn(f"{key} dossier.received\n  stored:   {wrong}\n  computed: {right}\n", self.verify(1))
        self.bus.redis("HDEL", key, "dossier.received")
        self.assertIn(f"{key} dossier.received\n  stored:   (nothing)\n  computed: {right}\n", self.verify(1))

    def test_a_journal_that_cannot_be_replayed_is_an_error(self):
        self.bus.aggregator()
        self.report("ACCEPTED", count("dossier.received", 7))
        self.report("ACCEPTED", count("dossier.received", 8), revision=2)
        head = self.bus.redis.hash("chiso:{35}:head")
        self.bus.redis("XADD", JOURNAL, "3-0", "kind", "magic", "time", "1", "catalogue", head["catalogue"])
        self.bus.redis("HSET", "chiso:{35}:head", "seq", "3")
        self.assertIn("chisoctl verify: journal of 35, entry 3: entries of the kind 'magic' are unknown\n",
                      self.verify(1))
        self.bus.redis("XDEL", JOURNAL, "3-0")
        self.assertIn("chisoctl verify: the journal of 35 ends before the head's entry\n", self.verify(1))
        self.bus.redis("XADD", JOURNAL, "4-0", "kind", "reports", "time", "1", "catalogue", "0" * 64)
        self.bus.redis("HSET", "chiso:{35}:head", "seq", "4")
        self.assertIn(f"chisoctl verify: journal of 35, entry 4: Redis holds no catalogue {'0' * 64}\n", self.verify(1))
        self.bus.redis("XTRIM", JOURNAL, "MAXLEN", "2")
        self.assertIn("chisoctl verify: the journal of 35 has no entry 1 before 2\n", self.verify(1))


class RandomWorlds(unittest.TestCase):
    """What is made again from the journal is what is stored, whatever was reported."""

    QUESTIONS = 8

    def test_as_of_now_and_the_last_step_of_a_history(self):
        print(f"CHISO_ORACLE_SEED={SEED}", flush=True)
        world, rng = World(SEED), Random(SEED)
        bus = Bus(f"Replayed{SEED}", clock=world.now.isoformat())
        self.addCleanup(bus.close)
        bus.catalogue = prepare(world, bus)
        bus.aggregator()
        send(bus, world, Random(SEED))
        keys = []
        for kind in ("leaf", "sum"):
            found = bus.redis.keys(f"chiso:*:{kind}:*")
            keys += [key.split(":")[3:] for key in rng.sample(found, min(self.QUESTIONS, len(found)))]
        for unit, period in [*keys, ("VN", keys[0][1])]:
            question = ("--unit", unit, "--period", period)
            with self.subTest(question, seed=SEED):
                now = bus.ctl("get", *question, "--json")
                then = bus.ctl("get", *question, "--json", "--as-of", bus.clock)
                self.assertEqual(now, (then[0], re.sub(r'"as_of": "[^"]*"', '"as_of": null', then[1]), then[2]))
                if now[0] != 0:
                    continue  # refused: a unit that had ended, say
                rows = [row for row in json.loads(now[1]) if row["level"] is None and row["revision"]]
                for row in rng.sample(rows, min(2, len(rows))):
                    steps = bus.ctl_json("explain", *question, "--indicator", row["indicator"], "--history")["history"]
                    self.assertEqual((row["state"], row["value"]),
                                     (steps[-1]["after"]["state"], steps[-1]["after"]["value"]), row["indicator"])


if __name__ == "__main__":
    unittest.main()
