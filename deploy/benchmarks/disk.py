"""The disk: what a commit waits for"""

import os
import statistics
import time

from figure import Figure


def waits_ms(path, rounds):
    with open(path, "wb") as file:
        for _ in range(rounds):
            file.write(bytes(4096))
            file.flush()
            begin = time.monotonic()
            os.fdatasync(file.fileno())
            yield (time.monotonic() - begin) * 1000


def measure(bench):
    waits = list(waits_ms(bench.folder / "disk", bench.size(500, 50)))
    yield Figure("fdatasync_ms", "fdatasync after 4 KiB more of a file, median", round(statistics.median(waits), 2),
                 "ms")
