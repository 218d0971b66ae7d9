"""Bad input: the exact sentence that a person gets, through the program that the person uses.

Every rule of the catalogue, the CSV reader and the admission has its own unit test; here one of every kind goes
the whole way.
"""

import shutil
import unittest

from harness import CATALOGUE, BusTestCase
from messages import outcome_name, reason_name
from mqtt_client import Reporter, count, ratio, report

PROGRAMS = ("chiso-aggregator", "chiso-publisher", "chiso-alerter")


class Configuration(BusTestCase):
    """Flags and YAML files, which all programs read with the same code."""

    def refuses(self, status, sentence, program, *arguments, environment=None):
        """One line that begins with the program's name; usage errors add where help is."""
        found, _, error = self.bus.run(program, *arguments, environment=environment)
        expected = f"{program}: {sentence}\n"
        if status == 64:
            expected += f"Try '{program} --help'.\n"
        self.assertEqual((status, expected), (found, error))

    def test_files(self):
        cases = (
            ("mqtt_ulr: x\n", ":1: unknown key 'mqtt_ulr'"),
            ("instance: a\ninstance: b\n", ":2: 'instance' stands there twice"),
            ("mqtt_url: [a, b]\n", ":1: mqtt_url must have one plain value"),
            ("mqtt_url: http://x\n", ":1: mqtt_url must be mqtt://host:port or mqtts://host:port, not 'http://x'"),
            ("instance: a b\n",
             ":1: instance must be 1 to 32 letters, digits, dots, dashes or underscores, not 'a b'"),
            ("instance: a\n---\ninstance: b\n", ":2: a second document begins; a configuration is one"),
            ("- a\n", ":1: must be lines of the form 'key: value'"),
            ('instance: "a\n', ":2: not YAML: found unexpected end of stream"),
        )
        for text, sentence in cases:
            path = self.bus.csv("bad.yaml", text)
            with self.subTest(sentence):
                self.refuses(78, f"{path}{sentence}", "chiso-aggregator", "--config", path)
        path = self.bus.csv("bad.yaml", "\ncatalog: x\n")
        for program in PROGRAMS:
            with self.subTest(program):
                self.refuses(78, f"{path}:2: unknown key 'catalog'", program, "--config", path)

    def test_flags(self):
        for program in PROGRAMS:
            with self.subTest(program):
                self.refuses(64, "--clock must be a time such as 2025-05-05T08:00:00+07:00, not 'yesterday'",
                             program, "--clock", "yesterday")

    def test_operands(self):
        for program in ("chiso-aggregator", "chiso-alerter"):
            with self.subTest(program):
                self.refuses(64, "'more' is one argument too many", program, "more")

    def test_beyond_loopback_without_login(self):
        status, _, error = self.bus.run("chiso-aggregator", "--mqtt", "mqtt://192.0.2.1:1883",
                                        "--redis", self.bus.redis_url, "--catalogue", CATALOGUE, seconds=30)
        self.assertEqual(78, status, error)
        self.assertTrue(error.endswith(
            "level=error event=bad_mqtt reason=\"the broker 'mqtt://192.0.2.1:1883' is beyond this machine: mqtts://, "
            "mqtt_username, mqtt_password_file and mqtt_ca_file are required\"\n"), error)


class Catalogue(BusTestCase):
    def check(self, status, *lines, **files):
        """What check-catalogue says of the fixture catalogue with FILES changed; warnings left aside."""
        folder = self.bus.folder / "catalogue"
        shutil.copytree(CATALOGUE, folder)
        self.addCleanup(shutil.rmtree, folder)
        for name, change in files.items():
            path = folder / f"{name}.csv"
            path.write_bytes(change(path.read_bytes()))
        found, out, error = self.bus.run("chisoctl", "check-catalogue", folder, "--lang", "en")
        errors = [line for line in out.splitlines() if ": warning: " not in line]
        self.assertEqual((status, list(lines)), (found, errors[:-1]), error)
        self.assertIn(f"{len(lines)} errors, ", errors[-1])

    def test_columns(self):
        self.check(
            1,
            "units.csv:1:1: error: the column 'kind' is missing",
            "units.csv:1:26: error: the column 'kinds' is unknown",
            units=lambda text: text.replace(b",kind,", b",kinds,", 1))

    def test_the_aggregator_does_not_start_with_it(self):
        folder = self.bus.folder / "broken"
        shutil.copytree(CATALOGUE, folder)
        with open(folder / "targets.csv", "a", encoding="utf-8") as file:
            file.write("no.such,35,,,at_least,1,,,,,,,,,,\n")
        line = len((folder / "targets.csv").read_text(encoding="utf-8").splitlines())
        status, _, error = self.bus.run(
            "chiso-aggregator", "--mqtt", self.bus.mqtt_url, "--redis", self.bus.redis_url, "--catalogue", folder,
            seconds=60)
        self.assertEqual(78, status, error)
        self.assertIn(f"targets.csv:{line}:1: indicator 'no.such' is not in indicators.csv", error)


class Reports(BusTestCase):
    """Messages, by the sentence in the receipt."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bus.aggregator()
        cls.gateway = Reporter(cls.bus, "35.gateway")
        cls.addClassCleanup(cls.gateway.close)

    def rejections(self, message, outcome="REJECTED"):
        verdict = self.gateway.publish(message)
        self.assertEqual(outcome, outcome_name(verdict), verdict)
        return [(reason_name(rejection), rejection.text) for rejection in verdict.rejections]

    def test_whole_report(self):
        one = count("dossier.received", 1)
        cases = (
            (report("35.x001", "2024-01", 1), "MALFORMED", "the report has no observations"),
            (report("35.x001", "2024-01", 0, one), "BAD_REVISION", "revision 0 is not between 1 and 2147483648"),
            (report("35.x001", "2024-13", 1, one), "BAD_PERIOD",
             '"2024-13" is not a period such as 2025, 2025-Q1 or 2025-03'),
            (report("35.x001", "2025-06", 1, one), "BAD_PERIOD", "period 2025-06 has not begun on 2025-05-05"),
            (report("35.nowhere", "2024-01", 1, one), "UNKNOWN_UNIT", 'unit "35.nowhere" is not in the catalogue'),
            (report("35", "2025", 1, one), "UNKNOWN_UNIT", "unit 35 ended on 30/06/2025; use 2025-H1"),
            (report("36.stp", "2024-01", 1, one), "NOT_ALLOWED",
             "publisher 35.gateway may not report for unit 36.stp"),
        )
        for message, reason, sentence in cases:
            with self.subTest(sentence):
                self.assertEqual([(reason, sentence)], self.rejections(message))

    def test_observations(self):
        cases = (
            (count("no.such", 1), "UNKNOWN_INDICATOR", 'indicator "no.such" is not in the catalogue'),
            (count("legal.plans_issued", 1), "NOT_A_REPORTER",
             "unit 35.x001 (commune) does not report indicator legal.plans_issued"),
            (ratio("dossier.received", 1, 2), "BAD_FORM",
             "dossier.received takes a plain value and cannot have a denominator"),
            (count("dossier.received", 1, not_applicable=True), "BAD_FORM",
             "dossier.received has a figure and is marked not applicable as well"),
            (count("dossier.received", 15, scale=1), "BAD_VALUE", "1.5 has 1 decimals, dossier.received takes at most 0"),
            (count("dossier.received", -1), "BAD_VALUE", "-1 is negative and the minimum of dossier.received is 0"),
            (count("dossier.received", (1 << 52) + 1), "BAD_VALUE",
             "4503599627370497 is too large for dossier.received: the limit is 2^52 in its smallest unit"),
        )
        for observation, reason, sentence in cases:
            with self.subTest(sentence):
                self.assertEqual([(reason, sentence)], self.rejections(report("35.x001", "2023-11", 1, observation)))

    def test_repeated_indicator_is_refused_every_time(self):
        sentence = "indicator dossier.received stands more than once in the report"
        self.assertEqual([("REPEATED", sentence)] * 2, self.rejections(
            report("35.x001", "2023-11", 1, count("dossier.received", 1), count("dossier.received", 1))))

    def test_conflict_names_both_figures(self):
        self.assertEqual([], self.rejections(report("35.x001", "2023-12", 1, count("dossier.received", 7)), "ACCEPTED"))
        self.assertEqual([("CONFLICT", "dossier.received has 7 at revision 1, not 8: a correction needs a higher revision")], self.rejections(
            report("35.x001", "2023-12", 1, count("dossier.received", 8))))

    def test_undecodable_bytes(self):
        cases = (
            (b"", "a report of 0 bytes is refused: the payload is empty"),
            (bytes(262145), "a report of 262145 bytes is refused: at most 262144 are allowed"),
        )
        for payload, sentence in cases:
            with self.subTest(sentence):
                before = len(self.gateway.verdicts_for(""))
                self.gateway.send_bytes(payload)
                verdict = self.gateway.wait_for("verdict", lambda n=before: self.gateway.verdicts_for("")[n:])[0]
                self.assertEqual([("MALFORMED", sentence)],
                                 [(reason_name(rejection), rejection.text) for rejection in verdict.rejections])


if __name__ == "__main__":
    unittest.main()
