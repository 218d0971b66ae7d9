"""tests/README.md says which test has which rule of STATISTICS.md: every test that it names is there."""

import re
import unittest

from harness import ROOT

TESTS = ROOT / "tests"


def unit_tests():
    """(suite, name) of all Criterion tests."""
    found = set()
    for path in (TESTS / "unit").glob("*.c"):
        found |= set(re.findall(r"^Test\((\w+),\s*(\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    return found


def integration_tests():
    """(file, name) of all tests of this folder."""
    found = set()
    for path in (TESTS / "integration").glob("test_*.py"):
        found |= {(path.stem, name) for name in re.findall(r"def (test_\w+)\(", path.read_text(encoding="utf-8"))}
    return found


class Map(unittest.TestCase):
    def test_named_tests_exist(self):
        known = unit_tests() | integration_tests()
        known |= {(suite, "*") for suite, _ in known}
        rows = re.findall(r"^\|.*", (TESTS / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
        named = set(re.findall(r"`(\w+)::(\w+|\*)`", "\n".join(rows)))
        self.assertGreater(len(named), 80)
        self.assertEqual(set(), named - known)
