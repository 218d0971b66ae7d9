"""The fixtures in, and what chisoctl returns for them: every published fact, and the totals and positions of
fixtures/expected.csv."""

import unittest

import fixture_reports
from harness import ROOT, BusTestCase


class Figures(BusTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bus.aggregator()
        for path in fixture_reports.files():
            status, out, error = cls.bus.publish(path)
            if status:
                raise AssertionError(f"{path}: {out}{error}")
        cls.answers = {}

    def get(self, unit, period, indicator, level=""):
        """The row of `chisoctl get`."""
        if (unit, period) not in self.answers:
            self.answers[unit, period] = self.bus.ctl_json("get", "--unit", unit, "--period", period)
        found = [row for row in self.answers[unit, period]
                 if row["indicator"] == indicator and (row["level"] or "") == level]
        self.assertEqual(1, len(found), f"{unit} {period} {indicator} {level}")
        return found[0]

    def compare(self, expected, row, names):
        for name in names:
            if expected[name] != "":
                value = "" if row[name] is None else str(row[name])
                self.assertEqual(expected[name].lower(), value.lower(), f"{name} in {row}")

    def test_every_published_fact_comes_back(self):
        compared = 0
        for fact in fixture_reports.rows(ROOT / "fixtures/facts.csv"):
            if fact["as"] != "report":
                continue
            with self.subTest(fact["fact"]):
                row = self.get(fact["unit"], fact["period"], fact["indicator"])
                expected = {name.removeprefix("expected_"): value for name, value in fact.items()}
                self.compare(expected, row, ("state", "value", "numerator", "denominator", "qualifier"))
                compared += 1
        self.assertEqual(126, compared)

    def test_totals_and_positions(self):
        for expected in fixture_reports.rows(ROOT / "fixtures/expected.csv"):
            with self.subTest(f"{expected['unit']} {expected['period']} {expected['indicator']} "
                              f"{expected['level']}: {expected['rule']}"):
                row = self.get(*(expected[name] for name in ("unit", "period", "indicator", "level")))
                self.compare(expected, row, (
                    "state", "value", "numerator", "denominator", "qualifier", "basis", "reported", "partial",
                    "expected", "not_applicable", "revision", "position"))

    def test_scores_and_ranks(self):
        """DTI sums in print were made from unrounded components, so a last digit may differ; here all are exact,
        because the components of the fixtures are what they say."""
        answers = {}
        for expected in fixture_reports.rows(ROOT / "fixtures/expected_scores.csv"):
            key = expected["index"], expected["period"]
            if key not in answers:
                answers[key] = self.bus.ctl_json("score", "--index", key[0], "--period", key[1])
            with self.subTest(f"{' '.join(key)} {expected['unit']}: {expected['rule']}"):
                row = next(row for row in answers[key] if row["unit"] == expected["unit"])
                self.assertEqual((expected["value"] or None, expected["rank"], expected["computed"] or None),
                                 (row["value"], str(row["rank"] or ""), row["computed"]))
                self.assertEqual(expected["published"] == "yes", row["published"])
                if expected["incomplete"]:
                    self.assertEqual(expected["incomplete"] == "yes", row["incomplete"])

    def test_scores_on_the_boundaries_of_a_later_day(self):
        """37 is 35, 36 and the former 37 then; of that one nothing is known, so there is no mean."""
        rows = self.bus.ctl_json("score", "--index", "dti", "--period", "2022", "--boundaries", "2025-07-01")
        self.assertEqual(34, len(rows))
        merged = next(row for row in rows if row["unit"] == "37")
        self.assertEqual((None, None, "missing"), (merged["value"], merged["rank"], merged["state"]))
        rows = self.bus.ctl_json("score", "--index", "qd766.service", "--period", "2025-Q1", "--boundaries", "2025-07-01")
        merged = next(row for row in rows if row["unit"] == "37")
        self.assertEqual((None, None, "not_comparable"), (merged["value"], merged["rank"], merged["state"]))

    def test_what_the_components_of_a_unit_bring(self):
        rows = self.bus.ctl_json("score", "--index", "qd766", "--period", "2025-Q1", "--unit", "35")
        self.assertEqual(
            [("qd766.openness_rate", "31/36", "15.5"), ("qd766.progress", "0.97", "19.4"),
             ("qd766.digitisation_points_rate", "65/88", "16.25"), ("qd766.service", "67/120", "6.7"),
             ("qd766.payment", "0.55", "5.5"), ("qd766.satisfaction", "19/30", "11.4")],
            [(row["component"], row["x"], row["score"]) for row in rows])
        rows = self.bus.ctl_json("score", "--index", "qd766.payment", "--period", "2025-Q1", "--unit", "02")
        self.assertEqual([("value", "3"), ("value", "1"), ("not_applicable", None)],
                         [(row["state"], row["score"]) for row in rows])
        status, text, _ = self.bus.ctl("score", "--index", "qd766", "--period", "2025-Q1", "--unit", "02")
        self.assertEqual(0, status)
        self.assertRegex(text, r"QĐ 766: thanh toán trực tuyến +qd766.payment +0,5 +5 +10")
        self.assertRegex(text, r"qd766.digitisation_points_rate +22 +chưa có số liệu")

    def test_scores_asked_wrongly(self):
        for arguments, status, sentence in (
                (("--period", "2022"), 64, "--index is missing"),
                (("--index", "dti"), 64, "--period is missing"),
                (("--index", "dti", "--period", "22"), 64, "--period '22' is no period such as 2025"),
                (("--index", "dti", "--period", "2022", "--boundaries", "now"), 64,
                 "--boundaries 'now' is no day such as 2025-07-01"),
                (("--index", "dti", "--period", "2022", "--boundaries", "2025-07-01", "--unit", "35"), 64,
                 "--unit goes without --boundaries"),
                (("--index", "dti", "--period", "2026", "--unit", "35"), 1, "unit 35 ended on 30/06/2025"),
                (("--index", "dti.value", "--period", "2022"), 1, "there is no index 'dti.value'")):
            with self.subTest(arguments):
                found, _, error = self.bus.ctl("score", *arguments)
                self.assertEqual(status, found)
                self.assertIn(f"chisoctl score: {sentence}", error)

    def test_scores_for_people(self):
        status, text, _ = self.bus.ctl("score", "--index", "dti", "--period", "2021")
        self.assertEqual(0, status)
        self.assertRegex(text, r"Chỉ số chuyển đổi số cấp tỉnh \(DTI\) \(dti\), năm 2021\n")
        self.assertRegex(text, r"1 +Tỉnh Hải Dương +30 +0,4905\n")
        self.assertRegex(text, r"2 +Tỉnh Nam Định +36 +0,4885 +đã công bố; thiếu số liệu của 8 thành phần\n")

    # What the project promised first, by name.

    def test_ha_nam_online_submission_of_2024_and_of_the_first_quarter(self):
        for period, value in (("2024", "84.6"), ("2025-Q1", "79.1")):
            self.assertEqual(value, self.get("35", period, "dossier.online_submission_rate")["value"])

    def test_hai_duong_essential_services_keep_their_operands(self):
        row = self.get("30", "2024-01-01/2024-11-11", "project06.essential_services_online_rate")
        self.assertEqual(("453520", "495192"), (row["numerator"], row["denominator"]))

    def test_almost_70_000_does_not_meet_at_least_70_000(self):
        row = self.get("35", "2025-04", "ecommerce.farm_households")
        self.assertEqual(("70000", "below", "behind"), (row["value"], row["qualifier"], row["position"]))

    def test_three_levels_are_86_per_cent_together_and_three_positions(self):
        row = self.get("35", "2025-Q1", "work.online_dossier_rate")
        self.assertEqual(("86.0", "2580", "3000"), (row["value"], row["numerator"], row["denominator"]))
        self.assertEqual(
            [("980", "1000", "on_track"), ("900", "1000", "at_risk"), ("700", "1000", "behind")],
            [(row["numerator"], row["denominator"], row["position"]) for row in (
                self.get("35", "2025-Q1", "work.online_dossier_rate", level)
                for level in ("department", "district", "commune"))])

    def test_year_with_only_january_is_0_complete_and_not_judged(self):
        row = self.get("35", "2024", "dossier.received")
        self.assertEqual(("0", "109", "109"), tuple(str(row[name]) for name in ("reported", "partial", "expected")))
        self.assertNotIn(row["position"], ("met", "missed", "on_track", "at_risk", "behind", "overdue"))

    def test_verify_finds_no_difference(self):
        status, out, error = self.bus.ctl("verify")
        self.assertEqual(0, status, out + error)


if __name__ == "__main__":
    unittest.main()
