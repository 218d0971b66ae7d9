"""chisoctl export and import: figures go out as a CSV, and in again, here and at another centre."""

import csv
import io

import stored
from fixture_reports import files
from harness import Bus, BusTestCase
from mqtt_client import Reporter, count, report

HEADER = ("unit,period,indicator,value,denominator,qualifier,denominator_qualifier,not_applicable,withdrawn,revision,"
          "source,note")


def figures(redis):
    """Every leaf, without journal number and times."""
    return {(key, field): stored.leaf(text) for key in redis.keys("chiso:{*}:leaf:*")
            for field, text in redis.hash(key).items()}


class Export(BusTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bus.aggregator()

    def export(self, *options):
        status, out, error = self.bus.ctl("export", *options)
        self.assertEqual((0, ""), (status, error))
        self.assertEqual("\ufeff" + HEADER + "\r\n", out.split("\r\n")[0] + "\r\n")
        return out

    def rows(self, *options):
        return list(csv.DictReader(io.StringIO(self.export(*options).removeprefix("\ufeff"), newline="")))

    def import_(self, bus, path, *options):
        return bus.run("chisoctl", "import", path, "--outbox", bus.folder / f"{path.name}.outbox", "--mqtt",
                       bus.mqtt_url, "--catalogue", bus.catalogue, "--lang", "en", *bus.frozen(), *options)

    def test_the_fixtures_go_to_another_centre_and_back(self):
        for path in files():
            status, _, error = self.bus.publish(path)
            self.assertEqual(0, status, error)
        text = self.export()
        path = self.bus.csv("all.csv", text)
        other = Bus("other-centre")
        self.addCleanup(other.close)
        other.aggregator()
        status, out, error = self.import_(other, path)
        self.assertEqual(0, status, out + error)
        self.assertEqual(figures(self.bus.redis), figures(other.redis))
        status, there, _ = other.ctl("export")
        self.assertEqual((0, text), (status, there))
        # Here all of it is there already.
        before = figures(self.bus.redis)
        status, out, error = self.import_(self.bus, path)
        self.assertEqual(0, status, out + error)
        self.assertEqual(before, figures(self.bus.redis))
        self.assertIn("DUPLICATE", out)
        self.assertNotIn("ACCEPTED", out)

    def test_what_a_spreadsheet_would_run(self):
        reporter = Reporter(self.bus, "35.syt")
        self.addCleanup(reporter.close)
        notes = ["=1+1", "+84", "-5", "@a", "'=1", "'quoted'", 'he said "no", twice', " blank ", ""]
        sent = {}
        for month, note in enumerate(notes, 1):
            made = report("35.syt", f"2023-{month:02}", 1, count("health.ehr_records", month, note=note), source="=cmd()")
            self.assertEqual(1, reporter.publish(made).outcome)
            sent[f"2023-{month:02}"] = note
        found = self.rows("--unit", "35.syt", "--period", "2023", "--indicator", "health.ehr_records")
        self.assertEqual(sorted(sent), [row["period"] for row in found])
        for row in found:
            note = sent[row["period"]]
            guarded = "'" + note if note.lstrip("'")[:1] in tuple("=+-@") else note
            self.assertEqual((guarded, "'=cmd()"), (row["note"], row["source"]))
        path = self.bus.csv("notes.csv", self.export("--unit", "35.syt", "--period", "2023"))
        other = Bus("other-notes")
        self.addCleanup(other.close)
        other.aggregator()
        status, out, error = self.import_(other, path)
        self.assertEqual(0, status, out + error)
        status, out, _ = other.ctl("export", "--unit", "35.syt")
        self.assertEqual((0, path.read_text(encoding="utf-8")), (status, out.replace("\r\n", "\n")))

    def test_which(self):
        reporter = Reporter(self.bus, "35.gateway", "35")
        self.addCleanup(reporter.close)
        for unit, period in (("35.x001", "2021-01"), ("35.x001", "2021-02"), ("35.x002", "2021-01")):
            reporter.publish(report(unit, period, 4, count("dossier.received", 7)))
        reporter.publish(report("35.x001", "2021-02", 5, count("dossier.received", 0, withdrawn=True)))
        def keys(*options):
            return [(row["unit"], row["period"]) for row in self.rows("--indicator", "dossier.received", *options)]
        self.assertEqual([("35.x001", "2021-01"), ("35.x001", "2021-02"), ("35.x002", "2021-01")], keys("--period", "2021-Q1"))
        self.assertEqual([("35.x001", "2021-02")], keys("--unit", "35.x001", "--period", "2021-02"))
        self.assertEqual([], keys("--period", "2020"))
        self.assertEqual([], keys("--province", "36", "--period", "2021"))
        row, = self.rows("--unit", "35.x001", "--period", "2021-02")
        self.assertEqual(("", "yes", "5"), (row["value"], row["withdrawn"], row["revision"]))
        self.assertEqual(64, self.bus.ctl("export", "--period", "2021-13")[0])
        self.assertEqual(1, self.bus.ctl("export", "--unit", "nobody")[0])
        self.assertEqual(64, self.bus.run("chisoctl", "import")[0])
        self.assertEqual(0, self.bus.run("chisoctl", "import", "--help")[0])
        self.assertEqual(64, self.bus.run("chisoctl", "import", "a.csv", "--no-such-option")[0])
