"""Runs the sections in their order: a table on standard error while they run, one JSON object on standard output.

Usage: benchmarks BIN [--quick] [--only SECTION]…; BIN is a build tree. A section is a module here with a one-line
docstring and measure(bench), which yields Figure after Figure; it is listed in SECTIONS. With CHISO_BENCH_TINY in the
environment everything is so small that no figure means anything: for the test of this program.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

import catalogue
import disk
import ingest
import latency
import memory
import nation
import provinces
import publishers

SECTIONS = {"disk": disk, "catalogue": catalogue, "memory": memory, "ingest": ingest, "provinces": provinces,
            "publishers": publishers, "latency": latency, "country": nation}


class Bench:
    """What a section needs: the programs, a folder of its own, and whether it may take its time."""

    def __init__(self, bin, folder, quick):
        self.bin, self.folder, self.quick = Path(bin), Path(folder), quick
        self.tiny = "CHISO_BENCH_TINY" in os.environ

    def size(self, full, quick):
        """Of something that is measured."""
        return quick // 10 if self.tiny else quick if self.quick else full

    def rounds(self, full):
        return 1 if self.quick else full

    @staticmethod
    def say(text):
        """How far a long section has come."""
        print(f"    {text}", file=sys.stderr, flush=True)


def place(result, key, value):
    """RESULT with VALUE under KEY; "receipt_ms.p50" is p50 inside receipt_ms."""
    *outer, last = key.split(".")
    for name in outer:
        result = result.setdefault(name, {})
    result[last] = value


def row(*cells):
    print("{:<62}{:>14}  {}".format(*cells).rstrip(), file=sys.stderr, flush=True)


def main():
    arguments = argparse.ArgumentParser(prog="deploy/bench")
    arguments.add_argument("bin")
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--only", action="append", choices=SECTIONS)
    arguments = arguments.parse_args()
    result = {}
    row("what", "measured", "goal")
    for name in arguments.only or SECTIONS:
        row(SECTIONS[name].__doc__.splitlines()[0], "", "")
        with tempfile.TemporaryDirectory(prefix="chiso-bench-") as folder:
            for figure in SECTIONS[name].measure(Bench(arguments.bin, folder, arguments.quick)):
                row(f"  {figure.what}", f"{figure.value:,} {figure.unit}", figure.goal)
                place(result, figure.key, figure.value)
    json.dump(result, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    sys.exit(main())
