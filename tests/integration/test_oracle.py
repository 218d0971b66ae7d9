"""Random worlds through the real pipeline: every number must be the one that the oracle computes (tests/oracle).

The same worlds every time, so that a failure belongs to the change that was made; CHISO_ORACLE_SEED and
CHISO_ORACLE_PIPELINE choose others. The seed is printed with a difference.
"""

import os
import sys
import tempfile
import unittest
from pathlib import Path
from random import Random

from harness import Bus, PATIENCE_S
from messages import Observation, Report, outcome_name
from mqtt_client import Reporter

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "oracle"))

import run_worlds  # noqa: E402
from comparison import Comparison  # noqa: E402
from deliveries import deliveries, message  # noqa: E402
from worlds import World  # noqa: E402

SEED = int(os.environ.get("CHISO_ORACLE_SEED", "1"))
WORLDS = int(os.environ.get("CHISO_ORACLE_PIPELINE", "3"))
# Each question is a program of its own: this many of a world, chosen by its seed.
QUESTIONS = int(os.environ.get("CHISO_ORACLE_QUESTIONS", "150"))
SHOWN_DIFFERENCES = 12
AGAIN_S = 5


class Pipeline:
    """What chisoctl and Redis say."""

    def __init__(self, bus):
        self.bus = bus

    def rows(self, questions):
        for unit, period, *boundaries in questions:
            yield self.bus.ctl_json("get", "--unit", unit, "--period", period,
                                    *(("--boundaries", *boundaries) if boundaries else ()))

    def scores(self, index, period, boundaries=None):
        return self.bus.ctl_json("score", "--index", index, "--period", period,
                                 *(("--boundaries", boundaries) if boundaries else ()))

    def timeliness(self, unit, year):
        """As oracle_world answers it."""
        answer = self.bus.ctl_json("timeliness", "--unit", unit, "--period", year)
        names = "expected", "reported", "due", "on_time", "late", "overdue", "not_applicable"
        return {"reports": [[report["unit"], report["indicator"], report["period"], report["state"],
                             report["working_days"] or 0] for report in answer["reports"]],
                "units": {one["unit"]: [one["counts"][name] for name in names] for one in answer["units"]}}

    def stored(self):
        """(cell, text) as oracle_world names them."""
        for key in self.bus.redis.keys("chiso:*:sum:*"):
            *_, code, period = key.split(":")
            for entry, text in self.bus.redis.hash(key).items():
                yield f"{code} {period} {entry}", text


def prepare(world, bus):
    """The folder of the world's catalogue."""
    if not run_worlds.prepare(world, bus.folder / "world"):
        raise AssertionError("no usable catalogue")
    return bus.folder / "world"


def receipted(reporter, payloads):
    """Waits for the verdicts of all. A kill may come between acknowledgement and receipt: who has none sends again."""
    def missing():
        return payloads.keys() - {verdict.report_id for verdict in reporter.verdicts}

    for _ in range(PATIENCE_S // AGAIN_S):
        with reporter.news:
            if reporter.news.wait_for(lambda: not missing(), AGAIN_S):
                return
            unanswered = missing()
        for report_id in unanswered:
            reporter.client.publish(f"chiso/v1/report/{reporter.tail}", payloads[report_id], qos=1)
    raise AssertionError(f"no verdict on {len(unanswered)} reports, such as {min(unanswered)}")


def send(bus, world, random, halfway=lambda: None):
    """Everything through two publishers a province, and the verdicts in; none may be a refusal."""
    reports = deliveries(world, random)
    reporters = {(code, number): Reporter(bus, f"{code}.{name}")
                 for code in world.codes for number, name in enumerate(("gw", "gw2"))}
    sent = {reporter: {} for reporter in reporters.values()}
    try:
        for number, (province, unit, period, revision, observations) in enumerate(reports):
            if number == len(reports) // 2:
                halfway()
            reporter = reporters[province, random.randrange(2)]
            report = Report(report_id=f"report-{number}", unit=unit, period=period, revision=revision,
                            source="synthetic", observations=[Observation(**message(one)) for one in observations])
            sent[reporter][report.report_id] = report.SerializeToString()
            reporter.client.publish(f"chiso/v1/report/{reporter.tail}", sent[reporter][report.report_id], qos=1)
        for reporter, payloads in sent.items():
            receipted(reporter, payloads)
            for verdict in reporter.verdicts:
                if outcome_name(verdict) in ("REJECTED", "PARTIAL"):
                    raise AssertionError(f"refused: {verdict}")
    finally:
        for reporter in reporters.values():
            reporter.close()


def run_world(seed):
    """How many numbers were compared, and the differences."""
    with tempfile.TemporaryDirectory(prefix="chiso-world-") as name:
        world = run_worlds.usable(seed, Path(name))
    bus = Bus(f"Oracle{seed}", clock=world.now.isoformat())
    try:
        bus.catalogue = prepare(world, bus)
        aggregator = bus.aggregator()

        def restart():
            aggregator.kill()
            bus.aggregator(ready=False)
        send(bus, world, Random(seed), restart)
        comparison = Comparison(Pipeline(bus), world, every_row=False, questions=QUESTIONS)
        comparison.all()
        status, out, error = bus.ctl("verify", "--journal")
        if status:
            comparison.differences.append(f"verify: {out}{error}")
        return comparison.rows, comparison.differences
    finally:
        bus.close()


class RandomWorlds(unittest.TestCase):
    def test_every_number_is_the_oracles(self):
        for seed in range(SEED, SEED + WORLDS):
            with self.subTest(seed=seed):
                rows, differences = run_world(seed)
                self.assertGreater(rows, 0)
                self.assertEqual([], differences[:SHOWN_DIFFERENCES], f"CHISO_ORACLE_SEED={seed}, {len(differences)} in all")


if __name__ == "__main__":
    unittest.main()
