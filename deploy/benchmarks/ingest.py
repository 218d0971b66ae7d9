"""Ingest: one gateway, one province of 109 communes in 6 districts, 100 indicators, the months of a year"""

import itertools

import plain_consumer
import servers
from figure import Figure
from places import Places

# Each run has a year of its own, so that all its figures are new.
YEARS = itertools.count(1950)


def measure(bench):
    rounds, reports = bench.rounds(5), bench.size(40000, 8000)
    bus = servers.start(bench, "province", Places(districts=6))
    null, runs, plain = [], {1: [], 20: [], 100: []}, {kind: [] for kind in plain_consumer.CONSUMERS}
    try:
        bus.aggregator()
        for i in range(rounds):
            bench.say(f"round {i + 1} of {rounds}")
            null.append(servers.load(bench, bus, next(YEARS), reports, 1, "--null"))
            runs[1].append(servers.load(bench, bus, next(YEARS), reports, 1))
        for _ in range(rounds):
            runs[20].append(servers.load(bench, bus, next(YEARS), reports // 2, 20))
            for kind, size in (("ordinary", reports // 40), ("pipelining", reports // 8)):
                consumer = plain_consumer.start(bus, kind)
                plain[kind].append(servers.load(bench, bus, next(YEARS), size, 20, "--plain"))
                consumer.stop()
            runs[100].append(servers.load(bench, bus, next(YEARS), reports // 10, 100))
    finally:
        bus.close()
    yield Figure("null_subscriber_per_s", "reports to a subscriber that does nothing",
                 servers.median(null, "reports_per_s"), "/s")
    yield Figure("reports_per_s", "reports of 1 observation, to the receipt",
                 servers.median(runs[1], "reports_per_s"), "/s")
    yield Figure("ratio_to_null_subscriber", "the one to the other", servers.ratio(runs[1], null), "", ">= 0.9")
    yield from servers.cpu_figures("cpu_us.1", runs[1])
    for count, done in runs.items():
        yield Figure(f"observations_per_s.{count}", f"observations, {count} to a report",
                     round(count * servers.median(done, "reports_per_s", 1)), "/s")
    yield from servers.cpu_figures("cpu_us.20", runs[20])
    for kind, goal in (("ordinary", ">= 10"), ("pipelining", "")):
        yield Figure(f"{kind}_consumer_observations_per_s", f"a Python consumer ({kind}): plain HSET and HINCRBY",
                     round(20 * servers.median(plain[kind], "reports_per_s", 1)), "/s")
        yield Figure(f"ratio_to_{kind}_consumer", "observations, 20 to a report, to that",
                     servers.ratio(runs[20], plain[kind]), "", goal)
