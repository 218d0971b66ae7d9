"""Private memory of idle services (Private_Clean + Private_Dirty of smaps_rollup), 34 provinces, 3,321 communes"""

import servers
from figure import Figure
from places import Places


def measure(bench):
    bus = servers.start(bench, "idle", Places(provinces=34, communes=3321, index=True))
    inbox = bench.folder / "inbox"
    inbox.mkdir()
    try:
        services = {"aggregator": bus.aggregator(), "alerter": bus.alerter()}
        publisher = bus.start("publisher", [
            bench.bin / "chiso-publisher", "--watch", inbox, "--outbox", bench.folder / "outbox.db", "--mqtt",
            bus.mqtt_url, "--catalogue", bus.catalogue, "--publisher", "01.gateway"])
        publisher.wait_for_log("event=running")
        services["publisher"] = publisher
        for name, service in services.items():
            yield Figure(f"uss_mib.{name}", name, servers.uss_mib(service), "MiB", "<= 8 MiB")
    finally:
        bus.close()
