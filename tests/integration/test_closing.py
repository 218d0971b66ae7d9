"""Corrections, closed periods and restatements, and figures as they once stood."""

import json
import os
import random
import re
import threading
import unittest

from harness import BIN, OwnBusTestCase, until
from messages import PillarChange, PillarSnapshot, outcome_name
from mqtt_client import Reporter, Viewer, count, ratio, report

CATALOGUE = {
    "units.csv": """\
code,valid_from,valid_to,kind,role,parent,name_vi,name_en
VN,,,nation,,,Việt Nam,Viet Nam
35,,,province,,VN,Tỉnh Hà Nam,Ha Nam Province
36,,,province,,VN,Tỉnh Nam Định,Nam Dinh Province
347,,,district,,35,Thành phố Phủ Lý,Phu Ly
349,,,district,,35,Thị xã Duy Tiên,Duy Tien
35.c1,,,commune,,347,Xã Một,Commune One
35.c2,,,commune,,349,Xã Hai,Commune Two
""",
    "publishers.csv": "publisher,units\n35.gateway,35 35/*\n36.gateway,36 36/*\n",
    "pillars.csv": "id,name_vi,name_en,order\ngov,Chính quyền số,Digital government,1\n",
    "indicators.csv": """\
id,pillar,name_vi,name_en,measure,across_time,reported_by,cadence,factor,decimals,input_decimals,minimum,calendar,unit_label_vi,direction
received,gov,Hồ sơ tiếp nhận,Received,count,sum,province commune,month,1,0,0,0,statistical,hồ sơ,none
online,gov,Tỷ lệ trực tuyến,Online,ratio,sum,commune,month,100,1,0,0,statistical,%,up
petitions,gov,Kiến nghị,Petitions,count,sum,commune,month,1,0,0,0,administrative,đơn,none
""",
    "targets.csv": """\
indicator,unit,unit_kind,scope,shape,value,due,curve,source
online,35,,unit,at_least,80,,hold,
""",
    "contacts.csv": """\
unit,post,name_vi,language,channel,address,min_severity,escalate_after_hours
35,Chánh Văn phòng,Nguyễn Văn Mẫu,vi,mail,vp@example.org,warning,
""",
}
ONLINE = "35|online|-|target"
CLOSE = ("close", "2025-03", "--calendar", "statistical", "--by", "Chánh Văn phòng")
CLOSED = "chiso:{35}:closed"
APRIL, MAY, JUNE = (f"2025-{month}-05T08:00:00+07:00" for month in ("04", "05", "06"))
SEED = int(os.environ.get("CHISO_TEST_SEED", random.SystemRandom().randrange(1 << 32)))


class ClosingTestCase(OwnBusTestCase):
    """A bus and a catalogue of its own for each test."""

    clock = APRIL

    def setUp(self):
        super().setUp()
        self.bus.catalogue = self.folder("first", CATALOGUE)
        self.service = self.bus.aggregator()

    def folder(self, name, files):
        folder = self.bus.folder / name
        folder.mkdir()
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        return folder

    def at(self, clock, catalogue=None):
        """It is CLOCK, for all that follows."""
        self.assertEqual(0, self.service.stop())
        self.bus.clock = clock
        self.bus.catalogue = catalogue or self.bus.catalogue
        self.service = self.bus.aggregator()

    def report(self, unit, revision, *observations, period="2025-03", outcome="ACCEPTED"):
        reporter = Reporter(self.bus, f"{unit[:2]}.gateway") if unit[:2] in ("35", "36") else Reporter(
            self.bus, "35.gateway")
        try:
            message = report(unit, period, revision, *observations)
            self.assertEqual(outcome, outcome_name(reporter.publish(message)))
        finally:
            reporter.close()

    def ctl(self, *arguments, status=0):
        found, out, error = self.bus.ctl(*arguments, "--lang", "en")
        self.assertEqual(status, found, out + error)
        return out + error

    def row(self, unit, period="2025-03", indicator="received", *options):
        rows = self.bus.ctl_json("get", "--unit", unit, "--period", period, "--indicator", indicator, *options)
        return next(row for row in rows if row["level"] is None)

    def value(self, *arguments):
        return self.row(*arguments)["value"]

    def verify(self):
        self.assertIn(" 0 differences", self.ctl("verify", "--journal"))


class Corrections(ClosingTestCase):
    def test_a_correction_and_a_withdrawal_change_every_level_at_once(self):
        places = [(unit, period) for unit in ("35.c1", "347", "35") for period in ("2025-03", "2025-Q1", "2025-H1")]
        for revision, value in ((1, 7), (2, 9), (4, 3)):
            self.report("35.c1", revision, count("received", value))
            for unit, period in places:
                row = self.row(unit, period)
                self.assertEqual((str(value), revision), (row["value"], row["revision"]), (unit, period))
        self.report("35.c1", 3, count("received", 100), outcome="SUPERSEDED")
        self.report("35.c1", 5, count("received", 0, withdrawn=True))
        for unit, period in places:
            row = self.row(unit, period)
            self.assertEqual(("not_reported", None, 5), (row["state"], row["value"], row["revision"]), (unit, period))
        self.verify()

    def test_alerts_are_decided_again(self):
        def state():
            text = self.bus.redis.hash("chiso:{35}:alerts").get(ONLINE)
            alert = json.loads(text) if text else {}
            return alert.get("state"), alert.get("position"), alert.get("reason")

        self.bus.alerter()
        self.report("35.c2", 1, ratio("online", 0, 0))
        self.report("35.c1", 1, ratio("online", 79, 100))
        until("behind", lambda: state() == ("open", "behind", ""))
        # A closing is no news for it, and what comes after one is judged as ever.
        before = self.bus.redis.hash("chiso:{35}:alerts")
        self.ctl(*CLOSE)
        until("the alerter is through the closing", lambda: self.bus.redis("GET", "chiso:{35}:cursor:alerter") == b"3-0")
        self.assertEqual(before, self.bus.redis.hash("chiso:{35}:alerts"))
        self.report("35.c1", 2, ratio("online", 80, 100))
        until("met again", lambda: state()[0] == "resolved")
        self.report("35.c1", 3, ratio("online", 1, 100))
        until("behind again", lambda: state() == ("open", "behind", ""))
        for unit in ("35.c1", "35.c2"):
            self.report(unit, 4, ratio("online", 0, 0, withdrawn=True))
        until("withdrawn", lambda: state()[0] == "resolved")


class Closing(ClosingTestCase):
    def test_what_changes_after_the_closing_is_a_restatement(self):
        viewer = Viewer(self.bus, "chiso/v1/pillar/#", "chiso/v1/change/#", "chiso/v1/json/change/#")
        self.addCleanup(viewer.close)
        self.report("35.c1", 1, count("received", 7), count("petitions", 5))
        self.assertEqual("Ha Nam Province (35): closed March 2025, by Chánh Văn phòng at 08:00 on 05/04/2025\n",
                         self.ctl(*CLOSE, "--note", "in báo cáo tháng"))
        self.assertEqual({"statistical:2025-03"}, set(self.bus.redis.hash(CLOSED)))
        self.assertEqual(
            [{"province": "35", "calendar": "statistical", "period": "2025-03", "closed_at": "2025-04-05T08:00:00.000+07:00",
              "by": "Chánh Văn phòng", "note": "in báo cáo tháng", "seq": 2}], self.bus.ctl_json("close", "--list"))
        closed = {"closed_at": "2025-04-05T08:00:00.000+07:00", "closed_by": "Chánh Văn phòng", "restated": False,
                  "value_at_closing": None}
        self.assertLessEqual(closed.items(), self.row("35").items())
        # The quarter and the other calendar's March are open.
        for row in (self.row("35", "2025-Q1"), self.row("35", "2025-03", "petitions")):
            self.assertEqual((None, None, False), (row["closed_at"], row["closed_by"], row["restated"]))

        def snapshot(period):
            payload = viewer.last.get("chiso/v1/pillar/35/gov")
            figures = PillarSnapshot.FromString(payload).figures if payload else []
            return next((f for f in figures if (f.indicator, f.level, f.period) == ("received", "", period)), None)

        def shows(restated):
            figure = snapshot("2025-03")
            return figure and figure.closed_by == "Chánh Văn phòng" and figure.restated == restated
        until("the snapshot is closed, though nobody reports", lambda: shows(False))

        self.at(MAY)
        self.report("35.c1", 2, count("received", 9), count("petitions", 6))
        self.report("35.c2", 1, count("received", 4))
        for unit, value, before in (("35.c1", "9", "7"), ("347", "9", "7"), ("35", "13", "7"), ("35.c2", "4", None)):
            row = self.row(unit)
            self.assertEqual((value, True, before, closed["closed_at"]),
                             (row["value"], row["restated"], row["value_at_closing"], row["closed_at"]), unit)
        self.assertFalse(self.row("35", "2025-Q1")["restated"])
        self.assertFalse(self.row("35", "2025-03", "petitions")["restated"])

        changes = [json.loads(payload) for topic, payload in viewer.all if topic == "chiso/v1/json/change/35/gov"]
        self.assertEqual(
            [{"petitions": False, "received": False}, {"petitions": False, "received": True}, {"received": True}],
            [{c["indicator"]: c["restatement"] for c in change["changed"]} for change in changes])
        change = PillarChange.FromString(viewer.last["chiso/v1/change/35/gov"])
        self.assertTrue(change.changed[0].restatement)

        until("the snapshot shows it", lambda: shows(True))
        self.verify()

    def test_what_people_read(self):
        self.report("35.c1", 1, count("received", 7))
        self.ctl(*CLOSE)
        text = self.ctl("get", "--unit", "35", "--period", "2025-03", "--indicator", "received")
        self.assertIn("This period (statistical calendar) was closed by Chánh Văn phòng at 08:00 on 05/04/2025.\n", text)
        self.assertNotIn("ʳ", text)
        self.at(MAY)
        self.report("35.c1", 2, count("received", 9))
        text = self.ctl("get", "--unit", "35", "--period", "2025-03", "--indicator", "received")
        self.assertRegex(text, r"Received +March 2025 +9 hồ sơʳ")
        self.assertRegex(text, r"when closed +05/04/2025 08:00 +7 hồ sơ")
        self.assertIn("ʳ     restated: changed after the period was closed\n", text)
        text = self.bus.ctl("get", "--unit", "35", "--period", "2025-03", "--indicator", "received")[1]
        self.assertIn("Kỳ này (lịch thống kê) đã được Chánh Văn phòng chốt lúc 08:00 ngày 05/04/2025.\n", text)
        self.assertRegex(text, r"khi chốt +05/04/2025 08:00 +7 hồ sơ")
        text = self.ctl("explain", "--unit", "35", "--period", "2025-03", "--indicator", "received")
        self.assertIn("When closed:   7 hồ sơ\n", text)
        self.assertRegex(text, r"35\.c1 .* 9ʳ")
        explained = self.bus.ctl_json("explain", "--unit", "35", "--period", "2025-03", "--indicator", "received")
        self.assertEqual(("7", [True]), (explained["total"]["value_at_closing"],
                                         [leaf["restated"] for leaf in explained["leaves"]]))
        self.assertRegex(self.ctl("overview"), r"Received .* 9 hồ sơ\*ʳ")
        self.assertRegex(self.ctl("close", "--list"), r"35 +2025-03 +statistical +05/04/2025 08:00 +Chánh Văn phòng +2")

    def test_the_first_closing_counts(self):
        """A month closed before its quarter: what came in between is a restatement of the month only."""
        self.report("35.c1", 1, count("received", 7))
        self.ctl(*CLOSE)
        self.report("35.c1", 2, count("received", 8))
        self.ctl("close", "2025-Q1", "--calendar", "statistical", "--by", "VP")
        month, quarter = self.row("35"), self.row("35", "2025-Q1")
        self.assertEqual((True, "7", "Chánh Văn phòng"), (month["restated"], month["value_at_closing"], month["closed_by"]))
        self.assertEqual((False, None, "VP"), (quarter["restated"], quarter["value_at_closing"], quarter["closed_by"]))

    def test_closing_again_changes_nothing(self):
        self.report("35.c1", 1, count("received", 7))
        self.ctl(*CLOSE)
        before = self.bus.redis.hash(CLOSED), self.bus.redis("XLEN", "chiso:{35}:journal")
        self.bus.clock = MAY
        self.assertEqual(
            "Ha Nam Province (35): March 2025 was already closed by Chánh Văn phòng at 08:00 on 05/04/2025\n",
            self.ctl("close", "2025-03", "--calendar", "statistical", "--by", "Somebody else"))
        self.assertEqual(before, (self.bus.redis.hash(CLOSED), self.bus.redis("XLEN", "chiso:{35}:journal")))

    def test_which_provinces(self):
        self.report("35.c1", 1, count("received", 7))
        self.ctl(*CLOSE)
        self.assertEqual([], self.bus.redis.keys("chiso:{36}:*"), "36 has no figures")
        self.ctl(*CLOSE, "--province", "36")
        self.assertEqual(["35", "36"], [row["province"] for row in self.bus.ctl_json("close", "--list")])
        self.assertEqual(["36"], [row["province"] for row in self.bus.ctl_json("close", "--list", "--province", "36")])
        # Nothing had been reported when it was closed: a first report is a restatement.
        self.report("36", 1, count("received", 5))
        row = self.row("36")
        self.assertEqual(("5", True, None), (row["value"], row["restated"], row["value_at_closing"]))
        self.verify()

    def test_bad_arguments(self):
        usage = "chisoctl close: {}\nTry 'chisoctl close --help'.\n"
        by = ("--by", "VP")
        cases = [
            (64, usage.format("the period is missing"), ("--calendar", "statistical", *by)),
            (64, usage.format("--calendar is missing"), ("2025-03", *by)),
            (64, usage.format("--by is missing"), ("2025-03", "--calendar", "statistical")),
            (64, usage.format("'2025-13' is no period such as 2025, 2025-H1, 2025-9M, 2025-Q1, 2025-03 or FIRST/LAST"),
             ("2025-13", "--calendar", "statistical", *by)),
            (64, usage.format("--calendar 'lunar' is neither statistical nor administrative"),
             ("2025-03", "--calendar", "lunar", *by)),
            (64, usage.format("the post must have 1 to 128 bytes of text without line ends"),
             ("2025-03", "--calendar", "statistical", "--by", "")),
            (64, usage.format("the note may have at most 500 bytes of text without line ends"),
             ("2025-03", "--calendar", "statistical", *by, "--note", "a\nb")),
            (64, usage.format("--list goes with --provinces and --json only"), ("2025-03", "--list")),
            (64, usage.format("--json goes with --list"), ("2025-03", "--calendar", "statistical", *by, "--json")),
            (64, usage.format("'x' is one argument too many"), ("2025-03", "x", "--calendar", "statistical", *by)),
            (1, "chisoctl close: 2025-04 ends on 30/04/2025: it can be closed from the day after\n",
             ("2025-04", "--calendar", "statistical", *by)),
            (1, "chisoctl close: 2025-04-05 ends on 05/04/2025: it can be closed from the day after\n",
             ("2025-04-05", "--calendar", "statistical", *by)),
            (1, "chisoctl close: there is no province to close in that period\n",
             ("2025-03", "--calendar", "statistical", *by)),
        ]
        for status, message, arguments in cases:
            with self.subTest(arguments):
                self.assertEqual(message, self.ctl("close", *arguments, status=status))
        self.assertIn("99", self.ctl("close", "2025-03", "--calendar", "statistical", *by, "--provinces", "99", status=1))
        self.assertEqual("No period is closed.\n", self.ctl("close", "--list"))
        self.assertEqual([], self.bus.redis.keys("chiso:*:closed"))

    def connections(self):
        return self.bus.redis("CLIENT", "LIST").count(b"\n")

    def entries(self, kind=None):
        """Journal entries of province 35, all or of one kind."""
        entries = self.bus.redis("XRANGE", "chiso:{35}:journal", "-", "+")
        return sum(kind is None or dict(zip(fields[::2], fields[1::2]))[b"kind"] == kind.encode() for _, fields in entries)

    def test_killed_at_any_moment_while_others_commit(self):
        """A closing is there as a whole or not at all, and can be repeated until it is."""
        rng = random.Random(SEED)
        print(f"CHISO_TEST_SEED={SEED}", flush=True)
        done = threading.Event()
        sent = []
        moments = {"at once": lambda _: True,
                   "connected": lambda program: self.connections() > connections or not program.running(),
                   "others have committed": lambda _: self.entries() > entries,
                   "it is closed": lambda program: self.entries("close") > closed or not program.running()}

        def keep_reporting():
            reporter = Reporter(self.bus, "35.gateway")
            while not done.is_set():
                message = report("35.c1", "2025-02", len(sent) + 1, count("received", len(sent)))
                sent.append(outcome_name(reporter.publish(message)))
            reporter.close()

        thread = threading.Thread(target=keep_reporting)
        thread.start()
        try:
            days = [f"2025-02-{day:02}" for day in range(1, 25)]
            for day in days:
                connections, entries, closed = self.connections(), self.entries(), self.entries("close")
                program = self.bus.start(f"close-{day}", [
                    BIN / "chisoctl", "close", day, "--calendar", "statistical", "--by", "VP", "--province", "35",
                    "--redis", self.bus.redis_url, *self.bus.frozen()])
                moment = rng.choice(list(moments))
                until(moment, lambda: moments[moment](program))  # pylint: disable=cell-var-from-loop
                program.kill()
            killed = set(self.bus.redis.hash(CLOSED))
            for day in days:
                self.ctl("close", day, "--calendar", "statistical", "--by", "VP", "--province", "35")
        finally:
            done.set()
            thread.join()
        self.assertEqual({"ACCEPTED"}, set(sent))
        self.assertLessEqual(killed, {f"statistical:{day}" for day in days})
        self.assertEqual(sorted(f"statistical:{day}" for day in days), sorted(self.bus.redis.hash(CLOSED)))
        self.assertEqual(len(days), self.entries("close"))
        self.verify()


class AsOf(ClosingTestCase):
    QUESTIONS = [("--unit", unit, "--period", period) for unit in ("35", "347", "35.c1", "VN", "36")
                 for period in ("2025-03", "2025-Q1", "2025-9M")]

    def printed(self):
        """Everything that can be asked, to the letter."""
        return {question: self.get(question) for question in self.QUESTIONS}

    def get(self, question, *options):
        status, out, error = self.bus.ctl("get", *question, "--json", *options)
        self.assertEqual(0, status, error)
        return out

    def test_a_printed_report_comes_back_to_the_letter(self):
        other = {**CATALOGUE,
                 "indicators.csv": CATALOGUE["indicators.csv"].replace("Tỷ lệ trực tuyến", "Tỷ lệ nộp trực tuyến").replace(
                     "month,100,1,", "month,100,3,"),
                 "targets.csv": CATALOGUE["targets.csv"].replace("80", "90"),
                 "units.csv": CATALOGUE["units.csv"].replace("VN,Tỉnh Nam", "VN,Tỉnh  Nam") + "35.c3,,,commune,,349,Xã Ba,\n"}
        printed = {}
        self.report("35.c1", 1, count("received", 7), ratio("online", 2, 3), count("petitions", 1))
        self.report("36", 1, count("received", 50))
        printed["2025-04-05T08:00:00+07:00"] = self.printed()

        self.at("2025-04-06T09:30:00+07:00")
        self.ctl(*CLOSE)
        self.report("35.c1", 2, count("received", 8), ratio("online", 5, 6))
        self.report("35.c2", 1, count("received", 8), ratio("online", 9, 10, denominator_qualifier=1))
        printed["2025-04-06T02:30:00Z"] = self.printed()

        self.at("2025-04-07T23:59:59.999+07:00", self.folder("second", other))
        self.report("35.c3", 1, count("received", 0), ratio("online", 1, 7))
        self.report("35.c1", 3, count("received", 0, withdrawn=True))
        printed["2025-04-07"] = self.printed()

        self.at(JUNE, self.folder("third", {**CATALOGUE, "units.csv": other["units.csv"]}))
        self.report("35.c1", 4, count("received", 1000))
        self.report("36", 2, count("received", 51))
        self.assertEqual(len(printed), len({json.dumps(list(p.values())) for p in printed.values()}))
        for time_text, answers in printed.items():
            for question, answer in answers.items():
                with self.subTest(as_of=time_text, question=question):
                    found = self.get(question, "--as-of", time_text)
                    instants = set(re.findall(r'"as_of": "([^"]*)"', found))
                    self.assertEqual(1 if answer.strip() != "[]" else 0, len(instants))
                    self.assertEqual(answer, re.sub(r'"as_of": "[^"]*"', '"as_of": null', found))
        # The new state is untouched by looking back, and the old one is not shown by mistake.
        self.assertEqual("1008", self.value("35"))
        self.verify()

    def test_overview_missing_and_timeliness(self):
        self.report("35.c1", 1, count("received", 7), count("petitions", 1))
        questions = (("overview",), ("missing", "--unit", "35", "--period", "2025-03"),
                     ("timeliness", "--unit", "35", "--period", "2025-03"))
        printed = [self.ctl(*question) for question in questions]
        self.at(MAY)
        self.report("35.c2", 1, count("received", 8), ratio("online", 1, 2))
        self.report("36", 1, count("received", 9))
        self.report("35.c1", 2, count("received", 9), ratio("online", 1, 2))
        for question, then in zip(questions, printed):
            self.assertNotEqual(then, self.ctl(*question))
            found = self.ctl(*question, "--as-of", APRIL)
            self.assertEqual(then, found.replace(", as of 08:00 on 05/04/2025", "") if "timeliness" not in question else found)

    def test_the_text_says_so(self):
        self.report("35.c1", 1, count("received", 7))
        self.bus.clock = MAY
        for command in ("get", "explain"):
            text = self.ctl(command, "--unit", "35", "--period", "2025-03", "--indicator", "received", "--as-of",
                            "2025-04-30")
            self.assertIn("Ha Nam Province (35), March 2025, as of 23:59 on 30/04/2025\n", text)
        text = self.bus.ctl("get", "--unit", "35", "--period", "2025-03", "--as-of", "2025-04-30")[1]
        self.assertIn("Tỉnh Hà Nam (35), tháng 3/2025, số liệu tại thời điểm 23:59 ngày 30/04/2025\n", text)

    def test_bad_times(self):
        self.report("35.c1", 1, count("received", 7))
        question = ("get", "--unit", "35", "--period", "2025-03", "--as-of")
        hint = "Try 'chisoctl get --help'.\n"
        for given in ("yesterday", "2025-04", "2025-02-30", "2025-04-05 08:00"):
            self.assertEqual(
                f"chisoctl get: --as-of '{given}' is no time such as 2025-05-05T08:00:00+07:00, and no day such as "
                f"2025-05-05\n{hint}", self.ctl(*question, given, status=64))
        for given in ("2025-04-05", "2025-04-05T08:00:00.001+07:00"):
            self.assertEqual(f"chisoctl get: --as-of '{given}' is in the future\n{hint}",
                             self.ctl(*question, given, status=64))
        self.assertEqual("chisoctl get: nothing had been reported by 2025-04-04T23:59:59.999+07:00\n",
                         self.ctl(*question, "2025-04-04", status=1))
        self.assertEqual(
            f"chisoctl get: --as-of takes the catalogue that was in force then: it goes without --catalogue\n{hint}",
            self.ctl(*question, APRIL, "--catalogue", self.bus.catalogue, status=64))
        self.bus.redis("XDEL", "chiso:{35}:journal", "1-0")
        self.assertEqual("chisoctl get: nothing had been reported by 2025-04-05T08:00:00.000+07:00\n",
                         self.ctl(*question, APRIL, status=1))
        self.report("35.c1", 2, count("received", 8))
        self.assertEqual("chisoctl get: the journal of 35 has no entry 1 before 2\n", self.ctl(*question, APRIL, status=1))


class History(ClosingTestCase):
    QUESTION = ("--period", "2025-Q1", "--indicator", "received", "--unit")

    def history(self, unit, *options):
        return self.bus.ctl_json("explain", *self.QUESTION, unit, "--history", *options)["history"]

    def tell(self):
        """Reports, a closing and a catalogue under which the province reports for itself."""
        self.report("35.c1", 1, count("received", 7), period="2025-02")
        self.report("35.c1", 1, count("online", 7), count("received", 100), period="2025-01", outcome="PARTIAL")
        self.report("35.c2", 1, count("petitions", 7), period="2025-01")
        self.ctl("close", "2025-Q1", "--calendar", "statistical", "--by", "VP", "--note", "quý 1")
        whole = self.folder("whole", {**CATALOGUE, "indicators.csv": CATALOGUE["indicators.csv"].replace(
            ",reported_by,", ",reported_by,whole_by,").replace("sum,province commune,", "sum,commune,province,").replace(
                "sum,commune,month", "sum,commune,,month")})
        self.report("35", 1, count("received", 1000))
        self.at(MAY, whole)
        self.report("35.c1", 2, count("received", 9), period="2025-02")
        self.report("35.c1", 3, count("received", 0, withdrawn=True), period="2025-02")

    def test_of_a_total(self):
        self.tell()
        steps = self.history("35")
        self.assertEqual(
            [(1, "reports", [("35.c1", "2025-02", None, "7")], None, "7"),
             (2, "reports", [("35.c1", "2025-01", None, "100")], "7", "107"),
             (4, "close", [], "107", "107"),
             (5, "reports", [("35", "2025-03", None, "1000")], "107", "1107"),
             (6, "catalogue", [], "1107", "107"),
             (7, "reports", [("35.c1", "2025-02", "7", "9")], "107", "109"),
             (8, "reports", [("35.c1", "2025-02", "9", "-")], "109", "100")],
            [(step["seq"], step["kind"], [(c["unit"], c["period"], c["old"], c["new"]) for c in step["changes"]],
              step["before"]["value"], step["after"]["value"]) for step in steps])
        self.assertEqual({"calendar": "statistical", "period": "2025-Q1", "by": "VP", "note": "quý 1"}, steps[2]["closing"])
        self.assertEqual([[False], [False], [], [True], [], [True], [True]],
                         [[c["restated"] for c in step["changes"]] for step in steps])
        change = steps[5]["changes"][0]
        self.assertEqual((1, 2, "35.gateway", "synthetic"),
                         (change["old_revision"], change["revision"], change["publisher"], change["source"]))
        self.assertEqual(["2025-04-05T08:00:00.000+07:00"] * 4 + ["2025-05-05T08:00:00.000+07:00"] * 3,
                         [step["committed_at"] for step in steps])
        self.assertEqual(self.value("35", "2025-Q1"), steps[-1]["after"]["value"])
        self.assertEqual(4, len(self.history("35", "--as-of", APRIL)))
        self.assertEqual([1, 2, 4, 7, 8], [step["seq"] for step in self.history("347")])

    def test_of_a_leaf(self):
        self.tell()
        steps = self.bus.ctl_json("explain", "--unit", "35.c1", "--period", "2025-02", "--indicator", "received",
                                  "--history")["history"]
        self.assertEqual([(1, "7", None), (4, None, None), (7, "9", "7"), (8, "-", "9")],
                         [(step["seq"], *[(c["new"], c["old"]) for c in step["changes"]][0]) if step["changes"]
                          else (step["seq"], None, None) for step in steps])
        self.assertEqual(("not_reported", None), (steps[-1]["after"]["state"], steps[-1]["after"]["value"]))

    def test_in_words(self):
        self.tell()
        text = self.ctl("explain", *self.QUESTION, "35", "--history")
        self.assertIn("Received (received)\nHa Nam Province (35), quarter 1/2025\n", text)
        for line in (r"05/04/2025 08:00 +35:1 +35\.c1 +2025-02 +– → 7 +1 .* – → 7 hồ sơ", r"35:4 +2025-Q1 +closed +VP",
                     r"35:6 +another +1,107 hồ sơ", r"35:8 .* 9 →"):
            self.assertRegex(text, line)
        self.assertIn("ʳ     restated: changed after the period was closed\n", text)
        self.assertIn("Nothing has been reported.\n", self.ctl("explain", *self.QUESTION, "36", "--history"))
        self.assertEqual("chisoctl explain: --history goes without --boundaries\nTry 'chisoctl explain --help'.\n",
                         self.ctl("explain", *self.QUESTION, "35", "--history", "--boundaries", "2025-07-01", status=64))


if __name__ == "__main__":
    unittest.main()
