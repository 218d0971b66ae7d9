"""Waiting: 1,000 reports a second of one observation by the clock, one gateway, one province of 109 communes"""

import itertools

import servers
from figure import Figure
from places import Places

YEARS = itertools.count(1950)


def measure(bench):
    rounds, reports = bench.rounds(5), bench.size(5000, 2000)
    bus = servers.start(bench, "calm", Places(districts=6, index=True))
    try:
        bus.aggregator()
        runs = [servers.load(bench, bus, next(YEARS), reports, 1, "--rate", "1000", "--changes") for _ in range(rounds)]
    finally:
        bus.close()
    for key, what, goals in (("receipt", "publish to receipt", ("<= 1 ms", "<= 5 ms")),
                             ("dashboard", "publish to change message at a viewer", ("", "<= 250 ms"))):
        for share, goal in zip(("p50", "p99"), goals):
            name = "receipt" if key == "receipt" else "change"
            yield Figure(f"{key}_ms.{share}", f"{what}, {share}", servers.median(runs, f"{name}_{share}_ms", 2), "ms",
                         goal)
