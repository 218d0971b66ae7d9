"""chisoctl replay: from the journals alone, and what it refuses. That the result is what was, byte for byte, is seen
by test_journal and test_rebuild on everything that they do."""

import replayed
from harness import BusTestCase
from mqtt_client import Reporter, count, report


class Replay(BusTestCase):
    def setUp(self):
        self.aggregator = self.bus.aggregator(name=self.id()[-20:])
        self.addCleanup(self.aggregator.stop)
        reporter = Reporter(self.bus, "35.gateway", "35")
        self.addCleanup(reporter.close)
        for month in (1, 2, 3):
            reporter.publish(report("35.x001", f"2025-{month:02}", 1, count("dossier.received", month)))
        self.spare = replayed.SpareRedis(self.bus, self._testMethodName)
        self.addCleanup(self.spare.close)

    def verified(self, url):
        status, out, error = self.bus.run("chisoctl", "verify", "--journal", "--redis", url, *self.bus.frozen())
        self.assertEqual(0, status, out + error)

    def test_what_lies_beside_the_journal_may_be_gone(self):
        self.verified(self.bus.redis_url)
        wanted = replayed.state(self.bus.redis)
        self.assertEqual(0, self.aggregator.stop())
        for key in self.bus.redis.keys("chiso:{35}:*"):
            if key != "chiso:{35}:journal":
                self.bus.redis("DEL", key)
        for tail in ("leaf:35.x001:2025-01", "head", "ledger", "periods"):
            self.bus.redis("SET", f"chiso:{{35}}:{tail}", "damage")
        status, out, error = replayed.replay(self.bus, self.spare)
        self.assertEqual(0, status, error)
        self.assertIn("chiso:{35}:head: WRONGTYPE", error)
        self.assertIn("the journal alone says how far it goes", error)
        self.assertIn("Province 35:", out)
        self.assertEqual(wanted, replayed.state(self.spare.redis))
        self.verified(self.spare.url)
        # So that the next test has a province again.
        self.bus.redis("FLUSHALL")

    def alert_once(self, url):
        status, _, error = self.bus.run("chiso-alerter", "--once", "--mqtt", self.bus.mqtt_url, "--redis", url,
                                        "--mail-dir", self.bus.mails, *self.bus.frozen())
        self.assertEqual(0, status, error)
        return sorted(path.name for path in self.bus.mails.iterdir())

    def test_an_alerter_goes_on_where_it_was(self):
        told = self.alert_once(self.bus.redis_url)
        self.assertTrue(told)
        self.assertEqual(0, self.aggregator.stop())
        self.assertEqual(0, replayed.replay(self.bus, self.spare)[0])
        for tail in ("alerts", "cursor:alerter"):
            self.assertEqual(replayed.value(self.bus.redis, f"chiso:{{35}}:{tail}"),
                             replayed.value(self.spare.redis, f"chiso:{{35}}:{tail}"))
        self.assertEqual(told, self.alert_once(self.spare.url), "nobody is told twice")

    def test_what_it_refuses(self):
        self.assertEqual(64, self.bus.ctl("replay")[0])
        self.assertEqual(64, self.bus.ctl("replay", "--to", "nowhere")[0])
        status, _, error = self.bus.ctl("replay", "--to", self.bus.redis_url, "--lang", "en")
        self.assertEqual(1, status)
        self.assertIn("--to is not empty", error)
        self.bus.redis("SET", "chiso:catalogue:rebuild", "x")
        self.assertIn("chisoctl rebuild is unfinished there", replayed.replay(self.bus, self.spare)[2])
        self.bus.redis("DEL", "chiso:catalogue:rebuild")
        self.assertEqual([], self.spare.redis.keys("*"), "nothing was written")
        # An entry that is missing is an error, and the target stays unusable.
        self.assertEqual(0, self.aggregator.stop())
        self.bus.redis("XDEL", "chiso:{35}:journal", "1-0")
        status, _, error = replayed.replay(self.bus, self.spare)
        self.assertEqual(1, status)
        self.assertIn("--to is of no use yet", error)
        self.assertTrue(self.spare.redis("EXISTS", "chiso:catalogue:rebuild"))
        self.assertFalse(self.spare.redis("EXISTS", "chiso:{35}:head"))
        self.bus.redis("FLUSHALL")
