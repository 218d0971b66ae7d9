"""Consistency rules (rules.csv) on the fixtures: what holds, what is violated, and where that is shown."""

import json
import unittest

import fixture_reports
from harness import Bus
from mqtt_client import Viewer

BUS = None
# A rule, where it can be judged in the published figures, and both sides.
HOLDS = (
    ("tthc.structure", "35", "2025-04", "1714", "1714"),
    ("systems.structure", "35", "2025-04", "43", "43"),
    ("tthc.online_levels", "02", "2022", "1676", "1864"),
    ("network_points.levels", "02", "2022", "236", "236"),
    ("dossiers.online", "36", "2022-H1", "24655", "243383"),
    ("smartphones.population", "36", "2022", "1300000", "1900000"),
)
SENTENCE_EN = ("The figures contradict each other: 1,750 must equal 1,760, off by 10: Full-process online public "
               "services (900) + Partly online public services (700) + Other public services (150) = Administrative "
               "procedures offered on the system (1,760).")


def setUpModule():
    global BUS
    BUS = Bus("rules")
    unittest.addModuleCleanup(BUS.close)
    BUS.aggregator()
    for path in fixture_reports.files():
        status, _, error = BUS.publish(path)
        assert status == 0, error


def rules(unit, period, *more):
    return {found["rule"]: found for found in BUS.ctl_json("rules", "--unit", unit, "--period", period, *more)}


def text(*words):
    status, out, error = BUS.ctl(*words)
    assert (status, error) == (0, ""), error
    return out


class Rules(unittest.TestCase):
    maxDiff = None

    def test_published_figures_agree(self):
        for rule, unit, period, left, right in HOLDS:
            with self.subTest(rule):
                found = rules(unit, period)[rule]
                self.assertEqual(("holds", left, right, False),
                                 (found["state"], found["left"]["value"], found["right"]["value"], found["alerted"]))

    def test_every_rule_of_the_fixtures_is_judged_somewhere(self):
        self.assertEqual({rule for rule, *_ in HOLDS}, set(rules("35", "2025-04", "--all")))

    def test_synthetic_figures_contradict_each_other(self):
        found = rules("30", "2025-04")
        self.assertEqual({"tthc.structure", "systems.structure"}, set(found))
        broken = found["tthc.structure"]
        self.assertEqual(("violated", "warning", "=", True, "1750", "1760", "-10", SENTENCE_EN),
                         (broken["state"], broken["severity"], broken["operator"], broken["alerted"],
                          broken["left"]["value"], broken["right"]["value"], broken["difference"]["value"],
                          broken["text_en"]))
        self.assertEqual([("tthc.full_online", "left", "900", "30"), ("tthc.partial_online", "left", "700", "30"),
                          ("tthc.other", "left", "150", "30"), ("tthc.total", "right", "1760", "30")],
                         [(term["indicator"], term["side"], term["value"], term["reported_by"]) for term in broken["terms"]])

    def test_not_applicable_is_not_zero(self):
        found = rules("30", "2025-04")["systems.structure"]
        self.assertEqual(("not_judged", None, False), (found["state"], found["left"], found["alerted"]))
        self.assertEqual([None, None, "not_applicable", None], [term["missing"] for term in found["terms"]])

    def test_a_quarter_of_it_is_shown_and_not_alerted(self):
        found = rules("30", "2025-Q2")["tthc.structure"]
        self.assertEqual("not_judged", found["state"], "June is not in")

    def test_get_names_the_rules(self):
        rows = {row["indicator"]: row["violations"] for row in
                BUS.ctl_json("get", "--unit", "30", "--period", "2025-04")}
        for indicator in ("tthc.full_online", "tthc.partial_online", "tthc.other", "tthc.total"):
            self.assertEqual(["tthc.structure"], rows[indicator])
        self.assertEqual([], rows["systems.total"])
        out = text("get", "--unit", "30", "--period", "2025-04")
        self.assertRegex(out, r"\n≠ +Dịch vụ công khác +tháng 4/2025 +150 thủ tục\*? ")
        self.assertEqual(1, out.count("Số liệu không khớp: 1.750 phải bằng 1.760, chênh 10:"))
        self.assertNotIn("≠", text("get", "--unit", "35", "--period", "2025-04"))

    def test_overview_and_explain_say_so(self):
        out = text("overview", "--province", "30")
        self.assertRegex(out, r"\n≠ +Tổng số thủ tục hành chính")
        self.assertRegex(out, r"\nCần chú ý: .*, 1 không khớp nhau\n")
        self.assertEqual(1, out.count("≠ Số liệu không khớp nhau:"))
        self.assertRegex(out, r"\n!  Tỉnh Hải Dương +tthc.structure +tháng 4/2025 +Số liệu không khớp: 1.750")
        out = text("explain", "--unit", "30", "--period", "2025-04", "--indicator", "tthc.total", "--lang", "en")
        self.assertIn(f"Rule:          tthc.structure: {SENTENCE_EN}\n", out)

    def test_for_people(self):
        out = text("rules", "--unit", "30", "--period", "2025-04")
        self.assertTrue(out.startswith("Tỉnh Hải Dương (30), tháng 4/2025\n\n"), out)
        self.assertRegex(out, r"\n!  tthc.structure +Số liệu không khớp: 1.750 phải bằng 1.760, chênh 10: .* +có\n")
        self.assertRegex(out, r"\n +systems.structure +Chưa xét: Hệ thống thông tin đang triển khai không áp dụng\.")
        self.assertTrue(out.endswith("\n2 quy tắc, 1 không khớp\n"), out)
        self.assertIn("2 rules, 1 violated\n", text("rules", "--unit", "30", "--period", "2025-04", "--lang", "en"))
        self.assertTrue(text("rules", "--unit", "30", "--period", "2025-03").endswith("\n0 quy tắc, 0 không khớp\n"))

    def test_as_it_stood(self):
        self.assertEqual("violated", rules("30", "2025-04", "--as-of", BUS.clock)["tthc.structure"]["state"])

    def test_asked_wrongly(self):
        for arguments, status, sentence in (
                (("--unit", "30"), 64, "--period is missing"),
                (("--period", "2025-04"), 64, "--unit is missing"),
                (("--unit", "30", "--period", "x"), 64, "--period 'x' is no period"),
                (("--unit", "30", "--period", "2025-04", "--as-of", "2025-05-04"), 1, "nothing had been reported by"),
                (("--unit", "30", "--period", "2025-08"), 1, "unit 30 ended on 30/06/2025")):
            with self.subTest(arguments):
                found, _, error = BUS.ctl("rules", *arguments, "--lang", "en")
                self.assertEqual(status, found)
                self.assertIn(f"chisoctl rules: {sentence}", error)

    def test_snapshots_carry_the_rules(self):
        topic = "chiso/v1/json/pillar/30/digital_government"
        viewer = Viewer(BUS, topic)
        self.addCleanup(viewer.close)
        viewer.wait_for("the retained snapshot", lambda: topic in viewer.last)
        figures = {figure["indicator"]: figure["violations"] for figure in json.loads(viewer.last[topic])["figures"]}
        self.assertEqual(["tthc.structure"], figures["tthc.total"])
        self.assertEqual([], figures["systems.total"])


if __name__ == "__main__":
    unittest.main()
