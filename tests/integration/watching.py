"""A chiso-publisher that watches a folder, for tests: what is put in, and what lies there afterwards."""

import csv
import io

from harness import BIN, until
from messages import ServiceStatus

HEADER = "unit,period,indicator,value,denominator,qualifier,revision,source,note\n"


class Folder:
    def __init__(self, path):
        self.path = path
        path.mkdir()

    def put(self, name, *rows, header=HEADER):
        """As a careful program does: under another name first."""
        draft = self.path / f".{name}.part"
        draft.write_text(header + "".join(row + "\n" for row in rows), encoding="utf-8")
        draft.rename(self.path / name)

    def names(self, sub="."):
        folder = self.path / sub
        return sorted(p.name for p in folder.iterdir() if p.is_file()) if folder.is_dir() else []

    def text(self, name):
        raw = (self.path / name).read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf"), raw[:10]
        return raw.decode("utf-8-sig")

    def result(self, name, seconds=60):
        """The rows of done/NAME.result.csv, once the text beside it, which comes last, is there."""
        until(f"result of {name}", (self.path / "done" / f"{name}.result.txt").exists, seconds)
        text = self.text(f"done/{name}.result.csv")
        separator = ";" if text.startswith("line;") else ","
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))

    def outcomes(self, name):
        return [(int(row["line"]), row["indicator"], row["outcome"]) for row in self.result(name)]


def start(bus, name, folder, box, *options, prefix=()):
    program = bus.start(name, [*prefix, BIN / "chiso-publisher", "--watch", folder.path, "--outbox", box, "--settle",
                               "0", "--mqtt", bus.mqtt_url, *options])
    program.wait_for_log("event=running")
    return program


def status(viewer, instance):
    payload = viewer.last.get(f"chiso/v1/status/publisher/{instance}")
    return payload and ServiceStatus.FromString(payload)


def outbox_is_empty(bus, box):
    found = bus.run("chiso-publisher", "--outbox", box, "--list", "--lang", "en")
    return found[0] == 0 and found[1].startswith("Waiting for a receipt: 0 reports")


