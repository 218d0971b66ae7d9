"""34 provinces at once, a gateway each: 3,321 communes in 204 districts, which report too, so that there are levels"""

import itertools

import servers
from figure import Figure
from places import Places

YEARS = itertools.count(1950)
PLACES = Places(provinces=34, districts=6, communes=3321, indicators=100, levels=True)


def compare(bench, name, places, reports):
    """Rounds of (a subscriber that does nothing, the aggregator), and the aggregator's USS in MiB at its largest."""
    bus = servers.start(bench, name, places)
    null, runs, rounds = [], [], bench.rounds(5)
    try:
        aggregator = bus.aggregator()
        for i in range(rounds):
            bench.say(f"round {i + 1} of {rounds}")
            null.append(servers.load(bench, bus, next(YEARS), reports, 1, "--null"))
            runs.append(servers.load(bench, bus, next(YEARS), reports, 1))
        return null, runs, servers.uss_mib(aggregator)
    finally:
        bus.close()


def figures(key, null, runs, goal):
    yield Figure(f"{key}.null_subscriber_per_s", "reports to a subscriber that does nothing",
                 servers.median(null, "reports_per_s"), "/s")
    yield Figure(f"{key}.reports_per_s", "reports of 1 observation, to the receipt",
                 servers.median(runs, "reports_per_s"), "/s")
    yield Figure(f"{key}.ratio_to_null_subscriber", "the one to the other", servers.ratio(runs, null), "", goal)
    yield from servers.cpu_figures(f"{key}.cpu_us", runs)


def measure(bench):
    null, runs, uss = compare(bench, "provinces", PLACES, bench.size(40000, 8000))
    yield from figures("provinces", null, runs, ">= 0.5")
    yield Figure("uss_mib.aggregator_under_load", "private memory of the aggregator afterwards", uss, "MiB",
                 "<= 32 MiB and its cache")
