"""Runs every tests/integration/test_*.py: a line for each test, and the counts for deploy/test.

Usage: run.py [--counts FILE] [PATTERN]; PATTERN is a part of the tests' names.
"""

import argparse
import sys
import time
import unittest
from pathlib import Path


class Result(unittest.TextTestResult):
    """One line a test, with the seconds it took."""

    passed = 0

    def startTest(self, test):
        self.begin = time.monotonic()
        super().startTest(test)

    def addSuccess(self, test):
        self.passed += 1
        self.stream.writeln(f"ok, {time.monotonic() - self.begin:.1f} s")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--counts")
    arguments.add_argument("pattern", nargs="?")
    arguments = arguments.parse_args()
    folder = Path(__file__).resolve().parent
    sys.path.insert(0, str(folder))
    loader = unittest.TestLoader()
    if arguments.pattern:
        loader.testNamePatterns = [f"*{arguments.pattern}*"]
    suite = loader.discover(str(folder), top_level_dir=str(folder))
    result = unittest.TextTestRunner(verbosity=2, resultclass=Result).run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    if arguments.counts:
        Path(arguments.counts).write_text(f"{result.passed} {failed}\n", encoding="ascii")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
