"""The servers as the tests start them, and the load generator."""

import json
import os
import re
import resource
import statistics
import subprocess
import sys
from pathlib import Path

from figure import Figure

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests/integration"))


def start(bench, name, places):
    """Broker and Redis on PLACES' catalogue; the caller starts services and closes it."""
    os.environ["CHISO_BIN"] = str(bench.bin)
    from harness import Bus  # it reads CHISO_BIN

    # One connection a publisher; the broker inherits the limit.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    catalogue = places.write(bench.folder / name)
    with open(bench.folder / f"{name}.streams", "w", encoding="utf-8") as file:
        for province, publisher, units in places.streams():
            print(province, publisher, ",".join(units), file=file)
    bus = Bus(f"bench-{name}", catalogue=catalogue, clock=None)
    bus.name, bus.places = name, places
    return bus


# Reports without a receipt at a time: enough that nobody waits for the generator. A broker has room for 400,000.
WINDOW = 8000


def load(bench, bus, year, reports, observations, *more):
    """What bench_load measured in one run of so many reports, and cpu_us: each program's processor time a report."""
    before = {program: cpu_s(program) for program in bus.programs if program.running()}
    generator = children_cpu_s()
    done = subprocess.run(
        [bench.bin / "bench_load", "--port", str(bus.port), "--streams", bench.folder / f"{bus.name}.streams",
         "--indicators", ",".join(bus.places.indicator_ids()), "--year", str(year), "--reports", str(reports),
         "--observations", str(observations), "--window", str(WINDOW), *more],
        stdout=subprocess.PIPE, text=True, check=True)
    used = {program.log.stem: cpu_s(program) - seconds for program, seconds in before.items()}
    used["generator"] = children_cpu_s() - generator
    return {**json.loads(done.stdout), "cpu_us": {name: s * 1e6 / reports for name, s in used.items()}}


def median(runs, key, digits=0):
    return round(statistics.median(one[key] for one in runs), digits or None)


def ratio(runs, others):
    """Of each round's two runs, which followed each other; the median of the rounds."""
    pairs = zip(runs, others)
    return round(statistics.median(a["reports_per_s"] / b["reports_per_s"] for a, b in pairs), 2)


def cpu_figures(key, runs):
    """Where the time of a report goes, by program; the median of the rounds. A program that waits for its turn is left
    out."""
    for name in runs[0]["cpu_us"]:
        used = round(statistics.median(run["cpu_us"][name] for run in runs), 1)
        if used:
            yield Figure(f"{key}.{name}", f"processor time a report, {name}", used, "us")


def uss_mib(program):
    """What would be free again if PROGRAM ended."""
    text = Path(f"/proc/{program.process.pid}/smaps_rollup").read_text(encoding="ascii")
    return round(sum(int(kib) for kib in re.findall(r"Private_(?:Clean|Dirty): +([0-9]+) kB", text)) / 1024, 1)


def cpu_s(program):
    """Processor time that PROGRAM has used so far, in user and kernel."""
    fields = Path(f"/proc/{program.process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_cpu_s():
    """Processor time of all programs that have run and ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
