"""Random worlds through core, beside the oracle: run_worlds.py [--seed N] [--worlds N] [--jobs N] [--shown N]

Prints the seed of every world that differs, and what differs; exit status 1 then. CHISO_BIN is the build tree.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
import traceback
from pathlib import Path
from random import Random

import core
from comparison import Comparison
from worlds import World


# The oracle remembers what it has computed, some 40 MB a world, as long as its process lives.
WORLDS_OF_A_PROCESS = 20
LARGE_QUESTIONS = 200  # asked about a large world, where each goes through all units


def prepare(world, folder):
    """Writes the catalogue without the rows that its check refuses. Is it usable then?"""
    while True:
        world.write(folder)
        findings = core.Core.findings(folder)
        if not world.drop(findings):
            return not findings


def usable(seed, folder):
    """The first world of SEED whose units and successions are allowed, its catalogue in FOLDER."""
    return next(world for attempt in range(50) if prepare(world := World(seed, attempt), folder))


def delivered(world, folder, seed):
    """A process that has the world's reports, when each was first accepted, and what went wrong on the way."""
    bus = core.Core(folder)
    accepted, wrong = core.send(bus, world, Random(seed))
    return bus, accepted, wrong


def core_world(seed):
    """(compared numbers, differences) of one world."""
    with tempfile.TemporaryDirectory(prefix="chiso-world-") as name:
        folder = Path(name)
        world = usable(seed, folder)
        bus, accepted, wrong = delivered(world, folder, seed)
        comparison = Comparison(bus, world, accepted, questions=LARGE_QUESTIONS if world.is_large else None)
        comparison.all()
        wrong += [f"again: {cell}" for cell in bus.ask("again")]
        other, _, _ = delivered(world, folder, -seed - 1)
        for what in ("leaves", "totals"):
            if bus.ask(what) != other.ask(what):
                wrong.append(f"another order gives other {what}")
        bus.close()
        other.close()
        return comparison.rows, wrong + comparison.differences


def attempt(seed):
    begin = time.monotonic()
    try:
        rows, differences = core_world(seed)
    except Exception:  # the seed must be told, whatever happened
        rows, differences = 0, [traceback.format_exc()]
    return seed, rows, differences, time.monotonic() - begin


def many(seeds, jobs):
    """(seed, compared numbers, differences, seconds) of each world."""
    with multiprocessing.Pool(jobs, maxtasksperchild=WORLDS_OF_A_PROCESS) as pool:
        yield from pool.imap(attempt, seeds)


def found():
    """The seeds of found.txt: "<seed> <what it found>", a line each."""
    lines = (Path(__file__).resolve().parent / "found.txt").read_text(encoding="utf-8").splitlines()
    return [int(line.split()[0]) for line in lines if line and not line.startswith("#")]


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--worlds", type=int, default=20)
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--shown", type=int, default=6)
    arguments = arguments.parse_args()
    failed, compared, begin = [], 0, time.monotonic()
    for seed, rows, differences, seconds in many(range(arguments.seed, arguments.seed + arguments.worlds), arguments.jobs):
        compared += rows
        if differences:
            failed.append(seed)
            print(f"seed {seed}, {rows} numbers, {seconds:.1f} s: {len(differences)} differences")
            for difference in differences[:arguments.shown]:
                print("   ", difference)
            sys.stdout.flush()
    print(f"{arguments.worlds} worlds, {compared} rows, {time.monotonic() - begin:.0f} s; failed: {failed or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
