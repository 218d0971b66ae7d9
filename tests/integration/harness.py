"""A chiso of its own for a test: real mosquitto, real Redis, the built services.

Everything lives in a temporary folder, on a Unix socket and free loopback ports, with the settings of deploy/.
Only what was started here is ended, by its pid; a program whose output has a sanitizer's report fails the test
that ran it. CHISO_BIN names the build tree (default build/test), CHISO_TEST_UNDER what the services run under (valgrind); logs are kept in
CHISO_TEST_LOGS when set.
"""

import getpass
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import redis_client

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("CHISO_BIN", ROOT / "build/test"))
CATALOGUE = ROOT / "fixtures/catalogue"
CLOCK = "2025-05-05T08:00:00+07:00"
SANITIZER = re.compile(r"ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|runtime error:|ERROR SUMMARY: [1-9]")
# Words before each built program: valgrind and its options.
UNDER = os.environ.get("CHISO_TEST_UNDER", "").split()
# Generous, for a machine that is busy with something else; nothing waits this long when all is well.
PATIENCE_S = 60


def until(what, condition, seconds=PATIENCE_S, every_s=0.02):
    """Waits until CONDITION() is true and returns its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(every_s)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def fill(template, **values):
    """The text of deploy/TEMPLATE with every @NAME@ replaced."""
    text = (ROOT / "deploy" / template).read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    return text


class Program:
    """A process of ours; its output goes to a log. It dies with the test run, whatever ends that."""

    def __init__(self, argv, log, environment=None):
        self.argv = [str(word) for word in argv]
        self.log = Path(log)
        with open(self.log, "ab") as output:
            self.begin = output.tell()
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *self.argv],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
                env={**os.environ, "UBSAN_OPTIONS": "print_stacktrace=1", **(environment or {})})

    def text(self):
        with open(self.log, "rb") as log:
            log.seek(self.begin)
            return log.read().decode("utf-8", "replace")

    def running(self):
        return self.process.poll() is None

    def wait_until(self, what, condition, seconds=PATIENCE_S):
        def alive_and_condition():
            if not self.running():
                raise AssertionError(f"{self.argv[0]} ended with {self.process.returncode}: {self.text()[-2000:]}")
            return condition()
        until(what, alive_and_condition, seconds)

    def wait_for_log(self, pattern, seconds=PATIENCE_S):
        self.wait_until(f"{pattern!r} in {self.log.name}", lambda: re.search(pattern, self.text()), seconds)

    def kill(self):
        """As a power cut does; no sanitizer report can follow."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds=PATIENCE_S):
        """SIGTERM, and the exit status."""
        if self.running():
            self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.argv[0]} did not stop on SIGTERM: {self.text()[-2000:]}") from None

    def check(self):
        found = SANITIZER.search(self.text())
        if found:
            raise AssertionError(f"{self.argv[0]}: {self.text()[found.start():found.start() + 4000]}")


class Bus:
    """Broker and Redis, and the services a test asks for, until close()."""

    def __init__(self, name, catalogue=CATALOGUE, clock=CLOCK):
        self.folder = Path(tempfile.mkdtemp(prefix="chiso-"))
        self.logs = self.folder / "log"
        if "CHISO_TEST_LOGS" in os.environ:
            self.logs = Path(os.environ["CHISO_TEST_LOGS"]) / name
            shutil.rmtree(self.logs, ignore_errors=True)
        self.logs.mkdir(parents=True)
        self.catalogue, self.clock = catalogue, clock
        self.programs, self.redis = [], None
        self.socket = self.folder / "redis.sock"
        self.redis_url = f"unix://{self.socket}"
        self.mails = self.folder / "mail"
        self.mails.mkdir()
        try:
            self.start_redis()
            self.start_broker()
        except BaseException:
            self.close()
            raise

    # ---- the parts ----

    def start(self, name, argv, environment=None):
        ours = Path(argv[0]).parent == BIN
        program = Program([*UNDER, *argv] if ours else argv, self.logs / f"{name}.log", environment)
        self.programs.append(program)
        return program

    def start_redis(self):
        (self.folder / "redis").mkdir(exist_ok=True)
        config = self.folder / "redis.conf"
        config.write_text(fill("redis.conf", STATE=self.folder, SOCKET=self.socket))
        self.redis_server = self.start("redis", ["redis-server", config])
        self.redis_server.wait_until("Redis answers", lambda: redis_client.answers(self.socket))
        self.redis = redis_client.Redis(self.socket)

    def start_broker(self, port=None, extra=None):
        self.port = port or free_port()
        self.mqtt_url = f"mqtt://127.0.0.1:{self.port}"
        (self.folder / "mosquitto").mkdir(exist_ok=True)
        config = self.folder / "mosquitto.conf"
        listener = extra or fill("mosquitto.loopback.conf", PORT=self.port)
        config.write_text(fill("mosquitto.conf", STATE=self.folder, USER=getpass.getuser()) + listener)
        program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
        self.broker = self.start("mosquitto", [program, "-c", config])
        self.broker.wait_until("the broker answers", lambda: answers(self.port))

    def frozen(self):
        return ["--clock", self.clock] if self.clock else []

    def aggregator(self, *options, name="aggregator", ready=True, environment=None):
        program = self.start(name, [
            BIN / "chiso-aggregator", "--mqtt", self.mqtt_url, "--redis", self.redis_url,
            "--catalogue", self.catalogue, "--instance", name, *self.frozen(), *options], environment)
        if ready:
            program.wait_for_log("event=ready")
        return program

    def alerter(self, *options, name="alerter", ready=True):
        program = self.start(name, [
            BIN / "chiso-alerter", "--mqtt", self.mqtt_url, "--redis", self.redis_url,
            "--mail-dir", self.mails, *self.frozen(), *([] if name == "alerter" else ["--instance", name]), *options])
        if ready:
            program.wait_for_log("event=ready")
        return program

    def start_publisher(self, csv, *options, outbox="outbox.db", name="publisher"):
        return self.start(name, [
            BIN / "chiso-publisher", "--csv", csv, "--once", "--outbox", self.folder / outbox,
            "--mqtt", self.mqtt_url, "--catalogue", self.catalogue, *self.frozen(), *options])

    # ---- programs that run and end ----

    def run(self, program, *arguments, environment=None, seconds=300):
        """(exit status, standard output, standard error) of a built program."""
        ended = subprocess.run(
            [*UNDER, str(BIN / program), *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True,
            timeout=seconds, check=False, env={**os.environ, **(environment or {})})
        out, error = ended.stdout.decode("utf-8"), ended.stderr.decode("utf-8")
        if SANITIZER.search(error):
            raise AssertionError(error)
        return ended.returncode, out, error

    def publish(self, csv, *options, outbox="outbox.db"):
        return self.run("chiso-publisher", "--csv", csv, "--once", "--outbox", self.folder / outbox,
                        "--mqtt", self.mqtt_url, "--catalogue", self.catalogue, *self.frozen(), *options)

    def ctl(self, *arguments):
        return self.run("chisoctl", *arguments, "--redis", self.redis_url, *self.frozen())

    def ctl_json(self, *arguments):
        status, out, error = self.ctl(*arguments, "--json")
        if status:
            raise AssertionError(f"chisoctl {arguments} ended with {status}: {error}")
        return json.loads(out)

    def csv(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    # ---- the end ----

    def close(self):
        """Stops what still runs, the last one first; then looks for sanitizer reports."""
        problems = []
        if self.redis:
            self.redis.close()
        for program in reversed(self.programs):
            for step in (program.stop, program.check):
                try:
                    step()
                except AssertionError as problem:
                    problems.append(str(problem))
        shutil.rmtree(self.folder, ignore_errors=True)
        if problems:
            raise AssertionError("\n".join(problems))


class BusTestCase(unittest.TestCase):
    """One bus for all tests of a class."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.bus = Bus(cls.__name__)
        cls.addClassCleanup(cls.bus.close)


class OwnBusTestCase(unittest.TestCase):
    """A bus of its own for each test."""

    maxDiff = None
    clock = CLOCK

    def setUp(self):
        self.bus = Bus(self.id().rsplit(".", 1)[-1], clock=self.clock)
        self.addCleanup(self.bus.close)

    def verify(self, *options):
        status, out, error = self.bus.ctl("verify", *options)
        self.assertEqual(0, status, out + error)
