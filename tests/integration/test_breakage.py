"""What once broke: changed catalogues over stored figures, services that die or stop at a bad moment.

Every test here failed before the change that it came with.
"""

import signal
import socket
import time
import unittest
from pathlib import Path

import stored
from catalogues import CatalogueTestCase, change, setting, without
from harness import CATALOGUE, free_port, until
from mail_server import MailServer
from mqtt_client import count, ratio, report
from messages import Observation, outcome_name

# Far more than it takes, and less than what a program waits for something that is dead.
SOON_S = 8


def behind(indicator, period):
    """1 of 100: behind whatever is aimed at."""
    return report("35", period, 1, Observation(indicator=indicator, value=1, denominator=100))


def connections(port):
    """How many clients are connected to a local port, accepted by its program or not."""
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    fields = [line.split() for line in lines]
    return sum(field[1].endswith(f":{port:04X}") and field[3] == "01" for field in fields)


class ChangedCatalogue(CatalogueTestCase):
    def setUp(self):
        super().setUp()
        self.aggregator = self.bus.aggregator()
        reporter = self.reporter("35")
        self.accepted(reporter, report("35.x001", "2024-01", 1, count("dossier.received", 7)))
        self.accepted(reporter, report("35.x002", "2024-02", 1, count("dossier.received", 2**52)))
        self.accepted(reporter, report("35", "2024-01", 1, count("infra.coverage_5g", 815, scale=1),
                                       ratio("infra.lan_internet_rate", 3, 4)))
        self.before = stored.figures(self.bus.redis)

    def restart(self, catalogue, ready=True):
        self.aggregator.stop()
        self.bus.catalogue = catalogue
        self.aggregator = self.bus.aggregator(ready=ready)

    def test_what_would_hide_or_bend_stored_figures_is_refused(self):
        cases = (
            ("units.csv", setting("parent", "36", code="35.x001"),
             "unit 35.x001 has figures for 2024-01 in province 35, and this catalogue puts it into province 36: "
             "only chisoctl rebuild moves stored figures"),
            ("units.csv", without(code="35.x001"),
             "unit 35.x001 has figures for 2024-01 in province 35, and this catalogue has no unit 35.x001: a unit "
             "that ends needs a valid_to, not a removal"),
            ("indicators.csv", setting("input_decimals", "0", id="infra.coverage_5g"),
             "infra.coverage_5g of unit 35 for 2024-01 is 81.5, and this catalogue takes at most 0 decimals"),
            ("indicators.csv", setting("input_decimals", "1", id="dossier.received"),
             "dossier.received of unit 35.x002 for 2024-02 is 4503599627370496, which is above 2^52 in this catalogue's "
             "smallest unit, of 1 decimals"),
            ("indicators.csv", setting("measure", "rate", id="infra.lan_internet_rate"),
             "infra.lan_internet_rate of unit 35 for 2024-01 is 3/4, which is no figure of its measure in this "
             "catalogue"),
        )
        in_force = self.bus.redis("GET", "chiso:catalogue:current")
        for file, edit, sentence in cases:
            with self.subTest(sentence):
                self.restart(change(self.bus, file, edit), ready=False)
                self.assertEqual(78, self.aggregator.process.wait(SOON_S), self.aggregator.text())
                self.assertIn(f'event=catalogue_does_not_fit reason="{sentence}"', self.aggregator.text())
                self.assertEqual(in_force, self.bus.redis("GET", "chiso:catalogue:current"))
                self.assertEqual("", stored.difference(self.before, stored.figures(self.bus.redis)))
        self.restart(CATALOGUE)
        self.verify()

    def test_shares_of_the_whole_are_figures_of_their_measure(self):
        added = {"id": "test.connected", "pillar": "digital_government", "name_vi": "Đã kết nối", "measure": "share",
                 "reported_by": "commune", "whole_by": "province", "cadence": "month"}
        with_share = change(self.bus, "indicators.csv", lambda row: True, add=[added])
        self.restart(with_share)
        self.accepted(self.reporter("35"), report("35", "2024-01", 1, ratio("test.connected", 18, 20)))
        self.restart(change(self.bus, "indicators.csv", setting("name_vi", "Kết nối", id="test.connected"),
                            source=with_share))
        self.verify()

    def test_a_removed_indicator_leaves_no_totals_behind(self):
        folder = change(self.bus, "rules.csv", lambda row: "dossier.received" not in row["right"])
        self.restart(change(self.bus, "indicators.csv", without(id="dossier.received"), source=folder))
        fields = {field for key in self.bus.redis.keys("chiso:{35}:sum:*") for field in self.bus.redis.hash(key)}
        self.assertEqual([], [field for field in fields if field.startswith("dossier.received")])
        self.verify()
        self.restart(CATALOGUE)
        self.assertEqual("", stored.difference(self.before, stored.figures(self.bus.redis)))

    def test_two_aggregators_may_bring_it_at_once(self):
        self.assertEqual(0, self.aggregator.stop())
        self.bus.catalogue = change(self.bus, "units.csv", setting("parent", "351", code="35.x001"))
        both = [self.bus.aggregator(name=name, ready=False) for name in ("first", "second")]
        for aggregator in both:
            aggregator.wait_for_log("event=ready")
        self.verify()


class Aggregator(CatalogueTestCase):
    def test_a_kept_subscription_refuses_nobody(self):
        """Reports of a province that this instance served before are for another instance to answer."""
        self.assertEqual(0, self.bus.aggregator().stop())
        aggregator = self.bus.aggregator("--provinces", "35")
        elsewhere, here = self.reporter("36"), self.reporter("35")
        elsewhere.send_bytes(report("36.x001", "2024-01", 1, count("dossier.received", 1)).SerializeToString())
        aggregator.wait_for_log("event=province_not_served province=36 publisher=36.gateway")
        self.accepted(here, report("35.x001", "2024-01", 1, count("dossier.received", 1)))
        self.assertEqual([], elsewhere.verdicts)
        self.assertEqual(0, self.bus.redis("EXISTS", "chiso:quarantine"))

    def test_a_report_with_which_a_total_would_overflow_is_refused(self):
        """Alone, with its reason, and counted; what came with it is taken. 128 bits are out of the reach of 2^52 a
        figure, so a total below is made that large by hand."""
        aggregator, reporter = self.bus.aggregator(), self.reporter("35")
        self.accepted(reporter, report("35.x001", "2024-01", 1, count("dossier.received", 7)))
        self.assertEqual(0, aggregator.stop())
        text = self.bus.redis.hash("chiso:{35}:sum:347:2024-01")["dossier.received"]
        self.bus.redis("HSET", "chiso:{35}:sum:347:2024-01", "dossier.received", text.replace("=7*1", f"={2**127 - 1}*1"))
        before = stored.figures(self.bus.redis)
        ends = [report("35.x060", "2024-01", 1, count("dossier.received", 1), report_id=f"poison-{i}") for i in range(2)]
        good = [report("35.x060", f"2024-0{month}", 1, count("dossier.received", 1)) for month in (2, 3, 4)]
        for message in (good[0], ends[0], good[1], ends[1], good[2]):
            reporter.send_bytes(message.SerializeToString())
        aggregator = self.bus.aggregator()
        for message in good:
            verdict, = reporter.wait_for("a verdict", lambda: reporter.verdicts_for(message.report_id))
            self.assertEqual("ACCEPTED", outcome_name(verdict))
        for message in ends:
            verdict, = reporter.wait_for("a verdict", lambda: reporter.verdicts_for(message.report_id))
            self.assertEqual(("REJECTED", 14, "with this report a total would leave 128 bits"),
                             (outcome_name(verdict), verdict.rejections[0].reason, verdict.rejections[0].text))
        self.assertEqual("REJECTED", outcome_name(reporter.publish(ends[0])), "and again")
        after = stored.figures(self.bus.redis)
        for key in [key for key in after if key.endswith(":2024-01")]:
            self.assertEqual(before.get(key), after[key], key)
        self.assertEqual(3, self.bus.redis("XLEN", "chiso:{35}:quarantine"))
        self.assertEqual("3", self.bus.redis.hash("chiso:{35}:ledger")["unit:35.x060:REJECTED"])
        self.assertNotIn("event=batch_given_back", aggregator.text())

    def test_a_stop_does_not_wait_for_a_dead_redis(self):
        aggregator = self.bus.aggregator()
        reporter = self.reporter("35")
        self.accepted(reporter, report("35.x001", "2024-01", 1, count("dossier.received", 1)))
        self.bus.redis_server.kill()
        reporter.send_bytes(report("35.x001", "2024-02", 1, count("dossier.received", 1)).SerializeToString())
        aggregator.wait_for_log("event=commit_unknown")
        self.assertEqual(0, aggregator.stop(SOON_S))
        self.bus.start_redis()
        self.bus.aggregator()
        until("the report that was given back", lambda: len(reporter.verdicts) == 2)
        self.verify()


    def test_an_emptied_redis_gets_its_catalogue_again(self):
        """From the next start: the bytes that were stored are not kept."""
        aggregator = self.bus.aggregator()
        reporter = self.reporter("35")
        self.accepted(reporter, report("35.x001", "2024-01", 1, count("dossier.received", 1)))
        self.bus.redis("FLUSHALL")
        reporter.send_bytes(report("35.x001", "2024-01", 2, count("dossier.received", 2)).SerializeToString())
        self.assertEqual(1, aggregator.process.wait(SOON_S), aggregator.text())
        self.assertIn("event=catalogue_lost", aggregator.text())
        self.bus.aggregator()
        until("the report that was given back", lambda: len(reporter.verdicts) == 2)
        self.verify()


class Damage(CatalogueTestCase):
    """Keys that somebody else has written to, or taken away."""

    def setUp(self):
        super().setUp()
        self.aggregator = self.bus.aggregator()
        self.accepted(self.reporter("35"), report("35.x001", "2024-01", 1, count("dossier.received", 1)))
        self.assertEqual(0, self.aggregator.stop())

    def test_a_key_of_another_type_is_named(self):
        wrong = "WRONGTYPE Operation against a key holding the wrong kind of value"
        for tail in ("head", "periods", "ledger"):
            with self.subTest(tail):
                key = f"chiso:{{35}}:{tail}"
                kept = self.bus.redis("DUMP", key)
                self.bus.redis("SET", key, "x")
                aggregator = self.bus.aggregator()
                self.assertIn(f'event=province_unread province=35 reason="{key}: {wrong}"', aggregator.text())
                self.bus.redis("RESTORE", key, 0, kept, "REPLACE")
                aggregator.wait_for_log("event=province_mended province=35")
                self.assertEqual(0, aggregator.stop())
        self.verify()

    def test_verify_misses_a_head(self):
        self.bus.redis("DEL", "chiso:{35}:head")
        status, out, _ = self.bus.ctl("verify", "--lang", "en")
        self.assertEqual(1, status)
        self.assertIn("chiso:{35}:head\n  stored:   (no seq)\n  computed: (there are figures)\n", out)


class Alerter(CatalogueTestCase):
    def setUp(self):
        super().setUp()
        self.bus.aggregator()

    def queued(self):
        return self.bus.redis("XLEN", "chiso:{35}:notify")

    def test_a_mail_that_a_killed_alerter_left_is_sent_by_the_other(self):
        mails = MailServer(self.bus)
        first = self.bus.alerter("--smtp", f"smtp://127.0.0.1:{free_port()}", name="first")
        second = self.bus.alerter("--smtp", mails.url, name="second")
        until("the mails of the start", lambda: self.queued() == 0)
        before = len(mails.mails())
        second.process.send_signal(signal.SIGSTOP)
        self.accepted(self.reporter("35"), behind("dossier.on_time_rate", "2025-Q1"))
        first.wait_for_log("event=mail_not_sent province=35")
        left = self.queued()
        first.kill()
        second.process.send_signal(signal.SIGCONT)
        until("the mails that were left", lambda: self.queued() == 0)
        self.assertEqual(left, len(mails.mails()) - before)

    def test_two_alerters_send_a_mail_once(self):
        """Both have read the queue, and wait for the server, before the first mail leaves."""
        mails = MailServer(self.bus)
        mails.program.process.send_signal(signal.SIGSTOP)
        for number, name in enumerate(("first", "second"), 1):
            self.bus.alerter("--smtp", mails.url, name=name, ready=False)
            until(f"{name} at the mail server", lambda n=number: connections(mails.port) == n)
        mails.program.process.send_signal(signal.SIGCONT)
        until("an empty queue", lambda: not any(
            self.bus.redis("XLEN", key) for key in self.bus.redis.keys("chiso:{*}:notify")))
        ids = [mail["Message-ID"] for mail in mails.mails()]
        self.assertGreater(len(ids), 1)
        self.assertEqual(sorted(set(ids)), sorted(ids))

    def test_a_stop_does_not_wait_for_a_silent_mail_server(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            alerter = self.bus.alerter("--smtp", f"smtp://127.0.0.1:{silent.getsockname()[1]}", ready=False)
            silent.accept()[0].close()
            connection, _ = silent.accept()
            with connection:
                begin = time.monotonic()
                self.assertEqual(0, alerter.stop(SOON_S))
                self.assertLess(time.monotonic() - begin, SOON_S)


if __name__ == "__main__":
    unittest.main()
