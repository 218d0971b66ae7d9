"""Catalogue folders with a change in them."""

import csv
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
