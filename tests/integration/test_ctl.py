"""chisoctl's commands: what they print, and their exit statuses."""

import re
import shutil
import subprocess
import unicodedata
import unittest

import fixture_reports
from harness import BIN, CATALOGUE, ROOT, Bus, until
from messages import Observation, Report
from mqtt_client import Reporter


BUS = None


def setUpModule():
    """One bus for all: every fixture is in, and judged."""
    global BUS
    BUS = Bus("ctl")
    unittest.addModuleCleanup(BUS.close)
    BUS.aggregator()
    for path in fixture_reports.files():
        status, _, error = BUS.publish(path)
        assert status == 0, error
    status, _, error = BUS.run("chiso-alerter", "--once", "--mqtt", BUS.mqtt_url, "--redis", BUS.redis_url,
                               "--mail-dir", BUS.mails, *BUS.frozen())
    assert status == 0, error


class BusTestCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.bus = BUS


class CheckCatalogue(BusTestCase):
    """What a clerk runs before sending a change."""

    def check(self, folder, *options):
        return self.bus.run("chisoctl", "check-catalogue", folder, *options)

    def changed(self, name, old, new):
        folder = self.bus.folder / "changed"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(CATALOGUE, folder)
        text = (folder / name).read_text(encoding="utf-8")
        self.assertIn(old, text)
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
        return folder

    def test_fixture_catalogue_is_good(self):
        status, out, error = self.check(CATALOGUE)
        self.assertEqual((0, ""), (status, error))
        self.assertRegex(out, r"^[a-z_]+\.csv:\d+:\d+: cảnh báo: (?s:.*)\n0 lỗi, \d+ cảnh báo\n$")
        self.assertRegex(self.check(CATALOGUE, "--lang", "en")[1], r"\n0 errors, \d+ warnings\n$")

    def test_all_errors_are_named_with_their_places(self):
        folder = self.changed("indicators.csv", "Tỷ lệ phủ sóng di động,Mobile coverage,rate",
                              "Tỷ lệ phủ sóng di động,Mobile coverage,percent")
        pillars = folder / "pillars.csv"
        pillars.write_text(pillars.read_text(encoding="utf-8") + "digital_society,Lặp lại,,x\n", encoding="utf-8")
        status, out, _ = self.check(folder, "--lang", "en")
        self.assertEqual(1, status)
        self.assertRegex(out, r"indicators\.csv:\d+:\d+: error: .*percent")
        self.assertRegex(out, r"pillars\.csv:6:\d+: error: ")

    def test_folder_that_does_not_exist(self):
        self.assertEqual((1, "", "chisoctl check-catalogue: /does/not/exist: No such file or directory\n"),
                         self.check("/does/not/exist"))


class Usage(BusTestCase):
    def must_refuse(self, *words, status, sentence):
        found = self.bus.run("chisoctl", *words)
        self.assertEqual((status, ""), found[:2])
        self.assertEqual(sentence, found[2].splitlines()[0])

    def test_what_is_wrong_is_named(self):
        self.must_refuse(status=64, sentence="chisoctl: a command is missing")
        self.must_refuse("gett", status=64, sentence="chisoctl: 'gett' is not a command")
        self.must_refuse("check-catalogue", status=64, sentence="chisoctl check-catalogue: the folder is missing")
        self.must_refuse("check-catalogue", "a", "b", status=64,
                         sentence="chisoctl check-catalogue: 'b' is one argument too many")
        self.must_refuse("check-catalogue", "a", "--config", "/does/not/exist", status=78,
                         sentence="chisoctl check-catalogue: /does/not/exist: No such file or directory")

        self.must_refuse("get", "--as-of-day", "2025-07-01", status=64,
                         sentence="chisoctl get: unrecognized option '--as-of-day'")
        self.must_refuse("verify", "--redis", "http://x", status=64, sentence=(
            "chisoctl verify: --redis must be unix:///path/of/socket or redis://host:port, not 'http://x'"))
        self.must_refuse("verify", "--redis", "unix:///does/not/exist", "--lang", "en", status=1, sentence=(
            "chisoctl verify: cannot connect to Redis at /does/not/exist: No such file or directory"))
        self.must_refuse("verify", "--redis", "unix:///does/not/exist", status=1, sentence=(
            "chisoctl verify: không kết nối được với Redis tại /does/not/exist: No such file or directory"))

    def test_full_disk_is_a_failure(self):
        with open("/dev/full", "wb") as full:
            ended = subprocess.run([BIN / "chisoctl", "check-catalogue", CATALOGUE], stdout=full,
                                   stderr=subprocess.PIPE, check=False)
        self.assertEqual((1, b"chisoctl: cannot write: No space left on device\n"), (ended.returncode, ended.stderr))

    def test_help_goes_to_standard_output(self):
        status, out, error = self.bus.run("chisoctl", "--help")
        self.assertEqual((0, ""), (status, error))
        for line in out.splitlines():
            if line.startswith("  "):
                command = line.split()[0]
                with self.subTest(command):
                    status, text, error = self.bus.run("chisoctl", command, "--help")
                    self.assertEqual((0, ""), (status, error))
                    self.assertTrue(text.startswith(f"Usage: chisoctl {command} "), text)


def width(text):
    """Columns on a terminal: a letter with its marks is one."""
    return sum(not unicodedata.combining(c) for c in text)


class Commands(BusTestCase):
    def ctl(self, *words, status=0):
        found, out, error = self.bus.ctl(*words)
        self.assertEqual((status, ""), (found, error))
        return out

    def must_fail(self, *words, status=1, sentence):
        found, out, error = self.bus.ctl(*words, "--lang", "en")
        self.assertEqual((status, ""), (found, out))
        self.assertEqual(sentence, error.splitlines()[0])


class Get(Commands):
    def row(self, unit, period, indicator, level=None):
        rows = self.bus.ctl_json("get", "--unit", unit, "--period", period, "--indicator", indicator)
        return next(row for row in rows if row["level"] == level)

    def test_row_says_when_it_was_updated(self):
        self.assertEqual("2025-05-05T08:00:00.000+07:00",
                         self.row("35", "2025-Q1", "work.online_dossier_rate")["updated_at"])

    def test_every_member_is_documented(self):
        text = (ROOT / "services/ctl/README.md").read_text(encoding="utf-8")
        table = text.split("## A row of `get --json`")[1].split("\n## ")[0]
        cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
        self.assertEqual(set(re.findall(r"`(\w+)`", " ".join(cells))),
                         set(self.row("35", "2025-Q1", "work.online_dossier_rate")))
        row = self.row("30", "2022", "dti.rank")
        self.assertIn(f"`{{{', '.join(row['year_before'])}}}`", table)
        ahead = [row for row in self.bus.ctl_json("get", "--unit", "35", "--period", "2025-Q1") if row["outlook"]]
        self.assertIn(f"`{{{', '.join(ahead[0]['outlook'])}}}`", table)

    def test_one_row_for_each_level(self):
        rows = self.bus.ctl_json("get", "--unit", "35", "--period", "2025-Q1", "--indicator",
                                 "work.online_dossier_rate")
        self.assertEqual([(None, "86.0", "2580", "3000"), ("district", "90.0", "900", "1000"),
                          ("commune", "70.0", "700", "1000"), ("department", "98.0", "980", "1000")],
                         [(row["level"], row["value"], row["numerator"], row["denominator"]) for row in rows])

    def test_owed_but_missing_is_there(self):
        rows = self.bus.ctl_json("get", "--unit", "35.stp", "--period", "2025-03")
        row = next(row for row in rows if row["indicator"] == "civil_status.records_digitised")
        self.assertEqual(("not_reported", None, "overdue", 1),
                         (row["state"], row["value"], row["position"], row["expected"]))

    def test_for_people_in_two_languages(self):
        lines = self.ctl("get", "--unit", "35", "--period", "2025-Q1", "--indicator", "work.online_dossier_rate")
        self.assertIn("Tỉnh Hà Nam (35), quý 1/2025\n", lines)
        self.assertRegex(lines, r"!!  +cấp xã +quý 1/2025 +70,0% +≥ 80% +chậm tiến độ +109/109\n")
        lines = self.ctl("get", "--unit", "35", "--period", "2025-Q1", "--indicator", "work.online_dossier_rate",
                         "--lang", "en")
        self.assertRegex(lines, r"!!  +communes +quarter 1/2025 +70\.0% +≥ 80% +behind +109/109\n")

    def test_the_same_window_a_year_before(self):
        self.assertEqual({"period": "2021", "state": "comparable", "redefined": None, "value": "14", "qualifier": "exact",
                          "change": "-1", "change_low": "-1", "change_high": "-1"},
                         self.row("30", "2022", "dti.rank")["year_before"])
        self.assertIsNone(self.row("35", "2025-Q1", "work.online_dossier_rate")["year_before"])
        lines = self.ctl("get", "--unit", "30", "--period", "2022", "--indicator", "dti.rank")
        self.assertRegex(lines, r"\n +cùng kỳ năm trước +năm 2021 +14 hạng +-1 *\n")

    def test_pace_and_projected_landing(self):
        rows = self.bus.ctl_json("get", "--unit", "35", "--period", "2025-Q1")
        ahead = [row for row in rows if row["outlook"]]
        self.assertTrue(ahead)
        for row in ahead:
            self.assertEqual(({"due", "windows", "redefined", "landing", "landing_low", "landing_high",
                               "remaining", "pace_needed", "pace_recent"}, row["target_due"]),
                             (set(row["outlook"]), row["outlook"]["due"]))
        self.assertIsNone(self.row("30", "2022", "dti.rank")["outlook"])
        lines = self.ctl("get", "--unit", "35", "--period", "2025-Q1", "--indicator", ahead[0]["indicator"])
        self.assertRegex(lines, r"\n +dự báo đến hạn +../../.... +– +mới có \d/5 kỳ *\n")

    def test_a_pillar_has_its_default_score(self):
        lines = self.ctl("get", "--unit", "35", "--period", "2025-Q1")
        self.assertRegex(lines, r"\nChính quyền số\n    mức hoàn thành chỉ tiêu quý 1/2025: 94,3% \(đánh giá được 5/11\)\n")

    def test_the_nation_adds_the_provinces_up(self):
        row = self.row("VN", "2025-Q1", "work.online_dossier_rate")
        provinces = [self.row(code, "2025-Q1", "work.online_dossier_rate") for code in ("02", "35")]
        self.assertEqual(sum(int(p["numerator"]) for p in provinces), int(row["numerator"]))

    def test_what_cannot_be_answered(self):
        self.must_fail("get", "--unit", "35", "--period", "2025-H2",
                       sentence="chisoctl get: unit 35 ended on 30/06/2025")
        self.must_fail("get", "--unit", "99", "--period", "2025",
                       sentence="chisoctl get: unit 99 is not in the catalogue")
        self.must_fail("get", "--unit", "35", "--period", "2025-Q1", "--indicator", "no.such",
                       sentence="chisoctl get: there is no indicator 'no.such'")
        self.must_fail("get", "--period", "2025", status=64, sentence="chisoctl get: --unit is missing")
        self.must_fail("get", "--unit", "35", status=64, sentence="chisoctl get: --period is missing")
        self.must_fail("get", "--unit", "35", "--period", "2025-13", status=64, sentence=(
            "chisoctl get: --period '2025-13' is no period such as 2025, 2025-H1, 2025-9M, 2025-Q1, 2025-03, "
            "2025-03-14 or 2024-01-01/2024-11-11"))


class Explain(Commands):
    def explain(self, unit, indicator, period):
        return self.bus.ctl_json("explain", "--unit", unit, "--indicator", indicator, "--period", period)

    def test_every_report_behind_a_total(self):
        found = self.explain("35", "work.online_dossier_rate", "2025-Q1")
        self.assertEqual("86.0", found["total"]["value"])
        self.assertEqual(125, len(found["leaves"]))
        self.assertEqual([], found["missing"])
        self.assertTrue(all(leaf["used"] and leaf["role"] == "part" for leaf in found["leaves"]))
        pairs = [leaf["figure"].split("/") for leaf in found["leaves"]]
        self.assertEqual((2580, 3000), (sum(int(n) for n, _ in pairs), sum(int(d) for _, d in pairs)))
        leaf = next(leaf for leaf in found["leaves"] if leaf["unit"] == "35.x001")
        self.assertEqual(("35.x001", "synthetic", 1, "2025-05-05T08:00:00.000+07:00"),
                         (leaf["publisher"], leaf["source"], leaf["revision"], leaf["committed_at"]))

    def test_journal_has_the_report_it_names(self):
        for leaf in self.explain("02", "infra.dedicated_network_points", "2023")["leaves"]:
            entry = self.bus.redis("XRANGE", "chiso:{02}:journal", f"{leaf['seq']}-0", f"{leaf['seq']}-0")
            fields = entry[0][1]
            reports = [Report.FromString(fields[i + 1]) for i in range(0, len(fields), 2) if fields[i] == b"report"]
            report = reports[leaf["index"]]
            self.assertEqual((leaf["unit"], leaf["period"], leaf["report_id"], leaf["revision"]),
                             (report.unit, report.period, report.report_id, report.revision))

    def test_the_side_not_chosen_is_listed_and_not_used(self):
        found = self.explain("02", "infra.dedicated_network_points", "2024")
        self.assertEqual([("02", "whole", True)] + [(f"02.x00{i}", "part", False) for i in (1, 2, 3)],
                         [(leaf["unit"], leaf["role"], leaf["used"]) for leaf in found["leaves"]])
        self.assertEqual(233, len(found["missing"]))
        text = self.ctl("explain", "--unit", "02", "--indicator", "infra.dedicated_network_points", "--period", "2024")
        self.assertIn("Số liệu:       236 điểm (đơn vị báo cáo)\n", text)
        self.assertIn("Để đối chiếu:  3 điểm, 3/236\n", text)

    def test_on_time_or_late(self):
        found = self.explain("35.stp", "civil_status.records_digitised", "2025-02")
        self.assertEqual([("2025-03-07T17:00:00.000+07:00", True)],
                         [(leaf["deadline"], leaf["late"]) for leaf in found["leaves"]])

    def test_a_correction_shows_its_revision(self):
        leaves = self.explain("35.dienluc", "payment.cashless_power_rate", "2025-04")["leaves"]
        self.assertEqual([3], [leaf["revision"] for leaf in leaves])

    def test_indicator_is_required(self):
        self.must_fail("explain", "--unit", "35", "--period", "2025", status=64,
                       sentence="chisoctl explain: --indicator is missing")


class Missing(Commands):
    def missing(self, unit, period):
        return self.bus.ctl_json("missing", "--unit", unit, "--period", period)

    def test_overdue_first(self):
        found = [(gap["unit"], gap["indicator"], gap["period"], gap["deadline"])
                 for gap in self.missing("35", "2025-Q1") if gap["overdue"]]
        self.assertEqual([
            ("35.stp", "civil_status.records_digitised", "2025-01", "2025-02-07T17:00:00.000+07:00"),
            ("35.stp", "civil_status.records_digitised", "2025-03", "2025-04-08T17:00:00.000+07:00"),
            ("351", "dossier.on_time_rate", "2025-Q1", "2025-04-15T17:00:00.000+07:00")], found)
        text = self.ctl("missing", "--unit", "35", "--period", "2025-Q1")
        self.assertRegex(text.splitlines()[1], r"^35\.stp +Sở Tư pháp .* 07/02/2025 17:00 +quá hạn$")
        self.assertRegex(text, r"\n\d+ báo cáo còn thiếu, 3 quá hạn\n$")

    def test_a_report_for_the_whole_period_settles_it(self):
        indicators = [gap["indicator"] for gap in self.missing("350", "2024-Q2")]
        self.assertNotIn("meeting.sessions", indicators)

    def test_what_has_not_begun_is_not_missing(self):
        self.assertTrue(all(gap["period"] <= "2025-05" for gap in self.missing("35.stp", "2025-H1")
                            if len(gap["period"]) == 7 and "Q" not in gap["period"]))

    def test_all_that_are_overdue_in_the_fixtures(self):
        found = {(gap["unit"], gap["indicator"]) for unit in ("02", "30", "35", "36")
                 for period in ("2025-03", "2025-Q1") for gap in self.missing(unit, period) if gap["overdue"]}
        self.assertEqual({
            ("35.stp", "civil_status.records_digitised"), ("351", "dossier.on_time_rate"),
            ("36", "dossier.digitisation_rate"), ("36.vp", "npsp.dossier_sync_rate"),
            ("034", "work.online_dossier_rate"), ("035", "work.online_dossier_rate"),
            ("30.vp", "reporting.on_time_rate")}, found)


class Timeliness(Commands):
    COUNTS = ("expected", "reported", "due", "on_time", "late", "overdue", "not_applicable")

    def found(self, unit, period, *words):
        return self.bus.ctl_json("timeliness", "--unit", unit, "--period", period, *words)

    def test_each_owed_window_by_its_first_acceptance(self):
        reports = self.found("35.stp", "2025-H1", "--indicator", "civil_status.records_digitised")["reports"]
        self.assertEqual([
            ("2025-01", "overdue", "2025-02-07T17:00:00.000+07:00", None, 58),
            ("2025-02", "late", "2025-03-07T17:00:00.000+07:00", "2025-05-05T08:00:00.000+07:00", 38),
            ("2025-03", "overdue", "2025-04-08T17:00:00.000+07:00", None, 17),
            ("2025-04", "not_due", "2025-05-09T17:00:00.000+07:00", None, None),
            ("2025-05", "not_due", "2025-06-06T17:00:00.000+07:00", None, None)],
            [(r["period"], r["state"], r["deadline"], r["accepted_at"], r["working_days"]) for r in reports])

    def test_counts_are_those_of_the_reports(self):
        found = self.found("35", "2025-H1")
        ended = [report for report in found["reports"] if report["ended"]]
        total = found["total"]
        self.assertEqual(len(ended), total["expected"] + total["not_applicable"])
        for state in ("late", "overdue", "not_applicable"):
            self.assertEqual(sum(r["state"] == state for r in ended), total[state], state)
        self.assertEqual(total["due"], total["on_time"] + total["late"] + total["overdue"])
        self.assertEqual(sum(r["accepted_at"] is not None and r["state"] != "not_applicable" for r in ended),
                         total["reported"])
        whole = next(unit["counts"] for unit in found["units"] if unit["unit"] == "35")
        self.assertEqual(total, whole)
        for name in self.COUNTS:
            self.assertEqual(total[name], sum(pillar["counts"][name] for pillar in found["pillars"]), name)

    def test_the_nation_adds_counts_up(self):
        nation = {unit["unit"]: unit["counts"] for unit in self.found("VN", "2025-Q1")["units"]}
        provinces = [code for code in nation if len(code) == 2 and code != "VN"]
        self.assertLess({"02", "30", "35", "36"}, set(provinces))
        for name in self.COUNTS:
            self.assertEqual(nation["VN"][name], sum(nation[code][name] for code in provinces), name)

    def test_one_pillar(self):
        found = self.found("35", "2025-H1", "--pillar", "foundation")
        self.assertEqual(["foundation"], [pillar["pillar"] for pillar in found["pillars"]])
        self.assertEqual(found["total"], found["pillars"][0]["counts"])

    def test_for_people_in_two_languages(self):
        words = ("timeliness", "--unit", "35.stp", "--period", "2025-H1", "--indicator",
                 "civil_status.records_digitised")
        text = self.ctl(*words)
        self.assertIn("Sở Tư pháp tỉnh Hà Nam (35.stp), báo cáo 6 tháng đầu năm 2025, tính đến 08:00 ngày 05/05/2025\n",
                      text)
        self.assertRegex(text, r"\n35\.stp +tất cả +25,0% \(1/4\) +0,0% \(0/3\) +1 +2\n")
        self.assertRegex(text, r" tháng 2/2025 +07/03/2025 17:00 +05/05/2025 08:00 +muộn 38 ngày")
        self.assertNotIn("chưa đến hạn", text)
        self.assertIn("chưa đến hạn", self.ctl(*words, "--all"))
        text = self.ctl(*words, "--lang", "en")
        self.assertRegex(text, r"\n35\.stp +all +25\.0% \(1/4\) +0\.0% \(0/3\) +1 +2\n")
        self.assertRegex(text, r" overdue by 58\n")
        for line in self.ctl("timeliness", "--unit", "VN", "--period", "2025-Q1", "--all").splitlines():
            self.assertLessEqual(width(line), 120, line)

    def test_nothing_owed(self):
        self.assertTrue(self.ctl("timeliness", "--unit", "VN", "--period", "2030").endswith(
            "\nKhông có báo cáo nào phải nộp.\n"))

    def test_what_cannot_be_answered(self):
        self.must_fail("timeliness", "--unit", "35", "--period", "2025",
                       sentence="chisoctl timeliness: unit 35 ended on 30/06/2025; use 2025-H1")
        self.must_fail("timeliness", "--unit", "35", "--period", "2024", "--pillar", "x",
                       sentence="chisoctl timeliness: there is no pillar 'x'")
        self.must_fail("timeliness", "--unit", "35", "--period", "../2024-12-31", status=64, sentence=(
            "chisoctl timeliness: --period has no beginning; write it as 2024-01-01/2024-11-11"))


class Overview(Commands):
    def setUp(self):
        super().setUp()
        self.text = self.ctl("overview")

    def province(self, name):
        return self.text.split(f"═══ {name} ═══\n")[1].split("═══")[0]

    def test_four_provinces_with_their_pillars(self):
        for name in ("Tỉnh Hà Giang (02)", "Tỉnh Hải Dương (30)", "Tỉnh Hà Nam (35)", "Tỉnh Nam Định (36)"):
            for pillar in ("Nền tảng", "Chính quyền số", "Kinh tế số", "Xã hội số"):
                self.assertIn(f"\n{pillar}: ", self.province(name))

    def test_positions_of_every_kind(self):
        for word in ("chậm tiến độ", "đạt", "không đạt", "có nguy cơ chậm", "chưa kết luận được", "quá hạn báo cáo",
                     "đúng tiến độ", "chưa đến hạn", "không so sánh được"):
            self.assertRegex(self.text, rf"  {word}  ")

    def test_a_pillar_says_how_many_reports_are_in_and_on_time(self):
        found = self.bus.ctl_json("timeliness", "--unit", "35", "--period", "2025-H1")
        pillar = next(one["counts"] for one in found["pillars"] if one["pillar"] == "digital_government")
        self.assertRegex(self.province("Tỉnh Hà Nam (35)"), (
            rf"\n    báo cáo năm 2025: đầy đủ ..,.% \({pillar['reported']}/{pillar['expected']}\), đúng hạn "
            rf"0,0% \(0/{pillar['due']}\)\n"))

    def test_a_row_has_figure_target_position_and_completeness(self):
        self.assertRegex(self.province("Tỉnh Hà Nam (35)"),
                         r"\n!! +cấp xã +quý 1/2025 +70,0%\* +≥ 80% +chậm tiến độ +109/109\n")

    def test_lines_fit_120_columns_and_columns_stand_under_each_other(self):
        for line in self.text.splitlines():
            self.assertLessEqual(width(line), 120, line)
        for block in self.text.split("═══\n")[1:]:
            titles = next(line for line in block.splitlines() if "Chỉ tiêu" in line)
            at = titles.index("Đánh giá")
            for line in block.splitlines():
                if line.endswith("/1"):
                    self.assertEqual("  ", line[at - 2:at], line)
                    self.assertNotEqual(" ", line[at], line)

    def test_synthetic_figures_are_marked(self):
        self.assertRegex(self.text, r"Trạm phát sóng 5G +tháng 4/2025 +58 trạm\* ")
        self.assertRegex(self.text, r"Tỷ lệ nộp hồ sơ trực tuyến +quý 1/2025 +79,1%  ")
        self.assertIn("\n*     có số liệu tổng hợp để thử nghiệm (source=synthetic)", self.text)

    def test_what_is_wrong_is_what_the_alerts_say(self):
        counted = {"behind": "chậm tiến độ", "missed": "không đạt", "at_risk": "có nguy cơ chậm",
                   "overdue": "quá hạn báo cáo"}
        alerts = self.bus.ctl_json("alerts", "--province", "35")
        attention = self.province("Tỉnh Hà Nam (35)").splitlines()[0]
        for position, words in counted.items():
            number = sum(alert["position"] == position for alert in alerts)
            self.assertIn(f" {number} {words}", attention)

    def test_one_province(self):
        text = self.ctl("overview", "--province", "30")
        self.assertEqual(["═══ Tỉnh Hải Dương (30) ═══"], [line for line in text.splitlines() if "═══" in line])
        self.must_fail("overview", "--province", "99", sentence="chisoctl overview: there is no province '99'")


class Alerts(Commands):
    def test_table(self):
        text = self.ctl("alerts", "--province", "36")
        self.assertIn("Tỉnh Nam Định (36): 4 cảnh báo\n", text)
        self.assertRegex(text, r"\n!!  Ngành ngân hàng trên +Tỷ lệ chi phí trên thu +năm 2024 +Ở mức 34,0%")
        for line in text.splitlines():
            self.assertLessEqual(width(line), 120, line)

    def test_the_worst_first(self):
        severities = [alert["severity"] for alert in self.bus.ctl_json("alerts", "--province", "35")]
        self.assertEqual(sorted(severities, key=("critical", "warning", "info").index), severities)

    def test_none(self):
        self.assertEqual("Không có cảnh báo nào đang mở.\n", self.ctl("alerts", "--province", "37"))
        self.assertEqual([], self.bus.ctl_json("alerts", "--province", "37"))

    def test_unreadable_value_is_named(self):
        self.bus.redis("HSET", "chiso:{04}:alerts", "x", "{")
        self.addCleanup(self.bus.redis, "DEL", "chiso:{04}:alerts")
        self.must_fail("alerts", "--province", "04",
                       sentence="chisoctl alerts: alert x of province 04 is not readable")


class Quarantine(Commands):
    @classmethod
    def setUpClass(cls):
        reporter = Reporter(BUS, "35.stp")
        reporter.send_bytes(b"\x00garbage")
        until("it is refused", lambda: BUS.redis("XLEN", "chiso:{35}:quarantine") == 1)
        reporter.publish(Report(report_id="r-1", unit="36", period="2025-03", revision=1, issued_at_ms=1,
                                observations=[Observation(indicator="dossier.received", value=1)]))
        reporter.close()

    def test_newest_first_with_what_can_be_read(self):
        found = self.bus.ctl_json("quarantine", "--province", "35")
        self.assertEqual([("35.stp", "r-1", "36"), ("35.stp", None, None)],
                         [(one["publisher"], one["report_id"], one["unit"]) for one in found])
        self.assertEqual("8", found[1]["length"])
        self.assertTrue(all(one["reason"] and one["time"] == "2025-05-05T08:00:00.000+07:00" for one in found))

    def test_table_and_count(self):
        lines = self.ctl("quarantine", "--count", "1").splitlines()
        self.assertEqual(2, len([line for line in lines if not line.startswith(" ")]))
        self.assertRegex(lines[1], r"^05/05/2025 08:00 +35 +35\.stp +36 +r-1 +\d+ ")

    def test_bad_count(self):
        for count in ("0", "x", "-1", "99999"):
            self.must_fail("quarantine", "--count", count, status=64,
                           sentence=f"chisoctl quarantine: --count '{count}' is not a number from 1 to 10000")


class ReadOnlyLogin(Commands):
    """Dashboards' login at Redis is enough for every command."""

    def test_every_command(self):
        password = self.bus.folder / "password"
        password.write_text("any\n", encoding="ascii")
        login = ["--redis-username", "dashboard", "--redis-password-file", password]
        for words in (["overview"], ["alerts"], ["quarantine"], ["verify"],
                      ["get", "--unit", "35", "--period", "2024"], ["missing", "--unit", "35", "--period", "2024"],
                      ["timeliness", "--unit", "35", "--period", "2024"],
                      ["explain", "--unit", "35", "--period", "2024", "--indicator", "dossier.received"]):
            with self.subTest(words[0]):
                self.ctl(*words, *login)


class Verify(Commands):
    """Last in the file: it damages what is stored, and repairs it."""

    def change(self, key, field, value):
        before = self.bus.redis("HGET", key, field)
        if before is None:
            self.addCleanup(self.bus.redis, "HDEL", key, field)
        else:
            self.addCleanup(self.bus.redis, "HSET", key, field, before)
        if value is None:
            self.bus.redis("HDEL", key, field)
        else:
            self.bus.redis("HSET", key, field, value)
        return before.decode() if before else None

    def test_no_difference(self):
        self.assertRegex(self.ctl("verify"), r"^5 tỉnh, \d+ số liệu, \d+ tổng, \d+ điểm: 0 khác biệt\n$")
        self.assertRegex(self.ctl("verify", "--province", "35", "--lang", "en"),
                         r"^1 provinces, \d+ figures, \d+ totals, \d+ scores: 0 differences\n$")

    def test_changed_total(self):
        key = "chiso:{35}:sum:35:2025-Q1"
        before = self.change(key, "work.online_dossier_rate@commune", "D 109 2 0 P 109 0 109 0 2025-Q1 =7*1 =9*1")
        out = self.ctl("verify", status=1)
        self.assertIn(f"{key} work.online_dossier_rate@commune\n"
                      "  đang lưu:  D 109 2 0 P 109 0 109 0 2025-Q1 =7*1 =9*1\n"
                      f"  tính được: {before}\n", out)
        self.assertTrue(out.endswith(" 1 khác biệt\n"))

    def test_provinces_that_are_looked_at_side_by_side_are_told_in_their_order(self):
        keys = [self.bus.redis.keys(f"chiso:{{{province}}}:sum:*")[0] for province in ("02", "35", "37")]
        for key in keys:
            self.change(key, self.bus.redis("HKEYS", key)[0], "D 1 2 0 P 1 0 1 0 2025-Q1 =7*1 =9*1")
        out = self.ctl("verify", status=1)
        self.assertEqual(keys, [line.split(" ")[0] for line in out.splitlines() if line.startswith("chiso:")])
        self.assertTrue(out.endswith(" 3 khác biệt\n"), out)

    def test_lost_total(self):
        key = "chiso:{35}:sum:35:2025-Q1"
        before = self.change(key, "work.online_dossier_rate", None)
        self.assertIn(f"{key} work.online_dossier_rate\n  đang lưu:  (không có tổng)\n  tính được: {before}\n",
                      self.ctl("verify", status=1))

    def test_total_too_many(self):
        key, text = "chiso:{35}:sum:35:2025-Q1", "D 1 1 0 V 1 0 1 0 2025-Q1 =7*1 -"
        self.change(key, "ioc.camera_events", text)
        self.assertIn(f"{key} ioc.camera_events\n  stored:   {text}\n  computed: ",
                      self.ctl("verify", "--lang", "en", status=1))

    def test_leaf_that_no_commit_brought(self):
        key = "chiso:{35}:leaf:35.x001:2025-Q1"
        before = self.bus.redis("HGET", key, "work.online_dossier_rate").decode().split(" ")
        before[2] = "999999.0"
        self.change(key, "work.online_dossier_rate", " ".join(before))
        self.assertIn(f"{key} work.online_dossier_rate\n  stored:   {' '.join(before)}\n"
                      "  computed: (a journal entry from 1 to ", self.ctl("verify", "--lang", "en", status=1))

    def test_lost_journal_entry(self):
        seq = int(self.bus.redis("HGET", "chiso:{35}:leaf:35.x001:2025-Q1", "work.online_dossier_rate")
                  .split(b" ")[2].split(b".")[0])
        dump = self.bus.redis("DUMP", "chiso:{35}:journal")
        self.addCleanup(self.bus.redis, "RESTORE", "chiso:{35}:journal", 0, dump, "REPLACE")
        self.bus.redis("XDEL", "chiso:{35}:journal", f"{seq}-0")
        self.assertIn(f"chiso:{{35}}:journal {seq}-0\n  stored:   (no entry)\n  computed: (a figure names it)\n",
                      self.ctl("verify", "--lang", "en", status=1))

    def test_keys_that_no_reader_finds(self):
        for key, wrong in (("chiso:{35}:leaf:35:2031", "the period is not in the province's set"),
                           ("chiso:{35}:sum:36:2024", "no such unit in the province"),
                           ("chiso:{35}:leaf:nobody:2024", "no such unit in the province"),
                           ("chiso:{35}:sum:35:never", "not the key of a unit and a period")):
            with self.subTest(key):
                self.bus.redis("HSET", key, "x", "y")
                try:
                    self.assertIn(f"{key}\n  stored:   (a hash)\n  computed: ({wrong})\n",
                                  self.ctl("verify", "--province", "35", "--lang", "en", status=1))
                finally:
                    self.bus.redis("DEL", key)

    def test_value_that_is_no_figure(self):
        key = "chiso:{35}:leaf:35.x001:2025-Q1"
        self.change(key, "work.online_dossier_rate", "nonsense")
        self.must_fail("verify", sentence="chisoctl verify: chiso:{35}:leaf:35.x001:2025-Q1 "
                       "work.online_dossier_rate holds \"nonsense\", which is no figure")

    def test_another_catalogue(self):
        folder = self.bus.folder / "other"
        shutil.copytree(CATALOGUE, folder)
        (folder / "contacts.csv").unlink()
        status, out, error = self.bus.ctl("verify", "--catalogue", folder, "--lang", "en")
        self.assertEqual((1, ""), (status, out))
        self.assertRegex(error, r"chisoctl verify: the totals of province 02 were computed with catalogue "
                                r"[0-9a-f]{12}…, not with .*/other \([0-9a-f]{12}…\)\n")


if __name__ == "__main__":
    unittest.main()
