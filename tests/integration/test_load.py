"""All services under load: reports, corrections, files of figures, alerts that open and end, mails.

What was started must be clean: a report of a sanitizer or of valgrind fails the test. With CHISO_TEST_FLAT=1 its memory must
not have grown: the least private memory (USS) towards the end is that of the beginning. CHISO_TEST_LOAD_S is how long;
`deploy/test` runs it with ThreadSanitizer and with valgrind too.
"""

import os
import re
import time
import unittest
from pathlib import Path

import watching
from harness import CATALOGUE, Bus, until
from mail_server import MailServer
from messages import outcome_name
from mqtt_client import Fleet, count, ratio, report

LOAD_S = int(os.environ.get("CHISO_TEST_LOAD_S", "4"))
FLAT = os.environ.get("CHISO_TEST_FLAT") == "1"
# Every figure is there after the first round; buffers grow to the largest batch, SQLite's cache to its limit.
WARM_ROUNDS = 3
# Ten minutes are some 400,000 reports: less than what any of them, forgotten somewhere, would leave.
GROWTH_KIB = 4096
COMMUNES = [f"35.x{number:03}" for number in range(1, 110)]
MONTHS = [f"2024-{month:02}" for month in range(1, 13)]
BY_GATEWAY, BY_FILE = "dossier.received", "work.online_dossier_rate"


def uss_kib(program):
    """What would be free again if PROGRAM ended."""
    text = Path(f"/proc/{program.process.pid}/smaps_rollup").read_text(encoding="ascii")
    return sum(int(kib) for kib in re.findall(r"Private_(?:Clean|Dirty): +([0-9]+) kB", text))


def least(kib):
    """In the first and in the last third: what a batch needs comes and goes, and what leaks stays."""
    warm = kib[WARM_ROUNDS:]
    third = (len(warm) + 2) // 3
    return min(warm[:third]), min(warm[-third:])


class Gateway(Fleet):
    def on_bytes(self, topic, payload):
        if topic.endswith("/35.gateway"):
            super().on_bytes(topic, payload)


class Load(unittest.TestCase):
    def setUp(self):
        self.bus = Bus("Load")
        self.addCleanup(self.bus.close)
        self.mails = MailServer(self.bus)
        self.services = {"aggregator": self.bus.aggregator()}
        # By its name, so that it has to be looked up: that is libcurl's thread, the only one there is.
        self.services["alerter"] = self.bus.alerter("--smtp", self.mails.url.replace("127.0.0.1", "localhost"))
        self.inbox = watching.Folder(self.bus.folder / "inbox")
        self.services["publisher"] = watching.start(
            self.bus, "publisher", self.inbox, self.bus.folder / "outbox.db", "--catalogue", CATALOGUE,
            *self.bus.frozen())
        self.fleet = Gateway(self.bus)
        self.addCleanup(self.fleet.close)

    def reports(self, revision):
        """Every figure anew, and one that goes behind its target in one round and meets it in the next."""
        for month in MONTHS:
            for number, unit in enumerate(COMMUNES):
                yield report(unit, month, revision, count(BY_GATEWAY, number + revision % 7)), "35", "35.gateway"
        on_time = ratio("dossier.on_time_rate", 1 if revision % 2 else 100, 100)
        yield report("35", "2025-Q1", revision, on_time), "35", "35.gateway"

    def round(self, revision):
        self.inbox.put("figures.csv", *(
            f"{unit},2025-Q1,{BY_FILE},{revision % 1000},1000,,{revision},synthetic," for unit in COMMUNES))
        deliveries = list(self.reports(revision))
        self.fleet.verdicts.clear()
        self.fleet.deliver(deliveries)
        self.assertEqual({"ACCEPTED"}, {outcome_name(verdict) for verdict in self.fleet.verdicts})
        self.assertEqual({"ACCEPTED"}, {row["outcome"] for row in self.inbox.result("figures.csv")})
        for path in (self.inbox.path / "done").iterdir():
            path.unlink()
        return len(deliveries) + len(COMMUNES)

    def test_clean_and_flat(self):
        begin, reports, rounds, samples = time.monotonic(), 0, 0, {name: [] for name in self.services}
        while rounds < WARM_ROUNDS + 2 or time.monotonic() - begin < LOAD_S:
            rounds += 1
            reports += self.round(rounds)
            for name, program in self.services.items():
                samples[name].append(uss_kib(program))
        until("mails", lambda: len(self.mails.raw()) > 0)
        status, out, error = self.bus.ctl("verify")
        self.assertEqual(0, status, out + error)
        print(f"{reports} reports, {rounds} rounds, {time.monotonic() - begin:.0f} s; least USS in KiB " + ", ".join(
            f"{name} {flat[0]} then {flat[1]}" for name, flat in zip(samples, map(least, samples.values()))), flush=True)
        for name, kib in samples.items() if FLAT else ():
            before, after = least(kib)
            self.assertLess(after, before + GROWTH_KIB, name)


if __name__ == "__main__":
    unittest.main()
