"""The whole country from nothing: 3,321 communes x 100 indicators x 12 months, 100 to a report, through outboxes"""

import subprocess
import time

import servers
from figure import Figure
from places import Places

YEAR, MONTHS = 2024, 12
# Gateways that send at the same time; a gateway is a process with an outbox of its own.
AT_ONCE = 3
# Each has half of the provinces, so that one computes while Redis writes what the other has computed.
AGGREGATORS = 2


def write_rows(places, province, file):
    """A CSV as a province's own system exports it, revision included."""
    file.write("unit,period,indicator,value,denominator,revision\n")
    for month in range(1, MONTHS + 1):
        for unit in places.units_of(province):
            file.writelines(
                f"{unit},{YEAR}-{month:02d},{places.indicator(i)},{(int(unit) * 7 + i * 13 + month) % 1000},"
                f"{1000 if places.is_ratio(i) else ''},1\n" for i in range(places.indicators))


def write(places, folder):
    folder.mkdir()
    for province in range(places.provinces):
        with open(folder / f"{places.gateway(province)}.csv", "w", encoding="utf-8") as file:
            write_rows(places, province, file)
    return sorted(folder.iterdir())


def publisher(bench, bus, path):
    return subprocess.Popen(
        [bench.bin / "chiso-publisher", "--csv", path, "--once", "--publisher", path.stem, "--outbox",
         path.with_suffix(".outbox"), "--mqtt", bus.mqtt_url, "--catalogue", bus.catalogue],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def publish(bench, bus, paths):
    """Seconds until every report of every file has its receipt."""
    begin, waiting, sending = time.monotonic(), list(paths), []
    while waiting or sending:
        while waiting and len(sending) < AT_ONCE:
            sending.append(publisher(bench, bus, waiting.pop(0)))
        sending[0].wait()
        for ended in [one for one in sending if one.poll() is not None]:
            if ended.returncode:
                raise RuntimeError(f"{' '.join(map(str, ended.args))} ended with {ended.returncode}")
            sending.remove(ended)
            done = len(paths) - len(waiting) - len(sending)
            if done % 10 == 0:
                bench.say(f"{done} of {len(paths)} provinces")
    return time.monotonic() - begin


def verify(bus, observations):
    begin = time.monotonic()
    status, out, error = bus.ctl("verify", "--lang", "en")
    seconds = time.monotonic() - begin
    if status or f" {observations} figures" not in out:
        raise RuntimeError(f"chisoctl verify: {out[-2000:]}{error[-2000:]}")
    return seconds


def aggregators(bus):
    codes = bus.places.province_codes()
    return {f"aggregator-{i + 1}": bus.aggregator("--provinces", ",".join(codes[i::AGGREGATORS]),
                                                  name=f"aggregator-{i + 1}") for i in range(AGGREGATORS)}


def measure(bench):
    places = Places(provinces=34, communes=bench.size(3321, 340), indicators=100, ratios=True, index=True)
    observations = places.communes * places.indicators * MONTHS
    bus = servers.start(bench, "nation", places)
    try:
        running = {**aggregators(bus), "redis": bus.redis_server, "mosquitto": bus.broker}
        bench.say("writing the files")
        paths = write(places, bench.folder / "reports")
        before = {name: servers.cpu_s(program) for name, program in running.items()}
        children = servers.children_cpu_s()
        load_s = publish(bench, bus, paths)
        cpu = {name: servers.cpu_s(program) - before[name] for name, program in running.items()}
        cpu["publishers"] = servers.children_cpu_s() - children
        uss = max(servers.uss_mib(running[name]) for name in running if name.startswith("aggregator"))
        bench.say("verify")
        children = servers.children_cpu_s()
        verify_s = verify(bus, observations)
        cpu["verify"] = servers.children_cpu_s() - children
    finally:
        bus.close()
    yield Figure("country.observations", "observations" + (" (a sample: --quick)" if bench.quick else ""),
                 observations, "")
    yield Figure("country.load_s", "until the last receipt", round(load_s, 1), "s", "" if bench.quick else "<= 20 s")
    yield Figure("country.verify_s", "chisoctl verify", round(verify_s, 1), "s", "" if bench.quick else "<= 5 s")
    for name, seconds in cpu.items():
        yield Figure(f"country.cpu_s.{name}", f"processor time of {name}", round(seconds, 1), "s")
    yield Figure("uss_mib.aggregator_country", "private memory of an aggregator afterwards", uss, "MiB",
                 "<= 32 MiB and its cache")
