"""deploy/bench: what it prints, on the tree that is being tested. No time is asserted."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from harness import BIN, ROOT


def bench(*words):
    return subprocess.run([ROOT / "deploy/bench", "--no-install", *words], capture_output=True, text=True, check=False,
                          env={**os.environ, "CHISO_BIN": str(BIN)})


class Bench(unittest.TestCase):
    def test_quick_run_prints_a_table_and_json(self):
        ended = bench("--quick")
        self.assertEqual(0, ended.returncode, ended.stderr)
        result = json.loads(ended.stdout)
        for key in ("catalogue_ms", "check_catalogue_ms", "null_subscriber_per_s", "reports_per_s",
                    "ratio_to_null_subscriber"):
            self.assertGreater(result[key], 0, key)
        self.assertEqual({"1", "20", "100"}, set(result["observations_per_s"]))
        self.assertLessEqual(result["receipt_ms"]["p50"], result["receipt_ms"]["p99"])
        self.assertRegex(ended.stderr, r"checked and loaded, as a service does +[0-9.,]+ ms  < 300 ms\n")

    def test_usage(self):
        self.assertRegex(bench("--help").stdout, "^Usage: deploy/bench ")
        for words in (["--fast"], ["--only", "nothing"], ["--only"]):
            self.assertEqual(64, bench(*words).returncode, words)

    def test_the_largest_catalogue_is_good_and_always_the_same(self):
        with tempfile.TemporaryDirectory(prefix="chiso-") as made:
            folders = [Path(made) / name for name in ("a", "b")]
            for folder in folders:
                subprocess.run([sys.executable, "-B", ROOT / "deploy/benchmarks/country.py", folder], check=True)
            a, b = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
            self.assertEqual(a, b)
            self.assertEqual(1 + 3321, a["contacts.csv"].count(b"\n"))
            ended = subprocess.run([BIN / "chisoctl", "check-catalogue", folders[0]], capture_output=True, text=True,
                                   check=False)
            self.assertEqual((0, "0 errors, 0 warnings\n"), (ended.returncode, ended.stdout))
