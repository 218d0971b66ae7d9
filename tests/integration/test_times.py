"""Windows, deadlines and days: the administrative calendar through the whole pipeline, and the same answers
whatever the machine's time zone is (STATISTICS S7)."""

import json
import os
import re
import unittest
from datetime import date, timedelta
from fractions import Fraction
from unittest import mock

from harness import Bus, until
from mqtt_client import Viewer

FILES = {
    "units.csv": """code,valid_from,valid_to,kind,role,parent,name_vi,name_en
VN,,,nation,,,Việt Nam,Viet Nam
01,,,province,,VN,Hà Nội,Ha Noi
00001,,,commune,,01,Phúc Xá,Phuc Xa
00004,,,commune,,01,Trúc Bạch,Truc Bach
01.vp,,,department,office,01,Văn phòng,Office
""",
    "pillars.csv": "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n",
    "indicators.csv": """id,pillar,name_vi,name_en,measure,across_time,decimals,minimum,direction,reported_by,cadence,calendar,due_working_days
admin.sent,foundation,Báo cáo đã gửi,Reports sent,count,sum,0,0,up,commune,month,administrative,2
admin.staff,foundation,Biên chế,Staff,count,last,0,0,up,department:office,quarter,administrative,10
stat.sent,foundation,Tin đã gửi,Messages sent,count,sum,0,0,up,commune,month,statistical,2
stat.until_january,foundation,Đến tháng 1,Until January,count,sum,0,0,up,,month,statistical,2
""",
    "obligations.csv": """indicator,unit,kind,role,cadence,due_working_days,valid_from,valid_to
stat.until_january,01.vp,,,month,2,2024-12-01,2025-01-31
""",
    "targets.csv": """indicator,unit,scope,shape,value,due,curve
admin.sent,01,unit,at_least,1000,2025-12-14,cumulative
admin.sent,00001,unit,increase_each_year,,,
""",
    "holidays.csv": """date,kind,name_vi
2024-04-29,off,Nghỉ bù
2024-04-30,off,Ngày Chiến thắng
2024-05-01,off,Quốc tế Lao động
2024-05-04,work,Làm bù
2024-09-02,off,Quốc khánh
2025-01-01,off,Tết Dương lịch
2025-01-27,off,Tết Nguyên đán
2025-01-28,off,Tết Nguyên đán
2025-01-29,off,Tết Nguyên đán
2025-01-30,off,Tết Nguyên đán
2025-01-31,off,Tết Nguyên đán
""",
    "contacts.csv": """unit,post,name_vi,language,channel,address,min_severity,escalate_after_hours
00004,chủ tịch,Bà Bình,vi,mail,b@example.vn,info,
01,giám đốc,Ông An,en,mail,a@example.vn,info,24
""",
}
HEADER = "unit,period,indicator,value,revision\n"
REPORTS = HEADER + """00001,2024-03,admin.sent,50,1
00001,2025-01,admin.sent,100,1
00001,2025-02,admin.sent,70,1
00001,2025-03,admin.sent,60,1
00004,2025-01,admin.sent,5,1
00004,2025-02,admin.sent,4,1
01.vp,2025-Q1,admin.staff,12,1
00001,2025-03,stat.sent,7,1
"""
# The 14th of March ends the administrative month and quarter; the 18th at 17:00 the month's report is due.
ENDED, BEFORE_DUE, AFTER_DUE = ("2025-03-15T00:00:00+07:00", "2025-03-18T17:00:00+07:00",
                                "2025-03-18T17:00:00.001+07:00")
ZONES = ("UTC", "Asia/Ho_Chi_Minh", "Pacific/Auckland", "America/Los_Angeles", "No/Such_Zone")


def world(name, clock):
    """A bus with the catalogue above."""
    bus = Bus(name, clock=clock)
    bus.catalogue = bus.folder / "catalogue"
    bus.catalogue.mkdir()
    for file, text in FILES.items():
        (bus.catalogue / file).write_text(text, encoding="utf-8")
    return bus


def judge(bus):
    status, _, error = bus.run("chiso-alerter", "--once", "--mqtt", bus.mqtt_url, "--redis", bus.redis_url,
                               "--mail-dir", bus.mails, *bus.frozen())
    assert status == 0, error


def working_days(after, until_day):
    """Counted one by one."""
    off = {date.fromisoformat(line.split(",")[0]): line.split(",")[1]
           for line in FILES["holidays.csv"].splitlines()[1:]}
    days = (after + timedelta(n) for n in range(1, (until_day - after).days + 1))
    return sum(off.get(day) == "work" or (day.weekday() < 5 and day not in off) for day in days)


class Administrative(unittest.TestCase):
    """Months from the 15th to the 14th (ND 09/2019/ND-CP, art. 12)."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.bus = world("administrative", AFTER_DUE)
        cls.addClassCleanup(cls.bus.close)
        cls.bus.aggregator()
        status, out, error = cls.bus.publish(cls.bus.csv("reports.csv", REPORTS))
        assert status == 0, out + error
        judge(cls.bus)

    def at(self, clock, *words):
        status, out, error = self.bus.run("chisoctl", *words, "--json", "--redis", self.bus.redis_url, "--clock", clock)
        self.assertEqual((0, ""), (status, error))
        return json.loads(out)

    def row(self, unit, period, indicator="admin.sent", clock=AFTER_DUE):
        return next(row for row in self.at(clock, "get", "--unit", unit, "--period", period, "--indicator", indicator)
                    if row["level"] is None)

    def test_every_window_adds_up_in_its_own_calendar(self):
        for period, value, reported, partial, expected in (
                ("2025-01", "105", 2, 0, 2), ("2025-02", "74", 2, 0, 2), ("2025-03", "60", 1, 0, 2),
                ("2025-Q1", "239", 1, 1, 2), ("2025-H1", "239", 0, 2, 2), ("2025-9M", "239", 0, 2, 2),
                ("2025", "239", 0, 2, 2), ("2024-Q1", "50", 0, 1, 2), ("2025-04", None, 0, 0, 2)):
            with self.subTest(period):
                row = self.row("01", period)
                self.assertEqual((value, reported, partial, expected),
                                 (row["value"], row["reported"], row["partial"], row["expected"]))

    def test_a_window_ends_at_midnight_of_the_14th(self):
        self.assertEqual((True, False), tuple(self.row("01", "2025-03", clock="2025-03-14T23:59:59.999+07:00")[key]
                                              for key in ("running", "judged")))
        self.assertEqual((False, True), tuple(self.row("01", "2025-03", clock=ENDED)[key]
                                              for key in ("running", "judged")))
        self.assertTrue(self.row("01", "2025-03", "stat.sent", clock="2025-03-31T23:59:59.999+07:00")["running"])

    def test_deadlines_count_from_the_14th(self):
        for period, deadline in (("2025-01", "2025-01-16"), ("2025-02", "2025-02-18"), ("2025-03", "2025-03-18"),
                                 ("2024-05", "2024-05-16"), ("2024-09", "2024-09-17")):
            self.assertEqual(f"{deadline}T17:00:00.000+07:00", self.row("00004", period)["deadline"], period)
        # Ten working days after 14/12/2024, a Saturday; after 14/03/2025, a Friday.
        for period, deadline in (("2024-Q4", "2024-12-27"), ("2025-Q1", "2025-03-28")):
            self.assertEqual(f"{deadline}T17:00:00.000+07:00",
                             self.row("01.vp", period, "admin.staff")["deadline"], period)

    def test_what_is_missing_and_since_when(self):
        def missing(clock):
            return [(gap["unit"], gap["period"], gap["overdue"])
                    for gap in self.at(clock, "missing", "--unit", "01", "--period", "2025-Q1")
                    if gap["indicator"] == "admin.sent"]

        self.assertEqual([("00004", "2025-03", False)], missing(BEFORE_DUE))
        self.assertEqual([("00004", "2025-03", True)], missing(AFTER_DUE))

    def test_what_was_owed_is_missing_though_nothing_is_owed_any_more(self):
        for period, windows in (("2025", ["2025-01"]), ("2025-Q1", ["2025-01"]), ("2025-02", [])):
            found = [gap["period"] for gap in self.at(AFTER_DUE, "missing", "--unit", "01", "--period", period)
                     if gap["indicator"] == "stat.until_january"]
            self.assertEqual(windows, found, period)

    def test_timeliness_in_both_calendars(self):
        reports = self.at(AFTER_DUE, "timeliness", "--unit", "01", "--period", "2025-Q1")["reports"]
        found = [(r["unit"], r["period"], r["state"], r["ended"]) for r in reports if r["indicator"] == "admin.sent"]
        self.assertEqual([
            ("00001", "2025-01", "late", True), ("00004", "2025-01", "late", True),
            ("00001", "2025-02", "late", True), ("00004", "2025-02", "late", True),
            ("00001", "2025-03", "late", True), ("00004", "2025-03", "overdue", True)], found)
        found = [(r["unit"], r["period"], r["state"], r["ended"]) for r in reports if r["indicator"] == "stat.sent"]
        self.assertEqual([("00001", "2025-03", "on_time", False), ("00004", "2025-03", "not_due", False)], found[-2:])

    def test_the_cumulative_curve_runs_from_15_december_to_14_december(self):
        self.assertEqual((59, 254), (working_days(date(2024, 12, 15), date(2025, 3, 14)),
                                     working_days(date(2024, 12, 15), date(2025, 12, 14))))
        row = self.row("01", "2025-02")
        expected = Fraction(1000 * working_days(date(2024, 12, 15), date(2025, 2, 14)), 254)
        self.assertEqual((expected, "179", "on_track"),
                         (Fraction(row["expected_for_date"]), row["year_to_date"], row["position"]))
        row = self.row("01", "2025-03")
        self.assertEqual((Fraction(59000, 254), "239", "on_track"),
                         (Fraction(row["expected_for_date"]), row["year_to_date"], row["position"]))

    def test_the_same_window_a_year_before(self):
        row = self.row("00001", "2025-03")
        self.assertEqual(("on_track", "50", "2024-03", "10"),
                         (row["position"], row["target"], row["year_before"]["period"], row["year_before"]["change"]))

    def test_the_overdue_month_is_an_alert_with_a_mail(self):
        alerts = [(alert["unit"], alert["period"]) for alert in self.bus.ctl_json("alerts")
                  if (alert["kind"], alert["indicator"]) == ("overdue", "admin.sent")]
        self.assertEqual([("00004", "2025-03")], alerts)
        mails = "".join(path.read_text(encoding="utf-8") for path in self.bus.mails.iterdir())
        self.assertIn("b@example.vn", mails)

    def test_overview_and_snapshot_show_the_latest_ended_month(self):
        status, out, _ = self.bus.ctl("overview")
        self.assertEqual(0, status)
        self.assertRegex(out, r"Báo cáo đã gửi +tháng 3/2025 +60 ")
        self.assertRegex(out, r"Biên chế +quý 1/2025 +12 ")
        topic = "chiso/v1/json/pillar/01/foundation"
        viewer = Viewer(self.bus, topic)
        self.addCleanup(viewer.close)
        until("the snapshot", lambda: topic in viewer.last)
        figures = {f["indicator"]: (f["period"], f["running"]) for f in json.loads(viewer.last[topic])["figures"]}
        sent = next(f for f in json.loads(viewer.last[topic])["figures"] if f["indicator"] == "admin.sent")
        self.assertEqual(("2024-03", "comparable", "50", "exact", "10", "", ""),
                         tuple(sent[name] for name in ("year_before_period", "year_before_state", "year_before_value",
                                                       "year_before_qualifier", "change", "not_comparable", "redefined")))
        self.assertEqual({"admin.sent": ("2025-03", False), "admin.staff": ("2025-Q1", False),
                          "stat.sent": ("2025-03", True)}, figures)

    def test_every_report_is_there_to_explain(self):
        found = self.bus.ctl_json("explain", "--unit", "01", "--indicator", "admin.sent", "--period", "2025-Q1")
        self.assertEqual(5, len([leaf for leaf in found["leaves"] if leaf["used"]]))
        status, out, _ = self.bus.ctl("verify")
        self.assertEqual(0, status, out)

    def test_a_period_begins_on_the_15th(self):
        text = HEADER + "00001,2025-04,admin.sent,1,1\n"
        for clock, status in (("2025-03-14T23:59:59.999+07:00", 1), ("2025-03-15T00:00:00+07:00", 0)):
            found = self.bus.run("chiso-publisher", "--check", self.bus.csv("april.csv", text), "--catalogue",
                                 self.bus.catalogue, "--clock", clock)
            self.assertEqual(status, found[0], found)
        found = self.bus.run("chiso-publisher", "--check", self.bus.csv("april.csv", text.replace("admin", "stat")),
                             "--catalogue", self.bus.catalogue, "--clock", "2025-03-31T23:59:59.999+07:00")
        self.assertEqual(1, found[0])
        self.assertIn("not begun", found[1] + found[2])

    def check_with(self, name, text):
        folder = self.bus.folder / "combined"
        folder.mkdir(exist_ok=True)
        for file, content in {**FILES, **text}.items():
            (folder / file).write_text(content, encoding="utf-8")
        status, out, _ = self.bus.run("chisoctl", "check-catalogue", folder, "--lang", "en")
        for file in text:
            (folder / file).unlink()
        self.assertEqual(1, status, name)
        return out

    def test_nothing_combines_the_two_calendars(self):
        out = self.check_with("an index", {
            "indices.csv": "id,name_vi,unit_kind,method\nboth,Cả hai,commune,points\n",
            "index_components.csv": "index,component,points\nboth,admin.sent,1\nboth,stat.sent,1\n"})
        self.assertIn("index 'both' has 'stat.sent' of the statistical calendar beside 'admin.sent' of the "
                      "administrative one", out)
        out = self.check_with("a rule", {
            "rules.csv": "id,left,operator,right,severity\nboth,admin.sent,<=,stat.sent,warning\n"})
        self.assertIn("they have no window in common", out)
        versions = re.sub(r"(?m)^(\w+\.\w+),", r"\1,,", FILES["indicators.csv"].replace("id,", "id,valid_from,", 1))
        out = self.check_with("two versions", {"indicators.csv": versions + (
            "admin.sent,2025-06-15,foundation,Báo cáo,Reports,count,sum,0,0,up,commune,month,statistical,2\n")})
        self.assertIn("calendar 'statistical' differs from 'administrative' in line 2; another calendar needs a new id",
                      out)


class Zones(unittest.TestCase):
    """The machine's time zone changes nothing that is shown or stored."""

    maxDiff = None
    COMMANDS = (
        ("get", "--unit", "01", "--period", "2025-03", "--json"), ("get", "--unit", "00004", "--period", "2025-03"),
        ("overview",), ("missing", "--unit", "01", "--period", "2025-Q1"), ("alerts",), ("alerts", "--json"),
        ("timeliness", "--unit", "01", "--period", "2025", "--all"),
        ("explain", "--unit", "01", "--indicator", "admin.sent", "--period", "2025-Q1"))

    def seen_in(self, zone, name):
        """All that a pipeline shows and stores at the deadline, and its tool around midnight and the deadline."""
        seen = {}
        with mock.patch.dict(os.environ, TZ=zone):
            bus = world(name, AFTER_DUE)
            try:
                aggregator = bus.aggregator()
                # One by one, so that each is a commit and the journal's numbers are the same.
                seen["published"] = [bus.publish(bus.csv("reports.csv", HEADER + line))[0]
                                     for line in REPORTS.splitlines(keepends=True)[1:]]
                judge(bus)
                for clock in ("2025-03-14T23:59:59.999+07:00", ENDED, BEFORE_DUE, AFTER_DUE):
                    for words in self.COMMANDS:
                        found = bus.run("chisoctl", *words, "--redis", bus.redis_url, "--clock", clock)
                        # Ids of reports are as unique as the run.
                        seen[words, clock] = found[0], re.sub(r"[0-9a-f]{16}(?=-\d)", "", found[1]), found[2]
                seen["mails"] = sorted(re.sub(r"(?m)^(Message-ID|References|In-Reply-To): .*\n", "",
                                              path.read_text(encoding="utf-8")) for path in bus.mails.iterdir())
                for key in sorted(bus.redis("KEYS", "chiso:{01}:leaf:*")):
                    seen[key] = bus.redis("HGETALL", key)
                until("the log", lambda: "event=ready" in aggregator.text())
                seen["zones of the log"] = {line[-6:] for line in re.findall(r"time=(\S+)", aggregator.text())}
            finally:
                bus.close()
        return seen

    def test_every_zone_shows_the_same(self):
        first = self.seen_in(ZONES[0], "zone-0")
        self.assertEqual(([0] * 8, {"+07:00"}), (first["published"], first["zones of the log"]))
        self.assertTrue(first["mails"])
        self.assertIn("17:00 ngày 18/03/2025", "".join(first["mails"]))
        for i, zone in enumerate(ZONES[1:], 1):
            found = self.seen_in(zone, f"zone-{i}")
            self.assertEqual(set(first), set(found))
            for what, value in first.items():
                self.assertEqual(value, found[what], (zone, what))


if __name__ == "__main__":
    unittest.main()
