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
                          env={**os.environ, "CHISO_BIN": str(BIN), "CHISO_BENCH_TINY": "yes"})


class Bench(unittest.TestCase):
    def test_quick_run_prints_a_table_and_json(self):
        ended = bench("--quick")
        self.assertEqual(0, ended.returncode, ended.stderr)
        result = json.loads(ended.stdout)
        for key in ("fdatasync_ms", "catalogue_ms", "check_catalogue_ms", "null_subscriber_per_s", "reports_per_s",
                    "ratio_to_null_subscriber", "ordinary_consumer_observations_per_s", "ratio_to_ordinary_consumer",
                    "pipelining_consumer_observations_per_s", "ratio_to_pipelining_consumer"):
            self.assertGreater(result[key], 0, key)
        for key, members in (("observations_per_s", {"1", "20", "100"}), ("receipt_ms", {"p50", "p99"}),
                             ("dashboard_ms", {"p50", "p99"}), ("country", {"load_s", "verify_s", "observations"}),
                             ("uss_mib", {"aggregator", "alerter", "publisher"}),
                             ("provinces", {"ratio_to_null_subscriber"}),
                             ("publishers", {"ratio_to_null_subscriber"})):
            self.assertLessEqual(members, set(result[key]), key)
        for key in ("receipt_ms", "dashboard_ms"):
            self.assertLessEqual(result[key]["p50"], result[key]["p99"], key)
        self.assertEqual(34 * 100 * 12, result["country"]["observations"])
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
            ended = subprocess.run([BIN / "chisoctl", "check-catalogue", folders[0], "--lang", "en"], capture_output=True, text=True,
                                   check=False)
            self.assertEqual((0, "0 errors, 0 warnings\n"), (ended.returncode, ended.stdout))
