#!/usr/bin/env python3
"""What the bus is held against: consumers as many write them, in Python.

Usage: plain_consumer.py ordinary|pipelining PORT SOCKET

Both take reports on bench/v1/report/#, write each figure with HSET and add it to its province's total with HINCRBY:
no transaction, no idea whether they have seen a report before, the message acknowledged before anything is written.
After each batch they say how many reports they took. The ordinary one does it with redis-py as its manual says, a
pipeline a report. The other is as fast as Python lets it: a thread reads from the broker, commands are encoded by hand,
and everything that has come meanwhile goes to Redis as one pipeline.
"""

import queue
import socket
import sys
from pathlib import Path

import paho.mqtt.client as paho
import redis


def command(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


class Consumer:
    def __init__(self, port):
        from messages import Report  # made when it is imported

        self.report_class, self.arrived = Report, queue.SimpleQueue()
        self.client = paho.Client("plain-consumer", protocol=paho.MQTTv5)
        self.client.on_message = lambda _client, _data, message: self.arrived.put((message.topic, message.payload))
        self.client.on_connect = lambda client, *_: client.subscribe("bench/v1/report/#", qos=1)
        self.client.on_subscribe = lambda *_: print("event=ready", flush=True)
        self.client.connect("127.0.0.1", port)

    def write(self, batch):
        raise NotImplementedError

    def run(self):
        self.client.loop_start()
        while True:
            batch = [self.arrived.get()]
            while len(batch) < self.BATCH and not self.arrived.empty():
                batch.append(self.arrived.get())
            self.write(batch)
            self.client.publish("bench/v1/taken", str(len(batch)))


def keys(topic, report):
    """Of its figures, and of their province's totals."""
    province = topic.split("/")[3]
    return f"plain:{province}:{report.unit}:{report.period}", f"plain:{province}:{report.period}"


class Ordinary(Consumer):
    BATCH = 1

    def __init__(self, port, path):
        super().__init__(port)
        self.redis = redis.Redis(unix_socket_path=path)

    def write(self, batch):
        for topic, payload in batch:
            report = self.report_class.FromString(payload)
            place, total = keys(topic, report)
            pipeline = self.redis.pipeline(transaction=False)
            pipeline.hset(place, mapping={one.indicator: one.value for one in report.observations})
            for one in report.observations:
                pipeline.hincrby(total, one.indicator, one.value)
            pipeline.execute()


class Pipelining(Consumer):
    BATCH = sys.maxsize

    def __init__(self, port, path):
        super().__init__(port)
        self.redis = socket.socket(socket.AF_UNIX)
        self.redis.connect(path)

    def encode(self, topic, payload, out):
        """The commands for one report; returns how many."""
        report = self.report_class.FromString(payload)
        place, total = (key.encode() for key in keys(topic, report))
        figures = []
        for observation in report.observations:
            name, value = observation.indicator.encode(), b"%d" % observation.value
            figures += (name, value)
            out.append(command(b"HINCRBY", total, name, value))
        out.append(command(b"HSET", place, *figures))
        return len(report.observations) + 1

    def write(self, batch):
        out = []
        waiting = sum(self.encode(topic, payload, out) for topic, payload in batch)
        self.redis.sendall(b"".join(out))
        while waiting > 0:
            waiting -= self.redis.recv(1 << 16).count(b"\n")


CONSUMERS = {"ordinary": Ordinary, "pipelining": Pipelining}


def start(bus, kind):
    """One of KIND that is ready, beside what BUS has."""
    consumer = bus.start(f"{kind}-consumer", [sys.executable, "-B", __file__, kind, bus.port, bus.socket])
    consumer.wait_for_log("event=ready")
    return consumer


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests/integration"))
    CONSUMERS[sys.argv[1]](int(sys.argv[2]), sys.argv[3]).run()
