"""The fixture reports as messages: a second reading of the CSV files that shares nothing with the publisher."""

import csv
from decimal import Decimal

from harness import CATALOGUE, ROOT
from messages import Observation, Report

SETS = ("published", "synthetic")
QUALIFIERS = {
    "": "EXACT", "trên": "AT_LEAST", "hơn": "AT_LEAST", "ít nhất": "AT_LEAST", "gần": "BELOW", "dưới": "BELOW",
    "khoảng": "ABOUT", "ước khoảng": "ABOUT", "ước": "ESTIMATE", "tối đa": "AT_MOST"}
# The day on which the fixtures' provinces end; no fixture report is about a later time.
MERGER = "2025-07-01"


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def files():
    """In the order in which they are to be loaded: corrections come after what they correct."""
    return [path for name in SETS for path in sorted((ROOT / "fixtures" / name).glob("*.csv"))]


class Provinces:
    """Which province a unit belonged to before the merger."""

    def __init__(self):
        self.units = {row["code"]: row for row in rows(CATALOGUE / "units.csv") if row["valid_from"] < MERGER}

    def of(self, code):
        while self.units[code]["kind"] != "province":
            code = self.units[code]["parent"]
        return code


def qualifier(text):
    return f"QUALIFIER_{QUALIFIERS.get(text, text)}"


def observation(row, measures):
    if row["withdrawn"]:
        return Observation(indicator=row["indicator"], withdrawn=True)
    if row["not_applicable"]:
        return Observation(indicator=row["indicator"], not_applicable=True)
    value, denominator = Decimal(row["value"]), Decimal(row["denominator"] or 0)
    scale = max(0, -value.as_tuple().exponent, -denominator.as_tuple().exponent)
    return Observation(
        indicator=row["indicator"], value=int(value.scaleb(scale)), denominator=int(denominator.scaleb(scale)),
        scale=scale, qualifier=qualifier(row["qualifier"]),
        denominator_qualifier=qualifier(row["denominator_qualifier"]), note=row["note"],
        bare=measures[row["indicator"]] in ("ratio", "mean") and not row["denominator"])


def load(paths=None):
    """One report for each unit, period and revision of a file; report ids say where a report comes from."""
    measures = {row["id"]: row["measure"] for row in rows(CATALOGUE / "indicators.csv")}
    reports = []
    for path in paths or files():
        grouped = {}
        for row in rows(path):
            key = row["unit"], row["period"], int(row["revision"])
            grouped.setdefault(key, []).append(row)
        for (unit, period, revision), group in grouped.items():
            reports.append(Report(
                report_id=f"{path.stem}.{unit}.{period.replace('/', '_')}.{revision}", unit=unit, period=period,
                revision=revision, issued_at_ms=1746406800000, source=group[0]["source"],
                observations=[observation(row, measures) for row in group]))
    return reports
