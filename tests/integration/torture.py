"""A known load on a bus whose processes are killed at random moments, and what must hold afterwards.

The load is a world of the oracle (tests/oracle): every leaf and total has one right value. It is spread over senders of
three kinds, which are given a share before each kill:

* Outbox: chiso-publisher as a service, files put into its folder; survives the death of everything else;
* Resender: no outbox, but sends again until it has a receipt; survives that too;
* Once: no outbox, QoS 1 and nothing more: relies on the broker, which must live.
"""

import re
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

import redis_client
import watching
from harness import PATIENCE_S, Bus, until
from messages import Observation, Report, outcome_name
from mqtt_client import Reporter, Viewer
from test_oracle import Pipeline

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "oracle"))

import run_worlds  # noqa: E402
from comparison import Comparison  # noqa: E402
from deliveries import deliveries, message  # noqa: E402

TAKEN = ("ACCEPTED", "DUPLICATE", "SUPERSEDED")
# A kill follows within so long of what it waits for: into the batch that is under way, or into the start before it.
ACT_S, BLIND_S = 0.02, 0.6
AGAIN_S = 1
COLUMNS = ("unit,period,indicator,value,denominator,qualifier,denominator_qualifier,not_applicable,withdrawn,revision,"
           "source\n")


def journal(redis):
    """Every report of every commit."""
    for key in redis.keys("chiso:{*}:journal"):
        for _, fields in redis("XRANGE", key, "-", "+"):
            for name, value in zip(fields[::2], fields[1::2]):
                if name == b"report":
                    yield Report.FromString(value)


class Sender(Reporter):
    """A gateway without an outbox; its reports are numbered, so that the ledger sees a gap."""

    def __init__(self, bus, province):
        super().__init__(bus, f"{province}.gw")
        self.stream = f"{type(self).__name__.lower()}-{province}"
        self.sent = []

    def give(self, deliveries):
        for unit, period, revision, observations in deliveries:
            report = Report(report_id=f"{self.stream}-{len(self.sent)}", unit=unit, period=period, revision=revision,
                            source="synthetic", stream_id=self.stream, sequence=len(self.sent) + 1,
                            observations=[Observation(**message(one)) for one in observations])
            self.sent.append(report)
            self.publish_bytes(report)

    def publish_bytes(self, report):
        self.client.publish(f"chiso/v1/report/{self.tail}", report.SerializeToString(), qos=1)


class Once(Sender):
    def finish(self):
        """The ledger says when all have arrived; a receipt may have died with the aggregator."""


class Resender(Sender):
    def missing(self):
        with self.news:
            answered = {verdict.report_id for verdict in self.verdicts}
        return [report for report in self.sent if report.report_id not in answered]

    def finish(self):
        deadline = time.monotonic() + PATIENCE_S
        while missing := self.missing():
            if time.monotonic() > deadline:
                raise AssertionError(f"{len(missing)} reports of {self.stream} have no receipt")
            for report in missing:
                self.publish_bytes(report)
            with self.news:
                self.news.wait_for(lambda: len(missing) > len(self.missing()), AGAIN_S)


class Outbox:
    def __init__(self, bus, province):
        self.bus, self.publisher, self.files = bus, f"{province}.gw2", 0
        self.folder = watching.Folder(bus.folder / f"inbox-{province}")
        self.viewer = Viewer(bus, f"chiso/v1/status/publisher/{self.publisher}")
        self.start()

    def start(self):
        self.program = watching.start(
            self.bus, f"publisher-{self.publisher}", self.folder, self.bus.folder / f"{self.publisher}.db",
            "--publisher", self.publisher, "--catalogue", self.bus.catalogue, *self.bus.frozen())

    def give(self, deliveries):
        """As files, in each of which a figure stands once."""
        files = []
        for unit, period, revision, observations in deliveries:
            for one in observations:
                flags = ["yes" if one.get(name) else "" for name in ("not_applicable", "withdrawn")]
                figure = [one.get(name, "") for name in ("value", "denominator", "qualifier", "denominator_qualifier")]
                key = unit, period, one["indicator"]
                if not (file := next((file for file in files if key not in file), None)):
                    files.append(file := {})
                file[key] = ",".join([*key, *figure, *flags, str(revision), "synthetic"])
        for file in files:
            self.folder.put(f"{self.files}.csv", *file.values(), header=COLUMNS)
            self.files += 1

    def finish(self):
        for number in range(self.files):
            for row in self.folder.result(f"{number}.csv"):
                if row["outcome"] not in TAKEN:
                    raise AssertionError(f"{self.publisher}: {row}")

    def published(self):
        """Its own count, once nothing is outstanding."""
        def settled():
            status = watching.status(self.viewer, self.publisher)
            return status and status.outstanding == 0 and status.published or None
        return until(f"status of {self.publisher}", settled) if self.files else 0

    def close(self):
        self.viewer.close()


class Torture:
    def __init__(self, name, seed, world_seed, kinds):
        self.random, self.seed = Random(seed), f"CHISO_TEST_SEED={seed} CHISO_ORACLE_SEED={world_seed}"
        self.bus = Bus(name)
        try:
            self.world = run_worlds.usable(world_seed, self.bus.folder / "world")
            self.bus.catalogue, self.bus.clock = self.bus.folder / "world", self.world.now.isoformat()
            self.aggregator = self.bus.aggregator()
            self.senders = [kind(self.bus, code) for kind in kinds for code in self.world.codes]
        except BaseException:
            self.bus.close()
            raise
        self.left = deliveries(self.world, self.random)

    def close(self):
        for sender in self.senders:
            sender.close()
        self.bus.close()

    # ---- the load and the kills ----

    def give(self, count):
        """The next COUNT reports, each to a sender of its province."""
        shares = {sender: [] for sender in self.senders}
        for province, *delivery in self.left[:count]:
            mine = [sender for sender in self.senders if sender.publisher.startswith(f"{province}.")]
            shares[self.random.choice(mine)].append(delivery)
        del self.left[:count]
        for sender, share in shares.items():
            sender.give(share)

    def commits(self):
        try:
            return sum(self.bus.redis("XLEN", key) for key in self.bus.redis.keys("chiso:{*}:journal"))
        except (OSError, ValueError, redis_client.RedisError):
            return -1

    def pause(self, frozen):
        """Until the moment to kill: just after some commit, or any."""
        if not frozen and self.random.random() < 0.6:
            before, deadline = self.commits(), time.monotonic() + BLIND_S
            while self.commits() == before and time.monotonic() < deadline:
                time.sleep(0.001)
            time.sleep(self.random.uniform(0, ACT_S))
        else:
            time.sleep(self.random.uniform(0, BLIND_S))

    def kill(self, victims, frozen):
        for victim in victims:
            getattr(self, f"kill_{victim}")()
        if frozen and frozen.running():
            frozen.process.send_signal(signal.SIGCONT)
        for victim in self.random.sample(victims, len(victims)):
            getattr(self, f"start_{victim}")()
        if self.random.random() < 0.5:
            self.wait_for_the_aggregator()

    def wait_for_the_aggregator(self):
        """Without Redis it does not start, and ends; whoever supervises it starts it again."""
        def ready():
            if not self.aggregator.running():
                if self.aggregator.process.returncode != 1:
                    raise AssertionError(f"the aggregator ended: {self.aggregator.text()[-2000:]}")
                self.start_aggregator()
            return "event=ready" in self.aggregator.text()
        until("the aggregator is ready", ready)

    def kill_aggregator(self):
        self.aggregator.kill()

    def start_aggregator(self):
        self.aggregator = self.bus.aggregator(ready=False)

    def kill_redis(self):
        self.bus.redis.close()
        self.bus.redis_server.kill()

    def start_redis(self):
        self.bus.start_redis()

    def kill_broker(self):
        """And what it has stored."""
        self.bus.broker.kill()
        for path in (self.bus.folder / "mosquitto").iterdir():
            path.unlink()

    def start_broker(self):
        self.bus.start_broker(self.bus.port)

    def kill_publishers(self):
        for sender in self.senders:
            if isinstance(sender, Outbox):
                sender.program.kill()

    def start_publishers(self):
        for sender in self.senders:
            if isinstance(sender, Outbox):
                sender.start()

    def run(self, kills, choices):
        """KILLS kills, each of one of CHOICES, which are lists of victims that die together."""
        share = len(self.left) // kills + 1
        for _ in range(kills):
            # Often Redis stands still: then the kill comes before the commit, whatever its moment.
            frozen = self.random.random() < 0.4 and self.bus.redis_server
            if frozen:
                self.wait_for_the_aggregator()
                frozen.process.send_signal(signal.SIGSTOP)
            self.give(share)
            self.pause(frozen)
            self.kill(self.random.choice(choices), frozen)
        self.give(len(self.left))
        self.wait_for_the_aggregator()
        for sender in self.senders:
            sender.finish()

    # ---- what must hold ----

    def ledger(self):
        """{(province, field): text}"""
        return {(key[7:9], field): text for key in self.bus.redis.keys("chiso:{*}:ledger")
                for field, text in self.bus.redis.hash(key).items()}

    def expected_streams(self):
        """What each sender has sent, by its own count."""
        streams = {}
        for sender in self.senders:
            if isinstance(sender, Outbox):
                streams[sender.publisher[:2], sender.publisher] = sender.published()
            else:
                streams[sender.province, f"{sender.publisher}:{sender.stream}"] = len(sender.sent)
        return {key: str(count) for key, count in streams.items() if count}

    def streams(self):
        """What has arrived of each: the highest number, then the gaps. The id of an outbox is its own secret."""
        found = {}
        for (province, field), text in self.ledger().items():
            if field.startswith("stream:"):
                name = re.sub(r"(\.gw2):.*", r"\1", field.removeprefix("stream:"))
                found[province, name] = text
        return found

    def wait_until_all_have_arrived(self):
        expected = self.expected_streams()
        try:
            until("every report in the ledger", lambda: self.streams() == expected)
        except AssertionError:
            found = self.streams()
            raise AssertionError(f"{self.seed}: the ledger has gaps: " + "; ".join(
                f"{key}: {found.get(key)} of {expected.get(key)}" for key in sorted(found.keys() | expected.keys())
                if found.get(key) != expected.get(key))) from None

    def lost(self):
        """Figures that are not in force, or other revisions than must be."""
        newest = {}
        for one in self.world.observations:
            key = one["unit"], one["period"], one["indicator"]
            newest[key] = max(newest.get(key, 0), one["revision"])
        stored = {}
        for key in self.bus.redis.keys("chiso:{*}:leaf:*"):
            _, _, _, unit, period = key.split(":")
            for indicator, text in self.bus.redis.hash(key).items():
                stored[unit, period, indicator] = int(text.split(" ")[0])
        return [f"{key}: {stored.get(key)}, not {newest.get(key)}" for key in sorted(newest.keys() | stored.keys())
                if stored.get(key) != newest.get(key)]

    def doubled(self):
        """Reports that were taken twice, and counts of the ledger that are not those of the journal."""
        reports = list(journal(self.bus.redis))
        found = [f"{one} x {count}" for one, count in Counter(report.report_id for report in reports).items() if count > 1]
        taken = Counter(report.unit for report in reports)
        for (_, field), text in self.ledger().items():
            kind, unit, *outcome = field.split(":")
            if kind == "unit" and outcome[0] in ("ACCEPTED", "PARTIAL"):
                taken[unit] -= int(text)
        return found + [f"unit {unit}: {count} more in the journal than in the ledger" for unit, count in taken.items() if count]

    def wrong(self, questions):
        """Where a number is not the oracle's, or not what verify computes; what the ledger misses."""
        comparison = Comparison(Pipeline(self.bus), self.world, every_row=False, questions=questions)
        comparison.all()
        found = comparison.differences
        for command in (["verify", "--journal"], ["ledger"]):
            status, out, error = self.bus.ctl(*command)
            found += [f"{command[0]}: {out}{error}"] if status else []
        return found

    def refused(self):
        return [f"{verdict}" for sender in self.senders if isinstance(sender, Sender) for verdict in sender.verdicts
                if outcome_name(verdict) not in TAKEN]
