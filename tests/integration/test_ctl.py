"""chisoctl's commands: what they print, and their exit statuses."""

import shutil
import unittest

from harness import CATALOGUE, BusTestCase


class CheckCatalogue(BusTestCase):
    """What a clerk runs before sending a change."""

    def check(self, folder):
        return self.bus.run("chisoctl", "check-catalogue", folder)

    def changed(self, name, old, new):
        folder = self.bus.folder / "changed"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(CATALOGUE, folder)
        text = (folder / name).read_text(encoding="utf-8")
        self.assertIn(old, text)
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
        return folder

    def test_fixture_catalogue_is_good(self):
        status, out, error = self.check(CATALOGUE)
        self.assertEqual((0, ""), (status, error))
        self.assertRegex(out, r"\n0 errors, \d+ warnings\n$")

    def test_all_errors_are_named_with_their_places(self):
        folder = self.changed("indicators.csv", "Tỷ lệ phủ sóng di động,Mobile coverage,rate",
                              "Tỷ lệ phủ sóng di động,Mobile coverage,percent")
        pillars = folder / "pillars.csv"
        pillars.write_text(pillars.read_text(encoding="utf-8") + "digital_society,Lặp lại,,x\n", encoding="utf-8")
        status, out, _ = self.check(folder)
        self.assertEqual(1, status)
        self.assertRegex(out, r"indicators\.csv:\d+:\d+: error: .*percent")
        self.assertRegex(out, r"pillars\.csv:6:\d+: error: ")

    def test_folder_that_does_not_exist(self):
        self.assertEqual((1, "", "chisoctl check-catalogue: /does/not/exist: No such file or directory\n"),
                         self.check("/does/not/exist"))


class Usage(BusTestCase):
    def must_refuse(self, *words, status, sentence):
        found = self.bus.run("chisoctl", *words)
        self.assertEqual((status, ""), found[:2])
        self.assertEqual(sentence, found[2].splitlines()[0])

    def test_what_is_wrong_is_named(self):
        self.must_refuse(status=64, sentence="chisoctl: a command is missing")
        self.must_refuse("gett", status=64, sentence="chisoctl: 'gett' is not a command")
        self.must_refuse("check-catalogue", status=64, sentence="chisoctl check-catalogue: the folder is missing")
        self.must_refuse("check-catalogue", "a", "b", status=64,
                         sentence="chisoctl check-catalogue: 'b' is one argument too many")
        self.must_refuse("check-catalogue", "a", "--config", "/does/not/exist", status=78,
                         sentence="chisoctl check-catalogue: /does/not/exist: No such file or directory")

    def test_help_goes_to_standard_output(self):
        status, out, error = self.bus.run("chisoctl", "--help")
        self.assertEqual((0, ""), (status, error))
        for line in out.splitlines():
            if line.startswith("  "):
                command = line.split()[0]
                with self.subTest(command):
                    status, text, error = self.bus.run("chisoctl", command, "--help")
                    self.assertEqual((0, ""), (status, error))
                    self.assertTrue(text.startswith(f"Usage: chisoctl {command} "), text)


if __name__ == "__main__":
    unittest.main()
