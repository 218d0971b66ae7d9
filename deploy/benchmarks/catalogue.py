"""The largest catalogue: 34 provinces, 3,321 communes and their history, 200 indicators"""

import statistics
import subprocess
import time

import country
from figure import Figure


def opened(bench, folder, rounds):
    """Milliseconds a service takes to open FOLDER: read, check, index, hash."""
    done = subprocess.run([bench.bin / "bench_catalogue", folder, str(rounds)], stdout=subprocess.PIPE, check=True)
    return [float(line) for line in done.stdout.split()]


def checked(bench, folder, rounds):
    """Milliseconds of `chisoctl check-catalogue`, the whole process."""
    for _ in range(rounds):
        begin = time.monotonic()
        subprocess.run([bench.bin / "chisoctl", "check-catalogue", folder], stdout=subprocess.DEVNULL, check=True)
        yield (time.monotonic() - begin) * 1000


def measure(bench):
    rounds = bench.rounds(25)
    folder = bench.folder / "country"
    country.write(folder)
    loaded, commanded = opened(bench, folder, rounds), checked(bench, folder, rounds)
    yield Figure("catalogue_ms", "checked and loaded, as a service does", round(statistics.median(loaded), 1), "ms",
                 "< 300 ms")
    yield Figure("check_catalogue_ms", "chisoctl check-catalogue, the whole command",
                 round(statistics.median(commanded), 1), "ms")
