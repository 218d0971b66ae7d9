"""3,321 publishers, a connection each: every commune reports for itself, in 34 provinces"""

from figure import Figure
from places import Places
from provinces import compare, figures


def measure(bench):
    communes = bench.size(3321, 500)
    places = Places(provinces=34, communes=communes, indicators=100, own=True)
    null, runs, _ = compare(bench, "publishers", places, bench.size(40000, 5000))
    if bench.quick:
        yield Figure("publishers.count", "publishers (a sample: --quick)", communes, "")
    yield from figures("publishers", null, runs, ">= 0.4")
