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
    null, runs, plain = [], {1: [], 20: [], 100: []}, []
    try:
        bus.aggregator()
        for i in range(rounds):
            bench.say(f"round {i + 1} of {rounds}")
            null.append(servers.load(bench, bus, next(YEARS), reports, 1, "--null"))
            runs[1].append(servers.load(bench, bus, next(YEARS), reports, 1))
        consumer = plain_consumer.start(bus)
        for _ in range(rounds):
            runs[20].append(servers.load(bench, bus, next(YEARS), reports // 2, 20))
            plain.append(servers.load(bench, bus, next(YEARS), reports // 8, 20, "--plain"))
            runs[100].append(servers.load(bench, bus, next(YEARS), reports // 10, 100))
        consumer.stop()
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
    yield Figure("plain_consumer_observations_per_s", "a Python consumer: plain HSET and HINCRBY, 20 to a report",
                 round(20 * servers.median(plain, "reports_per_s", 1)), "/s")
    yield Figure("ratio_to_plain_consumer", "observations, 20 to a report, to that", servers.ratio(runs[20], plain), "",
                 ">= 10")
