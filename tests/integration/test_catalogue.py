"""The catalogue changes while everything runs: reload, re-sum, refuse, follow."""

import re
import signal
import threading
import unittest

import stored
from catalogues import BOOKS, CatalogueTestCase, FolderTestCase, change, put_in_force, same, setting, sha256, without
from harness import CATALOGUE, until
from mqtt_client import Fleet, Reporter, Viewer, count, report
from messages import outcome_name, reason_name


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


class Reload(FolderTestCase):
    """SIGHUP."""

    def test_a_new_indicator_is_usable(self):
        aggregator, reporter = self.bus.aggregator(), self.reporter("35")
        self.accepted(reporter, report("35.x001", "2024-01", 1, count("dossier.received", 7)))
        early = report("35.x001", "2024-01", 1, count("test.books", 12))
        self.assertEqual("UNKNOWN_INDICATOR", reason_name(reporter.publish(early).rejections[0]))
        self.edit("indicators.csv", same, [BOOKS])
        self.reload(aggregator, "catalogue hash")
        self.assertEqual(sha256(self.folder), self.in_force())
        self.summed_with("35", self.folder)
        self.assertEqual(["reports", "catalogue"], self.kinds("35")[::len(self.kinds("35")) - 1])
        self.accepted(reporter, early)
        rows = self.bus.ctl_json("get", "--unit", "35", "--period", "2024-01", "--indicator", "test.books")
        self.assertEqual("12", rows[0]["value"])
        self.verify()
        self.assertIn("event=catalogue_unchanged", self.reload(aggregator, "catalogue_unchanged"))

    def test_reports_flow_across_changes(self):
        """Communes move between districts, to and fro, under a stream of reports; each is answered once."""
        aggregator = self.bus.aggregator()
        fleet = Fleet(self.bus)
        self.addCleanup(fleet.close)
        deliveries = [(report(f"35.x{unit:03}", f"2024-{month:02}", 1, count("dossier.received", unit)), "35", "35.gateway")
                      for month in range(1, 13) for unit in range(1, 100)]
        thread = threading.Thread(target=fleet.deliver, args=(deliveries,))
        thread.start()
        parents = ("351", "352") * 3
        for at, parent in enumerate(parents, 1):
            fleet.wait_for("verdicts", lambda a=at: len(fleet.verdicts) >= a * len(deliveries) // (len(parents) + 2))
            self.edit("units.csv", setting("parent", parent, code="35.x001"))
            self.reload(aggregator, "catalogue hash")
        thread.join()
        self.summed_with("35", self.folder)
        self.assertEqual({"ACCEPTED"}, {outcome_name(verdict) for verdict in fleet.verdicts})
        self.assertEqual(len(deliveries), len({verdict.report_id for verdict in fleet.verdicts}))
        self.assertEqual(len(deliveries), len(fleet.verdicts))
        self.assertEqual(len(parents), self.kinds("35").count("catalogue"))
        year = self.bus.ctl_json("get", "--unit", "35", "--period", "2024", "--indicator", "dossier.received")
        self.assertEqual(str(12 * sum(range(1, 100))), year[0]["value"])
        self.assertEqual(b"352", self.parent_of("35.x001"))
        self.verify()

    def parent_of(self, code):
        """By the stored catalogue in force."""
        units = self.bus.redis("HGET", f"chiso:catalogue:{self.in_force()}", "units.csv")
        return next(line for line in units.splitlines() if line.startswith(code.encode() + b",")).split(b",")[5]

    def test_a_faulty_folder_changes_nothing(self):
        aggregator, reporter = self.bus.aggregator(), self.reporter("35")
        self.edit("indicators.csv", setting("measure", "weight", id="dossier.received"),
                  [{**BOOKS, "pillar": "none"}])
        told = self.reload(aggregator, "catalogue_kept")
        self.assertRegex(told, r'event=catalogue at=indicators.csv:64:\d+ text="[^\n]*weight')
        self.assertRegex(told, r'event=catalogue at=indicators.csv:\d+:\d+ text="[^\n]*none')
        self.assertIn(f"event=catalogue_kept hash={self.first}", told)
        (self.folder / "units.csv").unlink()
        self.reload(aggregator, "catalogue_kept")
        self.assertEqual(self.first, self.in_force())
        self.accepted(reporter, report("35.x001", "2024-01", 1, count("dossier.received", 7)))
        self.verify()

    def test_what_does_not_fit_is_refused(self):
        aggregator, reporter = self.bus.aggregator("--provinces", "35"), self.reporter("35")
        self.bus.aggregator("--provinces", "36", name="other")
        self.accepted(reporter, report("35.x001", "2024-01", 1, count("dossier.received", 7)))
        self.accepted(self.reporter("36"), report("36", "2024-01", 1, count("infra.coverage_5g", 815, scale=1)))
        cases = (
            ("units.csv", setting("parent", "361", code="35.x001"), "puts it into province 36"),
            ("units.csv", without(code="35.x001"), "this catalogue has no unit 35.x001"),
            # A province of another instance, which could not follow.
            ("indicators.csv", setting("input_decimals", "0", id="infra.coverage_5g"), "takes at most 0 decimals"),
            ("units.csv", lambda row: not row["code"].startswith("35"), "35"))
        for revision, (name, edit, sentence) in enumerate(cases, 1):
            with self.subTest(sentence):
                shown = self.edit(name, edit)
                told = self.reload(aggregator, "catalogue_kept")
                self.assertIn(sentence, told)
                self.assertNotEqual(sha256(shown), self.in_force())
                self.accepted(reporter, report("35.x001", "2024-02", revision, count("dossier.received", revision)))
        self.verify()

    def test_what_would_be_read_as_something_else_is_refused(self):
        """By SIGHUP, at a start, and told to the clerk beforehand; withdrawn, it may be defined anew."""
        self.edit("indicators.csv", same, [BOOKS])
        aggregator, reporter = self.bus.aggregator(), self.reporter("35")
        line = len((self.folder / "indicators.csv").read_text("utf-8-sig").splitlines())
        by_other_books = {**BOOKS, "calendar": "administrative"}
        self.edit("indicators.csv", same, [by_other_books])
        self.reload(aggregator, "catalogue hash")  # nothing is stored for it
        self.edit("indicators.csv", same, [BOOKS])
        self.reload(aggregator, "catalogue hash")
        self.accepted(reporter, report("35.x001", "2024-01", 1, count("test.books", 7)))
        redefined = self.edit("indicators.csv", same, [by_other_books])
        sentence = (f"indicators.csv:{line}: calendar 'administrative' of 'test.books' differs from 'statistical' "
                    f"(line {line} of the catalogue before), and 1 stored figures, such as unit 35.x001 for 2024-01, "
                    "would be read by it; another calendar needs a new id")
        self.assertIn(f'event=catalogue_does_not_fit reason="{sentence}"', self.reload(aggregator, "catalogue_kept"))
        self.assertEqual((1, sentence + "\n"), self.check(redefined))
        self.assertEqual(0, aggregator.stop())
        refused = self.bus.aggregator(name="refused", ready=False)
        self.assertEqual(78, refused.process.wait(30), refused.text())
        self.assertIn(sentence, refused.text())
        self.edit("indicators.csv", same, [BOOKS])
        aggregator = self.bus.aggregator(name="again")
        self.accepted(reporter, report("35.x001", "2024-01", 2, count("test.books", 0, withdrawn=True)))
        self.edit("indicators.csv", same, [by_other_books])
        self.assertEqual((0, "It fits the stored figures.\n"), self.check(redefined))
        self.reload(aggregator, "catalogue hash")
        self.verify()

    def check(self, folder):
        """check-catalogue --stored: its status, and what it says after the count of the findings."""
        status, out, error = self.bus.ctl("check-catalogue", folder, "--stored", "--lang", "en")
        return status, re.split(r"\d+ warnings?\n", out)[1] + error

    def test_the_clerk_is_told_what_does_not_fit(self):
        self.bus.aggregator()
        self.accepted(self.reporter("35"), report("35.x001", "2024-01", 1, count("dossier.received", 7)))
        self.accepted(self.reporter("36"), report("36", "2024-01", 1, count("infra.coverage_5g", 815, scale=1)))
        self.edit("units.csv", setting("parent", "361", code="35.x001"))
        folder = self.folder / "indicators.csv"
        folder.write_text(change(self.bus, "indicators.csv", setting("input_decimals", "0", id="infra.coverage_5g"))
                          .joinpath("indicators.csv").read_text("utf-8"), "utf-8")
        status, told = self.check(self.folder)
        self.assertEqual(1, status)
        self.assertEqual([
            "infra.coverage_5g of unit 36 for 2024-01 is 81.5, and this catalogue takes at most 0 decimals",
            "unit 35.x001 has figures for 2024-01 in province 35, and this catalogue puts it into province 36: only "
            "chisoctl rebuild moves stored figures"], sorted(told.splitlines()))
        self.assertEqual((0, "It fits the stored figures.\n"), self.check(CATALOGUE))
        status, out, _ = self.bus.ctl("check-catalogue", self.folder, "--stored", "--lang", "vi")
        self.assertEqual((1, [
            "infra.coverage_5g của đơn vị 36 kỳ 2024-01 là 81.5, mà danh mục này nhận tối đa 0 chữ số thập phân",
            "đơn vị 35.x001 có số liệu kỳ 2024-01 ở tỉnh 35, mà danh mục này đưa nó sang tỉnh 36: chỉ chisoctl rebuild "
            "chuyển được số liệu đang lưu"]), (status, sorted(out.splitlines()[-2:])))

    def test_provinces_come_and_go(self):
        aggregator = self.bus.aggregator()
        self.edit("units.csv", same, [
            {"code": "97", "kind": "province", "parent": "VN", "name_vi": "Tỉnh mới", "name_en": "New"},
            {"code": "97.x1", "kind": "commune", "parent": "97", "name_vi": "Xã mới", "name_en": "New commune"}])
        self.reload(aggregator, "catalogue hash")
        reporter = Reporter(self.bus, "97.x1", "97")
        self.addCleanup(reporter.close)
        self.accepted(reporter, report("97.x1", "2024-01", 1, count("dossier.received", 0)))
        viewer = Viewer(self.bus, "chiso/v1/pillar/97/#")
        self.addCleanup(viewer.close)
        topic = "chiso/v1/pillar/97/digital_government"
        viewer.wait_for("the snapshot", lambda: viewer.last.get(topic))
        for key in self.bus.redis.keys("chiso:{97}:leaf:*"):  # figures would hold it
            self.bus.redis("DEL", key)
        self.edit("units.csv", same)
        self.reload(aggregator, "catalogue hash")
        viewer.wait_for("no snapshot", lambda: viewer.last[topic] == b"")
        verdict = reporter.publish(report("97.x1", "2024-02", 1, count("dossier.received", 1)))
        self.assertEqual("UNKNOWN_UNIT", reason_name(verdict.rejections[0]))

    def test_killed_before_the_totals(self):
        """The new catalogue is in force, and no province is summed with it yet."""
        aggregator, reporter = self.bus.aggregator(), self.reporter("35")
        self.accepted(reporter, report("35.x001", "2024-01", 1, count("dossier.received", 7)))
        self.edit("units.csv", setting("parent", "351", code="35.x001"))
        self.bus.redis("SET", "chiso:{35}:quarantine", "commits are refused")
        aggregator.process.send_signal(signal.SIGHUP)
        aggregator.wait_for_log("event=commit_refused province=35")
        aggregator.kill()
        self.assertEqual(sha256(self.folder), self.in_force())
        self.assertEqual(self.first.encode(), self.head("35", "catalogue"))
        self.bus.redis("DEL", "chiso:{35}:quarantine")
        self.bus.aggregator()
        self.assertEqual(sha256(self.folder).encode(), self.head("35", "catalogue"))
        self.assertEqual("7", self.bus.ctl_json(
            "get", "--unit", "351", "--period", "2024-01", "--indicator", "dossier.received")[0]["value"])
        self.verify()

    def test_no_report_before_the_totals(self):
        """A province that cannot be summed yet takes none; they wait at the broker."""
        aggregator, reporter = self.bus.aggregator(), self.reporter("35")
        self.accepted(reporter, report("35.x001", "2024-01", 1, count("dossier.received", 7)))
        self.edit("units.csv", setting("parent", "351", code="35.x001"))
        self.bus.redis("SET", "chiso:{35}:quarantine", "commits are refused")
        self.reload(aggregator, "commit_refused")
        reporter.send_bytes(report("35.x001", "2024-02", 1, count("dossier.received", 8)).SerializeToString())
        tries = aggregator.text().count("event=commit_refused")
        aggregator.wait_until("further tries", lambda: aggregator.text().count("event=commit_refused") > tries + 1)
        self.assertEqual(1, len(reporter.verdicts))
        self.bus.redis("DEL", "chiso:{35}:quarantine")
        reporter.wait_for("the verdict", lambda: len(reporter.verdicts) == 2)
        self.assertEqual(["reports", "catalogue", "reports"], self.kinds("35"))
        self.verify()


class Follow(FolderTestCase):
    """Another process has put another catalogue into force."""

    def test_the_other_instance_follows(self):
        here = self.bus.aggregator("--provinces", "35", name="here")
        there = self.bus.aggregator("--provinces", "36", name="there")
        self.accepted(self.reporter("36"), report("36", "2024-01", 1, count("dossier.received", 7)))
        self.edit("indicators.csv", same, [BOOKS])
        self.reload(here, "catalogue hash")
        there.wait_for_log(f"event=catalogue hash={sha256(self.folder)}")
        self.summed_with("36", self.folder)
        self.accepted(self.reporter("36"), report("36", "2024-01", 1, count("test.books", 5)))
        self.verify()

    def test_no_report_is_decided_by_a_replaced_catalogue(self):
        """Not even in the second before the aggregator would look by itself: the indicator is new."""
        aggregator, reporter = self.bus.aggregator(), self.reporter("35")
        for at in range(4):
            put_in_force(self.bus.redis, self.edit("indicators.csv", same, [{**BOOKS, "id": f"test.books{at}"}]))
            self.accepted(reporter, report("35.x001", "2024-01", 1, count(f"test.books{at}", at)))
        self.assertTrue(aggregator.running())
        self.verify()

    def test_the_alerter_follows_when_the_totals_do(self):
        """A changed target is judged, and not before the province is summed."""
        aggregator, reporter, alerter = self.bus.aggregator(), self.reporter("35"), self.bus.alerter()
        self.accepted(reporter, report("35", "2025-03", 1, count("infra.coverage_5g", 815, scale=1)))
        self.bus.redis("SET", "chiso:{35}:quarantine", "commits are refused")
        self.edit("targets.csv", setting("due", "2025-03-31", indicator="infra.coverage_5g", unit="35"))
        self.reload(aggregator, "commit_refused")
        alerter.wait_for_log("event=waiting_for_totals province=35 ")
        alert = "35|infra.coverage_5g|-|target"
        self.assertIsNone(self.bus.redis("HGET", "chiso:{35}:alerts", alert))
        self.bus.redis("DEL", "chiso:{35}:quarantine")
        until("the alert", lambda: self.bus.redis("HGET", "chiso:{35}:alerts", alert))

    def test_one_that_does_not_fit_is_not_followed(self):
        """No reports meanwhile, for any province: what is in force cannot be served, and the old one must not be."""
        aggregator, reporter = self.bus.aggregator(), self.reporter("35")
        self.accepted(reporter, report("35.x001", "2024-01", 1, count("dossier.received", 7)))
        before = stored.figures(self.bus.redis)
        wrong = self.edit("units.csv", setting("parent", "361", code="35.x001"), folder="wrong")
        for cause, spoil in (("catalogue_does_not_fit", lambda: None),
                             ("catalogue_unusable",
                              lambda: self.bus.redis("DEL", f"chiso:catalogue:{sha256(wrong)}"))):
            with self.subTest(cause):
                put_in_force(self.bus.redis, wrong)
                spoil()
                aggregator.wait_for_log(f"event={cause}.*\n.*event=catalogue_not_followed")
                answered = len(reporter.verdicts)
                reporter.send_bytes(report("35", "2024-02", answered, count("dossier.received", 8)).SerializeToString())
                tries = aggregator.text().count("event=catalogue_not_followed")
                aggregator.wait_until(
                    "another try", lambda: aggregator.text().count("event=catalogue_not_followed") > tries)
                self.assertEqual(answered, len(reporter.verdicts))
                if cause == "catalogue_does_not_fit":
                    self.assertEqual("", stored.difference(before, stored.figures(self.bus.redis)))
                put_in_force(self.bus.redis, self.folder)
                reporter.wait_for("the verdict", lambda: len(reporter.verdicts) > answered)
        self.assertEqual(["reports"] * 3, self.kinds("35"))
        self.verify()

    def test_reload_ends_what_cannot_be_followed(self):
        aggregator, reporter = self.bus.aggregator(), self.reporter("35")
        self.accepted(reporter, report("35.x001", "2024-01", 1, count("dossier.received", 7)))
        put_in_force(self.bus.redis, self.edit("units.csv", without(code="35.x001"), folder="wrong"))
        aggregator.wait_for_log("event=catalogue_not_followed")
        self.reload(aggregator, "catalogue hash")
        self.assertEqual(self.first, self.in_force())
        self.accepted(reporter, report("35.x001", "2024-02", 1, count("dossier.received", 7)))
        self.verify()


if __name__ == "__main__":
    unittest.main()
