"""chisoctl archive: the journal of closed months goes to files, and history is read on from there."""

import os
import shutil
import subprocess

import replayed
from harness import BIN, Bus, BusTestCase
from mqtt_client import Reporter, count, report

JOURNAL = "chiso:{35}:journal"
INDICATOR = "dossier.received"


class Archive(BusTestCase):
    """Months of commits, closed one after the other; a bus for each test."""

    MONTHS = ("2025-01", "2025-02", "2025-03")

    def setUp(self):
        self.bus = Bus(self._testMethodName, clock=None)
        self.addCleanup(self.bus.close)
        self.folder = self.bus.folder / "archive"
        for month in self.MONTHS:
            self.month(month)

    @classmethod
    def setUpClass(cls):
        pass

    def month(self, month):
        """Three commits in the month, the second of which corrects the first; then it is closed."""
        self.bus.clock = f"{month}-20T08:00:00+07:00"
        aggregator = self.bus.aggregator(name=f"aggregator-{month}")
        reporter = Reporter(self.bus, "35.gateway", "35")
        for revision, value in ((1, 5), (2, 6)):
            reporter.publish(report("35.x001", month, revision, count(INDICATOR, value)))
        reporter.publish(report("35.x002", month, 1, count(INDICATOR, 1)))
        # A correction of the first month after it was closed.
        if month != self.MONTHS[0]:
            reporter.publish(report("35.x001", self.MONTHS[0], int(month[-1]) + 1, count(INDICATOR, 10 + int(month[-1]))))
        reporter.close()
        self.assertEqual(0, aggregator.stop())
        following = f"2025-{int(month[-2:]) + 1:02}-02T08:00:00+07:00"
        self.bus.clock = following
        status, out, error = self.bus.ctl("close", month, "--calendar", "statistical", "--by", "Chánh văn phòng")
        self.assertEqual(0, status, out + error)

    def archive(self, *options, status=0):
        found = self.bus.ctl("archive", "--archive", self.folder, "--lang", "en", *options)
        self.assertEqual(status, found[0], found[1] + found[2])
        return found[1] + found[2]

    def ids(self):
        return [int(entry[0].split(b"-")[0]) for entry in self.bus.redis("XRANGE", JOURNAL, "-", "+")]

    def names(self):
        return sorted(path.name for path in self.folder.iterdir() if path.name.startswith("35-"))

    QUESTIONS = (
        ("explain", "--unit", "35", "--indicator", INDICATOR, "--period", "2025-01", "--history", "--json"),
        ("explain", "--unit", "35", "--indicator", INDICATOR, "--period", "2025-02", "--json"),
        ("get", "--unit", "35", "--period", "2025-01", "--indicator", INDICATOR, "--json"),
        ("get", "--unit", "35", "--period", "2025-01", "--indicator", INDICATOR, "--json", "--as-of",
         "2025-02-01T00:00:00+07:00"),
        ("verify", "--journal"))

    def answers(self, *options):
        return [self.bus.ctl(*question, *options)[:2] for question in self.QUESTIONS]

    def test_history_is_read_on_from_there(self):
        before, answers = self.bus.redis("XRANGE", JOURNAL, "-", "+"), self.answers()
        self.assertEqual([0] * len(answers), [status for status, _ in answers], answers)
        told = self.archive("--until", "2025-02")
        kept = self.ids()
        last = kept[0] - 1
        self.assertIn(f"Province 35: {last} commits into the archive, {last} out of Redis", told)
        self.assertEqual([f"35-{1:012}-{last:012}.resp"], self.names())
        self.assertEqual(before[last:], self.bus.redis("XRANGE", JOURNAL, "-", "+"))
        # February's commits are in files, March's are not.
        self.assertLess(dict(zip(before[last - 1][1][::2], before[last - 1][1][1::2]))[b"time"], b"1740762000000")
        self.assertGreater(dict(zip(before[last][1][::2], before[last][1][1::2]))[b"time"], b"1740762000000")
        self.assertEqual(answers, self.answers("--archive", self.folder))
        # Without it history says where it is, and nothing is quietly left out.
        for question in (self.QUESTIONS[0], self.QUESTIONS[2], self.QUESTIONS[3], self.QUESTIONS[4]):
            status, out, error = self.bus.ctl(*question, "--lang", "en")
            self.assertEqual(1, status, out)
            self.assertIn(f"the journal of 35 up to entry {last} is in the archive: give its folder with --archive", error)
        status, out, error = self.bus.ctl(*self.QUESTIONS[1], "--lang", "en")
        self.assertEqual(0, status)
        self.assertIn("is in the archive", error)
        self.assertEqual(0, self.bus.ctl("verify")[0])
        recent = self.bus.ctl("get", "--unit", "35", "--period", "2025-03", "--indicator", INDICATOR)
        self.assertEqual(0, recent[0], recent)
        # And the rest of it, in a second file.
        self.archive()
        self.assertEqual(2, len(self.names()))
        self.assertEqual(answers, self.answers("--archive", self.folder))
        self.assertIn("0 commits into the archive, 0 out of Redis", self.archive())
        self.assertTrue(self.ids(), "the newest entry stays")

    def test_replay_reads_them(self):
        wanted = replayed.state(self.bus.redis)
        self.archive()
        spare = replayed.SpareRedis(self.bus)
        self.addCleanup(spare.close)
        status, _, error = replayed.replay(self.bus, spare)
        self.assertEqual(1, status)
        self.assertIn("is in the archive", error)
        spare.redis("FLUSHALL")
        status, _, error = replayed.replay(self.bus, spare, "--archive", self.folder)
        self.assertEqual(0, status, error)
        found = replayed.state(spare.redis)
        scores = [key for key in (*wanted, *found) if ":score" in key or ":rank:" in key]
        for key in scores:
            wanted.pop(key, None), found.pop(key, None)
        self.assertEqual(wanted, found)

    def test_a_copy_of_everything(self):
        ids = self.ids()
        self.archive("--copy", "--until", "2025-01")
        self.assertEqual([f"35-{1:012}-{ids[-1]:012}.resp"], self.names())
        self.assertLess(1, self.ids()[0])
        self.assertEqual(ids[-1], self.ids()[-1])
        self.archive()
        self.assertEqual(1, len(self.names()), "it was there already")
        # redis-cli takes the files as they are, and the journal is whole again.
        spare = replayed.SpareRedis(self.bus)
        self.addCleanup(spare.close)
        for path in sorted(self.folder.glob("*.resp")):
            loaded = subprocess.run(["redis-cli", "-s", str(spare.socket), "--pipe"], stdin=path.open("rb"),
                                    capture_output=True, check=True).stdout.decode()
            self.assertIn("errors: 0", loaded)
        self.assertEqual(ids[-1], spare.redis("XLEN", JOURNAL))
        self.assertEqual(self.bus.redis("XRANGE", JOURNAL, "-", "+"),
                         spare.redis("XRANGE", JOURNAL, f"{self.ids()[0]}-0", "+"))
        for key in self.bus.redis.keys("chiso:catalogue:????????????????????????????????????????????????????????????????"):
            self.assertEqual(self.bus.redis.hash(key), spare.redis.hash(key))
        # So the folder alone makes a centre again.
        [[_, newest]] = spare.redis("XREVRANGE", JOURNAL, "+", "-", "COUNT", "1")
        spare.redis("SET", "chiso:catalogue:current", dict(zip(newest[::2], newest[1::2]))[b"catalogue"])
        again = replayed.SpareRedis(self.bus, "again")
        self.addCleanup(again.close)
        for words in (("replay", "--to", again.url, "--redis", spare.url), ("verify", "--journal", "--redis", again.url)):
            status, out, error = self.bus.run("chisoctl", *words, *self.bus.frozen())
            self.assertEqual(0, status, out + error)
        for key in self.bus.redis.keys("chiso:{35}:leaf:*") + ["chiso:{35}:head", "chiso:{35}:ledger", "chiso:{35}:closed"]:
            self.assertEqual(self.bus.redis.hash(key), again.redis.hash(key), key)

    def test_nothing_before_its_time(self):
        ids = self.ids()
        self.assertIn("is not closed in province 35", self.archive("--until", "2025-04", status=1))
        self.assertEqual(64, self.bus.ctl("archive")[0])
        self.assertEqual(64, self.bus.ctl("archive", "--archive", self.folder, "--until", "2025")[0])
        self.assertEqual(ids, self.ids())
        # Nor beyond what the alerter has worked through.
        self.bus.redis("SET", "chiso:{35}:cursor:alerter", "6-0")
        self.bus.redis("SET", "chiso:{35}:cursor:of-somebody", "4-0")
        self.archive()
        self.assertEqual(5, self.ids()[0])

    def test_a_file_that_is_not_what_it_was(self):
        self.archive("--until", "2025-02")
        path = self.folder / self.names()[0]
        whole = path.read_bytes()
        for damaged in (whole[:-1], whole[:1000] + b"x" + whole[1001:], b"", whole + b"\r\n"):
            path.write_bytes(damaged)
            status, _, error = self.bus.ctl(*self.QUESTIONS[0], "--archive", self.folder)
            self.assertEqual(1, status)
            self.assertIn("is damaged or cut short: its checksum does not fit", error)
            ids = self.ids()
            self.archive(status=1)
            self.assertEqual(ids, self.ids())
        path.unlink()
        self.assertIn("is not that of this province 35", self.archive(status=1))

    def test_an_archive_of_another_centre_takes_nothing_away(self):
        self.archive("--copy", "--until", "2025-01")
        begins = self.ids()
        other = self.bus.folder / "other"
        shutil.copytree(self.folder, other)
        self.folder = other
        # The same numbers, other commits: what is in the folder is not what would leave.
        [[entry, fields]] = self.bus.redis("XRANGE", JOURNAL, f"{begins[1]}-0", f"{begins[1]}-0")
        entries = self.bus.redis("XRANGE", JOURNAL, "-", "+")
        self.bus.redis("DEL", JOURNAL)
        for number, content in entries:
            changed = [b"another" if value == fields[3] else value for value in content]
            self.bus.redis("XADD", JOURNAL, number, *changed)
        self.assertIn("nothing was taken away", self.archive(status=1))
        self.assertEqual(begins, self.ids())

    def test_a_copy_does_not_go_on_over_another_history(self):
        """An older copy of Redis was put back: what the folder has beyond it never happened there."""
        self.archive("--copy", "--until", "2025-01")
        names, last = self.names(), self.ids()[-1]
        self.bus.redis("XDEL", JOURNAL, f"{last}-0")
        self.bus.redis("HSET", "chiso:{35}:head", "seq", str(last - 1))
        self.assertIn(f"entry {last} of province 35 is not what the archive",
                      self.archive("--copy", "--until", "2025-01", status=1))
        self.assertEqual(names, self.names())

    def test_nothing_is_written_through_a_link(self):
        """Whoever may write into the folder does not have chisoctl write elsewhere; a pipe does not hold it up."""
        self.folder.mkdir()
        other, part = self.bus.folder / "other", self.folder / ".35.part"
        other.write_text("somebody else's")
        part.symlink_to(other)
        self.archive("--until", "2025-01")
        self.assertEqual("somebody else's", other.read_text())
        self.assertFalse((self.folder / self.names()[0]).is_symlink())
        os.mkfifo(part)
        self.archive()
        self.assertEqual(2, len(self.names()))

    def test_killed_at_any_moment(self):
        answers = self.answers()
        files = 0
        for wait_ms in (5, 10, 20, 40, 60, 80, 100, 150, 200, 300, 500, 1000):
            life = subprocess.Popen([BIN / "chisoctl", "archive", "--archive", self.folder, "--redis", self.bus.redis_url,
                                     "--clock", self.bus.clock], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                life.wait(wait_ms / 1000)
            except subprocess.TimeoutExpired:
                life.kill()
                life.wait()
            files = len(self.names()) if self.folder.exists() else 0
            self.assertLessEqual(files, 1, "nothing is written twice")
        self.archive()
        self.assertEqual(1, len(self.names()))
        self.assertEqual([], [path.name for path in self.folder.iterdir() if path.name.endswith(".part")])
        self.assertEqual(answers, self.answers("--archive", self.folder))
