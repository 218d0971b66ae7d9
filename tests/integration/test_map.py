"""Documents that name what is in the code: tests/README.md the tests of each rule of STATISTICS.md, fixtures/CATALOGUE.md
the columns of each file."""

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


def columns_of_the_loader():
    """File → [(column, is needed)] as core/catalogue_table.c has them."""
    text = (ROOT / "services/common/core/catalogue_table.c").read_text(encoding="utf-8")
    tables = re.findall(r'TABLE\(\s*"(\w+\.csv)", (?:true|false),(.*?)\),\n', text, re.DOTALL)
    return {file: sorted(re.findall(r'\{"(\w+)", (true|false)\}', columns)) for file, columns in tables}


def columns_of_the_page():
    """The same as fixtures/CATALOGUE.md has them; what is needed is bold."""
    text = (ROOT / "fixtures/CATALOGUE.md").read_text(encoding="utf-8")
    found = {}
    for file, section in re.findall(r"^## `(\w+\.csv)`\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE):
        cells = "".join(re.findall(r"^\|([^|]*)\|", section, re.MULTILINE))
        found[file] = sorted((name, "true" if bold else "false") for bold, name in re.findall(r"(\*\*)?`(\w+)`", cells))
    return found


class Map(unittest.TestCase):
    maxDiff = None

    def test_every_column_of_a_catalogue_is_described(self):
        self.assertIn("units.csv", columns_of_the_loader())
        self.assertEqual(columns_of_the_loader(), columns_of_the_page())

    def test_named_tests_exist(self):
        known = unit_tests() | integration_tests()
        known |= {(suite, "*") for suite, _ in known}
        rows = re.findall(r"^\|.*", (TESTS / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
        named = set(re.findall(r"`(\w+)::(\w+|\*)`", "\n".join(rows)))
        self.assertGreater(len(named), 80)
        self.assertEqual(set(), named - known)
