"""What the outbox of chiso-publisher survives, against the real broker, aggregator and disks: kill -9 at random
moments, a broker that loses its store, a full disk, an access list in the way; and the operator's commands."""

import os
import random
import re
import shutil
import signal
import subprocess
import time
import unittest

import mqtt_client
import stored
from centre import Centre
from harness import BusTestCase, until
from logins import LoginTestCase
from messages import ServiceStatus, outcome_name
from mqtt_client import Reporter
from watching import Folder, outbox_is_empty, start

HEADER = "unit,period,indicator,value\n"
INDICATOR = "infra.dedicated_network_points"


def figures(rng, count):
    """Plain figures of communes: (unit, year, value)."""
    pairs = [(f"35.x{number:03}", str(year)) for number in range(1, 101) for year in range(2020, 2025)]
    return [(unit, year, rng.randrange(100)) for unit, year in rng.sample(pairs, count)]


class Kills(BusTestCase):
    """All of it: the publisher, and the broker with its store, die at random; the aggregator counts."""

    def test_nothing_is_lost_and_nothing_counted_twice(self):
        seed = int(os.environ.get("CHISO_TEST_SEED", random.SystemRandom().randrange(1 << 32)))
        print(f"seed {seed} ", end="", flush=True)
        rng = random.Random(seed)
        aggregator = self.bus.aggregator()
        folder, box = Folder(self.bus.folder / "in"), self.bus.folder / "kills.outbox"
        options = ("--catalogue", self.bus.catalogue, *self.bus.frozen())
        wanted, files, rows_each = {}, 20, 25
        everything = iter(figures(rng, files * rows_each))
        for number in range(files):
            rows = [next(everything) for _ in range(rows_each)]
            wanted.update({(unit, year): value for unit, year, value in rows})
            folder.put(f"f{number}.csv", *(f"{unit},{year},{INDICATOR},{value}" for unit, year, value in rows),
                       header=HEADER)
            receipts_wait = number % 2  # else the kill may come too late to show anything
            if receipts_wait:
                aggregator.process.send_signal(signal.SIGSTOP)
            program = start(self.bus, "killed", folder, box, *options)
            if receipts_wait:
                program.wait_for_log("event=file_taken")
            time.sleep(rng.uniform(0, 0.06 if receipts_wait else 0.4))  # before, while or after it publishes
            program.kill()
            if receipts_wait:
                listed = self.bus.run("chiso-publisher", "--outbox", box, "--list", "--lang", "en")[1]
                self.assertNotIn("Waiting for a receipt: 0 reports", listed, f"seed {seed}")
                aggregator.process.send_signal(signal.SIGCONT)
            if number % 5 == 4:
                self.bus.broker.kill()
                for path in (self.bus.folder / "mosquitto").iterdir():
                    path.unlink()
                self.bus.start_broker(self.bus.port)
        program = start(self.bus, "the-last", folder, box, *options)
        for number in range(files):
            outcomes = {outcome for _, _, outcome in folder.outcomes(f"f{number}.csv")}
            self.assertLessEqual(outcomes, {"ACCEPTED", "DUPLICATE"}, f"seed {seed}")
        self.assertEqual(0, program.stop())
        self.assertTrue(outbox_is_empty(self.bus, box))
        found = {key: leaf[INDICATOR] for key in self.bus.redis.keys("chiso:{35}:leaf:*")
                 for leaf in [self.bus.redis.hash(key)]}
        self.assertEqual({f"chiso:{{35}}:leaf:{unit}:{year}": f"1 {value}" for (unit, year), value in wanted.items()},
                         {key: stored.leaf(text) for key, text in found.items()}, f"seed {seed}")
        verified = self.bus.ctl("verify")
        self.assertEqual(0, verified[0], verified)


class Again(BusTestCase):
    def test_a_report_a_thousand_times_is_one_figure(self):
        self.bus.aggregator()
        reporter = Reporter(self.bus, "35")
        self.addCleanup(reporter.close)
        report = mqtt_client.report("35", "2024", 1, mqtt_client.count("legal.plans_issued", 9))
        payload = report.SerializeToString()
        for _ in range(1000):
            reporter.client.publish("chiso/v1/report/35/35", payload, qos=1)
        reporter.wait_for("a thousand verdicts", lambda: len(reporter.verdicts_for(report.report_id)) == 1000)
        outcomes = [outcome_name(verdict) for verdict in reporter.verdicts_for(report.report_id)]
        self.assertEqual((1, 999), (outcomes.count("ACCEPTED"), outcomes.count("DUPLICATE")))
        row, = self.bus.ctl_json("get", "--unit", "35", "--period", "2024", "--indicator", "legal.plans_issued")
        self.assertEqual(("9", 1), (row["value"], row["revision"]))
        until("the ledger", lambda: self.bus.redis("HGET", "chiso:{35}:ledger", "unit:35:DUPLICATE") == b"999")
        self.assertEqual(b"1", self.bus.redis("HGET", "chiso:{35}:ledger", "unit:35:ACCEPTED"))
        self.assertEqual(0, self.bus.ctl("verify")[0])

    def test_a_broker_that_loses_its_store_gets_everything_again(self):
        centre = Centre(self.bus, deaf=True)
        self.addCleanup(centre.close)
        folder, box = Folder(self.bus.folder / "lost"), self.bus.folder / "lost.outbox"
        program = start(self.bus, "lost", folder, box, "--province", "35")
        folder.put("a.csv", *(f"35.u{i},2024,a,{i}" for i in range(40)), header=HEADER)
        centre.wait_for("the reports", lambda: len(centre.reports) == 40)
        self.bus.broker.kill()
        for path in (self.bus.folder / "mosquitto").iterdir():
            path.unlink()
        centre.deaf = False
        self.bus.start_broker(self.bus.port)
        self.assertEqual({"ACCEPTED"}, {outcome for _, _, outcome in folder.outcomes("a.csv")})
        self.assertEqual(0, program.stop())


class Disk(BusTestCase):
    """A disk that is full: new figures wait, those on their way go on, nothing is lost."""

    def setUp(self):
        self.centre = Centre(self.bus, deaf=True)
        self.addCleanup(self.centre.close)
        self.folder = Folder(self.bus.folder / self._testMethodName)
        self.disk = self.bus.folder / f"disk-{self._testMethodName}"
        self.disk.mkdir()
        self.box = self.disk / "outbox"

    def start(self, prefix=()):
        program = start(self.bus, self._testMethodName, self.folder, self.box, "--province", "35", prefix=prefix)
        self.addCleanup(program.stop)
        return program

    def fill(self, name, count=50):
        self.folder.put(name, *(f"35.{name[0]}{i},2024,a,{i}" for i in range(count)), header=HEADER)

    def answer_all(self):
        with self.centre.news:
            self.centre.deaf = False
            for topic, report in self.centre.reports:
                self.centre.answer(topic, report)

    def test_a_small_disk(self):
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "chiso-test", self.disk], check=False,
                                 stderr=subprocess.DEVNULL)
        if mounted.returncode:
            self.skipTest("may not mount a disk here; the test with a file size limit does without")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=True)
        program = self.start()
        self.fill("a.csv")
        self.centre.wait_for("the reports", lambda: len(self.centre.reports) == 50)
        free = shutil.disk_usage(self.disk).free
        ballast = self.disk / "ballast"
        ballast.write_bytes(b"x" * (free - (8 << 20)))
        self.fill("b.csv")
        program.wait_for_log(r"event=file_waits file=.b\.csv. tries=1 why=.the disk of outbox .* has \d+ KiB left")
        # To the last byte: now receipts cannot be written down either, and change nothing.
        with open(self.disk / "more", "wb", buffering=0) as more:
            try:
                while more.write(b"x" * 4096):
                    pass
            except OSError:
                pass
        self.answer_all()
        (self.disk / "more").unlink()
        ballast.unlink()
        for name in ("a.csv", "b.csv"):
            self.assertLessEqual({outcome for _, _, outcome in self.folder.outcomes(name)}, {"ACCEPTED", "DUPLICATE"})
        self.assertEqual(0, program.stop())
        self.assertTrue(outbox_is_empty(self.bus, self.box))
        self.assertEqual({1}, {revision for revision, _ in self.centre.figures.values()})

    def test_a_file_size_limit(self):
        program = self.start()
        self.fill("a.csv")
        self.centre.wait_for("the reports", lambda: len(self.centre.reports) == 50)
        program.kill()
        size = max(path.stat().st_size for path in self.disk.iterdir())
        program = self.start(prefix=["prlimit", f"--fsize={size + 4096}:unlimited"])
        self.fill("b.csv", 400)
        program.wait_for_log(r"event=file_waits file=.b\.csv. tries=2 why=.outbox: disk I/O error")
        self.assertEqual(["b.csv"], self.folder.names(), "it stays where it is")
        self.answer_all()
        self.folder.result("a.csv") # settled within the limit: what is removed makes room
        subprocess.run(["prlimit", f"--pid={program.process.pid}", "--fsize=unlimited:unlimited"], check=True)
        self.assertLessEqual({outcome for _, _, outcome in self.folder.outcomes("b.csv")}, {"ACCEPTED", "DUPLICATE"})
        self.assertEqual(0, program.stop())
        self.assertTrue(outbox_is_empty(self.bus, self.box))

    def test_receipts_that_cannot_be_written_down_come_again(self):
        program = self.start()
        self.fill("a.csv")
        self.centre.wait_for("the reports", lambda: len(self.centre.reports) == 50)
        program.kill()
        (self.box.parent / "outbox-shm").unlink(missing_ok=True)
        program = self.start(prefix=["prlimit", "--fsize=8192:unlimited"])
        self.assertNotIn("outbox_damaged", program.text(), "there is no room for SQLite's index, and nothing else wrong")
        self.centre.wait_for("them again", lambda: len(self.centre.reports) == 100)
        self.answer_all()
        program.wait_for_log("event=outbox_not_written")
        self.assertTrue(program.running())
        subprocess.run(["prlimit", f"--pid={program.process.pid}", "--fsize=unlimited:unlimited"], check=True)
        self.assertEqual({"DUPLICATE", "ACCEPTED"} & {outcome for _, _, outcome in self.folder.outcomes("a.csv")},
                         {outcome for _, _, outcome in self.folder.outcomes("a.csv")})
        self.assertEqual(0, program.stop())


class Damaged(BusTestCase):
    def test_what_can_be_read_goes_out_all_the_same(self):
        centre = Centre(self.bus, deaf=True)
        self.addCleanup(centre.close)
        folder, box = Folder(self.bus.folder / "in"), self.bus.folder / "damaged.outbox"
        program = start(self.bus, "before", folder, box, "--province", "35")
        folder.put("a.csv", *(f"35.u{i},2024,a,{i}" for i in range(400)), header=HEADER)
        centre.wait_for("the reports", lambda: len(centre.reports) == 400)
        self.assertEqual(0, program.stop())
        size = box.stat().st_size
        with open(box, "r+b") as file:
            file.seek(size // 4096 // 2 * 4096)  # pages of several tables
            file.write(b"\xa5" * 4 * 4096)
        centre.deaf = False
        program = start(self.bus, "after", folder, box, "--province", "35")
        program.wait_for_log(r"level=error event=outbox_damaged .* is kept as damaged.outbox.damaged-1; a new one has "
                             r"begun with (\d+) of its reports")
        saved = int(re.search(r"with (\d+) of its reports", program.text()).group(1))
        self.assertTrue(200 < saved < 400, saved)
        centre.wait_for("the saved ones", lambda: len(centre.figures) == saved)
        self.assertEqual(saved, len(folder.result("a.csv")), "and the result of the file they came from")
        self.assertIn(f"    The fate of {400 - saved} figures is unknown: ", folder.text("done/a.csv.result.txt"))
        self.assertEqual(size, (self.bus.folder / "damaged.outbox.damaged-1").stat().st_size)
        folder.put("a.csv", *(f"35.u{i},2024,a,{i}" for i in range(400)), header=HEADER)
        folder.result("a-2.csv")
        self.assertEqual(400, len(centre.figures))
        self.assertEqual(0, program.stop())


class Commands(BusTestCase):
    def setUp(self):
        self.centre = Centre(self.bus, deaf=True)
        self.addCleanup(self.centre.close)
        self.folder = Folder(self.bus.folder / self._testMethodName)
        self.box = self.bus.folder / f"{self._testMethodName}.outbox"

    def run_command(self, *words, lang="en"):
        return self.bus.run("chiso-publisher", "--outbox", self.box, "--lang", lang, *words)

    def test_list_and_drop_while_the_service_runs(self):
        program = start(self.bus, "listed", self.folder, self.box, "--province", "35", "--publisher", "35.gw")
        self.folder.put("q1.csv", "35,2024,a,5", "35.stp,2024-Q1,b,7", "35.stp,2024-Q1,c,7.5", header=HEADER)
        self.centre.wait_for("the reports", lambda: len(self.centre.reports) == 2)
        found = self.run_command("--list")
        self.assertEqual(0, found[0], found)
        lines = [re.sub("  +", "|", line.strip()) for line in found[1].splitlines()]
        first, second = (report.report_id for _, report in self.centre.reports)
        self.assertEqual("Report|To|Unit|Period|Revision|Figures|Since|File|The broker refuses it", lines[0])
        rows = [line.split("|") for line in lines if line.startswith(first[:16])]
        self.assertEqual([[first, "35/35.gw", "35", "2024", "1", "1", "q1.csv"],
                          [second, "35/35.gw", "35.stp", "2024-Q1", "1", "2", "q1.csv"]],
                         [row[:6] + row[7:] for row in rows])
        self.assertRegex(lines[-1], r"^Waiting for a receipt: 2 reports, 0 of them refused by the broker; \d+ bytes\.$")
        found = self.run_command("--drop", second)
        self.assertEqual((0, [f"Dropped: {second} to 35/35.gw, unit 35.stp, period 2024-Q1, revision 1.", "    b 7",
                              "    c 7.5"]), (found[0], found[1].splitlines()))
        program.wait_for_log(f"event=dropped report={second}")
        self.assertEqual((1, f"chiso-publisher: no report {second} waits in outbox {self.box}\n"),
                         self.run_command("--drop", second)[::2])
        self.centre.answer(*self.centre.reports[0])
        self.assertEqual([(2, "a", "ACCEPTED"), (3, "b", "DROPPED"), (4, "c", "DROPPED")],
                         self.folder.outcomes("q1.csv"))
        self.assertEqual(0, program.stop())
        self.assertEqual(1, len({report.report_id for _, report in self.centre.reports if report.unit == "35.stp"}))

    def test_in_vietnamese(self):
        program = start(self.bus, "vietnamese", self.folder, self.box, "--province", "35")
        self.folder.put("a.csv", "35,2024,a,5", header=HEADER)
        self.centre.wait_for("the report", lambda: self.centre.reports)
        self.assertEqual(0, program.stop())
        out = self.run_command("--list", lang="vi")[1]
        self.assertTrue(out.startswith("Báo cáo"), out)
        self.assertRegex(out, r"Chưa có biên nhận: 1 báo cáo, trong đó 0 bị máy chủ trung chuyển từ chối; \d+ byte\.")
        dropped = self.run_command("--drop", self.centre.reports[0][1].report_id, lang="vi")[1]
        self.assertTrue(dropped.startswith("Đã bỏ: "), dropped)
        self.assertTrue(self.run_command("--list")[1].startswith("Waiting for a receipt: 0 reports"))

    def test_no_outbox(self):
        found = self.run_command("--list")
        self.assertEqual((1, f"chiso-publisher: outbox {self.box} cannot be opened: No such file or directory\n"),
                         found[::2])
        self.assertFalse(self.box.exists())


class Denied(LoginTestCase):
    """With logins: an access list that does not let a report through."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bus.aggregator(*cls.credentials("chiso-aggregator"))

    def test_the_operator_is_told_and_others_go_on(self):
        viewer = self.login("viewer")
        last = {}
        viewer.client.on_message = lambda _c, _u, message: last.update({message.topic: message.payload})
        viewer.subscribe("chiso/v1/status/#")
        folder, box = Folder(self.bus.folder / "denied"), self.bus.folder / "denied.outbox"
        file = self.bus.csv("not-ours.csv", HEADER + "".join(
            f"35.x{i:03},{year},{INDICATOR},1\n" for i in range(1, 101) for year in range(2018, 2025)))
        # More of them than the window holds, under a name that is not the login's.
        found = self.bus.publish(file, *self.credentials("35"), "--lang", "en", "--wait", "3", "--publisher", "35.gateway",
                                 outbox="denied.outbox")
        self.assertEqual(1, found[0], found)
        self.assertIn("event=report_refused_by_broker", found[2])
        program = start(self.bus, "denied", folder, box, *self.credentials("35"), "--catalogue", self.bus.catalogue,
                        *self.bus.frozen())
        folder.put("ours.csv", "35,2024,legal.plans_issued,9", header=HEADER)
        self.assertEqual([(2, "legal.plans_issued", "ACCEPTED")], folder.outcomes("ours.csv"))
        reports = 700

        def told():
            said = ServiceStatus.FromString(last.get("chiso/v1/status/publisher/35", b""))
            return (said.published, said.outstanding, said.refused) == (reports + 1, reports, reports)
        until("the status says how many", told)
        listed = self.bus.run("chiso-publisher", "--outbox", box, "--list", "--lang", "en")[1]
        self.assertEqual(reports, listed.count("Not authorized"))
        self.assertIn(f"{reports} of them refused by the broker", listed)
        self.assertEqual(0, program.stop())


if __name__ == "__main__":
    unittest.main()
