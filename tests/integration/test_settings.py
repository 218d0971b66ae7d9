"""The broker's and Redis' settings in deploy/: loopback only, durable, and nobody sees more than his own."""

import os
import unittest
from pathlib import Path

from harness import BusTestCase, until
from logins import LoginTestCase
from redis_client import Redis, RedisError


def listening(pid):
    """The local addresses (as hex of /proc/net/tcp) on which a process listens."""
    inodes = {os.readlink(fd) for fd in Path(f"/proc/{pid}/fd").iterdir() if fd.is_symlink()}
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                found.append(fields[1].split(":")[0])
    return found


class Loopback(BusTestCase):
    def test_broker_listens_on_loopback_only(self):
        self.assertEqual(["0100007F"], listening(self.bus.broker.process.pid))

    def test_redis_has_no_tcp_port_and_its_socket_is_private(self):
        self.assertEqual([], listening(self.bus.redis_server.process.pid))
        self.assertEqual(0o700, self.bus.socket.stat().st_mode & 0o777)

    def test_redis_is_durable_and_never_evicts(self):
        for name, value in (("appendonly", "yes"), ("appendfsync", "always"), ("save", ""),
                            ("maxmemory-policy", "noeviction")):
            self.assertEqual([name.encode(), value.encode()], self.bus.redis("CONFIG", "GET", name))

    def test_dashboards_read_chiso_keys_and_nothing_else(self):
        self.bus.redis("HSET", "chiso:{35}:head", "seq", "1")
        self.bus.redis("SET", "secret", "x")
        dashboard = Redis(self.bus.socket, user="dashboard")
        self.addCleanup(dashboard.close)
        self.assertEqual(b"1", dashboard("HGET", "chiso:{35}:head", "seq"))
        for command in (["HSET", "chiso:{35}:head", "seq", "2"], ["DEL", "chiso:{35}:head"], ["GET", "secret"],
                        ["KEYS", "*"], ["FLUSHALL"], ["CONFIG", "GET", "dir"], ["CLIENT", "KILL", "ID", "1"],
                        ["SHUTDOWN"], ["FUNCTION", "LIST"], ["EVAL", "return 1", "0"]):
            with self.subTest(" ".join(command)), self.assertRaisesRegex(RedisError, "NOPERM"):
                dashboard(*command)


class Logins(LoginTestCase):
    def test_wrong_password_is_refused(self):
        self.assertEqual("Not authorized", self.login("35", "guessed").reason)

    def test_publisher_writes_its_own_topic_only(self):
        aggregator, publisher = self.login("chiso-aggregator"), self.login("35")
        aggregator.subscribe("chiso/v1/report/#")
        for topic in ("chiso/v1/report/35/36", "chiso/v1/receipt/35/35", "chiso/v1/pillar/35/digital_society",
                      "chiso/v1/status/publisher/36", "chiso/v1/report/35/35"):
            publisher.publish(topic)
        until("the report", lambda: aggregator.received)
        self.assertEqual(["chiso/v1/report/35/35"], aggregator.received)

    def test_publisher_reads_its_own_receipts_only(self):
        aggregator, publisher = self.login("chiso-aggregator"), self.login("35")
        publisher.subscribe("#")
        publisher.subscribe("chiso/v1/receipt/35/35")
        for topic in ("chiso/v1/receipt/36/36", "chiso/v1/pillar/35/foundation", "chiso/v1/receipt/35/35"):
            aggregator.publish(topic)
        until("the receipt", lambda: "chiso/v1/receipt/35/35" in publisher.received)
        self.assertEqual({"chiso/v1/receipt/35/35"}, set(publisher.received))

    def test_viewer_sees_totals_but_no_reports(self):
        aggregator, publisher, viewer = self.login("chiso-aggregator"), self.login("36"), self.login("viewer")
        viewer.subscribe("#")
        publisher.publish("chiso/v1/report/36/36")
        viewer.publish("chiso/v1/pillar/36/digital_economy")
        aggregator.publish("chiso/v1/pillar/36/foundation")
        until("the snapshot", lambda: viewer.received)
        self.assertEqual(["chiso/v1/pillar/36/foundation"], viewer.received)


if __name__ == "__main__":
    unittest.main()
