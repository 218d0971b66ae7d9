#!/usr/bin/env python3
"""What the bus is held against: a consumer as many write it, in Python, as fast as Python lets it.

Usage: plain_consumer.py PORT SOCKET

It takes reports on bench/v1/report/#, writes each figure with HSET and adds it to its province's total with HINCRBY:
no transaction, no idea whether it has seen a report before, the message acknowledged before anything is written.
A thread reads from the broker; everything that has come meanwhile goes to Redis as one pipeline. After each it says
how many reports it took.
"""

import queue
import socket
import sys
from pathlib import Path

import paho.mqtt.client as paho


def command(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


class Consumer:
    def __init__(self, port, path):
        from messages import Report  # made when it is imported

        self.report_class, self.arrived = Report, queue.SimpleQueue()
        self.redis = socket.socket(socket.AF_UNIX)
        self.redis.connect(path)
        self.client = paho.Client("plain-consumer", protocol=paho.MQTTv5)
        self.client.on_message = lambda _client, _data, message: self.arrived.put((message.topic, message.payload))
        self.client.on_connect = lambda client, *_: client.subscribe("bench/v1/report/#", qos=1)
        self.client.on_subscribe = lambda *_: print("event=ready", flush=True)
        self.client.connect("127.0.0.1", port)

    def encode(self, topic, payload, out):
        """The commands for one report; returns how many."""
        report = self.report_class.FromString(payload)
        province = topic.split("/")[3].encode()
        place = report.unit.encode() + b":" + report.period.encode()
        total = b"plain:" + province + b":" + report.period.encode()
        figures = []
        for observation in report.observations:
            name, value = observation.indicator.encode(), b"%d" % observation.value
            figures += (name, value)
            out.append(command(b"HINCRBY", total, name, value))
        out.append(command(b"HSET", b"plain:" + province + b":" + place, *figures))
        return len(report.observations) + 1

    def write(self, batch):
        out = []
        waiting = sum(self.encode(topic, payload, out) for topic, payload in batch)
        self.redis.sendall(b"".join(out))
        while waiting > 0:
            waiting -= self.redis.recv(1 << 16).count(b"\n")

    def run(self):
        self.client.loop_start()
        while True:
            batch = [self.arrived.get()]
            while not self.arrived.empty():
                batch.append(self.arrived.get())
            self.write(batch)
            self.client.publish("bench/v1/taken", str(len(batch)))


def start(bus):
    """One that is ready, beside what BUS has."""
    consumer = bus.start("plain-consumer", [sys.executable, "-B", __file__, bus.port, bus.socket])
    consumer.wait_for_log("event=ready")
    return consumer


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests/integration"))
    Consumer(int(sys.argv[1]), sys.argv[2]).run()
