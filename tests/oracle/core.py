"""A world through core alone: the program oracle_world (world.c), which knows neither broker nor Redis."""

import json
import os
import subprocess
from datetime import timedelta
from pathlib import Path

from deliveries import deliveries, message

PROGRAM = Path(os.environ.get("CHISO_BIN", Path(__file__).resolve().parents[2] / "build" / "test")) / "oracle_world"
BATCHES = (1, 3, 20, 200)
COMMANDS_MAX = 120  # at once, so that neither side waits for the other to read


class Core:
    """One process; ask(…) is a command and its answer."""

    def __init__(self, folder):
        self.process = subprocess.Popen([PROGRAM, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, do, **arguments):
        return self.ask_all([{"do": do, **arguments}])[0]

    def ask_all(self, commands):
        """Their answers. The commands together must fit into a pipe."""
        self.process.stdin.write("".join(json.dumps(command) + "\n" for command in commands))
        self.process.stdin.flush()
        return [self._answer(command) for command in commands]

    def _answer(self, command):
        line = self.process.stdout.readline()
        assert line, f"oracle_world ended with {self.process.wait()} at {command}"
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        rest = self.process.stdout.read()
        self.process.stdout.close()
        assert self.process.wait() == 0, rest

    @staticmethod
    def findings(folder):
        """What the catalogue's check says against a folder, a line each; [] when it is usable."""
        run = subprocess.run([PROGRAM, folder], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert run.returncode in (0, 2), run.stderr
        return run.stdout.splitlines() if run.returncode == 2 else []

    # ---- as the pipeline's ----

    def rows(self, questions):
        """Of each (unit, period[, boundaries])."""
        commands = [{"do": "rows", **dict(zip(("unit", "period", "boundaries"), question))} for question in questions]
        for begin in range(0, len(commands), COMMANDS_MAX):
            yield from self.ask_all(commands[begin:begin + COMMANDS_MAX])

    def stored(self):
        return self.ask("totals").items()

    def scores(self, index, period, boundaries=None):
        where = {"boundaries": str(boundaries)} if boundaries else {}
        return self.ask("scores", index=index, period=str(period), **where)

    def timeliness(self, unit, year):
        return self.ask("timeliness", unit=unit, period=year)

    def pillar(self, unit, pillar, period):
        return self.ask("pillar", unit=unit, pillar=pillar, period=str(period))


def verdict(revision, before):
    """On a report of REVISION, of whose indicators those of BEFORE are in force."""
    late = [[indicator, "SUPERSEDED"] for indicator, in_force in before if revision < in_force]
    accepted = any(revision > in_force for _, in_force in before)
    return {"outcome": "ACCEPTED" if accepted else "SUPERSEDED" if late else "DUPLICATE",
            "revision": max([revision, *(in_force for _, in_force in before)]), "rejections": late}


def send(core, world, random):
    """Everything in random batches, the clock going on towards the world's; who was first accepted when, and what
    went otherwise than it must."""
    reports = deliveries(world, random)
    batch = random.choice(BATCHES)
    step = timedelta(days=random.choice([0, 5, 40])) / max(1, len(reports))
    accepted, revisions, wrong, commands, expected = {}, {}, [], [], []

    def finish():
        for command, answer, wanted in zip(commands, core.ask_all(commands), expected):
            if answer != wanted:
                wrong.append(f"{command}: {answer}, not {wanted}")
        commands.clear(), expected.clear()
    for number, (province, unit, period, revision, observations) in enumerate(reports):
        time = max(world.now - step * (len(reports) - number), world.begun(observations))
        time = time.replace(microsecond=time.microsecond // 1000 * 1000)
        commands.append({"do": "clock", "time": time.isoformat(timespec="milliseconds")})
        commands.append({"do": "report", "province": province, "publisher": f"{province}.gw", "unit": unit,
                         "period": period, "revision": revision, "observations": [message(one) for one in observations]})
        keys = [(unit, period, observation["indicator"]) for observation in observations]
        expected += [True, verdict(revision, [(key[2], revisions.get(key, 0)) for key in keys])]
        for key in keys:
            revisions[key] = max(revision, revisions.get(key, 0))
            accepted.setdefault(key, time)
        if number % batch == batch - 1:
            commands.append({"do": "settle"})
            expected.append(True)
        if len(commands) > COMMANDS_MAX:
            finish()
    commands += [{"do": "settle"}, {"do": "clock", "time": world.now.isoformat()}]
    expected += [True, True]
    finish()
    return accepted, wrong
