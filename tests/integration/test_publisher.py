"""chiso-publisher against the real broker and a centre that follows a script: what goes out, what is printed, the
exit status, and what stays in the outbox."""

import re
import shutil

from centre import ACCEPTED, DUPLICATE, SUPERSEDED, Centre, content
from harness import BIN, ROOT, BusTestCase
from logins import LoginTestCase
from messages import Observation, Receipt

# What the centre has: 5, as most tests send it, or something else.
SAME, OTHER = (content(Observation(value=value)) for value in (5, 4))
HEADER = "unit,period,indicator,value,denominator,qualifier,revision,source,note\n"


class Publisher(BusTestCase):
    def setUp(self):
        self.centre = Centre(self.bus)
        self.addCleanup(self.centre.close)
        self.box = self.bus.folder / f"{self._testMethodName}.outbox"
        self.file = self.bus.folder / f"{self._testMethodName}.csv"

    def words(self, *rows, options=()):
        self.file.write_text(HEADER + "".join(row + "\n" for row in rows), encoding="utf-8")
        return ["--csv", self.file, "--once", "--mqtt", self.bus.mqtt_url, "--outbox", self.box, "--province", "35",
                *options]

    def publish(self, *rows, options=("--lang", "en")):
        return self.bus.run("chiso-publisher", *self.words(*rows, options=options))

    def start(self, *rows, options=("--lang", "en")):
        return self.bus.start(self._testMethodName, [BIN / "chiso-publisher", *self.words(*rows, options=options)])

    def expect(self, status, lines, ended):
        self.assertEqual((status, lines), (ended[0], ended[1].splitlines()), ended[2])


class Verdicts(Publisher):
    def test_accepted_then_duplicate(self):
        rows = ("35,2024,a,5,,,,,", "35,2024,b,980,1000,,,,", "35.stp,2024,a,84.6%,,,,,")
        self.expect(0, ["ACCEPTED   35 2024, revision 1, 2 figures: taken over.",
                        "ACCEPTED   35.stp 2024, revision 1, 1 figure: taken over.",
                        "2 reports: 2 accepted, 0 duplicate, 0 partial, 0 superseded, 0 rejected; 0 without receipt."],
                    self.publish(*rows))
        self.expect(0, ["DUPLICATE  35 2024, revision 1, 2 figures: the centre has exactly this already.",
                        "DUPLICATE  35.stp 2024, revision 1, 1 figure: the centre has exactly this already.",
                        "2 reports: 0 accepted, 2 duplicate, 0 partial, 0 superseded, 0 rejected; 0 without receipt."],
                    self.publish(*rows))
        topics = {topic for topic, _ in self.centre.reports}
        self.assertEqual({"chiso/v1/report/35/35", "chiso/v1/report/35/35.stp"}, topics)
        self.assertEqual([1, 1, 2, 2], [report.sequence for _, report in self.centre.reports])
        self.assertEqual(1, len({report.stream_id for _, report in self.centre.reports}))
        self.assertTrue(self.centre.reports[1][1].observations[0].bare)

    def test_in_vietnamese_unless_told_otherwise(self):
        self.centre.refused["b"] = "-1 is negative"
        self.expect(1, ["PARTIAL    35 2024, bản 1, 2 số liệu: chỉ nhận được một phần.",
                        f"           {self.file}:3: b: giá trị không hợp lệ: -1 is negative (BAD_VALUE)",
                        "1 báo cáo: 0 được nhận, 0 đã có sẵn, 1 nhận một phần, 0 đã có bản cao hơn, 0 không được nhận; "
                        "0 chưa có biên nhận."],
                    self.publish("35,2024,a,5,,,,,", "35,2024,b,-1,,,,,", options=()))

    def test_only_what_changed_counts_up(self):
        self.publish("35,2024,a,5,,,,,", "35,2024,b,6,,,,,")
        self.expect(0, ["DUPLICATE  35 2024, revision 1, 1 figure: the centre has exactly this already.",
                        "ACCEPTED   35 2024, revision 2, 1 figure: taken over.",
                        "2 reports: 1 accepted, 1 duplicate, 0 partial, 0 superseded, 0 rejected; 0 without receipt."],
                    self.publish("35,2024,a,5.0,,,,,another note", "35,2024,b,7,,,,,"))
        self.assertEqual(("DUPLICATE", "DUPLICATE"), tuple(
            line.split()[0] for line in self.publish("35,2024,a,5,,,,,", "35,2024,b,7,,,,,")[1].splitlines()[:2]))

    def test_a_new_outbox_finds_the_revision_in_force(self):
        self.centre.figures[("35", "2024", "a")] = (5, OTHER)
        self.expect(0, ["SUPERSEDED 35 2024, revision 1, 1 figure: the centre has a higher revision (revision 5).",
                        "           1 figure goes out again with revision 5.",
                        "REJECTED   35 2024, revision 5, 1 figure: refused.",
                        f"           {self.file}:2: a: revision 5 has another figure (CONFLICT)",
                        "           1 figure goes out again with revision 6.",
                        "ACCEPTED   35 2024, revision 6, 1 figure: taken over.",
                        "1 report: 1 accepted, 0 duplicate, 0 partial, 0 superseded, 0 rejected; 0 without receipt."],
                    self.publish("35,2024,a,5,,,,,"))
        self.assertEqual(6, self.centre.figures[("35", "2024", "a")][0])

    def test_a_new_outbox_with_what_is_in_force(self):
        self.centre.figures[("35", "2024", "a")] = (5, SAME)
        status, out, _ = self.publish("35,2024,a,5,,,,,")
        self.assertEqual((0, "DUPLICATE"), (status, out.splitlines()[2].split()[0]))
        self.assertEqual(5, self.centre.figures[("35", "2024", "a")][0], "nothing was replaced")

    def test_only_the_refused_go_out_again(self):
        self.centre.figures[("35", "2024", "a")] = (1, OTHER)
        self.assertEqual(0, self.publish("35,2024,a,5,,,,,", "35,2024,b,6,,,,,")[0])
        self.assertEqual([("35", 1, ["a", "b"]), ("35", 2, ["a"])], self.centre.numbers())

    def test_three_tries_and_no_more(self):
        self.centre.deaf = True

        def always_further(topic, report):
            receipt = Receipt(province="35", publisher="35")
            receipt.verdicts.add(report_id=report.report_id, outcome=SUPERSEDED, revision=report.revision + 10)
            self.centre.send(receipt)
        self.centre.answer, self.centre.deaf = always_further, False
        status, out, _ = self.publish("35,2024,a,5,,,,,")
        self.assertEqual(1, status)
        self.assertEqual([1, 11, 21], [revision for _, revision, _ in self.centre.numbers()])
        self.assertIn("1 superseded", out.splitlines()[-1])

    def test_a_given_revision_is_final(self):
        self.centre.figures[("35", "2024", "a")] = (5, OTHER)
        self.expect(1, ["SUPERSEDED 35 2024, revision 3, 1 figure: the centre has a higher revision (revision 5).",
                        "1 report: 0 accepted, 0 duplicate, 0 partial, 1 superseded, 0 rejected; 0 without receipt."],
                    self.publish("35,2024,a,5,,,3,,"))
        self.expect(1, ["REJECTED   35 2024, revision 5, 1 figure: refused.",
                        f"           {self.file}:2: a: revision 5 has another figure (CONFLICT)",
                        "1 report: 0 accepted, 0 duplicate, 0 partial, 0 superseded, 1 rejected; 0 without receipt."],
                    self.publish("35,2024,a,5,,,5,,"))

    def test_refused_for_another_reason_is_final(self):
        self.centre.refused["a"] = "5 has too many decimals"
        self.expect(1, ["REJECTED   35 2024, revision 1, 1 figure: refused.",
                        f"           {self.file}:2: a: 5 has too many decimals (BAD_VALUE)",
                        "1 report: 0 accepted, 0 duplicate, 0 partial, 0 superseded, 1 rejected; 0 without receipt."],
                    self.publish("35,2024,a,5,,,,,"))

    def test_older_figures_never_replace_newer_ones_of_the_same_outbox(self):
        self.centre.deaf = True
        self.publish("35,2024,a,4,,,,,", options=("--wait", "1"))
        program = self.start("35,2024,a,5,,,,,")
        first, second = 1, 2
        by_revision = self.centre.wait_for("both reports", lambda: {
            report.revision: (topic, report) for topic, report in self.centre.reports}
            if {first, second} <= {report.revision for _, report in self.centre.reports} else None)
        self.centre.answer(*by_revision[second])
        self.centre.answer(*by_revision[first])
        self.assertEqual(1, program.process.wait(60))
        self.assertIn("1 figure has been replaced by newer ones of this source.", program.text())
        self.assertEqual((2, 5), (self.centre.figures[("35", "2024", "a")][0],
                                  self.centre.figures[("35", "2024", "a")][1][0]))
        self.assertEqual({1, 2}, {report.revision for _, report in self.centre.reports})

    def test_one_publisher_for_many_units(self):
        status, _, error = self.publish("35,2024,a,5,,,,,", "36,2024,a,5,,,,,", options=("--publisher", "gateway"))
        self.assertEqual(0, status, error)
        self.assertEqual({"chiso/v1/report/35/gateway"}, {topic for topic, _ in self.centre.reports})
        self.assertEqual([1, 2], [report.sequence for _, report in self.centre.reports])

    def test_the_catalogue_says_the_province_of_the_day(self):
        rows = ("36.bank,2025-05,a,5,,,,,", "36.bank,2025-07,a,5,,,,,")
        status, _, error = self.publish(*rows, options=("--catalogue", self.bus.catalogue, "--clock",
                                                        "2025-12-01T08:00:00+07:00"))
        self.assertEqual(1, status, "the indicator is not in it")
        self.assertEqual([f"{self.file}:2: UNKNOWN_INDICATOR: indicator \"a\" is not in the catalogue",
                          f"{self.file}:3: UNKNOWN_INDICATOR: indicator \"a\" is not in the catalogue",
                          "chiso-publisher: nothing of this file was sent"],
                         [line for line in error.splitlines() if not line.startswith("time=")])
        self.assertEqual([], self.centre.reports)

    def test_strangers_receipts_are_not_ours(self):
        def on_another_topic(_topic, report):
            receipt = Receipt(province="36", publisher="35")
            receipt.verdicts.add(report_id=report.report_id, outcome=DUPLICATE, revision=1)
            self.centre.send(receipt)
            receipt = Receipt(province="35", publisher="35")
            receipt.verdicts.add(report_id="somebody-else", outcome=ACCEPTED, revision=1)
            self.centre.send(receipt)
            self.centre.client.publish("chiso/v1/receipt/35/35", b"\xff\xff garbage", qos=1)
        self.centre.answer = on_another_topic
        self.expect(1, ["1 report: 0 accepted, 0 duplicate, 0 partial, 0 superseded, 0 rejected; 1 without receipt."],
                    self.publish("35,2024,a,5,,,,,", options=("--lang", "en", "--wait", "2")))


class Delivery(Publisher):
    def test_without_receipt_it_stays_in_the_outbox(self):
        self.centre.deaf = True
        self.expect(1, ["1 report: 0 accepted, 0 duplicate, 0 partial, 0 superseded, 0 rejected; 1 without receipt."],
                    self.publish("35,2024,a,5,,,,,", options=("--lang", "en", "--wait", "1")))
        self.centre.deaf = False
        self.expect(0, ["ACCEPTED   35 2024, revision 1, 1 figure: taken over.",
                        "ACCEPTED   35 2025, revision 1, 1 figure: taken over.",
                        "2 reports: 2 accepted, 0 duplicate, 0 partial, 0 superseded, 0 rejected; 0 without receipt."],
                    self.publish("35,2025,a,6,,,,,"))
        sent = [report.SerializeToString() for _, report in self.centre.reports]
        self.assertEqual(sent[0], sent[1], "the same bytes, older first")

    def test_once_without_file_sends_what_is_left(self):
        self.centre.deaf = True
        self.publish("35,2024,a,5,,,,,", options=("--wait", "1"))
        self.centre.deaf = False
        status, out, error = self.bus.run("chiso-publisher", "--once", "--mqtt", self.bus.mqtt_url, "--outbox",
                                          self.box, "--lang", "en")
        self.assertEqual((0, 2), (status, len(out.splitlines())), error)

    def test_killed_while_it_waits(self):
        self.centre.deaf = True
        program = self.start("35,2024,a,5,,,,,")
        self.centre.wait_for("the report", lambda: self.centre.reports)
        program.kill()
        self.centre.deaf = False
        self.assertEqual(0, self.publish("35,2024,a,5,,,,,")[0])
        ids = [report.report_id for _, report in self.centre.reports]
        self.assertEqual((ids[0], 3), (ids[1], len(ids)), "what was not receipted, then the file again")

    def test_stops_on_sigterm_and_says_what_is_left(self):
        self.centre.deaf = True
        program = self.start("35,2024,a,5,,,,,")
        self.centre.wait_for("the report", lambda: self.centre.reports)
        self.assertEqual(1, program.stop())
        self.assertIn("1 without receipt", program.text())

    def test_sends_again_after_a_time_out(self):
        self.centre.deaf = True
        program = self.start("35,2024,a,5,,,,,")
        self.centre.wait_for("it comes twice", lambda: len(self.centre.reports) >= 2)
        self.centre.answer(*self.centre.reports[0])
        self.assertEqual(0, program.process.wait(60))
        self.assertEqual(1, len({report.report_id for _, report in self.centre.reports}))

    def test_survives_the_brokers_death(self):
        self.centre.deaf = True
        program = self.start("35,2024,a,5,,,,,")
        self.centre.wait_for("the report", lambda: self.centre.reports)
        self.bus.broker.kill()
        self.centre.deaf = False
        self.bus.start_broker(self.bus.port)
        self.assertEqual(0, program.process.wait(60), program.text())

    def test_the_broker_may_come_later(self):
        self.bus.broker.kill()
        program = self.start("35,2024,a,5,,,,,")
        program.wait_until("the outbox is there", self.box.exists)
        self.bus.start_broker(self.bus.port)
        self.assertEqual(0, program.process.wait(60), program.text())

    def test_the_window_is_bounded(self):
        self.centre.deaf = True
        rows = [f"u{i},2024,a,{i},,,,," for i in range(1200)]
        program = self.start(*rows)
        self.centre.wait_for("a full window", lambda: len(self.centre.reports) >= 500)
        first = {report.report_id for _, report in self.centre.reports}
        self.assertEqual(500, len(first))
        for topic, report in self.centre.reports[:10]:
            self.centre.answer(topic, report)
        self.centre.wait_for("ten more", lambda: len(
            {report.report_id for _, report in self.centre.reports}) == 510)
        with self.centre.news:
            self.centre.deaf = False
            for topic, report in self.centre.reports[10:]:
                self.centre.answer(topic, report)
        self.assertEqual(0, program.process.wait(120), program.text()[-2000:])
        self.assertIn("1200 reports: ", program.text())

    def test_many_figures_are_split(self):
        rows = [f"35,2024,i{i},{i},,,,," for i in range(2500)]
        status, out, error = self.publish(*rows)
        self.assertEqual((0, 4), (status, len(out.splitlines())), error)
        self.assertEqual(2500, len(self.centre.figures))

    def test_shuffled_twice_and_split_gives_the_same(self):
        rows = [f"{unit},2024,i{i},{i},,,{revision},," for unit in ("35", "36") for i in range(20) for revision in (1, 2)]
        self.assertEqual(0, self.publish(*rows)[0])
        before = dict(self.centre.figures)
        self.publish(*rows[::-1])
        self.assertEqual(before, self.centre.figures)


class Refusals(Publisher):
    def test_a_faulty_file_sends_nothing_and_names_everything(self):
        status, out, error = self.publish("35,2024,a,five,,,,,", "35,2024,b,5,,,,,", "35,20244,c,5,,,,,")
        self.assertEqual((1, ""), (status, out))
        self.assertEqual([f"{self.file}:2:11: value \"five\" is not a number such as 1368 or 13.68",
                          f"{self.file}:4:4: \"20244\" is not a period such as 2025, 2025-H1, 2025-9M, 2025-Q1, "
                          "2025-03, 2025-03-14, 2024-01-01/2024-11-11 or ../2022-09-30",
                          "chiso-publisher: nothing of this file was sent"],
                         [line for line in error.splitlines() if not line.startswith("time=")])
        self.assertEqual([], self.centre.reports)

    def refuse(self, status, sentence, *words, environment=None):
        found = self.bus.run("chiso-publisher", *words, environment=environment)
        self.assertEqual((status, sentence), (found[0], found[2].splitlines()[0]), found)

    def test_usage(self):
        self.file.write_text(HEADER + "35,2024,a,5,,,,,\n", encoding="utf-8")
        csv, box = ("--csv", self.file), ("--outbox", self.box)
        for words in ((*csv, *box), ()):
            self.refuse(64, "chiso-publisher: give --csv FILE --once to publish a file, --check FILE to check one, or "
                            "--watch DIR to publish every file of a folder", *words)
        self.refuse(64, "chiso-publisher: --check sends nothing: give it without --csv and --once", "--check",
                    self.file, "--once")
        self.refuse(64, "chiso-publisher: the units' province is not known: give --catalogue DIR or --province PP",
                    *csv, "--once", *box)
        self.refuse(64, "chiso-publisher: --wait must be a number of seconds, at most a week", *csv, "--once",
                    "--province", "35", "--wait", "soon")
        self.refuse(64, "chiso-publisher: --wait must be a number of seconds, at most a week", *csv, "--once",
                    "--province", "35", "--wait", "604801")
        self.refuse(64, "chiso-publisher: unexpected 'more.csv'", *csv, "--once", "more.csv")
        self.refuse(64, "chiso-publisher: --province must be a province's code of two digits, not '350'", "--province",
                    "350")
        self.refuse(1, "chiso-publisher: /does/not/exist cannot be opened: No such file or directory", "--check",
                    "/does/not/exist")
        self.refuse(78, "chiso-publisher: the login mqtt_username cannot be a publisher's name: it is not 1 to 32 "
                        "letters, digits, '.', '_' or '-'", *csv, "--once", "--province", "35", "--mqtt-username", "a b")
        self.assertFalse(self.box.exists(), "nothing was started")

    def test_catalogue_that_does_not_load(self):
        self.file.write_text(HEADER + "35,2024,a,5,,,,,\n", encoding="utf-8")
        self.refuse(78, "chiso-publisher: /does/not/exist: No such file or directory", "--check", self.file,
                    "--catalogue", "/does/not/exist")
        folder = self.bus.folder / "faulty"
        shutil.copytree(self.bus.catalogue, folder)
        with open(folder / "pillars.csv", "a", encoding="utf-8") as pillars:
            pillars.write("digital_society,Lặp lại,,x\n")
        status, out, error = self.bus.run("chiso-publisher", "--check", self.file, "--catalogue", folder)
        self.assertEqual((78, ""), (status, out))
        self.assertRegex(error.splitlines()[0], r"^pillars\.csv:6:\d+: lỗi: ")
        self.assertEqual("chiso-publisher: the catalogue cannot be used", error.splitlines()[-1])
        self.assertNotIn("cảnh báo", error)

    def test_broker_beyond_this_machine_needs_login_and_tls(self):
        status, _, error = self.publish("35,2024,a,5,,,,,", options=("--mqtt", "mqtt://ioc.example.org:1883"))
        self.assertEqual(78, status)
        self.assertEqual(1, len(error.splitlines()), error)

    def test_damaged_outbox(self):
        self.box.write_bytes(b"unit,period,indicator,value\nno outbox, but long enough for one\n")
        status, _, error = self.publish("35,2024,a,5,,,,,")
        self.assertEqual(0, status)
        self.assertIn(f"event=outbox_damaged why=\"outbox {self.box} was damaged (outbox: file is not a database) and is "
                      f"kept as {self.box.name}.damaged-1; a new one has begun with 0 of its reports, ", error)
        self.assertEqual(b"unit,", (self.box.parent / f"{self.box.name}.damaged-1").read_bytes()[:5])
        self.assertEqual(1, len(self.centre.reports))

    def test_two_at_once(self):
        self.centre.deaf = True
        program = self.start("35,2024,a,5,,,,,")
        self.centre.wait_for("the report", lambda: self.centre.reports)
        status, _, error = self.publish("35,2024,a,5,,,,,")
        self.assertEqual(1, status)
        self.assertRegex(error, rf"^chiso-publisher: outbox {self.box} is in use by another chiso-publisher \(process "
                                rf"{program.process.pid}, since 20..-..-..T.*\+07:00\)\n$")
        program.stop()


class Check(Publisher):
    def check(self, *rows, options=()):
        self.file.write_text(HEADER + "".join(row + "\n" for row in rows), encoding="utf-8")
        return self.bus.run("chiso-publisher", "--check", self.file, *self.bus.frozen(), *options)

    def test_says_what_would_be_refused(self):
        status, out, _ = self.check(
            "35,2024,dvc.online_submission_rate,84.6,,,,,", "35,2024,nothing.such,5,,,,,", "99,2024,a,5,,,,,",
            "35,2026,dvc.online_submission_rate,84.6,,,,,", options=("--catalogue", self.bus.catalogue))
        self.assertEqual(1, status)
        self.assertIn(f"{self.file}:3: UNKNOWN_INDICATOR: indicator \"nothing.such\" is not in the catalogue", out)
        self.assertIn(f"{self.file}:4: UNKNOWN_UNIT: unit \"99\" is not in the catalogue", out)
        self.assertRegex(out, rf"{re.escape(str(self.file))}:5: BAD_PERIOD: period 2026 has not begun on 2025-05-05")
        self.assertEqual([], self.centre.reports)

    def test_a_publisher_that_may_not(self):
        status, out, _ = self.check("35,2024,a,5,,,,,", options=(
            "--catalogue", self.bus.catalogue, "--publisher", "36"))
        self.assertEqual((1, f"{self.file}:2: NOT_ALLOWED: publisher 36 may not report for unit 35\n"), (status, out))

    def test_form_only_without_catalogue(self):
        status, out, _ = self.check("35,2024,a,5,,,,,", options=("--lang", "en"))
        self.assertEqual((0, [f"{self.file}: nothing would be refused (figures: 1, reports: 1).",
                              "Only the form was checked; --catalogue DIR checks units, indicators and values too."]),
                         (status, out.splitlines()))
        self.assertEqual((0, [f"{self.file}: không có gì bị từ chối (số liệu: 1, báo cáo: 1).",
                              "Mới kiểm tra hình thức; thêm --catalogue DIR để kiểm tra đơn vị, chỉ số và giá trị."]),
                         (lambda found: (found[0], found[1].splitlines()))(self.check("35,2024,a,5,,,,,")))
        status, out, _ = self.check("35,2024,a,five,,,,,")
        self.assertEqual((1, f"{self.file}:2:11: value \"five\" is not a number such as 1368 or 13.68\n"),
                         (status, out))


class RealCentre(BusTestCase):
    """The same against chiso-aggregator."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.aggregator = cls.bus.aggregator()

    def outcomes(self, ended):
        self.assertNotIn("CONFLICT", ended[1])
        return ended[0], {line.split()[0] for line in ended[1].splitlines()[:-1]}

    def test_fixtures_and_the_fixtures_again(self):
        for file in sorted((ROOT / "fixtures/published").glob("??-*.csv")):
            self.assertEqual((0, {"ACCEPTED"}), self.outcomes(self.bus.publish(file)), file.name)
            self.assertEqual((0, {"DUPLICATE"}), self.outcomes(self.bus.publish(file)), file.name)

    def test_counted_revisions_meet_what_is_in_force(self):
        def file(value):
            return self.bus.csv("counted.csv", "unit;period;indicator;value;qualifier\n"
                                               f"353;2024;ecommerce.farm_households;{value};gần\n")
        self.assertEqual((0, {"ACCEPTED"}), self.outcomes(self.bus.publish(file(70000), outbox="one")))
        self.assertEqual((0, {"ACCEPTED"}), self.outcomes(self.bus.publish(file(71000), outbox="one")))
        self.assertEqual((0, {"DUPLICATE"}), self.outcomes(self.bus.publish(file(71000), outbox="one")))
        status, out, _ = self.bus.publish(file(71000), outbox="two")
        self.assertEqual((0, ["SUPERSEDED", "DUPLICATE", "1"]),
                         (status, [line.split()[0] for line in out.splitlines() if not line.startswith(" ")]))
        status, out, _ = self.bus.publish(file(72000), outbox="three")
        self.assertEqual((0, "ACCEPTED"), (status, out.splitlines()[-2].split()[0]))
        self.assertEqual((0, {"ACCEPTED"}), self.outcomes(self.bus.publish(file(73000), outbox="three")))

    def test_the_aggregator_dies_while_reports_are_on_their_way(self):
        file = ROOT / "fixtures/synthetic/02-network-points.csv"
        self.aggregator.kill()
        program = self.bus.start_publisher(file, outbox="killed", name="while-dead")
        program.wait_for_log("mqtt_connected")
        type(self).aggregator = self.bus.aggregator()
        self.assertEqual(0, program.process.wait(120), program.text()[-2000:])
        self.assertIn("476 báo cáo: 476 được nhận", program.text())


class WithLogin(LoginTestCase):
    """Beyond loopback: TLS, and the login is the publisher. Publisher and aggregator are the real ones."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bus.aggregator(*cls.credentials("chiso-aggregator"))

    def publish(self, unit, *options):
        file = self.bus.csv("login.csv", f"unit,period,indicator,value\n{unit},2024,legal.plans_issued,9\n")
        return self.bus.publish(file, *self.credentials("35"), "--lang", "en", *options, outbox=self._testMethodName)

    def test_the_login_is_the_publisher(self):
        status, out, error = self.publish("35")
        self.assertEqual((0, "ACCEPTED"), (status, out.split()[0]), error)

    def test_it_may_not_report_for_others(self):
        status, _, error = self.publish("36")
        self.assertEqual(1, status)
        self.assertIn("login.csv:2: NOT_ALLOWED: publisher 35 may not report for unit 36", error)

    def test_another_publishers_name_gets_no_receipt(self):
        status, out, error = self.publish("36", "--publisher", "36", "--wait", "2")
        self.assertEqual((1, "1 without receipt."), (status, out.splitlines()[-1].split("; ")[1]))
        self.assertIn("event=mqtt_publish_refused", error)
