"""Counts the test cases behind ctest's results, and shows those that failed.

ctest sees one result per Criterion program; its cases are the TAP lines in the output ("ok - suite::name"). A
program that fails without a "not ok" line (crash, time-out, a leak reported at exit) counts as one failure.

Usage: count_unit.py CTEST.xml COUNTS; COUNTS receives "PASSED FAILED".
"""

import re
import sys
import xml.etree.ElementTree as ElementTree


def count(program, status, output):
    passed = len(re.findall(r"^ok\b(?!.*# SKIP)", output, re.MULTILINE))
    failures = re.findall(r"^not ok\b.*", output, re.MULTILINE)
    if status != "run" or failures:
        print(f"FAILED: {program}\n{output}")
        return passed, max(1, len(failures))
    if passed == 0:
        print(f"FAILED: {program} has no test cases\n{output}")
        return 0, 1
    return passed, 0


def main(xml, counts):
    passed = failed = 0
    for case in ElementTree.parse(xml).getroot().iter("testcase"):
        p, f = count(case.get("name"), case.get("status"), case.findtext("system-out", ""))
        passed += p
        failed += f
    with open(counts, "w", encoding="ascii") as out:
        print(passed, failed, file=out)


if __name__ == "__main__":
    main(*sys.argv[1:])
