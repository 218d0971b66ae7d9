"""Clients of the bus in Python: one that reports and waits for receipts, one that looks on."""

import threading
import time
import uuid

import paho.mqtt.client as paho
from paho.mqtt.properties import Properties
from paho.mqtt.packettypes import PacketTypes

from harness import PATIENCE_S
from messages import Observation, Receipt, Report


class Client:
    """Connected and subscribed when made; messages arrive in on_bytes, under self.news."""

    def __init__(self, bus, client_id, topics, clean_start=True):
        self.news = threading.Condition()
        self.subscribed = threading.Event()
        self.topics = topics
        self.client = paho.Client(client_id, protocol=paho.MQTTv5)
        self.client.on_connect = self._connected
        self.client.on_subscribe = lambda *_: self.subscribed.set()
        self.client.on_message = self._message
        self.client.max_inflight_messages_set(100)
        self.client.reconnect_delay_set(1, 1)
        session = Properties(PacketTypes.CONNECT)
        session.SessionExpiryInterval = 600
        self.client.connect("127.0.0.1", bus.port, clean_start=clean_start, properties=session)
        self.client.loop_start()
        if not self.subscribed.wait(PATIENCE_S):
            raise AssertionError(f"{client_id}: no subscription")

    def _connected(self, client, _userdata, _flags, _reason, _properties=None):
        client.subscribe([(topic, paho.SubscribeOptions(qos=1)) for topic in self.topics])

    def _message(self, _client, _userdata, message):
        with self.news:
            self.on_bytes(message.topic, message.payload)
            self.news.notify_all()

    def on_bytes(self, topic, payload):
        raise NotImplementedError

    def wait_for(self, what, condition, seconds=PATIENCE_S):
        """Waits for CONDITION() to be true, looked at after each message, and returns its value."""
        with self.news:
            value = self.news.wait_for(condition, seconds)
        if not value:
            raise AssertionError(f"{what}: not within {seconds} s")
        return value

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


class Reporter(Client):
    """A publisher: its login's name, in one province."""

    def __init__(self, bus, publisher, province=None):
        self.publisher, self.province = publisher, province or publisher[:2]
        self.receipts, self.verdicts = [], []
        self.tail = f"{self.province}/{publisher}"
        super().__init__(bus, f"test-{self.province}-{publisher}", [f"chiso/v1/receipt/{self.tail}"])

    def on_bytes(self, topic, payload):
        receipt = Receipt.FromString(payload)
        self.receipts.append(receipt)
        self.verdicts.extend(receipt.verdicts)

    def send_bytes(self, payload, topic=None):
        self.client.publish(topic or f"chiso/v1/report/{self.tail}", payload, qos=1).wait_for_publish(PATIENCE_S)

    def verdicts_for(self, report_id):
        return [verdict for verdict in self.verdicts if verdict.report_id == report_id]

    def publish(self, report, topic=None):
        """Sends, and returns the verdict that answers."""
        before = len(self.verdicts_for(report.report_id))
        self.send_bytes(report.SerializeToString(), topic)
        answer = self.wait_for(f"verdict on {report.report_id}",
                               lambda: self.verdicts_for(report.report_id)[before:])
        return answer[0]


class Fleet(Client):
    """Many publishers in one connection, which a broker without logins allows."""

    WINDOW = 500

    def __init__(self, bus):
        self.verdicts = []
        super().__init__(bus, "test-fleet", ["chiso/v1/receipt/#"])

    def on_bytes(self, topic, payload):
        self.verdicts.extend(Receipt.FromString(payload).verdicts)

    def deliver(self, deliveries):
        """Publishes (report, province, publisher) in this order and returns as many verdicts."""
        for sent, (report, province, publisher) in enumerate(deliveries):
            self.wait_for("room for another report", lambda: len(self.verdicts) > sent - self.WINDOW)
            self.client.publish(f"chiso/v1/report/{province}/{publisher}", report.SerializeToString(), qos=1)
        self.wait_for("all verdicts", lambda: len(self.verdicts) >= len(deliveries))
        return self.verdicts


class Viewer(Client):
    """The last message of every topic it subscribed to, and all of them in order."""

    def __init__(self, bus, *topics):
        self.last, self.all = {}, []
        super().__init__(bus, f"viewer-{uuid.uuid4().hex[:8]}", list(topics))

    def on_bytes(self, topic, payload):
        self.last[topic] = payload
        self.all.append((topic, payload))


def report(unit, period, revision, *observations, report_id=None, source="synthetic"):
    return Report(report_id=report_id or uuid.uuid4().hex, unit=unit, period=period, revision=revision,
                  issued_at_ms=int(time.time() * 1000), source=source, observations=observations)


def count(indicator, value, **more):
    return Observation(indicator=indicator, value=value, **more)


def ratio(indicator, numerator, denominator, **more):
    return Observation(indicator=indicator, value=numerator, denominator=denominator, **more)
