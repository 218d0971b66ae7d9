"""The broker in every way it can fail: outboxes and receipts make up for what it forgets (deploy/FAULTS.md)."""

import signal
import threading
import unittest

import paho.mqtt.client as paho

from faults import FaultTestCase
from harness import PATIENCE_S, free_port
from messages import ServiceStatus

REPORTS = 200
ROWS = "unit,period,indicator,value\n" + "".join(f"35.x{unit:03},{year}-01,dossier.received,{unit}\n"
                                                 for unit in range(1, 101) for year in (2022, 2023))


class BrokerTestCase(FaultTestCase):
    def publish(self):
        return self.bus.start_publisher(self.bus.csv("a.csv", ROWS), "--publisher", "35.gateway")

    def arrived(self):
        return sum(self.bus.redis("HLEN", key) for key in self.bus.redis.keys("chiso:{35}:leaf:*"))

    def all_arrive(self, publisher):
        self.assertEqual(0, publisher.process.wait(PATIENCE_S), publisher.text()[-2000:])
        self.assertEqual(REPORTS, self.arrived())
        self.verify()

    def stopped(self, program):
        program.process.send_signal(signal.SIGSTOP)
        self.addCleanup(program.process.send_signal, signal.SIGCONT)

    def kill_broker(self, forget):
        self.bus.broker.kill()
        if forget:
            for path in (self.bus.folder / "mosquitto").iterdir():
                path.unlink()


class Slow(BrokerTestCase):
    def test_a_service_that_stops_says_so_although_others_wait_to_be_acknowledged(self):
        self.brief_keepalive("max_inflight_messages 1")
        aggregator = self.bus.aggregator()
        self.accepted(self.reporter(), "2024-01")
        self.bus.broker.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.bus.broker.process.send_signal, signal.SIGCONT)
        self.bus.redis("HSET", "chiso:{35}:head", "commit_id", "another")
        aggregator.wait_for_log("event=province_loaded province=35")  # and its snapshots are sent
        self.assertEqual(0, aggregator.stop())
        self.bus.broker.process.send_signal(signal.SIGCONT)
        self.watch_counters()
        self.viewer.wait_for("stopped", lambda: self.state() == "stopped")

    def state(self):
        return ServiceStatus.FromString(self.viewer.last.get("chiso/v1/status/aggregator/aggregator", b"")).state


class Down(BrokerTestCase):
    def test_when_everything_starts(self):
        port = free_port()
        self.bus.broker.stop()
        self.bus.mqtt_url = f"mqtt://127.0.0.1:{port}"
        aggregator = self.bus.aggregator(ready=False)
        publisher = self.publish()
        aggregator.wait_for_log("event=mqtt_not_connected")
        self.bus.start_broker(port)
        self.watch_counters()
        self.all_arrive(publisher)
        self.counted("mqtt_not_connected")

    def killed(self, forget):
        """While receipts are on their way that only the broker has."""
        aggregator = self.bus.aggregator()
        self.stopped(aggregator)
        publisher = self.publish()
        publisher.wait_for_log("event=mqtt_connected")
        self.kill_broker(forget)
        aggregator.process.send_signal(signal.SIGCONT)
        aggregator.wait_for_log("event=mqtt_not_connected")
        self.bus.start_broker(self.bus.port)
        self.watch_counters()
        self.all_arrive(publisher)
        self.counted("mqtt_lost")

    def test_killed(self):
        self.killed(forget=False)

    def test_killed_and_started_with_an_empty_store(self):
        self.killed(forget=True)

    def take_away(self, client_id):
        """The connection of that name: somebody else connects as it, and goes."""
        thief = paho.Client(client_id, protocol=paho.MQTTv5)
        connected = threading.Event()
        thief.on_connect = lambda *_: connected.set()
        thief.connect("127.0.0.1", self.bus.port)
        thief.loop_start()
        self.assertTrue(connected.wait(PATIENCE_S))
        thief.disconnect()
        thief.loop_stop()

    def test_only_the_connection_on_which_it_answers(self):
        """No report is acknowledged of which nobody hears: it waits until the connection is there again."""
        self.watch_counters()
        self.bus.aggregator()
        sender = self.reporter()
        waiting = []
        for month in range(1, 5):
            self.take_away("chiso-aggregator-aggregator-out")
            waiting += [self.send(sender, f"2024-{month:02}", unit=f"35.x{unit:03}") for unit in range(1, 51)]
        for report_id in waiting:
            self.arrives(sender, report_id)
        self.counted("mqtt_lost")
        self.verify()

    def test_snapshots_come_back_to_an_empty_store(self):
        self.bus.aggregator()
        sender = self.reporter()
        self.accepted(sender, "2025-04")
        self.kill_broker(forget=True)
        self.bus.start_broker(self.bus.port)
        self.watch_counters()
        self.viewer.client.subscribe("chiso/v1/pillar/35/digital_government", qos=1)
        self.viewer.wait_for("the snapshot", lambda: self.viewer.last.get("chiso/v1/pillar/35/digital_government"))


class Full(BrokerTestCase):
    def test_a_queue_that_is_full_drops_without_a_word(self):
        """The broker acknowledges what it drops; the publisher sends again what has no receipt."""
        self.brief_keepalive("max_queued_messages 20", "max_inflight_messages 20")
        self.watch_counters()
        aggregator = self.bus.aggregator()
        self.stopped(aggregator)
        publisher = self.publish()
        publisher.wait_for_log("event=resend")
        aggregator.process.send_signal(signal.SIGCONT)
        self.all_arrive(publisher)


if __name__ == "__main__":
    unittest.main()
