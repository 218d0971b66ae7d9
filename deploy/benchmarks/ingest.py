"""Ingest: one gateway, one province of 109 communes in 6 districts, 100 indicators, the months of a year"""

import itertools
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from figure import Figure

DISTRICTS, COMMUNES, INDICATORS = 6, 109, 100
PROVINCE, PUBLISHER = "01", "01.gateway"
# Each run has a year of its own, so that all its figures are new.
YEARS = itertools.count(2000)


def communes():
    return [f"{10000 + i}" for i in range(COMMUNES)]


def indicators():
    return [f"indicator_{i:03d}" for i in range(INDICATORS)]


def write_catalogue(folder):
    folder.mkdir()
    units = ["code,kind,parent,name_vi", "VN,nation,,Việt Nam", f"{PROVINCE},province,VN,Tỉnh"]
    units += [f"{100 + i},district,{PROVINCE},Huyện số {i + 1}" for i in range(DISTRICTS)]
    units += [f"{code},commune,{100 + i % DISTRICTS},Xã số {i + 1}" for i, code in enumerate(communes())]
    lines = ["id,pillar,name_vi,measure,across_time,minimum,reported_by,cadence"]
    lines += [f"{id},government,Chỉ tiêu,count,sum,0,commune,month" for id in indicators()]
    for name, text in (("units", units), ("indicators", lines),
                       ("pillars", ["id,name_vi,order", "government,Chính quyền số,1"]),
                       ("publishers", ["publisher,units", f"{PUBLISHER},{PROVINCE}/*"])):
        (folder / f"{name}.csv").write_text("\n".join(text) + "\n", encoding="utf-8")


def run(bench, bus, reports, observations, *more):
    """What bench_load measured, in one run of so many reports."""
    done = subprocess.run(
        [bench.bin / "bench_load", "--port", str(bus.port), "--province", PROVINCE, "--publisher", PUBLISHER,
         "--units", ",".join(communes()), "--indicators", ",".join(indicators()), "--year", str(next(YEARS)),
         "--reports", str(reports), "--observations", str(observations), *more],
        stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def median(runs, key, digits=0):
    return round(statistics.median(one[key] for one in runs), digits or None)


def measure(bench):
    os.environ["CHISO_BIN"] = str(bench.bin)
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests/integration"))
    from harness import Bus  # the servers as the tests start them; it reads CHISO_BIN

    rounds, reports = (1, 4000) if bench.quick else (5, 20000)
    write_catalogue(bench.folder / "province")
    bus = Bus("bench", catalogue=bench.folder / "province")
    try:
        null = [run(bench, bus, reports, 1, "--null") for _ in range(rounds)]
        bus.aggregator()
        runs = {count: [run(bench, bus, reports * size // 20, count) for _ in range(rounds)]
                for count, size in ((1, 20), (20, 10), (100, 2))}
        calm = [run(bench, bus, reports // 10, 1, "--rate", "1000") for _ in range(rounds)]
    finally:
        bus.close()
    bare, full = median(null, "reports_per_s"), median(runs[1], "reports_per_s")
    yield Figure("null_subscriber_per_s", "reports to a subscriber that does nothing", bare, "/s")
    yield Figure("reports_per_s", "reports of 1 observation, to the receipt", full, "/s")
    yield Figure("ratio_to_null_subscriber", "the one to the other", round(full / bare, 2), "", ">= 0.9")
    for count, done in runs.items():
        yield Figure(f"observations_per_s.{count}", f"observations, {count} to a report",
                     round(count * median(done, "reports_per_s", 1)), "/s")
    yield Figure("receipt_ms.p50", "publish to receipt at 1,000 reports/s, median", median(calm, "p50_ms", 2), "ms",
                 "<= 1 ms")
    yield Figure("receipt_ms.p99", "the slowest of a hundred", median(calm, "p99_ms", 2), "ms", "<= 5 ms")
