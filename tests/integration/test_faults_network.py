"""The network is cut, both ways, without a word: everything gives up in bounded time, and nothing is lost (deploy/FAULTS.md)."""

import socket
import time
import unittest

from faults import KEEPALIVE_S, FaultTestCase
from harness import until
from proxy import Proxy

ROWS = "unit,period,indicator,value\n" + "".join(f"35.x{unit:03},{year}-01,dossier.received,{unit}\n"
                                                 for unit in range(1, 101) for year in (2022, 2023))


class Cut(FaultTestCase):
    def proxy(self, *arguments):
        proxy = Proxy(*arguments)
        self.addCleanup(proxy.close)
        return proxy

    def test_aggregator_and_publisher_from_the_broker(self):
        self.brief_keepalive()
        port = self.bus.port
        lines = [self.proxy(port), self.proxy(port)]
        self.watch_counters()
        self.bus.mqtt_url = f"mqtt://127.0.0.1:{lines[0].port}"
        aggregator = self.bus.aggregator()
        self.bus.mqtt_url = f"mqtt://127.0.0.1:{lines[1].port}"
        publisher = self.bus.start_publisher(self.bus.csv("a.csv", ROWS), "--publisher", "35.gateway")
        self.viewer.wait_for("a publisher", lambda: self.viewer.last.get("chiso/v1/status/aggregator/aggregator"))
        until("the first figures", lambda: self.bus.redis("EXISTS", "chiso:{35}:head"))
        for line in lines:
            line.cut()
        begin = time.monotonic()
        aggregator.wait_for_log("event=mqtt_lost")
        self.assertLess(time.monotonic() - begin, 3 * KEEPALIVE_S)
        for line in lines:
            line.heal()
        self.assertEqual(0, publisher.process.wait(60), publisher.text()[-2000:])
        self.assertEqual(200, sum(self.bus.redis("HLEN", key) for key in self.bus.redis.keys("chiso:{35}:leaf:*")))
        self.verify()
        self.counted("mqtt_lost")

    def test_aggregator_from_redis(self):
        line = self.proxy(self.bus.socket, self.bus.folder / "proxy.sock")
        direct, self.bus.redis_url = self.bus.redis_url, f"unix://{self.bus.folder / 'proxy.sock'}"
        aggregator = self.bus.aggregator()
        self.bus.redis_url = direct
        sender = self.reporter()
        self.accepted(sender, "2024-01")
        line.cut()
        waiting = self.send(sender, "2024-02")
        aggregator.wait_for_log("no answer in time")
        line.heal()
        self.arrives(sender, waiting)
        self.assertEqual(2, self.journal_length())
        self.verify()


class Vanishing(FaultTestCase):
    """An address whose packets vanish: the kernel would try to connect for two minutes."""

    def setUp(self):
        super().setUp()
        # A queue that is full takes no more connections, and says nothing to who asks.
        self.hole = socket.socket()
        self.hole.bind(("127.0.0.1", 0))
        self.hole.listen(0)
        self.addCleanup(self.hole.close)
        self.url = f"mqtt://127.0.0.1:{self.hole.getsockname()[1]}"
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(self.hole.getsockname())
            self.addCleanup(one.close)

    def test_an_attempt_is_given_up_and_a_stop_does_not_wait(self):
        self.bus.mqtt_url = self.url
        aggregator = self.bus.aggregator(ready=False)
        publisher = self.bus.start_publisher(self.bus.csv("a.csv", ROWS), "--publisher", "35.gateway")
        for program in (aggregator, publisher):
            program.wait_for_log("event=mqtt_not_connected .*why=.no answer in 10 s")
        begin = time.monotonic()
        self.assertEqual(0, aggregator.stop())
        publisher.stop()
        self.assertLess(time.monotonic() - begin, 5)


if __name__ == "__main__":
    unittest.main()
