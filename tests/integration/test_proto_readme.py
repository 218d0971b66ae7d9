"""The examples of proto/README.md are what an integrator types: they run as they stand there."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from harness import ROOT, BusTestCase, until

README = (ROOT / "proto/README.md").read_text(encoding="utf-8")


def block(language, containing):
    """The one fenced block of LANGUAGE that has CONTAINING."""
    found = [text for text in re.findall(rf"```{language}\n(.*?)```", README, re.S) if containing in text]
    if len(found) != 1:
        raise AssertionError(f"{len(found)} blocks with {containing!r}")
    return found[0]


class Readme(BusTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bus.aggregator()
        # Where the page says "from the top of this repository, with deploy/run running".
        cls.top = Path(tempfile.mkdtemp(dir=cls.bus.folder))
        shutil.copytree(ROOT / "proto", cls.top / "proto")
        (cls.top / ".state").mkdir()
        (cls.top / ".state/endpoints.env").write_text(f"CHISO_MQTT_URL={cls.bus.mqtt_url}\n")

    def shell(self, text, **more):
        return subprocess.run(["sh", "-euc", text], cwd=self.top, check=True, capture_output=True, text=True,
                              timeout=60, env={**os.environ, "CHISO_MQTT_URL": self.bus.mqtt_url}, **more).stdout

    def test_mosquitto_pub(self):
        listener = subprocess.Popen(["sh", "-euc", block("sh", "--decode=chiso.v1.Receipt")], cwd=self.top,
                                    stdout=subprocess.PIPE, text=True)
        publish = block("sh", "--encode=chiso.v1.Report")

        def answered():
            self.shell(publish)
            return listener.poll() is not None

        # The page's reader listens before publishing; here nobody tells when the subscription stands.
        until("the receipt", answered, every_s=0.5)
        receipt = listener.communicate()[0]
        self.assertRegex(receipt, r'report_id: "ehr-2025-04-1"\n  outcome: OUTCOME_(ACCEPTED|DUPLICATE)\n')
        leaf = self.bus.redis("HGET", "chiso:{35}:leaf:35.syt:2025-04", "vaccination.records").decode()
        self.assertRegex(leaf, r"^1 ~18250 \d+\.0 1746406800000$")
        shown = re.search(r"^vaccination\.records\s+(.*)$", README, re.M).group(1)
        self.assertEqual(leaf.split()[:2], shown.split()[:2])

    def test_python(self):
        self.shell(block("sh", "--python_out"))
        program = self.top / "example.py"
        program.write_text(block("python", "import paho"), encoding="utf-8")
        run = f"{sys.executable} {program}"
        self.assertRegex(self.shell(run), r"[0-9a-f]{32} OUTCOME_ACCEPTED\n")
        self.assertRegex(self.shell(run), r"[0-9a-f]{32} OUTCOME_DUPLICATE\n")

    def test_watching(self):
        self.shell(block("sh", "--encode=chiso.v1.Report"))
        until("a commit", lambda: self.bus.redis("HGET", "chiso:{35}:head", "seq"))
        # -W ends with 27 by design.
        shown = until("the snapshot", lambda: self.shell(block("sh", "json/pillar").rstrip() + " || [ $? = 27 ]"))
        self.assertIn('"text_vi":"412.305 hồ sơ"', shown)
