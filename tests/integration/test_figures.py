"""The fixtures in, and what chisoctl returns for them: every published fact, and the totals and positions of
fixtures/expected.csv."""

import re
import unittest
from decimal import Decimal

import fixture_reports
from harness import CATALOGUE, ROOT, BusTestCase


# Which information systems there are in a province, and a figure that the fixtures have of each: what it publishes,
# who reports it, for when.
SYSTEMS = {
    "document management, interconnected over four levels": (
        ("edoc.units_using_rate", "35", "2025-04"), ("edoc.documents_exchanged", "35.stp", "2025-04"),
        ("work.online_dossier_rate", "35.stp", "2025-Q1"), ("work.online_dossier_rate", "35.x001", "2025-Q1")),
    "administrative procedures, service portal, one-stop shop": (
        ("tthc.full_online", "35", "2025-04"), ("dossier.received", "35.x001", "2024-01"),
        ("dossier.online_submission_rate", "35", "2024"), ("dossier.on_time_rate", "347", "2025-Q1"),
        ("dossier.online_payment_rate", "35", "2024"), ("dossier.digitisation_rate", "30", "2024-9M"),
        ("portal.visits", "36", "../2022-09-30")),
    "national public service portal and payment platform": (
        ("npsp.dossier_sync_rate", "35.vp", "2025-04"), ("npsp.online_payments", "36.vp", "2025-04")),
    "electronic identity (VNeID)": (
        ("society.eid_accounts_activated", "36", "2025-04"),
        ("vneid.criminal_record_rate", "35", "2024-10-14/2025-04-30")),
    "national population database": (
        ("population_db.connection_rank", "36", "2025-04"), ("society.population", "36", "2022")),
    "the province's IOC, the city's, the citizens' app": (
        ("ioc.systems_integrated", "35", "2025-04"), ("ioc.petitions_received", "35.ioc_phuly", "2025-04"),
        ("ioc.camera_events", "35.ioc", "2025-04")),
    "health book, hospital management, records, bookings": (
        ("health.ehr_vneid_facilities_rate", "35", "2025-04"), ("health.ehr_records", "35.syt", "2025-04"),
        ("health.online_bookings", "35.bvdk", "2025-04")),
    "video conference": (
        ("infra.video_conference_points", "02", "2022"), ("meeting.sessions", "347", "2024-04")),
    "reporting": (("reporting.on_time_rate", "35.vp", "2025-04"),),
    "dedicated network, provincial data centre": (
        ("infra.dedicated_network_points", "02", "2022"), ("infra.data_centre_availability", "35.skhcn", "2025-03")),
    "integration of databases, shared data": (("data.ministry_databases_integrated", "36", "2022-09"),),
    "digital signatures": (
        ("signature.official_certificates", "30", "2024-11"), ("signature.free_for_public", "30", "2024-11")),
    "civil status, criminal records, business registration": (
        ("civil_status.records_digitised", "30.stp", "2024-11"),
        ("civil_status.population_base_rate", "30.stp", "2024-11"),
        ("business.records_digitised_rate", "36.stc", "2025-Q1")),
    "civil servants": (("hr.official_records_synced_rate", "30", "2024-11"),),
    "tax: returns, payments, invoices": (
        ("tax.efiling_rate", "35.thue", "2025-Q1"), ("tax.epayment_rate", "35.thue", "2025-Q1"),
        ("econ.einvoice_taxpayer_rate", "36", "2022")),
    "e-commerce platforms": (
        ("ecommerce.farm_households", "30", "2023"), ("ecommerce.products_listed", "30", "2023"),
        ("ecommerce.transactions", "35", "2025-04"), ("ecommerce.retail_share", "36", "2025-04")),
    "cashless payment: power, water, school, hospital, fees": (
        ("payment.cashless_power_rate", "35.dienluc", "2025-04"),
        ("payment.cashless_water_rate", "35.capnuoc", "2025-04"),
        ("payment.cashless_school_rate", "35.sgddt", "2025-04"),
        ("payment.cashless_hospital_amount", "35.bvdk", "2025-04"), ("payment.retail_dossier_monthly", "36", "2022")),
    "banks": (("bank.digital_transaction_rate", "36.bank", "2022"),),
    "telecommunications: end of 2G, 4G, 5G, fibre": (
        ("telecom.phones_4g_given", "35", "../2025-04-30"), ("infra.coverage_4g_rate", "35", "2025-04"),
        ("telecom.stations_5g", "35.viettel", "2025-04"), ("infra.fibre_to_village_rate", "35", "2025-04")),
    "online training of officials": (("training.officials_online", "347", "2025-Q1"),),
    "school records, social insurance, vaccination": (
        ("school.erecords_rate", "35.sgddt", "2024"), ("insurance.einsurance_accounts", "30.bhxh", "2025-04"),
        ("vaccination.records", "35.syt", "2025-03")),
    "community digital technology groups": (
        ("society.community_teams_rate", "35", "2025-04"), ("society.community_team_members", "35", "2025-04")),
    "enterprise portal, products traced by QR code": (
        ("enterprise.portal_members", "36.sct", "2025-Q1"), ("enterprise.qr_products", "36", "2025-H1")),
}
# A window of each cadence in which the fixtures' targets count.
WINDOWS = {"month": "2025-04", "quarter": "2025-Q1", "half": "2024-H2", "year": "2024"}


def printed(fact):
    """The number that the article has: of a rank its place, of "top 15" the 15, of k of n units the k."""
    if fact["fact_kind"] == "rank":
        return Decimal(re.search(r"\d+", fact["fact_rank"])[0])
    return Decimal(fact["fact_value"])


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

    def test_every_published_fact_is_filed_as_it_was_printed(self):
        """What must come back is the article's own number, and so are the ranks beside it."""
        for fact in fixture_reports.rows(ROOT / "fixtures/facts.csv"):
            if fact["as"] != "report":
                continue
            with self.subTest(fact["fact"]):
                units = fact["reason"].startswith("k of n units")
                self.assertEqual(printed(fact), Decimal(fact["expected_numerator" if units else "expected_value"]))
                if fact["fact_kind"] == "rank" and "/" in fact["fact_rank"]:
                    self.assertIn(f"/{fact['expected_denominator']}", fact["fact_rank"])
                if fact["also"]:
                    indicator, _, rank = fact["also"].partition("=")
                    self.assertEqual(fact["fact_rank"], rank)
                    row = self.get(fact["unit"], fact["period"], indicator)
                    self.assertEqual(rank, f"{row['value']}/{row['denominator']}")

    def test_every_published_target_stands_beside_its_figures(self):
        """With its value and day, where no synthetic one is due earlier; a forecast is drawn, and no target."""
        cadences = {row["id"]: row["cadence"].split("+")[0] or "month"
                    for row in fixture_reports.rows(CATALOGUE / "indicators.csv")}
        targets = fixture_reports.rows(CATALOGUE / "targets.csv")
        for fact in fixture_reports.rows(ROOT / "fixtures/facts.csv"):
            if not fact["target_shape"]:
                continue
            with self.subTest(fact["fact"]):
                wanted = {name: fact[f"target_{name}"] for name in ("shape", "value", "value_high", "due", "nature")}
                rows = [row for row in targets if (row["indicator"], row["unit"], row["unit_kind"]) == (
                    fact["indicator"], fact["unit"], fact["target_unit_kind"])]
                self.assertIn(wanted, [{name: row[name] for name in wanted} for row in rows])
                shown = self.get(fact["unit"], WINDOWS[cadences[fact["indicator"]]], fact["indicator"],
                                 fact["target_unit_kind"])
                judged = [row for row in rows if row["nature"] != "forecast"]
                if fact["target_nature"] == "forecast" and not judged:
                    self.assertEqual((None, "no_target"), (shown["target"], shown["position"]))
                if fact["target_nature"] == "forecast":
                    continue
                value = "–".join(filter(None, (fact["target_value"], fact["target_value_high"])))
                if fact["target_shape"] == "done_by":
                    value = "1"
                self.assertEqual((value, min(row["due"] for row in judged)),
                                 (shown["target"] or "", shown["target_due"] or ""))

    def test_every_fact_is_a_report_a_target_or_said_to_be_unfit(self):
        facts = fixture_reports.rows(ROOT / "fixtures/facts.csv")
        self.assertEqual([str(number) for number in range(1, 154)], [fact["fact"] for fact in facts])
        unfit = [fact for fact in facts if fact["as"] not in ("report", "target")]
        text = (ROOT / "fixtures/published/UNFIT.md").read_text(encoding="utf-8")
        self.assertEqual(["56"], [fact["fact"] for fact in unfit])
        for fact in unfit:
            self.assertIn(f"| {fact['fact']} | {fact['fact_province']} | `{fact['fact_indicator_id']}` ", text)
            self.assertIn(fact["reason"], text)

    def test_every_system_publishes(self):
        for system, figures in SYSTEMS.items():
            for indicator, unit, period in figures:
                with self.subTest(f"{system}: {indicator} of {unit}"):
                    row = self.get(unit, period, indicator)
                    self.assertIn(row["state"], ("reported", "partial", "bare"))
                    self.assertIsNotNone(row["value"])

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
        self.assertRegex(text, r"^Chỉ số phục vụ .* \(qd766\), quý 1/2025\nTỉnh Hà Giang \(02\)\n\n")
        self.assertRegex(text, r"QĐ 766: thanh toán trực tuyến +qd766.payment +50,0% +5 +10\n")
        self.assertRegex(text, r"qd766.digitisation_points_rate +– +– +22 +chưa có số liệu\n")
        self.assertTrue(text.endswith("\nĐiểm: –; thiếu số liệu của 1 thành phần\n"), text)
        status, text, _ = self.bus.ctl("score", "--index", "qd766", "--period", "2025-Q1", "--unit", "35")
        self.assertRegex(text, r"qd766.openness_rate +86,11% +15,5 +18\n")
        self.assertTrue(text.endswith("\nĐiểm: 74,75, hạng 2 trong 2 đơn vị có điểm\n"), text)
        status, text, _ = self.bus.ctl("score", "--index", "dti.pillar_gov", "--period", "2022", "--unit", "35", "--lang", "en")
        self.assertRegex(text, r"Component +Id +Figure +Points +Maximum +Weight\n")
        self.assertRegex(text, r"dti.activity_government +0.5500 +0.55 +1 +200\n")
        self.assertTrue(text.endswith("\nScore: 0.5143, rank 2 of 4 units with a score\n"), text)

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
                (("--index", "dti", "--period", "2022", "--unit", "35.syt"), 1,
                 "unit 35.syt is a department; index 'dti' is of each province"),
                (("--index", "dti.value", "--period", "2022"), 1, "there is no index 'dti.value'")):
            with self.subTest(arguments):
                found, _, error = self.bus.ctl("score", *arguments, "--lang", "en")
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
