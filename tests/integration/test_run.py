"""deploy/run as a newcomer uses it: one command, tables in Vietnamese, nothing left running."""

import os
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import ROOT, until

PROVINCES = ("Tỉnh Hà Nam (35)", "Tỉnh Nam Định (36)", "Tỉnh Hà Giang (02)", "Tỉnh Hải Dương (30)")
PILLARS = ("Nền tảng", "Chính quyền số", "Kinh tế số", "Xã hội số")
POSITIONS = ("chậm tiến độ", "có nguy cơ chậm", "đúng tiến độ", "đạt", "không đạt", "quá hạn báo cáo",
             "chưa kết luận được")


def running(folder):
    """The command lines that name the folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode("utf-8", "replace").replace("\0", " ")
        except OSError:
            continue
        if str(folder) in words:
            found.append(words)
    return found


class Run(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="chiso-run-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.state = self.folder / "a state"

    def command(self, *options):
        return [str(ROOT / "deploy/run"), "--no-install", "--state", str(self.state), *options]

    def once(self):
        ended = subprocess.run(self.command("--once"), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                               timeout=600, check=False)
        self.assertEqual(0, ended.returncode, ended.stderr)
        self.assertEqual([], running(self.folder))
        return ended.stdout

    def test_once_and_once_again(self):
        first = self.once()
        for text in (*PROVINCES, *PILLARS, *POSITIONS, "Cảnh báo đang mở", "79,1%"):
            self.assertTrue(text in first, f"{text} is not printed")
        self.assertTrue(list((self.state / "mail").glob("*.eml")))
        self.assertFalse((self.state / "endpoints.env").exists())
        # Everything is there already: the figures, and the alerts with the mails about them.
        mails = len(list((self.state / "mail").glob("*.eml")))
        self.assertEqual(first, self.once())
        self.assertEqual(mails, len(list((self.state / "mail").glob("*.eml"))))

    def start(self):
        """Runs until it is told to stop; its output is in a file, so that nobody waits for a pipe."""
        with open(self.folder / "output", "w", encoding="utf-8") as output:
            # As from a terminal: a test run in the background would hand down that SIGINT is ignored.
            run = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                   start_new_session=True,
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.addCleanup(lambda: run.poll() is None and (run.kill(), run.wait()))
        endpoints = self.state / "endpoints.env"

        def ready():
            self.assertIsNone(run.poll(), (self.folder / "output").read_text(encoding="utf-8"))
            return endpoints.exists()

        until("endpoints.env", ready, 300, every_s=0.1)
        return run, dict(line.split("=", 1) for line in endpoints.read_text().splitlines())

    def test_runs_until_interrupted(self):
        run, endpoints = self.start()
        self.assertEqual({"CHISO_MQTT_URL", "CHISO_REDIS_URL", "CHISO_HTTP_URL"}, set(endpoints))
        answer = subprocess.run(
            [str(ROOT / "build/run/chisoctl"), "alerts", "--clock", "2025-05-05T08:00:00+07:00"],
            env={**os.environ, **endpoints}, capture_output=True, text=True, check=False)
        self.assertEqual(0, answer.returncode, answer.stderr)
        self.assertIn("Cảnh báo đang mở", answer.stdout)
        second = subprocess.run(self.command("--once"), capture_output=True, text=True, check=False)
        self.assertEqual(1, second.returncode)
        self.assertIn("another run uses", second.stderr)
        # As Ctrl-C in a terminal: to the whole group of the script.
        os.killpg(run.pid, signal.SIGINT)
        self.assertEqual(0, run.wait(60))
        self.assertEqual([], running(self.folder))
        self.assertFalse((self.state / "endpoints.env").exists())

    def test_nothing_survives_even_a_killed_script(self):
        run, _ = self.start()
        self.assertGreaterEqual(len(running(self.folder)), 4)
        run.kill()
        run.wait()
        until("all ended", lambda: not running(self.folder), 30)

    def test_a_service_that_dies_ends_it_and_its_log_is_shown(self):
        run, _ = self.start()
        (process,) = (path.parent for path in Path("/proc").glob("[0-9]*/cmdline")
                      if b"chiso-alerter" in read(path) and str(self.folder).encode() in read(path))
        os.kill(int(process.name), signal.SIGKILL)
        self.assertEqual(1, run.wait(60))
        output = (self.folder / "output").read_text(encoding="utf-8")
        self.assertIn("alerter has stopped", output)
        self.assertIn("alerter.log", output)
        self.assertEqual([], running(self.folder))

    def test_usage(self):
        for arguments, sentence in (
                (["--nonsense"], "run: unknown argument '--nonsense'"),
                (["--port-base", "80"], "run: --port-base '80' is not a number from 1024 to 65500"),
                (["--reports", "/no/such"], "run: there is no folder '/no/such'"),
                (["--clock"], "run: --clock needs a value")):
            with self.subTest(sentence):
                ended = subprocess.run(self.command(*arguments), capture_output=True, text=True, check=False)
                self.assertEqual((64, sentence), (ended.returncode, ended.stderr.splitlines()[0]))


def read(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""


if __name__ == "__main__":
    unittest.main()
