"""Catalogue folders with a change in them."""

import csv
import hashlib
import shutil

from harness import CATALOGUE


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
