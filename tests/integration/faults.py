"""What the tests of faults share: a bus of its own for each test, and what a service says of its own troubles."""

from harness import OwnBusTestCase, fill, free_port, until
from messages import ServiceStatus, outcome_name
from mqtt_client import Reporter, Viewer, count, report

RECEIVED = "dossier.received"
# A commit may take half of this before its batch is given back (mqtt_patience_ms); mosquitto's least.
KEEPALIVE_S = 10


class FaultTestCase(OwnBusTestCase):
    def setUp(self):
        super().setUp()
        self.viewer = None

    def brief_keepalive(self, *settings):
        """A broker whose connections are given up soon, with SETTINGS of its own."""
        self.bus.broker.stop()
        port = free_port()
        self.bus.start_broker(port, "\n".join(
            [fill("mosquitto.loopback.conf", PORT=port), f"max_keepalive {KEEPALIVE_S}", *settings, ""]))

    def reporter(self, publisher="35.gateway", province="35"):
        reporter = Reporter(self.bus, publisher, province)
        self.addCleanup(reporter.close)
        return reporter

    def watch_counters(self):
        """Before the service starts, so that nothing it says is missed."""
        self.viewer = Viewer(self.bus, "chiso/v1/status/#")
        self.addCleanup(self.viewer.close)

    def counters(self, instance="aggregator", service="aggregator"):
        payload = self.viewer.last.get(f"chiso/v1/status/{service}/{instance}", b"")
        return {counter.event: counter.count for counter in ServiceStatus.FromString(payload).counters}

    def counted(self, *events, **where):
        """Waits until the service's status counts every one of EVENTS."""
        self.viewer.wait_for(f"the counters {events}", lambda: set(events) <= set(self.counters(**where)))

    def send(self, reporter, period, value=1, unit="35.x001"):
        """A report without waiting; its id."""
        message = report(unit, period, 1, count(RECEIVED, value))
        reporter.send_bytes(message.SerializeToString())
        return message.report_id

    def outcome(self, reporter, report_id):
        verdicts = reporter.wait_for(f"verdict on {report_id}", lambda: reporter.verdicts_for(report_id))
        return outcome_name(verdicts[0])

    def accepted(self, reporter, period, **more):
        self.assertEqual("ACCEPTED", self.outcome(reporter, self.send(reporter, period, **more)))

    def arrives(self, reporter, report_id):
        """Taken, though perhaps delivered more than once on its way."""
        self.assertIn(self.outcome(reporter, report_id), ("ACCEPTED", "DUPLICATE"))

    def leaf(self, period, unit="35.x001"):
        return self.bus.redis("HGET", f"chiso:{{{unit[:2]}}}:leaf:{unit}:{period}", RECEIVED)

    def journal_length(self, province="35"):
        return self.bus.redis("XLEN", f"chiso:{{{province}}}:journal")

    def restart_redis(self):
        """With the files that the one before left."""
        self.bus.redis.close()
        until("Redis has ended", lambda: not self.bus.redis_server.running())
        self.bus.start_redis()
