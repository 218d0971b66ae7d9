"""chisoctl rebuild: figures move to the province where a changed catalogue has their units."""

import re
import subprocess
import threading
import unittest

import replayed
import stored
from catalogues import BOOKS, FolderTestCase, put_in_force, same, setting, sha256, without
from harness import BIN, until
from messages import Report, outcome_name
from mqtt_client import Fleet, Reporter, Viewer, count, report

MOVED = setting("parent", "361", code="35.x001")


class RebuildTestCase(FolderTestCase):
    def rebuild(self, catalogue=None, *options, status=0):
        ended = self.bus.ctl("rebuild", "--lang", "en", *(["--catalogue", catalogue] if catalogue else []), *options)
        self.assertEqual(status, ended[0], ended[1] + ended[2])
        return ended[1] + ended[2]

    def figure(self, unit, period, indicator="dossier.received"):
        return self.bus.ctl_json("get", "--unit", unit, "--period", period, "--indicator", indicator)[0]["value"]

    def leaf(self, province, unit, period, indicator="dossier.received"):
        return self.bus.redis.hash(f"chiso:{{{province}}}:leaf:{unit}:{period}").get(indicator)

    def last_entry(self, province):
        """[(field, value)] of the newest journal entry."""
        [[_, fields]] = self.bus.redis("XREVRANGE", f"chiso:{{{province}}}:journal", "+", "-", "COUNT", 1)
        return list(zip(fields[::2], fields[1::2]))

    def verify(self):
        super().verify()
        super().verify("--journal")


class Move(RebuildTestCase):
    """A commune that the catalogue had in the wrong province."""

    def setUp(self):
        super().setUp()
        self.aggregator = self.bus.aggregator()
        self.old, self.new = self.reporter("35"), self.reporter("36")
        self.first_report = report("35.x001", "2024-01", 1, count("dossier.received", 7), report_id="the-first")
        self.accepted(self.old, self.first_report)
        self.accepted(self.old, report("35.x002", "2024-01", 1, count("dossier.received", 100)))
        self.accepted(self.old, report("35.x001", "2024-02", 3, count("dossier.received", 8)))
        self.accepted(self.new, report("36", "2024-03", 1, count("dossier.received", 1000)))
        self.changed = self.edit("units.csv", MOVED, folder="changed")

    def test_the_figures_their_reports_and_what_comes_later(self):
        before = self.leaf("35", "35.x001", "2024-01")
        told = self.rebuild(self.changed)
        self.assertIn("From province 35 to province 36: 2 figures\n", told)
        self.assertIn(f"Catalogue {sha256(self.changed)[:12]}… is in force.\n", told)
        self.assertIsNone(self.leaf("35", "35.x001", "2024-01"))
        revision, figure, _, first_ms = before.split(" ")
        self.assertEqual(f"{revision} {figure} 2.0 {first_ms}", self.leaf("36", "35.x001", "2024-01"))
        arrived = self.last_entry("36")
        self.assertEqual((b"kind", b"rebuild"), arrived[0])
        self.assertEqual([b"35.gateway"] * 2, [value for field, value in arrived if field == b"publisher"])
        self.assertEqual(self.first_report, Report.FromString(dict(arrived[4:6])[b"report"]))
        self.assertEqual(f"35.x001 2024-01 dossier.received 35 {revision} {figure} 2.0 {first_ms}",
                         dict(arrived)[b"arrived"].decode().splitlines()[0])
        left = self.last_entry("35")
        self.assertEqual((b"kind", b"rebuild"), left[0])
        self.assertEqual(f"35.x001 2024-01 dossier.received 36 {before}", dict(left)[b"left"].decode().splitlines()[0])
        self.assertEqual(("100", "7"), (self.figure("35", "2024-01"), self.figure("361", "2024-01")))
        self.verify()
        explained = self.bus.ctl_json("explain", "--unit", "361", "--indicator", "dossier.received",
                                      "--period", "2024-01")
        self.assertIn("the-first", str(explained))
        self.assertIn("35.gateway", str(explained))
        # The aggregator has followed; the revision rule goes on where it was.
        until("followed", lambda: f"event=catalogue hash={sha256(self.changed)}" in self.aggregator.text())
        same_again = report("35.x001", "2024-01", 1, count("dossier.received", 7))
        self.assertEqual("DUPLICATE", outcome_name(self.new.publish(same_again)))
        self.assertEqual("REJECTED", outcome_name(self.old.publish(same_again)))
        self.accepted(self.new, report("35.x001", "2024-01", 2, count("dossier.received", 70)))
        self.assertEqual("70", self.figure("361", "2024-01"))
        self.assertEqual(first_ms, self.leaf("36", "35.x001", "2024-01").split(" ")[3])
        self.verify()
        replayed.check(self, self.bus)

    def test_the_history_of_both_totals_tells_of_it(self):
        def steps(unit, period="2024-01"):
            found = self.bus.ctl_json("explain", "--unit", unit, "--indicator", "dossier.received", "--period", period,
                                      "--history")["history"]
            return [(step["province"], step["seq"], step["kind"], [c["unit"] for c in step["changes"]],
                     step["before"]["value"], step["after"]["value"]) for step in found]

        reports = [("35", 1, "reports", ["35.x001"], None, "7"), ("35", 2, "reports", ["35.x002"], "7", "107")]
        self.assertEqual(reports, steps("35"))
        self.rebuild(self.changed)
        self.assertEqual([*reports, ("35", 4, "rebuild", [], "107", "100")], steps("35"))
        self.assertEqual([("36", 2, "rebuild", ["35.x001"], None, "7")], steps("361"))
        self.accepted(self.new, report("35.x001", "2024-01", 2, count("dossier.received", 70)))
        self.assertEqual(("36", 3, "reports", ["35.x001"], "7", "70"), steps("361")[-1])
        self.assertEqual([*reports, ("35", 4, "rebuild", [], "107", "100")], steps("35"))

    def test_as_it_stood_before(self):
        """The journals of both provinces have it, where it was and where it went."""
        later = "2025-05-05T10:00:00+07:00"
        asked = [("get", "--unit", unit, "--period", "2024-Q1", "--indicator", "dossier.received")
                 for unit in ("35", "347", "36", "361", "35.x001")]

        def answers(*options):
            found = []
            for words in asked:
                row = self.bus.run("chisoctl", *words, *options, "--redis", self.bus.redis_url, "--json")
                self.assertEqual(0, row[0], row[2])
                found.append(re.sub('"as_of": [^,}]*', "", row[1]))
            return found

        before = answers("--clock", self.bus.clock)
        status, _, error = self.bus.run("chisoctl", "rebuild", "--catalogue", self.changed, "--redis",
                                        self.bus.redis_url, "--clock", later)
        self.assertEqual(0, status, error)
        self.assertNotEqual(before, answers("--clock", later))
        self.assertEqual(before, answers("--clock", later, "--as-of", self.bus.clock))
        self.assertEqual(answers("--clock", later), answers("--clock", later, "--as-of", later))

    def test_twice_is_once(self):
        self.rebuild(self.changed)
        before = stored.figures(self.bus.redis)
        told = self.rebuild(self.changed)
        self.assertNotIn("From province", told)
        self.assertEqual("", stored.difference(before, stored.figures(self.bus.redis)))
        self.rebuild()
        self.assertEqual("", stored.difference(before, stored.figures(self.bus.redis)))
        self.verify()

    def test_to_and_fro(self):
        before = stored.figures(self.bus.redis)
        self.rebuild(self.changed)
        self.assertIn("From province 36 to province 35: 2 figures", self.rebuild(self.folder))
        after = stored.figures(self.bus.redis)
        for figures in (before, after):  # a period that was there once stays known
            for key in self.bus.redis.keys("chiso:{*}:periods"):
                figures.pop(key, None)
        self.assertEqual("", stored.difference(before, after))
        self.verify()
        replayed.check(self, self.bus)

    def everything(self):
        """What is stored, byte for byte; the cache of scores, which an aggregator brings up to date meanwhile, aside."""
        keys = [key for key in self.bus.redis.keys("*") if not re.search(r"^chiso:(\{.*\}:score|rank:)", key)]
        return {key: self.bus.redis("DUMP", key) for key in keys}

    def test_dry_run_changes_nothing(self):
        everything = self.everything()
        self.assertEqual("From province 35 to province 36: 2 figures\n", re.sub(
            r"time=.*\n", "", self.rebuild(self.changed, "--dry-run")))
        self.assertEqual(everything, self.everything())

    def test_what_cannot_be_is_named_and_nothing_changed(self):
        self.accepted(self.new, report("36", "2024-01", 1, count("infra.coverage_5g", 815, scale=1)))
        cases = (
            (without(code="35.x001"), "units.csv", None,
             "unit 35.x001 has figures for 2024-01 in province 35, and this catalogue has no unit 35.x001: "),
            (setting("input_decimals", "0", id="infra.coverage_5g"), "indicators.csv", None,
             "infra.coverage_5g of unit 36 for 2024-01 is 81.5, and this catalogue takes at most 0 decimals"),
            (setting("across_time", "last", id="dossier.received"), "indicators.csv", None,
             "across_time 'last' of 'dossier.received' differs from 'sum' (line 64 of the catalogue before), and 3 stored "
             "figures, such as unit 35.x001 for 2024-01, would be read by it; another across_time needs a new id"),
            (MOVED, "units.csv", ("HSET", "chiso:{36}:leaf:35.x001:2024-01", "dossier.received", "1 9 1.0 5"),
             "dossier.received of unit 35.x001 for 2024-01 is 7 in province 35 and 9 in province 36, both of revision 1: "
             "report the right one with a higher revision first"))
        for edit, name, command, sentence in cases:
            with self.subTest(sentence):
                wrong = self.edit(name, edit, folder="wrong")
                if command:
                    self.bus.redis(*command)
                everything = self.everything()
                told = self.rebuild(wrong, status=78)
                self.assertIn(sentence, told)
                self.assertIn("nothing has been changed", told)
                self.assertEqual(everything, self.everything())

    def test_a_report_that_the_journal_no_longer_has(self):
        """It cannot travel, so nothing does."""
        self.bus.redis("XDEL", "chiso:{35}:journal", "1-0")
        told = self.rebuild(self.changed, status=1)
        self.assertIn("chiso:{35}:journal has no report 1.0 any more, which brought dossier.received of unit 35.x001", told)

    def test_damaged_totals(self):
        before = stored.figures(self.bus.redis)
        self.bus.redis("HSET", "chiso:{35}:sum:35:2024-01", "dossier.received", "nonsense")
        self.bus.redis("HSET", "chiso:{35}:sum:35:2019", "dossier.received", "D 1 1 0 V 1 0 1 0 2019 =5*1 -")
        self.rebuild()
        self.assertEqual("", stored.difference(before, stored.figures(self.bus.redis)))
        self.verify()

    def test_both_ways_at_once(self):
        """Two provinces change communes: each is where figures come from, and where they go."""
        there = self.edit("units.csv", MOVED, folder="there")
        self.rebuild(there)
        until("followed", lambda: f"event=catalogue hash={sha256(there)}" in self.aggregator.text())
        swapped = self.edit("units.csv", setting("parent", "361", code="35.x002"), folder="swapped")
        told = self.rebuild(swapped)
        self.assertIn("From province 35 to province 36: 1 figures", told)
        self.assertIn("From province 36 to province 35: 2 figures", told)
        self.assertEqual(("7", "100"), (self.figure("35", "2024-01"), self.figure("361", "2024-01")))
        self.verify()
        replayed.check(self, self.bus)

    def test_a_period_whose_calendars_end_on_either_side(self):
        """What belongs elsewhere goes, and what lies beside it in the same hash stays."""
        pages = {**BOOKS, "id": "test.pages", "calendar": "administrative"}
        self.edit("indicators.csv", same, [BOOKS, pages])
        self.reload(self.aggregator, "catalogue hash")
        self.accepted(self.old, report("35.x001", "2025-Q1", 1, count("test.books", 5), count("test.pages", 6)))
        changed = self.edit("indicators.csv", same, [BOOKS, pages], folder="calendars")
        lines = (changed / "units.csv").read_text(encoding="utf-8").splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith("35.x001,"))
        lines[at:at + 1] = [lines[at].replace(",,2025-06-30,", ",,2025-03-19,"),
                            lines[at].replace(",,2025-06-30,", ",2025-03-20,2025-06-30,").replace(",347,", ",361,")]
        (changed / "units.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.assertIn("From province 35 to province 36: 1 figures", self.rebuild(changed))
        self.assertEqual(["test.pages"], list(self.bus.redis.hash("chiso:{35}:leaf:35.x001:2025-Q1")))
        self.assertEqual(["test.books"], list(self.bus.redis.hash("chiso:{36}:leaf:35.x001:2025-Q1")))
        self.assertEqual(("6", "5"), (self.figure("35", "2025-Q1", "test.pages"),
                                      self.figure("36", "2025-Q1", "test.books")))
        self.verify()
        replayed.check(self, self.bus)

    def test_a_province_goes(self):
        new = [{"code": "97", "kind": "province", "parent": "VN", "name_vi": "Tỉnh mới", "name_en": "New"},
               {"code": "97.x1", "valid_to": "2025-06-30", "kind": "commune", "parent": "97", "name_vi": "Xã mới", "name_en": "New commune"}]
        self.edit("units.csv", same, new)
        self.reload(self.aggregator, "catalogue hash")
        reporter = Reporter(self.bus, "97.x1", "97")
        self.addCleanup(reporter.close)
        self.accepted(reporter, report("97.x1", "2024-01", 1, count("dossier.received", 5)))
        viewer = Viewer(self.bus, "chiso/v1/pillar/97/#", "chiso/v1/json/pillar/97/#")
        self.addCleanup(viewer.close)
        topics = [f"chiso/v1/{kind}pillar/97/digital_government" for kind in ("", "json/")]
        viewer.wait_for("the snapshots", lambda: all(viewer.last.get(topic) for topic in topics))
        without_it = self.bus.catalogue = self.edit("units.csv", same, [{**new[1], "parent": "351"}], folder="without")
        self.rebuild(without_it)
        self.assertEqual("5", self.figure("351", "2024-01"))
        self.assertEqual([], self.bus.redis.keys("chiso:{97}:leaf:*") + self.bus.redis.keys("chiso:{97}:sum:*"))
        viewer.wait_for("no snapshots", lambda: [b"", b""] == [viewer.last[topic] for topic in topics])
        self.verify()
        # Nobody looks after the scores of a province that no longer is one.
        replayed.check(self, self.bus, without=["chiso:{97}:score"])
        # Nor those of which no aggregator knew that they were to go.
        for topic in topics:
            viewer.client.publish(topic, b"left over", qos=1, retain=True).wait_for_publish(30)
        viewer.wait_for("a snapshot", lambda: all(viewer.last[topic] for topic in topics))
        self.assertEqual(0, self.aggregator.stop())
        self.bus.aggregator(name="next")
        viewer.wait_for("no snapshots", lambda: [b"", b""] == [viewer.last[topic] for topic in topics])

    def test_alerts_move_along(self):
        alerter = self.bus.alerter()
        owed = [{"indicator": "dossier.received", "unit": "35.x001", "cadence": "month", "due_working_days": "5",
                 "valid_from": "2025-01-01"}]
        self.edit("obligations.csv", same, owed)
        self.reload(self.aggregator, "catalogue hash")
        alert = "35.x001|dossier.received|-|overdue"
        until("the alert", lambda: self.bus.redis("HGET", "chiso:{35}:alerts", alert))
        changed = self.edit("obligations.csv", same, owed, folder="both")
        units = self.edit("units.csv", MOVED, folder="units")
        (changed / "units.csv").write_bytes((units / "units.csv").read_bytes())
        self.rebuild(changed)
        until("the alert there", lambda: self.bus.redis("HGET", "chiso:{36}:alerts", alert))
        until("its end here", lambda: b'"state":"open"' not in (
            self.bus.redis("HGET", "chiso:{35}:alerts", alert) or b"").replace(b": ", b":"))
        self.assertTrue(alerter.running())


class Interrupted(RebuildTestCase):
    """Many figures, so that there are several commits, and an end at each of them."""

    DISTRICTS = ("347", "352", "353")

    def setUp(self):
        super().setUp()
        self.aggregator = self.bus.aggregator()
        fleet = Fleet(self.bus)
        self.addCleanup(fleet.close)
        units = [f"35.x{unit:03}" for unit in range(1, 110)]
        fleet.deliver([(report(unit, f"{year}-{month:02}", 1, count("dossier.received", 1 + month)), "35", "35.gateway")
                       for year in (2023, 2024) for month in range(1, 13) for unit in units])

        def move(row):
            if row["code"] in self.DISTRICTS:
                row["parent"] = "36"
        self.changed = self.edit("units.csv", move, folder="changed")

    def after(self):
        """What it must come to: what the reports alone make under the new catalogue."""
        moved = 59 * sum(range(2, 14))
        self.assertEqual((str(moved), str(50 * sum(range(2, 14)))),
                         (self.figure("36", "2024"), self.figure("35", "2024")))
        self.assertEqual(59 * 24, len(self.bus.redis.keys("chiso:{36}:leaf:*")))
        self.assertEqual(50 * 24, len(self.bus.redis.keys("chiso:{35}:leaf:*")))
        self.verify()

    def test_commits_that_are_refused(self):
        for province in ("36", "35"):
            self.bus.redis("SET", f"chiso:{{{province}}}:quarantine", "commits are refused")
            told = self.rebuild(self.changed, status=1)
            self.assertIn("unfinished: run it again; until then no reports are taken", told)
            self.aggregator.wait_for_log("event=rebuild_under_way")
            self.assertEqual(50 * 24 + 59 * 24, len(self.bus.redis.keys("chiso:{35}:leaf:*")))
            self.bus.redis("DEL", f"chiso:{{{province}}}:quarantine")
        self.assertEqual(59 * 24, len(self.bus.redis.keys("chiso:{36}:leaf:*")))
        self.rebuild()
        self.after()

    def test_killed_at_each_commit(self):
        """Each life ends as soon as it has said that a commit is done, the last one excepted."""
        for _ in range(20):
            with subprocess.Popen(
                    [BIN / "chisoctl", "rebuild", "--catalogue", self.changed, "--redis", self.bus.redis_url,
                     "--lang", "en", *self.bus.frozen()], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                    text=True) as life:
                said = [next(line for line in life.stdout if not line.startswith("From"))]
                if said[0].startswith("Catalogue"):
                    self.fail("it made no commit")
                life.kill()
            self.assertEqual(109 * 24, len({key.split("}:")[1] for key in self.bus.redis.keys("chiso:{*}:leaf:*")}),
                             "a figure is nowhere")
            if not self.bus.redis.keys("chiso:{35}:leaf:35.x001:*"):
                break
        self.rebuild(self.changed)
        self.after()

    def test_reports_flow_meanwhile(self):
        fleet = Fleet(self.bus)
        self.addCleanup(fleet.close)
        deliveries = [(report(f"35.x{unit:03}", f"2022-{month:02}", 1, count("dossier.received", 1)), "35", "35.gateway")
                      for month in range(1, 13) for unit in range(22, 70)]
        thread = threading.Thread(target=fleet.deliver, args=(deliveries,))
        thread.start()
        fleet.wait_for("some", lambda: len(fleet.verdicts) > 50)
        self.rebuild(self.changed)
        thread.join()
        # When the aggregator leaves the broker, receipts that were on their way are sent again: some come twice, the last ones later.
        fleet.wait_for("every receipt", lambda: len({verdict.report_id for verdict in fleet.verdicts}) == len(deliveries))
        self.assertEqual({"ACCEPTED"}, {outcome_name(verdict) for verdict in fleet.verdicts})
        self.assertEqual(str(len(deliveries)), self.figure("35", "2022"))
        self.verify()

    def test_another_catalogue_comes_meanwhile(self):
        """A second rebuild with another catalogue ends the first one's work, or the other way round."""
        self.bus.redis("SET", "chiso:{36}:quarantine", "commits are refused")
        self.rebuild(self.changed, status=1)
        self.bus.redis("DEL", "chiso:{36}:quarantine")
        put_in_force(self.bus.redis, self.folder)
        self.aggregator.wait_for_log("event=rebuild_under_way")
        self.rebuild(self.changed)
        self.after()

    def test_until_it_is_finished_nothing_else_begins(self):
        self.bus.redis("SET", "chiso:{35}:quarantine", "commits are refused")
        self.rebuild(self.changed, status=1)
        self.bus.redis("DEL", "chiso:{35}:quarantine")
        self.reload(self.aggregator, "catalogue_kept")
        self.assertIn("event=rebuild_under_way", self.aggregator.text())
        self.assertEqual(sha256(self.changed), self.in_force())
        self.bus.catalogue = self.changed
        late = self.bus.aggregator(name="late", ready=False)
        late.wait_for_log("event=rebuild_under_way")
        self.rebuild(self.changed)
        late.wait_for_log("event=ready")
        self.after()


if __name__ == "__main__":
    unittest.main()
