"""A client that shares no code with the project: what becomes of each report, and what the totals then say."""

import unittest

from harness import BusTestCase, until
from messages import PillarSnapshot, ServiceStatus, outcome_name, reason_name
from mqtt_client import Reporter, Viewer, count, ratio, report

UNIT, RECEIVED, PILLAR = "35.x001", "dossier.received", "digital_government"


class Wire(BusTestCase):
    """Every test has a period of its own, and the province's total of that period to look at."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.aggregator = cls.bus.aggregator()
        cls.reporter = Reporter(cls.bus, UNIT, "35")
        cls.addClassCleanup(cls.reporter.close)

    def outcome(self, message, expected, reporter=None, topic=None):
        verdict = (reporter or self.reporter).publish(message, topic)
        self.assertEqual(expected, outcome_name(verdict), verdict)
        return verdict

    def total(self, period, unit="35"):
        rows = self.bus.ctl_json("get", "--unit", unit, "--period", period, "--indicator", RECEIVED)
        return next(row for row in rows if not row["level"])

    def test_accepted_figure_is_in_the_total_when_the_receipt_arrives(self):
        verdict = self.outcome(report(UNIT, "2023-01", 1, count(RECEIVED, 90)), "ACCEPTED")
        self.assertEqual(1, verdict.revision)
        row = self.total("2023-01")
        self.assertEqual(("90", "partial", "derived"), (row["value"], row["state"], row["basis"]))
        self.assertEqual(("1", "109"), (str(row["reported"]), str(row["expected"])))

    def test_the_same_again_is_a_duplicate(self):
        first = report(UNIT, "2023-02", 1, count(RECEIVED, 5))
        self.outcome(first, "ACCEPTED")
        self.outcome(first, "DUPLICATE")
        # Equal as numbers, in another report with another note.
        again = report(UNIT, "2023-02", 1, count(RECEIVED, 50, scale=1, note="lại"))
        self.outcome(again, "DUPLICATE")
        self.assertEqual("5", self.total("2023-02")["value"])

    def test_higher_revision_replaces_and_a_lower_one_is_superseded(self):
        self.outcome(report(UNIT, "2023-03", 2, count(RECEIVED, 7)), "ACCEPTED")
        self.outcome(report(UNIT, "2023-03", 5, count(RECEIVED, 8)), "ACCEPTED")
        verdict = self.outcome(report(UNIT, "2023-03", 4, count(RECEIVED, 9)), "SUPERSEDED")
        self.assertEqual(5, verdict.revision)
        self.assertEqual("8", self.total("2023-03")["value"])

    def test_same_revision_with_another_value_is_a_conflict(self):
        self.outcome(report(UNIT, "2023-04", 1, count(RECEIVED, 5)), "ACCEPTED")
        verdict = self.outcome(report(UNIT, "2023-04", 1, count(RECEIVED, 6)), "REJECTED")
        rejection = verdict.rejections[0]
        self.assertEqual((RECEIVED, "CONFLICT"), (rejection.indicator, reason_name(rejection)))
        self.assertIn("6", rejection.text)
        self.assertEqual("5", self.total("2023-04")["value"])

    def test_good_beside_bad_is_partial(self):
        verdict = self.outcome(report(
            UNIT, "2023-05", 1, count(RECEIVED, 4), count("no.such.indicator", 1), ratio(
                "payment.cashless_power_rate", 1, 2)), "PARTIAL")
        self.assertEqual([("no.such.indicator", "UNKNOWN_INDICATOR"),
                          ("payment.cashless_power_rate", "NOT_A_REPORTER")],
                         [(r.indicator, reason_name(r)) for r in verdict.rejections])
        for rejection in verdict.rejections:
            self.assertIn(rejection.indicator, rejection.text)
            self.assertLessEqual(len(rejection.text.encode()), 200)
        self.assertEqual("4", self.total("2023-05")["value"])

    def test_unit_that_is_not_the_publishers_is_refused(self):
        verdict = self.outcome(report("35.x002", "2023-06", 1, count(RECEIVED, 4)), "REJECTED")
        self.assertEqual([("", "NOT_ALLOWED")], [(r.indicator, reason_name(r)) for r in verdict.rejections])
        self.assertEqual(f"publisher {UNIT} may not report for unit 35.x002", verdict.rejections[0].text)

    def test_gateway_reports_for_all_units_of_its_province(self):
        gateway = Reporter(self.bus, "35.gateway")
        self.addCleanup(gateway.close)
        self.outcome(report("35.x002", "2023-07", 1, count(RECEIVED, 3)), "ACCEPTED", gateway)
        self.outcome(report("36", "2023-07", 1, count("legal.plans_issued", 3)), "REJECTED", gateway)

    def test_withdrawn_figure_is_gone_from_the_totals(self):
        self.outcome(report(UNIT, "2023-08", 1, count(RECEIVED, 11)), "ACCEPTED")
        self.outcome(report(UNIT, "2023-08", 2, count(RECEIVED, 0, withdrawn=True)), "ACCEPTED")
        row = self.total("2023-08")
        self.assertEqual(("not_reported", "0"), (row["state"], str(row["reported"])))
        self.assertFalse(row["value"])

    def test_report_on_another_provinces_topic_is_refused_with_the_right_one_named(self):
        stray = Reporter(self.bus, UNIT, "36")
        self.addCleanup(stray.close)
        verdict = self.outcome(report(UNIT, "2023-09", 1, count(RECEIVED, 1)), "REJECTED", stray)
        self.assertEqual("WRONG_TOPIC", reason_name(verdict.rejections[0]))
        self.assertIn(f"chiso/v1/report/35/{UNIT}", verdict.rejections[0].text)

    def test_garbage_is_quarantined_and_the_service_lives_on(self):
        for garbage in (b"", b"\xff" * 100, b"\x0a\x05ab", b"\x0a\x02\xc3\x28", bytes(300_000)):
            with self.subTest(garbage[:8]):
                before = len(self.reporter.verdicts_for(""))
                self.reporter.send_bytes(garbage)
                verdict = self.reporter.wait_for("verdict", lambda n=before: self.reporter.verdicts_for("")[n:])[0]
                self.assertEqual("REJECTED", outcome_name(verdict))
                self.assertEqual("MALFORMED", reason_name(verdict.rejections[0]))
        self.assertGreaterEqual(self.bus.redis("XLEN", "chiso:{35}:quarantine"), 5)
        self.assertTrue(self.aggregator.running())
        self.outcome(report(UNIT, "2023-10", 1, count(RECEIVED, 1)), "ACCEPTED")

    def test_snapshot_and_status_tell_a_viewer(self):
        viewer = Viewer(self.bus, "chiso/v1/pillar/35/+", "chiso/v1/status/#")
        self.addCleanup(viewer.close)
        self.outcome(report(UNIT, "2025-04", 1, count(RECEIVED, 12)), "ACCEPTED")

        def figure():
            payload = viewer.last.get(f"chiso/v1/pillar/35/{PILLAR}", b"")
            return [f for f in PillarSnapshot.FromString(payload).figures
                    if (f.indicator, f.level, f.period) == (RECEIVED, "", "2025-04")]

        shown = viewer.wait_for("the figure in the snapshot", figure)[0]
        self.assertEqual(("12", 1, 109), (shown.value, shown.reported, shown.expected))
        status = ServiceStatus.FromString(viewer.last["chiso/v1/status/aggregator/aggregator"])
        self.assertEqual("running", status.state)


class Quarantine(BusTestCase):
    def test_reports_of_no_known_province_go_to_the_common_quarantine(self):
        self.bus.aggregator()
        nowhere = Reporter(self.bus, "99")
        self.addCleanup(nowhere.close)
        nowhere.send_bytes(report("99", "2024", 1, count(RECEIVED, 1)).SerializeToString())
        until("an entry", lambda: self.bus.redis("XLEN", "chiso:quarantine"))
        self.assertEqual([], self.bus.redis.keys("chiso:{99}:*"))


if __name__ == "__main__":
    unittest.main()
