"""Backup and restore as deploy/README.md has them, to the letter."""

import os
import re
import subprocess

import replayed
from harness import ROOT, BusTestCase
from mqtt_client import Reporter, count, report

README = (ROOT / "deploy/README.md").read_text(encoding="utf-8")


def block(containing):
    found = [text for text in re.findall(r"```sh\n(.*?)```", README, re.S) if containing in text]
    if len(found) != 1:
        raise AssertionError(f"{len(found)} blocks with {containing!r}")
    return found[0]


class Backup(BusTestCase):
    def shell(self, text):
        subprocess.run(["sh", "-euc", text], check=True, capture_output=True, timeout=60, env={
            **os.environ, "SOCKET": str(self.bus.socket), "DATA": str(self.bus.folder / "redis"),
            "BACKUP": str(self.bus.folder / "backup")})

    def send(self, sequence, value):
        reporter = Reporter(self.bus, "35")
        try:
            made = report("35", f"20{sequence:02}", 1, count("legal.plans_issued", value))
            made.stream_id, made.sequence = "backed-up", sequence
            self.assertEqual(1, reporter.publish(made).outcome)
        finally:
            reporter.close()

    def test_what_was_copied_comes_back(self):
        aggregator = self.bus.aggregator()
        for sequence in range(1, 6):
            self.send(sequence, sequence)
        self.assertEqual(0, self.bus.ctl("verify")[0], "the scores have followed")
        self.shell(block('mkdir "$BACKUP"'))
        self.assertEqual([b"auto-aof-rewrite-percentage", b"100"],
                         self.bus.redis("CONFIG", "GET", "auto-aof-rewrite-percentage"))
        copied = replayed.state(self.bus.redis)
        self.send(6, 6)
        self.assertNotEqual(copied, replayed.state(self.bus.redis))
        self.assertEqual(0, aggregator.stop())
        self.bus.redis.close()
        self.bus.redis_server.kill()
        for path in (self.bus.folder / "redis/appendonlydir").iterdir():
            path.write_bytes(b"a disk that has gone bad")
        self.shell(block('mv "$DATA/appendonlydir"'))
        self.bus.start_redis()
        self.assertEqual(copied, replayed.state(self.bus.redis))
        status, out, error = self.bus.ctl("verify", "--journal")
        self.assertEqual(0, status, out + error)
        # What came after the copy is missed as soon as something newer has come, and is put right by sending it again.
        self.bus.aggregator(name="aggregator-again")
        self.send(7, 7)
        self.assertEqual(1, self.bus.ctl("ledger")[0])
        self.send(6, 6)
        self.assertEqual(0, self.bus.ctl("ledger")[0])
