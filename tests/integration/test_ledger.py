"""chisoctl ledger: what became of the reports, what is missing, and what is on its way."""

import json
import time

import mqtt_client
from harness import BusTestCase, until
from mqtt_client import Reporter
from watching import Folder, start

INDICATOR = "legal.plans_issued"


def ledger(bus, *options, mqtt=True):
    """(exit status, what it says as JSON)"""
    asks = ["--mqtt", bus.mqtt_url] if mqtt else []
    status, out, error = bus.ctl("ledger", "--json", *asks, *options)
    if status not in (0, 1) or not out:
        raise AssertionError(error)
    return status, json.loads(out)


class Ledger(BusTestCase):
    def setUp(self):
        self.aggregator = self.bus.aggregator(name=self._testMethodName[:30])
        self.addCleanup(self.aggregator.stop)

    def reporter(self, publisher="35"):
        reporter = Reporter(self.bus, publisher)
        self.addCleanup(reporter.close)
        return reporter

    def numbered(self, stream, sequence, value=1, period="2024", unit="35"):
        report = mqtt_client.report(unit, period, 1, mqtt_client.count(INDICATOR, value))
        report.stream_id, report.sequence = stream, sequence
        return report

    def stream(self, name, *options):
        status, found = ledger(self.bus, *options)
        one, = [stream for province in found["provinces"] for stream in province["streams"]
                if stream["stream_id"] == name]
        return status, one

    def test_a_gap_is_told_until_the_report_comes(self):
        reporter = self.reporter()
        for sequence in (1, 2, 6):
            reporter.publish(self.numbered("gaps", sequence))
        status, stream = self.stream("gaps")
        self.assertEqual(1, status)
        self.assertEqual({"publisher": "35", "stream_id": "gaps", "highest": 6, "missing": 3, "unknown": 0,
                          "gaps": [{"from": 3, "to": 5}]}, stream)
        status, text, _ = self.bus.ctl("ledger", "--lang", "en")
        self.assertEqual(1, status)
        self.assertIn("3–5", text)
        self.assertIn("3 numbered reports have not arrived.", text)
        self.assertIn("Publishers were not asked", text)
        self.assertIn("Còn thiếu 3 báo cáo đã đánh số.", self.bus.ctl("ledger")[1])
        self.assertEqual(0, ledger(self.bus, "--publisher", "35.syt")[0], "that one has no gap")
        for sequence in (3, 4, 5):
            reporter.publish(self.numbered("gaps", sequence))
        status, stream = self.stream("gaps")
        self.assertEqual((0, 6, []), (status, stream["highest"], stream["gaps"]))
        self.assertIn("Không thiếu báo cáo nào trong các luồng.", self.bus.ctl("ledger")[1])

    def test_a_publisher_whose_stream_is_always_another(self):
        """Its room is bounded, that of the others is not touched, and both are said."""
        clumsy, other = Reporter(self.bus, "36.gateway", "36"), Reporter(self.bus, "36", "36")
        for reporter in (clumsy, other):
            self.addCleanup(reporter.close)
        for number in range(201):
            clumsy.send_bytes(self.numbered(f"new-{number}", 1, unit="36").SerializeToString())
        clumsy.wait_for("the receipts", lambda: len(clumsy.verdicts) >= 201)
        for sequence in (1, 2 ** 64 - 1):
            other.publish(self.numbered("steady", sequence, unit="36"))
        status, stream = self.stream("steady")
        self.assertEqual((1, 2 ** 63 - 1, 2 ** 63 - 1), (status, stream["highest"], stream["missing"]), "JSON has no more")
        province, = [one for one in ledger(self.bus)[1]["provinces"] if one["province"] == "36"]
        self.assertEqual((201, False, ["36.gateway"]),
                         (len(province["streams"]), province["streams_full"], province["publishers_full"]))
        text = self.bus.ctl("ledger", "--lang", "en")[1]
        self.assertIn("Publisher 36.gateway has 200 streams in province 36: newer ones are not followed.", text)
        self.assertIn("36.gateway đã có 200 luồng ở tỉnh 36", self.bus.ctl("ledger")[1])

    def test_what_became_of_them(self):
        reporter = self.reporter("35.syt")
        good = mqtt_client.report("35.syt", "2025-01", 1, mqtt_client.count("health.ehr_records", 5))
        wrong = mqtt_client.report("35.syt", "2025-01", 1, mqtt_client.count("health.ehr_records", 6))
        for report in (good, good, wrong):
            reporter.publish(report)
        def deliveries():
            return [unit for province in ledger(self.bus, "--publisher", "35.syt")[1]["provinces"]
                    for unit in province["deliveries"]]
        until("the repeat, which may wait a second", lambda: deliveries()[0]["duplicate"] == 1)
        self.assertEqual([{"unit": "35.syt", "accepted": 1, "partial": 0, "duplicate": 1, "superseded": 0,
                           "rejected": 1}], deliveries())
        self.assertIsNone(ledger(self.bus, mqtt=False)[1]["publishers"])

    def test_a_receipt_is_never_a_gap(self):
        """Repeats may wait for a commit; the number of one that has not been seen before may not."""
        reporter = self.reporter()
        reporter.publish(self.numbered("killed", 1, period="2023"))
        for sequence in (2, 3):
            reporter.publish(self.numbered("killed", sequence, period="2023"))
            self.aggregator.kill()
            self.aggregator = self.bus.aggregator(name=f"again{sequence}")
            self.addCleanup(self.aggregator.stop)
        reporter.publish(self.numbered("killed", 4, value=9, period="2022"))
        self.assertEqual((4, []), tuple(self.stream("killed")[1][name] for name in ("highest", "gaps")))

    def test_what_is_on_its_way(self):
        def publisher():
            return [one for one in ledger(self.bus)[1]["publishers"] if one["publisher"] == "35"]
        folder, box = Folder(self.bus.folder / "way"), self.bus.folder / "way.outbox"
        program = start(self.bus, "way", folder, box, "--province", "35", "--publisher", "35")
        folder.put("a.csv", f"35,2021,{INDICATOR},4,,,,,")
        folder.outcomes("a.csv")
        until("the status", lambda: publisher() and publisher()[0]["outstanding"] == 0)
        self.assertEqual(("running", 1), (publisher()[0]["state"], publisher()[0]["published"]))
        self.assertEqual(0, self.aggregator.stop())
        folder.put("b.csv", f"35,2020,{INDICATOR},4,,,,,", f"35,2019,{INDICATOR},4,,,,,")
        until("two on their way", lambda: publisher()[0]["outstanding"] == 2)
        self.assertEqual(3, publisher()[0]["published"])
        text = self.bus.ctl("ledger", "--mqtt", self.bus.mqtt_url)[1]
        self.assertIn("Chờ biên nhận", text)
        program.kill()
        until("the last will", lambda: publisher()[0]["state"] == "lost")
        self.assertEqual((None, None), (publisher()[0]["published"], publisher()[0]["outstanding"]))

    def test_a_broker_that_is_away_is_told(self):
        started = time.monotonic()
        status, text, error = self.bus.ctl("ledger", "--mqtt", "mqtt://127.0.0.1:1")
        self.assertIn(status, (0, 1))
        self.assertIn("Không hỏi được broker", text + error)
        self.assertLess(time.monotonic() - started, 30)
        self.assertEqual(64, self.bus.ctl("ledger", "--publisher", "a b")[0])
