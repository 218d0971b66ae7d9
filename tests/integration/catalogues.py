"""Catalogue folders with a change in them, and tests in which the catalogue changes."""

import csv
import hashlib
import shutil
import signal

from harness import CATALOGUE, OwnBusTestCase, until
from messages import outcome_name
from mqtt_client import Reporter



def change(bus, name, edit, folder="changed", source=CATALOGUE, add=()):
    """A copy of SOURCE in which EDIT(row) has changed the rows of file NAME, or dropped them (False), and the rows
    of ADD stand at the end."""
    folder = bus.folder / folder
    if folder != source:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(source, folder)
    with open(folder / name, encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows = [row for row in reader if edit(row) is not False]
    with open(folder / name, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, reader.fieldnames, restval="")
        writer.writeheader()
        writer.writerows([*rows, *add])
    return folder


def setting(column, value, **of):
    """An edit: COLUMN of the rows that are OF these values."""
    def edit(row):
        if all(row[key] == wanted for key, wanted in of.items()):
            row[column] = value
    return edit


def without(**of):
    """An edit: no rows that are OF these values."""
    return lambda row: not all(row[key] == wanted for key, wanted in of.items())


def sha256(folder):
    """The hash under which a catalogue is stored."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        content = path.read_bytes()
        digest.update(b"%s\n%d\n%s" % (path.name.encode(), len(content), content))
    return digest.hexdigest()


def put_in_force(redis, folder):
    """As another process does, without asking whether it fits."""
    for path in folder.glob("*.csv"):
        redis("HSET", f"chiso:catalogue:{sha256(folder)}", path.name, path.read_bytes())
    redis("SET", "chiso:catalogue:current", sha256(folder))


# An indicator that the fixtures do not have.
BOOKS = {"id": "test.books", "pillar": "digital_society", "name_vi": "Sách", "name_en": "Books", "measure": "count",
         "minimum": "0", "reported_by": "commune", "whole_by": "province", "cadence": "month"}


def same(_row):
    """No edit."""


class CatalogueTestCase(OwnBusTestCase):
    def reporter(self, province):
        reporter = Reporter(self.bus, f"{province}.gateway", province)
        self.addCleanup(reporter.close)
        return reporter

    def accepted(self, reporter, message):
        self.assertEqual("ACCEPTED", outcome_name(reporter.publish(message)))

    def head(self, province, field):
        return self.bus.redis("HGET", f"chiso:{{{province}}}:head", field)

    def kinds(self, province):
        """The kinds of the journal's entries, oldest first."""
        entries = self.bus.redis("XRANGE", f"chiso:{{{province}}}:journal", "-", "+")
        return [dict(zip(fields[::2], fields[1::2]))[b"kind"].decode() for _, fields in entries]


class FolderTestCase(CatalogueTestCase):
    """The catalogue is a folder of the bus, which a test changes."""

    def setUp(self):
        super().setUp()
        self.folder = self.bus.catalogue = self.edit("units.csv", same)
        self.first = sha256(self.folder)

    def edit(self, name, edit, add=(), folder="catalogue"):
        """The fixture catalogue with one change, in a folder of the bus."""
        return change(self.bus, name, edit, folder=folder, add=add)

    def reload(self, aggregator, event):
        before = len(aggregator.text())
        aggregator.process.send_signal(signal.SIGHUP)
        aggregator.wait_until(event, lambda: f"event={event}" in aggregator.text()[before:])
        return aggregator.text()[before:]

    def in_force(self):
        return self.bus.redis("GET", "chiso:catalogue:current").decode()

    def summed_with(self, province, folder):
        until(f"{province} summed", lambda: self.head(province, "catalogue") == sha256(folder).encode())
