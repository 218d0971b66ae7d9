"""Too much, too large, too strange: a publisher that floods, messages at the limit, and 3,321 publishers at once (deploy/FAULTS.md)."""

import time
import unittest

from faults import RECEIVED, FaultTestCase
from messages import Observation, Report, outcome_name, reason_name
from mqtt_client import count, report

RATE = 10
BURST_S = 10
REPORTS = 150
ROWS = "unit,period,indicator,value\n" + "".join(f"35.x{unit:03},{year}-01,dossier.received,{unit}\n"
                                                 for unit in range(1, 51) for year in (2021, 2022, 2023))


class Flood(FaultTestCase):
    def setUp(self):
        super().setUp()
        self.watch_counters()
        self.aggregator = self.bus.aggregator("--report-rate", RATE)

    def test_what_is_above_the_limit_is_put_off(self):
        """And commits nothing; others are not touched."""
        flooder, other = self.reporter("35.gateway"), self.reporter("35.x002")
        sent = []
        for i in range(REPORTS):
            message = report("35.x001", f"{2024 - i // 12}-{i % 12 + 1:02}", 1, count(RECEIVED, 1))
            sent.append(message.report_id)
            flooder.client.publish(f"chiso/v1/report/{flooder.tail}", message.SerializeToString(), qos=1)
        for report_id in sent:
            flooder.wait_for("a verdict", lambda: flooder.verdicts_for(report_id))
        self.accepted(other, "2024-12", unit="35.x002")
        outcomes = [self.outcome(flooder, report_id) for report_id in sent]
        self.assertEqual({"ACCEPTED", "DEFERRED"}, set(outcomes))
        self.assertGreaterEqual(outcomes.count("ACCEPTED"), RATE * BURST_S)
        deferred = [verdict for verdict in flooder.verdicts if outcome_name(verdict) == "DEFERRED"]
        waits = [verdict.retry_after_ms for verdict in deferred]
        self.assertTrue(all(waits), waits)
        rejection, = deferred[0].rejections
        self.assertEqual(("RATE_LIMIT", f"more than {RATE} reports a second: send it again later"),
                         (reason_name(rejection), rejection.text))
        self.assertEqual(0, self.bus.redis("EXISTS", "chiso:{35}:quarantine"))
        self.counted("deferred")
        self.assertEqual({"35.x001:ACCEPTED": str(outcomes.count("ACCEPTED")), "35.x002:ACCEPTED": "1"},
                         {field.removeprefix("unit:"): value for field, value
                          in self.bus.redis.hash("chiso:{35}:ledger").items() if field.startswith("unit:")})

    def test_a_publisher_with_an_outbox_loses_nothing(self):
        begin = time.monotonic()
        status, out, error = self.bus.publish(self.bus.csv("a.csv", ROWS), "--publisher", "35.gateway", "--lang", "en")
        took = time.monotonic() - begin
        self.assertEqual(0, status, out[-2000:] + error[-2000:])
        self.assertIn("event=deferred", error)
        self.assertIn(f"{REPORTS} reports: {REPORTS} accepted", out)
        self.assertGreater(took, (REPORTS - RATE * BURST_S) / RATE - 1, "it was held to its rate")
        self.verify()


class Size(FaultTestCase):
    LIMIT = 262144

    def padded(self, period, size):
        """A report of so many bytes, filled up with a field that chiso does not know."""
        message = report("35.x001", period, 1, count(RECEIVED, 1))
        payload = message.SerializeToString()
        filler = size - len(payload) - 2 - 3  # tag, and a length of three bytes
        length = bytes([filler & 0x7F | 0x80, filler >> 7 & 0x7F | 0x80, filler >> 14])
        payload += b"\xa2\x06" + length + b"x" * filler
        self.assertEqual(size, len(payload))
        return message.report_id, payload

    def test_the_largest_report_and_one_byte_more(self):
        self.bus.aggregator()
        sender = self.reporter()
        report_id, payload = self.padded("2024-01", self.LIMIT)
        sender.send_bytes(payload)
        self.assertEqual("ACCEPTED", self.outcome(sender, report_id))
        report_id, payload = self.padded("2024-02", self.LIMIT + 1)
        sender.send_bytes(payload)
        verdict = sender.wait_for("verdict", lambda: sender.verdicts_for(""))[0]
        self.assertEqual(("REJECTED", f"a report of {self.LIMIT + 1} bytes is refused: at most {self.LIMIT} are allowed"),
                         (outcome_name(verdict), verdict.rejections[0].text))
        self.accepted(sender, "2024-03")
        self.assertIsNone(self.leaf("2024-02"))
        self.verify()

    def test_good_reports_among_poison(self):
        """What comes in the same batch is taken, and nothing comes twice."""
        aggregator = self.bus.aggregator()
        sender = self.reporter()
        poison = [b"", b"\xff" * 1000, b"\x0a\x05ab", b"\x0a\x02\xc3\x28", bytes(300_000), b"\x4a\xff\xff\xff\xff\x0f",
                  Report(report_id="x", observations=[Observation()] * 1001).SerializeToString()]
        good = []
        for number, bad in enumerate(poison * 3):
            sender.client.publish(f"chiso/v1/report/{sender.tail}", bad, qos=1)
            good.append(self.send(sender, f"{2020 + number // 12}-{number % 12 + 1:02}"))
        for report_id in good:
            self.assertEqual("ACCEPTED", self.outcome(sender, report_id))
        sender.wait_for("every answer", lambda: len(sender.verdicts) == 2 * len(good))
        self.assertNotIn("event=batch_given_back", aggregator.text())
        self.assertEqual(len(good), self.bus.redis("XLEN", "chiso:{35}:quarantine"))
        self.verify()


if __name__ == "__main__":
    unittest.main()
