"""Random worlds through core alone, without servers: tests/oracle/run_worlds.py, a few of them.

CHISO_ORACLE_SEED and CHISO_ORACLE_WORLDS choose others than those of every run. Seeds that once failed
(tests/oracle/found.txt) run every time.
"""

import os
import sys
import unittest
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "oracle"
sys.path.insert(0, str(FOLDER))

import run_worlds  # noqa: E402

SEED = int(os.environ.get("CHISO_ORACLE_SEED", "1000"))
WORLDS = int(os.environ.get("CHISO_ORACLE_WORLDS", "6"))
SHOWN_DIFFERENCES = 12


class CoreWorlds(unittest.TestCase):
    def check(self, seeds):
        for seed, rows, differences, _ in run_worlds.many(seeds, 2):
            with self.subTest(seed=seed):
                self.assertEqual([], differences[:SHOWN_DIFFERENCES], f"CHISO_ORACLE_SEED={seed}, {len(differences)} in all")
                self.assertGreater(rows, 0)

    def test_every_number_is_the_oracles(self):
        self.check(range(SEED, SEED + WORLDS))

    def test_worlds_that_once_differed(self):
        self.check(run_worlds.found())


if __name__ == "__main__":
    unittest.main()
