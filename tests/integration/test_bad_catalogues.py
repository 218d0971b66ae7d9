"""Catalogues with faults, as folders: every word that `chisoctl check-catalogue` says of them."""

import shutil
import subprocess
import tempfile
import unittest

from harness import BIN, ROOT

FOLDERS = ROOT / "tests/fixtures/bad_catalogues"


class BadCatalogues(unittest.TestCase):
    maxDiff = None

    def test_all_faults_are_said_in_one_run(self):
        for folder in sorted(path for path in FOLDERS.iterdir() if path.is_dir()):
            with self.subTest(folder.name), tempfile.TemporaryDirectory(prefix="chiso-") as made:
                for source in (FOLDERS / "good", folder):
                    for path in source.glob("*.csv"):
                        shutil.copy(path, made)
                ended = subprocess.run([BIN / "chisoctl", "check-catalogue", made], capture_output=True, check=False)
                self.assertEqual("", ended.stderr.decode())
                self.assertEqual((folder / "expected.txt").read_text(encoding="utf-8"), ended.stdout.decode("utf-8"))
                self.assertEqual(0 if folder.name == "good" else 1, ended.returncode)
